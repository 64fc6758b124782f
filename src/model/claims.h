#pragma once

// Rows of the edited layer that come from claims (UKE): what claims/ hands to store/. Sources are named by record
// and column of the claims format, counted from 1: "RE-14".

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "model/edited.h"

namespace mimamori {

/// One claim: what one hospital asked one payer for one patient and month.
struct ClaimHeader {
  static constexpr const char* kTable = "claim_claim";
  std::string patient_key;
  std::string patient_key_source;              // chart (RE-14), insurance (number, birth date and sex hashed)
  std::string claim_key;                       // the same for every version of the claim
  std::string claim_kind;                      // medical, dpc
  std::string claim_part;                      // whole, head, dpc_part, medical_part
  std::optional<std::string> facility_code;    // prefecture and hospital, 9 digits
  std::optional<std::string> payer;            // 1 social insurance, 2 national health insurance
  Date service_month;                          // its first day
  std::optional<Date> billing_month;
  std::optional<std::string> claim_type;       // 4 digits
  std::optional<bool> is_inpatient;
  bool is_rebilled = false;
  std::optional<Date> birth_date;
  std::string sex;                             // F, M, U
  std::optional<std::string> department;       // code of the first department
  std::optional<std::string> patient_states;   // codes joined by ~; 001 pregnant
  std::optional<std::int64_t> visit_days;      // days of visits or in hospital
  std::optional<Date> admitted_on;
  std::optional<Date> discharged_on;
  std::optional<std::string> admission_kind;   // 1 planned, 2 emergency, 3 emergency by ambulance
  std::optional<std::string> dpc_code;         // 14 characters
  std::optional<std::string> dpc_outcome;
  std::optional<std::int64_t> total_points;    // as the claim says
  std::int64_t points_from_rows = 0;           // billing units, points times count
  std::optional<std::int64_t> bundled_points;  // DPC claims
  bool is_dispensed_outside = false;           // a prescription fee and no drug to take home
  bool is_drugs_incomplete = false;            // a DPC claim without rows of what was bundled
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("patient_key_source", patient_key_source);
    visit("claim_key", claim_key);
    visit("claim_kind", claim_kind);
    visit("claim_part", claim_part);
    visit("facility_code", facility_code);
    visit("payer", payer);
    visit("service_month", service_month);
    visit("billing_month", billing_month);
    visit("claim_type", claim_type);
    visit("is_inpatient", is_inpatient);
    visit("is_rebilled", is_rebilled);
    visit("birth_date", birth_date);
    visit("sex", sex);
    visit("department", department);
    visit("patient_states", patient_states);
    visit("visit_days", visit_days);
    visit("admitted_on", admitted_on);
    visit("discharged_on", discharged_on);
    visit("admission_kind", admission_kind);
    visit("dpc_code", dpc_code);
    visit("dpc_outcome", dpc_outcome);
    visit("total_points", total_points);
    visit("points_from_rows", points_from_rows);
    visit("bundled_points", bundled_points);
    visit("is_dispensed_outside", is_dispensed_outside);
    visit("is_drugs_incomplete", is_drugs_incomplete);
    provenance_columns(visit, *this);
  }
};

/// One day on which the patient came, or was in hospital.
struct ClaimVisit {
  static constexpr const char* kTable = "claim_visit";
  std::string patient_key;
  std::string claim_key;
  Date visited_on;
  bool is_counted = true;      // counts in the claim's visit days
  std::string visit_source;    // JD, consultation (rows of class 11 and 12), any (other rows)
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("claim_key", claim_key);
    visit("visited_on", visited_on);
    visit("is_counted", is_counted);
    visit("visit_source", visit_source);
    provenance_columns(visit, *this);
  }
};

/// A diagnosis on a claim. It may have been written to justify a test or drug: not an incident case by itself.
struct ClaimDiagnosis {
  static constexpr const char* kTable = "claim_diagnosis";
  std::string patient_key;
  std::string claim_key;
  std::string record_type;                     // SY; SB on DPC claims
  Date service_month;
  std::optional<std::string> disease_code;     // 7 digits; absent where the claim says uncoded
  std::optional<std::string> disease_name;     // only where uncoded
  std::optional<std::string> modifier_codes;   // 4 digits each, joined by ~
  bool is_suspected = false;
  bool is_main = false;                        // SY-7 01, SB-6 11
  std::optional<std::string> diagnosis_role;   // SB-6
  std::optional<std::string> icd10;            // SB-5, without dot
  std::optional<Date> started_on;
  std::optional<std::string> outcome;          // SY-4: 1 other, 2 cured, 3 died, 4 stopped
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("claim_key", claim_key);
    visit("record_type", record_type);
    visit("service_month", service_month);
    visit("disease_code", disease_code);
    visit("disease_name", disease_name);
    visit("modifier_codes", modifier_codes);
    visit("is_suspected", is_suspected);
    visit("is_main", is_main);
    visit("diagnosis_role", diagnosis_role);
    visit("icd10", icd10);
    visit("started_on", started_on);
    visit("outcome", outcome);
    provenance_columns(visit, *this);
  }
};

/// What was charged together: an item's own points are unknown, its unit's are known. Points times count, over the
/// rows that are points and not yen, are the claim's total.
struct ClaimBillingUnit {
  static constexpr const char* kTable = "claim_billing_unit";
  std::string patient_key;
  std::string claim_key;
  std::int64_t billing_unit = 0;               // from 1 within the claim
  std::optional<std::string> service_class;    // of its last row
  std::int64_t points = 0;
  std::int64_t times = 0;
  bool is_points = true;                       // false: yen (meals)
  std::int64_t items = 0;                      // its rows on the claim
  Provenance provenance;                       // the row with the points
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("claim_key", claim_key);
    visit("billing_unit", billing_unit);
    visit("service_class", service_class);
    visit("points", points);
    visit("times", times);
    visit("is_points", is_points);
    visit("items", items);
    provenance_columns(visit, *this);
  }
};

/// What every item of a claim has; one row per item and day.
struct ClaimItem {
  std::string patient_key;
  std::string claim_key;
  std::string record_type;                     // SI, IY, TO; CD what a DPC charge bundles; SK surgery of a DPC claim
  std::optional<std::string> service_class;    // inherited where the row leaves it out
  Date service_on;
  std::string date_precision;                  // day; month: the first of the month stands for it
  std::optional<std::int64_t> day_count;       // what the day's cell says (the whole count if precision is month)
  std::optional<std::int64_t> billing_unit;    // of claim_billing_unit; none for CD and SK
  Provenance provenance;
  template <class Visit>
  void item_columns(Visit& visit) const {
    visit("patient_key", patient_key);
    visit("claim_key", claim_key);
    visit("record_type", record_type);
    visit("service_class", service_class);
    visit("service_on", service_on);
    visit("date_precision", date_precision);
    visit("day_count", day_count);
    visit("billing_unit", billing_unit);
  }
};

/// An act of any category.
struct ClaimAct : ClaimItem {
  std::optional<std::string> procedure_code;   // 9 digits
  std::optional<double> quantity;              // SI-5, such as minutes
  template <class Visit>
  void act_columns(Visit& visit) const {
    item_columns(visit);
    visit("procedure_code", procedure_code);
    visit("quantity", quantity);
  }
};

struct ClaimManagementFee : ClaimAct {
  static constexpr const char* kTable = "claim_management_fee";
  template <class Visit>
  void columns(Visit&& visit) const {
    act_columns(visit);
    provenance_columns(visit, *this);
  }
};

struct ClaimProcedure : ClaimAct {
  static constexpr const char* kTable = "claim_procedure";
  template <class Visit>
  void columns(Visit&& visit) const {
    act_columns(visit);
    provenance_columns(visit, *this);
  }
};

struct ClaimSurgery : ClaimAct {
  static constexpr const char* kTable = "claim_surgery";
  std::optional<std::string> fee_code;         // K code of the fee table (SK-3)
  template <class Visit>
  void columns(Visit&& visit) const {
    act_columns(visit);
    visit("fee_code", fee_code);
    provenance_columns(visit, *this);
  }
};

struct ClaimDevice : ClaimItem {
  static constexpr const char* kTable = "claim_device";
  std::string device_code;                     // 9 digits
  std::optional<double> amount;
  std::optional<std::string> amount_unit;      // unit code, 3 digits
  std::optional<double> unit_price;            // yen
  std::optional<std::string> product_name;
  template <class Visit>
  void columns(Visit&& visit) const {
    item_columns(visit);
    visit("device_code", device_code);
    visit("amount", amount);
    visit("amount_unit", amount_unit);
    visit("unit_price", unit_price);
    visit("product_name", product_name);
    provenance_columns(visit, *this);
  }
};

struct ClaimDrug : ClaimItem {
  static constexpr const char* kTable = "claim_drug";
  std::string drug_code;                       // 9 digits
  std::optional<double> amount;                // per day (class 21), per time or per set otherwise
  std::optional<std::string> amount_unit;      // unit code, 3 digits (CD only)
  std::optional<std::int64_t> days_supply;     // class 21: the day's cell
  template <class Visit>
  void columns(Visit&& visit) const {
    item_columns(visit);
    visit("drug_code", drug_code);
    visit("amount", amount);
    visit("amount_unit", amount_unit);
    visit("days_supply", days_supply);
    provenance_columns(visit, *this);
  }
};

/// A claim that came back from the payer. No clinical row is read from such a file.
struct ClaimReturn {
  static constexpr const char* kTable = "claim_return";
  std::string patient_key;
  std::string claim_key;                       // of the claim that came back
  std::string return_kind;                     // first (.HEN), review (.SAH), unknown
  Date service_month;
  std::optional<Date> billing_month;
  Provenance provenance;
  template <class Visit>
  void columns(Visit&& visit) const {
    visit("patient_key", patient_key);
    visit("claim_key", claim_key);
    visit("return_kind", return_kind);
    visit("service_month", service_month);
    visit("billing_month", billing_month);
    provenance_columns(visit, *this);
  }
};

/// What a part of a claims file gives.
struct ClaimRows {
  std::vector<ClaimHeader> claims;
  std::vector<ClaimVisit> visits;
  std::vector<ClaimDiagnosis> diagnoses;
  std::vector<ClaimBillingUnit> billing_units;
  std::vector<ClaimManagementFee> management_fees;
  std::vector<ClaimSurgery> surgeries;
  std::vector<ClaimProcedure> procedures;
  std::vector<ClaimDevice> devices;
  std::vector<ClaimDrug> drugs;
  std::vector<ClaimReturn> returns;
  /// Each table once.
  template <class Visit>
  void tables(Visit&& visit) const {
    for_each_table(*this, visit);
  }
  template <class Visit>
  void tables(Visit&& visit) {
    for_each_table(*this, visit);
  }

 private:
  template <class Rows, class Visit>
  static void for_each_table(Rows& rows, Visit& visit) {
    visit(rows.claims);
    visit(rows.visits);
    visit(rows.diagnoses);
    visit(rows.billing_units);
    visit(rows.management_fees);
    visit(rows.surgeries);
    visit(rows.procedures);
    visit(rows.devices);
    visit(rows.drugs);
    visit(rows.returns);
  }
};

}  // namespace mimamori
