// Three hospitals that write the same persons in three ways: after the edit they must say the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/testing.h"
#include "serve/site_ingest.h"
#include "store/edited_reader.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

constexpr int kPatients = 150;

/// One hospital's edited layer, under the key of the first: so one person has one key in all three.
class LoadedHospital {
 public:
  LoadedHospital(const std::filesystem::path& folder, HospitalProfile profile, const LoadedHospital* first) {
    HospitalOptions options = hospital_options(profile);
    options.patients = kPatients;
    options.seed = 7;
    options.estimand_persons = 0;
    const auto written = write_hospital(folder / "hospital", options);
    EXPECT_THAT(written, Succeeds());
    site_ = std::move(init_site(folder / "site")).value();
    if (first != nullptr) {
      const auto over = std::filesystem::copy_options::overwrite_existing;
      std::filesystem::copy_file(first->site_.key(), site_.key(), over);
    }
    const auto summary = ingest_site(site_, {.ssmix2_root = written->storage_root,
                                             .code_map = folder / "hospital" / "code_map.csv",
                                             .progress = nullptr});
    EXPECT_THAT(summary, Succeeds());
    for (const Count& rows : summary->rows) {
      const auto expected = written->expected_rows.find(rows.name);
      if (expected == written->expected_rows.end()) continue;
      EXPECT_EQ(rows.count, expected->second) << rows.name;
    }
  }

  [[nodiscard]] CellTable ask(const std::string& sql) const {
    const EditedReader reader = std::move(EditedReader::open(site_.edited())).value();
    Result<CellTable> table = reader.query(sql);
    EXPECT_THAT(table, Succeeds());
    return table.ok() ? std::move(table).value() : CellTable{};
  }

 private:
  Site site_;
};

class HospitalProfiles : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    for (const auto profile : {HospitalProfile::kA, HospitalProfile::kB, HospitalProfile::kC}) {
      const auto folder = scratch_->path() / std::to_string(hospitals_.size());
      hospitals_.push_back(std::make_unique<LoadedHospital>(
          folder, profile, hospitals_.empty() ? nullptr : hospitals_[0].get()));
    }
  }
  static void TearDownTestSuite() {
    hospitals_.clear();
    scratch_.reset();
  }
  static void expect_same(const std::string& sql) {
    const CellTable first = hospitals_[0]->ask(sql);
    EXPECT_GT(first.rows.size(), 100U) << sql;
    for (std::size_t other = 1; other < hospitals_.size(); ++other) {
      EXPECT_EQ(hospitals_[other]->ask(sql).rows, first.rows) << "hospital " << other << ": " << sql;
    }
  }
  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline std::vector<std::unique_ptr<LoadedHospital>> hospitals_;
};

TEST_F(HospitalProfiles, PersonsVisitsStaysAndDiagnosesAreTheSame) {
  expect_same("SELECT patient_key, sex, birth_date FROM ehr_patient ORDER BY ALL");
  expect_same("SELECT patient_key, visited_on, department FROM ehr_visit ORDER BY ALL");
  expect_same(
      "SELECT patient_key, disease_code, icd10, diagnosed_on, is_suspected FROM ehr_diagnosis ORDER BY ALL");
}

// The first seven digits say the ingredient in HOT and, in this invented world, in YJ too.
TEST_F(HospitalProfiles, DrugsDosesAndDaysOfSupplyAreTheSame) {
  const std::string drug = "left(coalesce(hot_code, yj_code, drug_name), 7)";
  expect_same("SELECT patient_key, starts_on, " + drug +
              ", days_supply, dose, total_amount, is_execution, setting FROM ehr_prescription ORDER BY ALL");
  const CellTable a =
      hospitals_[0]->ask("SELECT count(*) FROM ehr_prescription WHERE hot_code IS NULL AND yj_code IS NULL");
  const CellTable b =
      hospitals_[1]->ask("SELECT count(*) FROM ehr_prescription WHERE hot_code IS NULL AND yj_code IS NULL");
  EXPECT_EQ(a.rows, b.rows);  // the hospital's own ointment alone
}

TEST_F(HospitalProfiles, TestsAreTheSame) {
  expect_same(
      "SELECT patient_key, collected_at, jlac10_code, material, value_class, value_operator, unit, "
      "abnormal_flag, "
      "result_status FROM ehr_lab_result ORDER BY ALL");
}

TEST_F(HospitalProfiles, ValuesAndLimitsAreTheSameToThePrintedPrecision) {
  const std::string values =
      "SELECT left(jlac10_code, 5), value, lower_limit, upper_limit FROM ehr_lab_result "
      "ORDER BY patient_key, collected_at, jlac10_code, segment";
  // Half of a tenth of a micromole per litre, in mg/dL: what hospital B's one decimal leaves open.
  constexpr double kHalfStepOfB = 0.05 / 88.42;
  const CellTable a = hospitals_[0]->ask(values);
  for (std::size_t other = 1; other < hospitals_.size(); ++other) {
    const CellTable b = hospitals_[other]->ask(values);
    ASSERT_EQ(b.rows.size(), a.rows.size());
    for (std::size_t row = 0; row < a.rows.size(); ++row) {
      const bool rounded = other == 1 && std::get<std::string>(a.rows[row][0]) == "3C015";
      for (std::size_t cell = 1; cell < 4; ++cell) {
        ASSERT_EQ(a.rows[row][cell].index(), b.rows[row][cell].index()) << other << ", row " << row;
        if (!std::holds_alternative<double>(a.rows[row][cell])) continue;
        const double difference = std::get<double>(b.rows[row][cell]) - std::get<double>(a.rows[row][cell]);
        EXPECT_LE(std::abs(difference), rounded ? kHalfStepOfB + 1e-9 : 1e-9) << other << ", row " << row;
      }
    }
  }
}

// What arrived is not the same: else the tests above would compare a hospital with itself.
TEST_F(HospitalProfiles, WhatArrivedDiffersInCodesUnitsAndEncoding) {
  const auto text = [](std::size_t hospital, const std::string& sql) {
    const CellTable table = hospitals_[hospital]->ask(sql);
    return table.rows.empty() ? std::string() : std::get<std::string>(table.rows[0][0]);
  };
  const std::string units =
      "SELECT string_agg(DISTINCT received_unit, ' ' ORDER BY received_unit) FROM ehr_lab_result "
      "WHERE jlac10_code LIKE '3C015%' AND value IS NOT NULL";
  EXPECT_EQ(text(0, units), "mg/dL mg/dl ｍｇ／ｄＬ");
  EXPECT_EQ(text(1, units), "umol/L μmol/l");
  EXPECT_EQ(text(2, units), "mg/dl ｍｇ／ｄｌ");
  const std::string codes =
      "SELECT CASE WHEN count(hot_code) = 0 THEN 'YJ' WHEN count(yj_code) > 0 THEN 'both' "
      "ELSE 'HOT' || max(length(hot_code)) END FROM ehr_prescription";
  EXPECT_EQ(text(0, codes), "both");
  EXPECT_EQ(text(1, codes), "YJ");
  EXPECT_EQ(text(2, codes), "HOT13");
  const std::string encodings =
      "SELECT declared_encoding || ', ' || detected_encoding AS encodings FROM source_file WHERE "
      "detected_encoding <> 'ASCII' "
      "GROUP BY ALL ORDER BY count(*) DESC, encodings LIMIT 1";
  EXPECT_EQ(text(0, encodings), "~ISO IR87, ISO-2022-JP");
  EXPECT_EQ(text(1, encodings), "~ISO IR87, CP932");
  EXPECT_EQ(text(2, encodings), ", EUC-JP");
}

}  // namespace
}  // namespace mimamori
