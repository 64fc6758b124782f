#pragma once

// One claim as lines (reference/claims-dpc.md, sections 1.2, 1.3, 1.8), in UTF-8.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "synth/claims_care.h"
#include "synth/claims_text.h"

namespace mimamori {

/// Whose insurance pays, on a day.
struct Insurance {
  int office = 1;          // 1 支払基金, 2 国保連
  std::string insurer;     // 8 characters, blanks in front of the short ones
  char class_digit = '1';  // second digit of the claim's type: 1, or 3 from the age of 75
  bool second_payer = false;
  char outpatient_digit = '2';  // fourth digit of the type of an outpatient; in hospital: one less
};
Insurance insurance_on(const SimulatedPatient& patient, Date day);
/// Four digits.
std::string claim_type(const Insurance& insurance, bool inpatient);

/// What is billed of one person for one month.
struct Claim {
  const Care* care = nullptr;
  YearMonth service_month;
  const CareStay* stay = nullptr;  // of an inpatient
  std::vector<Date> days;          // of visits, or in hospital
  std::vector<CareUnit> units;     // of these days, by section
  std::vector<CareDiagnosis> diagnoses;
  Insurance insurance;
  [[nodiscard]] bool inpatient() const { return stay != nullptr; }
  [[nodiscard]] bool dpc() const { return stay != nullptr && stay->bundled; }
};

/// The claims of a person, outpatient and inpatient, by month; the care is borrowed.
std::vector<Claim> claims_of(const Care& care);

/// What this version of a claim is, in this file.
struct ClaimHead {
  int number = 1;             // in the file
  std::string search_number;  // of a claim that is billed again; else empty
  std::string exported_at;    // 14 digits
  bool era_dates = false;     // files before May 2020
};

/// Lines without ends, and what a correct reader must find in them.
struct ClaimLines {
  std::vector<std::string> lines;
  int payers = 0;           // HO and KO
  std::int64_t points = 0;  // of the claim, once
  std::map<std::string, std::int64_t>
      rows;  // drug, device, procedure, management_fee, surgery, diagnosis ...
  std::map<std::string, std::int64_t> days;  // the same lines, one for each day cell that is filled
};
ClaimLines claim_lines(const Claim& claim, const ClaimHead& head);

/// A line of a claims file from its numbered columns (the first is the record's name).
std::string uke_line(std::string_view record, std::size_t columns,
                     std::initializer_list<std::pair<std::size_t, std::string>> fields);

}  // namespace mimamori
