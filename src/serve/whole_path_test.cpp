// The whole path against the persons it came from: synth/ writes files, everything else reads them back.

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/file.h"
#include "base/limits.h"
#include "base/testing.h"
#include "extract/cohort.h"
#include "script/script.h"
#include "serve/site_ingest.h"
#include "store/edited_reader.h"
#include "synth/cohort.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

constexpr int kPatients = 150;

HospitalOptions options() {
  HospitalOptions chosen;
  chosen.patients = kPatients;
  chosen.seed = 7;
  chosen.estimand_persons = 0;
  return chosen;
}

/// Everything about a person's follow-up that both sides know; keys differ, since extraction re-keys.
using Facts = std::tuple<int, int, int, std::string, std::vector<std::tuple<bool, bool, int, bool, std::string, int>>>;

std::vector<Facts> facts_of(const StudyDataSet& data) {
  std::vector<Facts> all;
  for (std::size_t person = 0; person < data.persons.size(); ++person) {
    const CohortPerson& p = data.persons[person];
    Facts facts{static_cast<int>(p.arm), static_cast<int>(p.sex), p.age_years, to_iso(p.index_date), {}};
    for (const auto& outcome : data.follow_up) {
      const OutcomeFollowUp& f = outcome[person];
      std::get<4>(facts).emplace_back(f.baseline_value.has_value(), f.baseline_in_reference_range, f.follow_up_days,
                                      f.event, std::string(name_of(f.reason)), f.measurements);
    }
    all.push_back(std::move(facts));
  }
  std::ranges::sort(all);
  return all;
}

StudyDataSet extracted(const Site& site, const std::string& study) {
  const auto file = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples" / (study + ".yaml");
  const std::string text = *read_file(file, limits::kScriptBytesMax);
  const Result<StudyScript> script = parse_script(text, file.string());
  EXPECT_THAT(script, Succeeds());
  const EditedReader reader = std::move(EditedReader::open(site.edited())).value();
  Result<StudyDataSet> data = extract_cohort(reader, *script, "test", Secret::random());
  EXPECT_THAT(data, Succeeds());
  return std::move(data).value();
}

TEST(WholePath, ExtractionFindsExactlyThePersonsBehindTheFiles) {
  const ScratchFolder scratch;
  const auto hospital = write_hospital(scratch.path() / "hospital", options());
  ASSERT_THAT(hospital, Succeeds());
  const Site site = std::move(init_site(scratch.path() / "site")).value();
  const auto summary = ingest_site(site, {.ssmix2_root = hospital->storage_root,
                                          .code_map = scratch.path() / "hospital" / "code_map.csv",
                                          .progress = nullptr});
  ASSERT_THAT(summary, Succeeds());
  for (const Comparison comparison : {Comparison::kAVersusB, Comparison::kNullVersusB}) {
    const StudyDataSet found = extracted(site, std::string(id_of(comparison)));
    const StudyDataSet planted = simulate_study(options(), comparison);
    EXPECT_GT(planted.persons.size(), 50U);
    ASSERT_EQ(found.outcomes.size(), planted.outcomes.size());
    for (std::size_t i = 0; i < found.outcomes.size(); ++i) EXPECT_EQ(found.outcomes[i].id, planted.outcomes[i].id);
    EXPECT_EQ(facts_of(found), facts_of(planted));
  }
}

}  // namespace
}  // namespace mimamori
