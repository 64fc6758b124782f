#include <set>
#include <sstream>

#include "base/testing.h"
#include "report/markup.h"
#include "report/markup_for_tests.h"
#include "report/report.h"
#include "report/sample_result.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Element> elements_of(const StudyResult& result) {
  Result<std::vector<Element>> read = read_markup(to_html(result));
  EXPECT_THAT(read, Succeeds());
  return read.ok() ? read.value() : std::vector<Element>{};
}

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(MarkupReader, RefusesWhatIsNotWellFormed) {
  for (const char* bad : {"<p>", "<p></b>", "<b><i></b></i>", "</p>", "<p>a & b</p>", "<p class=x></p>",
                          "<p id=\"a\" id=\"b\"></p>", "<p>1 < 2</p>"}) {
    EXPECT_THAT(read_markup(bad), FailsWith(ErrorCode::kInvalidInput)) << bad;
  }
  EXPECT_THAT(read_markup("<p class=\"x\">a &amp; b<br/></p>"), Succeeds());
}

TEST(Html, IsWellFormedWithOneHeadingAndItsLandmarks) {
  const std::vector<Element> all = elements_of(sample_result());
  for (const char* name : {"h1", "main", "header", "footer", "nav"})
    EXPECT_EQ(named(all, name).size(), 1U) << name;
  EXPECT_EQ(named(all, "html").front().attributes.at("lang"), "ja");
}

TEST(Html, IdsAreUniqueAndEveryReferenceFindsItsTarget) {
  const std::vector<Element> all = elements_of(sample_result());
  std::set<std::string> ids;
  for (const Element& element : with_attribute(all, "id")) {
    EXPECT_TRUE(ids.insert(element.attributes.at("id")).second) << element.attributes.at("id");
  }
  for (const Element& link : named(all, "a")) EXPECT_TRUE(ids.contains(link.attributes.at("href").substr(1)));
  for (const Element& element : with_attribute(all, "aria-labelledby")) {
    std::istringstream names(element.attributes.at("aria-labelledby"));
    for (std::string name; names >> name;) EXPECT_TRUE(ids.contains(name)) << name;
  }
}

TEST(Html, LoadsNothing) {
  const std::string html = to_html(sample_result());
  std::string without_names = html;
  const std::string xml_name = "xmlns=\"http://www.w3.org/2000/svg\"";  // a name, not a load
  for (std::size_t at = 0; (at = without_names.find(xml_name)) != std::string::npos;) {
    without_names.erase(at, xml_name.size());
  }
  for (const char* load : {"http:", "https:", "src=", "@import", "<link", "<img", "<iframe", "@font-face"}) {
    EXPECT_THAT(without_names, Not(HasSubstr(load)));
  }
  EXPECT_EQ(times(html, "url("), times(html, "url(#"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(Html, SaysThatNothingIsMaskedWhateverTheRenditionIsCalled) {
  StudyResult result = sample_result();
  for (const char* rendition : {"regulator", "public", ""}) {
    result.rendition = rendition;
    const std::vector<Element> banners = with_attribute(elements_of(result), "class", "banner");
    ASSERT_EQ(banners.size(), 2U);  // the one that print repeats, and one at the end
    for (const Element& banner : banners) {
      EXPECT_THAT(banner.text, HasSubstr("規制当局用・マスキングなし"));
      EXPECT_THAT(banner.text, HasSubstr("Regulator rendition: counts are not masked"));
    }
    EXPECT_EQ(banners.front().path, (std::vector<std::string>{"html", "body"}));
  }
}

TEST(Html, HasAsManyJapaneseAsEnglishTexts) {
  const std::vector<Element> all = elements_of(sample_result());
  const std::size_t japanese = with_attribute(all, "class", "ja").size();
  EXPECT_GT(japanese, 100U);
  EXPECT_EQ(japanese, with_attribute(all, "class", "en").size());
  for (const Element& english : with_attribute(all, "class", "en")) {
    for (const char* kana : {"の", "を", "率", "人"}) EXPECT_THAT(english.text, Not(HasSubstr(kana)));
  }
}

TEST(Html, EveryFigureHasACaptionATableAndNamedDrawings) {
  const std::vector<Element> all = elements_of(sample_result());
  EXPECT_EQ(named(all, "figure").size(), 10U);  // two populations: one forest and four curves each
  EXPECT_EQ(named(all, "figcaption").size(), 10U);
  EXPECT_EQ(named(all, "details").size(), 10U);
  EXPECT_EQ(named(all, "svg").size(), 40U);  // two languages, page and phone
  for (const Element& svg : named(all, "svg")) EXPECT_EQ(svg.attributes.at("role"), "img");
  EXPECT_EQ(named(all, "table").size(), named(all, "caption").size());
  for (const Element& heading : named(all, "th")) EXPECT_TRUE(heading.attributes.contains("scope"));
}

TEST(Html, NoTextIsSmallerThanTwelvePixels) {
  for (const Element& text : with_attribute(elements_of(sample_result()), "font-size")) {
    EXPECT_GE(std::stod(text.attributes.at("font-size")), 12);
  }
}

TEST(Html, PrintsTheNumbersOfTheResult) {
  const std::string html = to_html(sample_result());
  for (const char* text : {"1.80 (1.22–2.65)", "1,204", "2019-01-01", "2023-12-31", "−0.092", "0.198 *",
                           "no event in the comparator arm", "9f86d081884c7d65"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  // The day after the cut-off is not a day of the data.
  EXPECT_THAT(html, Not(HasSubstr("2024-01-01")));
}

TEST(Html, TheAttritionAddsUp) {
  // 2,502 at first, 1,247 excluded in five rules, 1,255 analyzed.
  EXPECT_THAT(to_html(sample_result()), HasSubstr("2,502 at first − 1,247 excluded in all = 1,255 analyzed"));
}

TEST(Html, NamesEverySiteThatWasAskedWithItsStateAndReason) {
  const std::string html = to_html(sample_result());
  for (const char* text :
       {"Data of 2 of the 5 sites asked", "Aoba Hospital", "Not approved", "倫理審査の結果を待っているため",
        "disk full", "No answer yet", "Left the network on 2023-12-25", "2023-12-19"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  const std::vector<Element> all = elements_of(sample_result());
  EXPECT_EQ(named(all, "table").size(), 2U + 2 * 2 + 10 + 4);  // both, per population, per figure, by site
}

TEST(Html, WithoutANetworkThereIsNoSectionOfSites) {
  StudyResult result = sample_result();
  result.sites.clear();
  const std::string html = to_html(result);
  EXPECT_THAT(html, HasSubstr("1 (run at the site itself)"));
  EXPECT_THAT(html, Not(HasSubstr("id=\"sites\"")));
  EXPECT_THAT(html, Not(HasSubstr("stratified by site")));
}

TEST(Html, ReasonsInTheWordsOfASiteStayText) {
  StudyResult result = sample_result();
  result.sites[2].reason = "<script>alert(1)</script>";
  result.sites[3].id = "\"><b>";
  EXPECT_EQ(times(to_html(result), "<script>"), 1U);
  EXPECT_THAT(read_markup(to_html(result)), Succeeds());
}

TEST(Html, SaysWhatTheExtractionAssumedAndLeftOut) {
  const std::string html = to_html(sample_result());
  EXPECT_THAT(html, HasSubstr("default was taken: 18"));
  EXPECT_THAT(html, HasSubstr("not in the standard unit: 4"));
}

TEST(Html, MarksBalanceBeyondATenthOnly) {
  StudyResult result = sample_result();
  const auto starred = [&](double difference) {
    result.baseline = {{same("row"), "1", "1", difference}};
    return to_html(result).find(" *</td>") != std::string::npos;
  };
  EXPECT_FALSE(starred(0.1));
  EXPECT_FALSE(starred(-0.1));
  EXPECT_TRUE(starred(0.1001));
  EXPECT_TRUE(starred(-0.1001));
}

TEST(Html, HostileTextsStayText) {
  StudyResult result = sample_result();
  const std::string hostile =
      "</title><script>alert(1)</script>\" onload='x' & {study} \xE2\x80\xAE"
      "abc \xFF";
  result.title = same(hostile);
  result.study_id = hostile;
  result.exposed_title = same(hostile);
  result.program_version = hostile;
  result.script_sha256 = hostile;
  result.attrition.front().title = same(hostile);
  result.baseline.front().exposed = hostile;
  result.populations.front().title = same(hostile);
  result.populations.front().outcomes.front().outcome_id = hostile;
  result.populations.front().outcomes.front().title = same(hostile);
  result.populations.front().outcomes.back().adjusted.not_estimable_reason = same(hostile);
  const std::string html = to_html(result);
  EXPECT_EQ(times(html, "<script>"), 1U);  // our own
  EXPECT_THAT(html, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(html, HasSubstr("[U+202E]abc"));
  for (const Element& element : elements_of(result)) EXPECT_FALSE(element.attributes.contains("onload"));
}

TEST(Html, AnEmptyStudyIsAPageToo) {
  EXPECT_THAT(read_markup(to_html(StudyResult{})), Succeeds());
  StudyResult result = sample_result();
  for (PopulationResult& population : result.populations) population.outcomes.clear();
  EXPECT_THAT(read_markup(to_html(result)), Succeeds());
  result.populations.front().outcomes.emplace_back();  // an outcome about which nothing is known
  EXPECT_THAT(read_markup(to_html(result)), Succeeds());
}

TEST(Html, SameResultSameBytes) { EXPECT_EQ(to_html(sample_result()), to_html(sample_result())); }

}  // namespace
}  // namespace mimamori
