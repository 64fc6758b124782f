#include "report/html.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/embedded.h"
#include "base/hash.h"
#include "base/result.h"
#include "report/hash_words.h"
#include "report/html_cells.h"
#include "report/numbers.h"
#include "report/report.h"

namespace mimamori {

std::span<const EmbeddedFile> embedded_report();

namespace {

/// The base64 form of a SHA-256, as a content security policy names an inline script or style.
std::string policy_hash(std::string_view content) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_hex(content);
  std::array<std::uint32_t, 33> bytes{};  // one zero byte fills the last group of three
  for (std::size_t index = 0; index < 32; ++index) {
    bytes[index] = static_cast<std::uint32_t>(std::stoul(hex.substr(2 * index, 2), nullptr, 16));
  }
  std::string out;
  for (std::size_t index = 0; index < 33; index += 3) {
    const std::uint32_t group = (bytes[index] << 16U) | (bytes[index + 1] << 8U) | bytes[index + 2];
    for (const unsigned shift : {18U, 12U, 6U, 0U}) out += kDigits[(group >> shift) & 63U];
  }
  out.back() = '=';
  return "'sha256-" + out + "'";
}

/// The policy lets the page use its own style and script and load nothing at all.
std::string head(const StudyResult& result) {
  const std::string_view style = content_of(embedded_report(), "page.css");
  const std::string_view script = content_of(embedded_report(), "page.js");
  return "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " +
         policy_hash(style) + "; script-src " + policy_hash(script) +
         "\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>" +
         escaped(result.title.ja + " | " + result.title.en) + "</title>\n<style>" + std::string(style) +
         "</style>\n</head>\n";
}

std::string banner() {
  const Text2& text = catalogue("report.banner");
  return "<p><span lang=\"ja\">" + escaped(text.ja) +
         "</span> <span aria-hidden=\"true\">/</span> <span lang=\"en\">" + escaped(text.en) + "</span></p>";
}

/// Two radio buttons; the style sheet shows the language of the checked one, no script needed.
std::string language_switch() {
  return "<fieldset class=\"language\">\n<legend><span lang=\"ja\">言語</span> / <span "
         "lang=\"en\">Language</span></legend>\n"
         "<label lang=\"ja\"><input type=\"radio\" name=\"language\" id=\"language-ja\" value=\"ja\" "
         "checked=\"checked\"/> 日本語</label>\n"
         "<label lang=\"en\"><input type=\"radio\" name=\"language\" id=\"language-en\" value=\"en\"/> "
         "English</label>\n</fieldset>\n";
}

std::string page_header(const StudyResult& result) {
  return "<header>\n<div class=\"top\">\n<p class=\"kind\">" + words("report.kind") + " <span class=\"id\">" +
         escaped(result.study_id) + "</span></p>\n" + language_switch() + "</div>\n<h1>" +
         both(result.title) + "</h1>\n</header>\n";
}

std::string fact(std::string_view key, const std::string& markup) {
  return "<div><dt>" + words(key) + "</dt><dd>" + markup + "</dd></div>\n";
}

std::string overview_section(const StudyResult& result) {
  const Text2 window =
      fill(catalogue("report.overview.window_days"),
           {{"first", same(to_iso(result.data_start))}, {"last", same(to_iso(result.data_end - Days{1}))}});
  const std::string compared =
      "<span class=\"sign exposed\" aria-hidden=\"true\"></span>" + both(result.exposed_title) + " <small>" +
      words("report.exposed") + "</small> <span class=\"versus\">" + words("report.overview.versus") +
      "</span> <span class=\"sign comparator\" aria-hidden=\"true\"></span>" + both(result.comparator_title) +
      " <small>" + words("report.comparator") + "</small>";
  return "<section aria-labelledby=\"overview\">\n<h2 id=\"overview\">" + words("report.overview.title") +
         "</h2>\n<dl class=\"facts\">\n" + fact("report.overview.compared", compared) +
         fact("report.overview.window", both(window)) +
         fact("report.overview.sites", both(sites_sentence(result))) +
         fact("report.overview.rendition", words("report.overview.rendition_regulator")) +
         fact("report.overview.version", escaped(result.program_version)) +
         fact("report.overview.script", "<b>" + both(hash_words(result.script_sha256)) +
                                            "</b> <code class=\"hash\">" + escaped(result.script_sha256) +
                                            "</code>") +
         "</dl>\n</section>\n";
}

std::string caveat_section() {
  return "<section class=\"caveat\" aria-labelledby=\"caveat\">\n<h2 id=\"caveat\">" +
         words("report.caveat.title") + "</h2>\n<p>" + words("report.caveat.text") + "</p>\n</section>\n";
}

std::string contents(const StudyResult& result) {
  const auto entry = [](const std::string& target, const std::string& markup) {
    return "<li><a href=\"#" + target + "\">" + markup + "</a></li>\n";
  };
  std::string out = "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">" + words("report.contents") +
                    "</h2>\n<ol>\n" + entry("caveat", words("report.caveat.title")) +
                    entry("overview", words("report.overview.title")) +
                    entry("attrition", words("report.attrition.title")) +
                    entry("baseline", words("report.baseline.title"));
  for (std::size_t index = 0; index < result.populations.size(); ++index) {
    const Text2 title =
        fill(catalogue("report.population.title"), {{"population", result.populations[index].title}});
    out += entry("population-" + std::to_string(index + 1), both(title));
  }
  if (!result.sites.empty()) out += entry("sites", words("report.sites.title"));
  return out + entry("methods", words("report.methods.title")) + "</ol>\n</nav>\n";
}

/// Figures and tables are numbered through the report: tables 1 and 2 come before the populations.
struct Numbers {
  std::size_t figure = 1;
  std::size_t table = 3;
};

std::string population_section(const StudyResult& result, std::size_t index, Numbers& numbers) {
  const PopulationResult& population = result.populations[index];
  const std::string id = "population-" + std::to_string(index + 1);
  std::string out = "<section class=\"population\" aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" +
                    both(fill(catalogue("report.population.title"), {{"population", population.title}})) +
                    "</h2>\n";
  if (population.outcomes.empty())
    return out + "<p>" + words("report.population.none") + "</p>\n</section>\n";
  out += outcome_table(result, population, std::to_string(numbers.table++)) + "<p class=\"note\">" +
         words("report.outcomes.note") + "</p>\n";
  // Before the figures, so that on paper no sheet holds this short table alone.
  out += testing_table(result, population, std::to_string(numbers.table++));
  out += forest_figure(result, population, numbers.figure++);
  for (const OutcomeResult& outcome : population.outcomes) {
    const std::size_t number = numbers.figure++;
    out += incidence_figure(result, population, outcome, "figure-" + std::to_string(number), number);
  }
  return out + "</section>\n";
}

std::string notes_list(const ExtractionNotes& notes) {
  const auto line = [](std::string_view key, std::int64_t count) {
    return "<li>" + both(fill(catalogue(key), {{"count", same(grouped(count))}})) + "</li>\n";
  };
  return "<h3>" + words("report.notes.title") + "</h3>\n<ul>\n" +
         line("report.notes.days_supply_assumed", notes.days_supply_assumed) +
         line("report.notes.results_in_other_units", notes.results_in_other_units) + "</ul>\n";
}

std::string methods_section(const StudyResult& result) {
  std::string out = "<section aria-labelledby=\"methods\">\n<h2 id=\"methods\">" +
                    words("report.methods.title") + "</h2>\n<h3>" + words("report.methods.outcomes") +
                    "</h3>\n<dl class=\"definitions\">\n";
  if (!result.populations.empty()) {
    for (const OutcomeResult& outcome : result.populations.front().outcomes) {
      out += "<div><dt>" + both(outcome.title) + "</dt><dd>" + both(outcome.definition) + "</dd></div>\n";
    }
  }
  out += "</dl>\n<h3>" + words("report.methods.estimates") + "</h3>\n<ul>\n";
  for (const char* key : {"report.methods.rate", "report.methods.hazard", "report.methods.curve",
                          "report.methods.difference"}) {
    out += "<li>" + words(key) + "</li>\n";
  }
  if (!result.sites.empty()) out += "<li>" + words("report.methods.sites") + "</li>\n";
  return out + "</ul>\n" + notes_list(result.notes) + "</section>\n";
}

}  // namespace

std::string to_html(const StudyResult& result) {
  Numbers numbers;
  std::string out = head(result) + "<body>\n<aside class=\"banner\" aria-label=\"Rendition\">" + banner() +
                    "</aside>\n<div class=\"sheet\">\n<a class=\"skip\" href=\"#main\">" +
                    words("report.skip") + "</a>\n" + page_header(result) + contents(result) +
                    "<main id=\"main\" tabindex=\"-1\">\n" + caveat_section() + overview_section(result) +
                    attrition_section(result) + baseline_section(result);
  for (std::size_t index = 0; index < result.populations.size(); ++index) {
    out += population_section(result, index, numbers);
  }
  out += sites_section(result, numbers.table);
  out += methods_section(result) + "</main>\n<footer>\n<div class=\"banner\">" + banner() + "</div>\n<p>" +
         both(fill(catalogue("report.footer"), {{"version", same(result.program_version)}})) +
         "</p>\n</footer>\n</div>\n";
  return out + "<script>" + std::string(content_of(embedded_report(), "page.js")) +
         "</script>\n</body>\n</html>\n";
}

}  // namespace mimamori
