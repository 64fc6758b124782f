// A claims file that this project did not make, against counts by a program other than ours (truth_*.tsv).

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "base/testing.h"
#include "claims/test_claims.h"

namespace mimamori {
namespace {

constexpr const char* kFile = "RECEIPTC_GAIRAI_SAMPLE.UKE";

std::filesystem::path folder() { return shared_data() / "claims/receiptisan"; }

using TruthRow = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) found.push_back(cell);
  return found;
}

std::vector<TruthRow> truth(const std::string& name) {
  std::ifstream stream(folder() / name);
  std::string line;
  std::getline(stream, line);
  const std::vector<std::string> header = cells(line);
  std::vector<TruthRow> rows;
  while (std::getline(stream, line)) {
    const std::vector<std::string> values = cells(line);
    TruthRow row;
    for (std::size_t i = 0; i < values.size(); ++i) row[header.at(i)] = values[i];
    rows.push_back(row);
  }
  return rows;
}

std::string file_bytes() {
  std::ifstream stream(folder() / kFile, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

const LoadedFile& sample() {
  static const LoadedFile file = load(file_bytes(), kFile);
  return file;
}

/// Distinct lines of the rows, of one claim (by its key) or all.
template <class Row>
void add_lines(const std::vector<Row>& rows, const std::string& claim_key, std::set<std::int64_t>& lines) {
  for (const Row& row : rows) {
    if (claim_key.empty() || row.claim_key == claim_key) lines.insert(row.provenance.segment);
  }
}

std::size_t act_lines(const ClaimRows& rows, const std::string& claim_key) {
  std::set<std::int64_t> lines;
  add_lines(rows.procedures, claim_key, lines);
  add_lines(rows.management_fees, claim_key, lines);
  add_lines(rows.surgeries, claim_key, lines);
  return lines.size();
}

template <class Row>
std::size_t lines_of(const std::vector<Row>& rows, const std::string& claim_key = "") {
  std::set<std::int64_t> lines;
  add_lines(rows, claim_key, lines);
  return lines.size();
}

template <class Row>
void add_days(const std::vector<Row>& rows, const std::string& claim_key, std::set<std::string>& days) {
  for (const Row& row : rows) {
    if (row.date_precision == "day" && (claim_key.empty() || row.claim_key == claim_key)) {
      days.insert(to_compact(row.service_on));
    }
  }
}

/// Days with an item.
std::set<std::string> item_days(const ClaimRows& rows, const std::string& claim_key = "") {
  std::set<std::string> days;
  add_days(rows.procedures, claim_key, days);
  add_days(rows.management_fees, claim_key, days);
  add_days(rows.surgeries, claim_key, days);
  add_days(rows.drugs, claim_key, days);
  add_days(rows.devices, claim_key, days);
  return days;
}

/// The lines of the file by record, and of one claim: what our rows cannot say because no row comes of them.
std::map<std::string, std::int64_t> records_between(std::int64_t first, std::int64_t last) {
  std::istringstream stream(file_bytes());
  std::map<std::string, std::int64_t> counts;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (number >= first && number <= last) ++counts[line.substr(0, 2)];
  }
  return counts;
}

std::int64_t suspected(const ClaimRows& rows, const std::string& key, bool by_modifier_only) {
  return std::ranges::count_if(rows.diagnoses, [&](const ClaimDiagnosis& row) {
    const bool by_modifier = row.modifier_codes && row.modifier_codes->find("8002") != std::string::npos;
    return (key.empty() || row.claim_key == key) && row.is_suspected && (!by_modifier_only || by_modifier);
  });
}

std::int64_t uncoded(const ClaimRows& rows, const std::string& key) {
  return std::ranges::count_if(rows.diagnoses, [&](const ClaimDiagnosis& row) {
    return (key.empty() || row.claim_key == key) && !row.disease_code;
  });
}

TEST(ExternalClaims, EveryColumnOfTheTruthByFileAgrees) {
  const TruthRow row = truth("truth_files.tsv").at(0);
  const auto& all = sample().all;
  const ClaimRows& rows = all.rows;
  std::set<std::string> patients;
  for (const ClaimHeader& claim : rows.claims) patients.insert(claim.patient_key);
  const auto is = [&](const char* column, auto value) {
    EXPECT_EQ(row.at(column), std::to_string(value)) << column;
  };
  is("claims", rows.claims.size());
  is("patients", patients.size());
  EXPECT_EQ(row.at("payer"), rows.claims[0].payer);
  EXPECT_EQ(row.at("claim_ym"), sample().outcome.care_date);
  is("SY", lines_of(rows.diagnoses));
  is("SI", act_lines(rows, ""));
  is("IY", lines_of(rows.drugs));
  is("TO", lines_of(rows.devices));
  is("SY_suspected_8002", suspected(rows, "", true));
  is("SY_uncoded_0000999", uncoded(rows, ""));
  EXPECT_EQ(row.at("first_service_date"), *item_days(rows).begin());
  EXPECT_EQ(row.at("last_service_date"), *item_days(rows).rbegin());
  std::int64_t points = 0;
  std::int64_t total = 0;
  for (const ClaimHeader& claim : rows.claims) {
    points += claim.points_from_rows;
    total += *claim.total_points;
  }
  is("points_sum_from_rows", points);
  is("GO_points", total);
  is("billing_units", rows.billing_units.size());
  is("item_day_events", rows.procedures.size() + rows.management_fees.size() + rows.surgeries.size() +
                            rows.drugs.size() + rows.devices.size());
  // That GO counts and totals what it should is a check of the reader: it found no fault.
  EXPECT_EQ(sample().findings_of("uke_claim_count"), 0);
  EXPECT_EQ(sample().findings_of("uke_file_points"), 0);
  const auto records = records_between(1, sample().outcome.segments);
  for (const char* id : {"HO", "KO", "SN", "CO"}) is(id, records.at(id));
  is("GO_count", records.at("HO") + records.at("KO"));
}

TEST(ExternalClaims, EveryColumnOfTheTruthByClaimAgrees) {
  const std::vector<TruthRow> expected = truth("truth_claims.tsv");
  const ClaimRows& rows = sample().all.rows;
  ASSERT_EQ(expected.size(), 75U);
  ASSERT_EQ(expected.size(), rows.claims.size());
  const PatientKeys keys(test_key());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const TruthRow& row = expected[i];
    const ClaimHeader& claim = rows.claims[i];
    const SourceDocument& document = sample().all.documents.at(i);
    const std::string& key = claim.claim_key;
    SCOPED_TRACE("claim " + row.at("receipt_no"));
    EXPECT_EQ(row.at("receipt_no"), std::to_string(i + 1));
    EXPECT_EQ(row.at("claim_type"), claim.claim_type);
    EXPECT_EQ(row.at("service_ym"), to_compact(claim.service_month).substr(0, 6));
    EXPECT_EQ(keys.key_of(PatientNumberSource::kRecord, row.at("chart_no")), claim.patient_key);
    EXPECT_EQ(row.at("sex") == "1" ? "M" : "F", claim.sex);
    EXPECT_EQ(row.at("birth"), to_compact(*claim.birth_date));
    EXPECT_EQ(row.at("days"), std::to_string(*claim.visit_days));
    EXPECT_EQ(row.at("total_points_HO_or_KO"), std::to_string(*claim.total_points));
    EXPECT_EQ(row.at("points_from_rows"), std::to_string(claim.points_from_rows));
    EXPECT_EQ(row.at("SY"), std::to_string(lines_of(rows.diagnoses, key)));
    EXPECT_EQ(row.at("SY_uncoded"), std::to_string(uncoded(rows, key)));
    EXPECT_EQ(row.at("SI"), std::to_string(act_lines(rows, key)));
    EXPECT_EQ(row.at("IY"), std::to_string(lines_of(rows.drugs, key)));
    EXPECT_EQ(row.at("TO"), std::to_string(lines_of(rows.devices, key)));
    EXPECT_EQ(row.at("first_date"), *item_days(rows, key).begin());
    EXPECT_EQ(row.at("last_date"), *item_days(rows, key).rbegin());
    auto records = records_between(document.first_segment, document.last_segment);
    for (const char* id : {"HO", "KO", "CO", "SJ"}) EXPECT_EQ(row.at(id), std::to_string(records[id])) << id;
  }
}

TEST(ExternalClaims, SuspectedDiagnosesAgreeWithTheTruthByModifierAndTheOneByTextIsAdded) {
  const ClaimRows& rows = sample().all.rows;
  const std::vector<TruthRow> expected = truth("truth_claims.tsv");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(expected[i].at("SY_susp"), std::to_string(suspected(rows, rows.claims[i].claim_key, true)))
        << i;
  }
  EXPECT_EQ(suspected(rows, "", false), suspected(rows, "", true) + 1);
}

TEST(ExternalClaims, EveryCategoryOfTheTruthAgrees) {
  const ClaimRows& rows = sample().all.rows;
  const std::map<std::string, std::size_t> found = {
      {"レセプト傷病", lines_of(rows.diagnoses)}, {"医学管理料", lines_of(rows.management_fees)},
      {"手術", lines_of(rows.surgeries)},         {"診療行為", lines_of(rows.procedures)},
      {"特定器材", lines_of(rows.devices)},       {"医薬品", lines_of(rows.drugs)}};
  const std::vector<TruthRow> expected = truth("truth_categories.tsv");
  EXPECT_EQ(expected.size(), found.size());
  for (const TruthRow& row : expected) {
    EXPECT_EQ(row.at("rows"), std::to_string(found.at(row.at("midnet_category"))))
        << row.at("midnet_category");
  }
}

TEST(ExternalClaims, EveryRecordIsAcceptedAndOnlyOddBirthsAndLinesAreNoted) {
  const auto& all = sample().all;
  EXPECT_EQ(sample().outcome.detected_encoding, "CP932");
  EXPECT_EQ(all.records, 75 + 9 + 320 + 32);
  EXPECT_EQ(all.records_accepted, all.records);
  EXPECT_EQ(sample().findings_of("uke_birth_after_service"), 1);  // claim 66, born in the month after
  for (const char* check : {"uke_points_total", "uke_days_sum", "uke_unit_differs", "uke_unit_open",
                            "uke_short_row", "uke_long_row", "uke_unknown_record", "undecodable_bytes"}) {
    EXPECT_EQ(sample().findings_of(check), 0) << check;
  }
}

}  // namespace
}  // namespace mimamori
