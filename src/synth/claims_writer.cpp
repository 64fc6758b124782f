#include "synth/claims_writer.h"

#include <algorithm>

namespace mimamori {
namespace {

constexpr std::uint64_t kBillingStream = 4;
constexpr YearMonth kWesternDatesFrom = std::chrono::year{2020} / 5;  // by month of billing
constexpr YearMonth kExportedTwice = std::chrono::year{2022} / 6;     // files of office 1

std::string path_of(const Claim& claim, YearMonth billed_in, int exported) {
  std::string path = to_compact(billed_in) + (claim.insurance.office == 1 ? "/shaho" : "/kokuho");
  if (exported == 2) path += "-2";
  return path + (claim.dpc() ? "/RECEIPTD.UKE" : "/RECEIPTC.UKE");
}

// The office sent it back: a fee without ground is taken out, and a reason for a test is added.
Claim corrected(const Claim& claim) {
  Claim again = claim;
  std::erase_if(again.units, [](const CareUnit& unit) { return unit.section == "13"; });
  CareDiagnosis added;
  added.code = "0000999";
  added.name = "架空胃部不快感の疑い";
  added.uncoded_suspected = true;
  added.since = claim.days.front();
  if (!claim.dpc()) again.diagnoses.push_back(std::move(added));
  return again;
}

// The first of two exports was made before the tests were entered.
Claim incomplete(const Claim& claim) {
  Claim first = claim;
  if (claim.care->patient->number % 5 == 0)
    std::erase_if(first.units, [](const CareUnit& unit) { return unit.section == "60"; });
  return first;
}

std::string exported_at(YearMonth billed_in, int exported) {
  return to_compact(billed_in) + (exported == 2 ? "09173000" : "05101500");
}

std::string search_number(const Claim& claim, YearMonth billed_in) {
  const std::string number = simulated_patient_number(claim.care->patient->number);
  return "99" + to_compact(billed_in) + to_compact(claim.service_month) + number;
}

}  // namespace

Result<ClaimsWriter> ClaimsWriter::open(std::filesystem::path root, const HospitalOptions& options) {
  TextFiles files = TRY(TextFiles::open(std::move(root)));
  return ClaimsWriter(std::move(files), options);
}

Result<void> ClaimsWriter::add(const Care& care) {
  Dice dice(options_->seed, care.patient->number, kBillingStream);
  const std::vector<Claim> claims = claims_of(care);
  if (!claims.empty()) ++truth_["claims"]["patients"];
  if (care.stay) ++truth_["claims"][care.stay->bundled ? "stays_bundled" : "stays_by_fee"];
  for (const Claim& claim : claims) {
    const std::vector<Version> versions = versions_of(claim, dice);
    for (const Version& version : versions) TRY(put(version, &version == &versions.back()));
  }
  return {};
}

// In the order in which they were billed: the last is the one that counts.
std::vector<ClaimsWriter::Version> ClaimsWriter::versions_of(const Claim& claim, Dice& dice) {
  const bool late = dice.chance(0.01);
  const bool returned = dice.chance(0.015);
  const YearMonth billed_in = claim.service_month + std::chrono::months{late ? 2 : 1};
  if (late) ++truth_["claims"]["billed_late"];
  std::vector<Version> billed{{claim, billed_in, 1, false}};
  if (returned) {
    ++truth_["claims"]["billed_again"];
    billed.push_back({corrected(claim), billed_in + std::chrono::months{2}, 1, true});
  }
  std::vector<Version> versions;
  for (Version& version : billed) {
    const bool twice = version.billed_in == kExportedTwice && claim.insurance.office == 1 && !claim.dpc();
    if (twice) {
      ++truth_["claims"]["exported_twice"];
      versions.push_back({incomplete(version.claim), version.billed_in, 1, version.is_again});
      version.exported = 2;
    }
    versions.push_back(std::move(version));
  }
  return versions;
}

Result<void> ClaimsWriter::put(const Version& version, bool is_current) {
  const std::string path = path_of(version.claim, version.billed_in, version.exported);
  OpenFile& file = open_[path];
  const ClaimHead head{
      .number = ++file.claims,
      .search_number = version.is_again ? search_number(version.claim, version.billed_in) : "",
      .exported_at = exported_at(version.billed_in, version.exported),
      .era_dates = version.billed_in < kWesternDatesFrom};
  const ClaimLines made = claim_lines(version.claim, head);
  file.payers += made.payers;
  file.points += made.points;
  std::string text;
  for (const std::string& line : made.lines) {
    ++truth_["claims_lines"][line.substr(0, 2)];
    text.append(line).append("\r\n");
  }
  ++truth_["claims"]["claims"];
  if (head.era_dates) ++truth_["claims"]["claims_in_era_dates"];
  truth_["claims"]["lines_without_code"] +=
      made.rows.contains("without_code") ? made.rows.at("without_code") : 0;
  if (is_current) count_current(version, made);
  return files_.add(path, first_line(version), text);
}

void ClaimsWriter::count_current(const Version& version, const ClaimLines& made) {
  auto& claims = truth_["claims"];
  ++claims["current"];
  const bool inpatient = version.claim.inpatient();
  ++claims[version.claim.dpc() ? "current_dpc" : inpatient ? "current_inpatient" : "current_outpatient"];
  claims["current_points"] += made.points;
  if (!inpatient) claims["current_visit_days"] += static_cast<std::int64_t>(version.claim.days.size());
  for (const auto& [category, rows] : made.rows) truth_["claims_current_rows"][category] += rows;
  for (const auto& [category, days] : made.days) truth_["claims_current_days"][category] += days;
}

std::string ClaimsWriter::first_line(const Version& version) const {
  const ClaimsFacility facility = claims_facility(*options_);
  const bool era = version.billed_in < kWesternDatesFrom;
  return uke_line("IR", 10,
                  {{2, std::to_string(version.claim.insurance.office)},
                   {3, facility.prefecture},
                   {4, "1"},
                   {5, facility.number},
                   {7, options_->hospital_name},
                   {8, era ? era_month(version.billed_in) : to_compact(version.billed_in)},
                   {9, "00"},
                   {10, "099-000-0000"}}) +
         "\r\n";
}

Result<void> ClaimsWriter::finish(TableTruth& truth) {
  for (const auto& [path, file] : open_) {
    const std::string last =
        uke_line("GO", 4, {{2, std::to_string(file.payers)}, {3, std::to_string(file.points)}, {4, "99"}});
    TRY(files_.add(path, "", last + "\r\n\x1A"));
    ++truth_["claims_lines"]["IR"];
    ++truth_["claims_lines"]["GO"];
    truth_["claims"]["points_of_files"] += file.points;
  }
  TRY(files_.flush());
  truth_["claims"]["files"] = files_.files();
  truth_["claims"]["bytes"] = files_.bytes();
  truth.merge(truth_);
  return {};
}

}  // namespace mimamori
