#include "dpc/ef_lines.h"

#include <algorithm>
#include <array>

#include "dpc/dpc_rules.h"
#include "standardize/text_fold.h"

namespace mimamori {
namespace {

// The columns of EF, by their places there less one. E, F and D lines are put in the same places.
enum Column : std::uint8_t {
  kFacility,
  kPatient,
  kDischarge,
  kAdmission,
  kCategory,
  kGroup,
  kDetail,
  kLocalCode,
  kClaimsCode,
  kInterpretation,
  kName,
  kQuantity,
  kUnit,
  kAmount,
  kYen,
  kPoints,
  kFlags,
  kGroupPoints,
  kDrugPoints,
  kMaterialPoints,
  kTimes,
  kInsurer,
  kClaimType,
  kPerformed,
  kClaimDepartment,
  kDepartment,
  kDoctor,
  kWard,
  kWardType,
  kInOut,
  kFacilityType,
  kColumns
};
using EfColumns = std::array<std::string_view, kColumns>;

constexpr std::array<Column, 25> kColumnsOfE = {
    kFacility,   kPatient,        kDischarge, kAdmission,   kCategory,        kGroup,          kLocalCode,
    kClaimsCode, kInterpretation, kName,      kGroupPoints, kDrugPoints,      kMaterialPoints, kYen,
    kTimes,      kInsurer,        kClaimType, kPerformed,   kClaimDepartment, kDepartment,     kDoctor,
    kWard,       kWardType,       kInOut,     kFacilityType};
// F has points, drug and material amounts where EF has one: they are chosen from below.
constexpr std::array<Column, 13> kColumnsOfF = {
    kFacility,  kPatient,    kDischarge,      kAdmission, kCategory, kGroup, kDetail,
    kLocalCode, kClaimsCode, kInterpretation, kName,      kQuantity, kUnit};

bool is_zero(std::string_view number) {
  return std::ranges::all_of(number, [](char c) { return c == '0' || c == ' ' || c == '.'; });
}

EfColumns columns_of(const DpcFields& fields, DpcKind kind) {
  EfColumns columns;
  const auto& field = fields.field;
  if (kind == DpcKind::kEfn || kind == DpcKind::kEfg) {
    std::copy_n(field.begin(), columns.size(), columns.begin());
  } else if (kind == DpcKind::kFn || kind == DpcKind::kFg) {
    for (std::size_t i = 0; i < kColumnsOfF.size(); ++i) columns[kColumnsOfF[i]] = field[i];
    columns[kAmount] = !is_zero(field[13]) ? field[13] : !is_zero(field[14]) ? field[14] : field[15];
    columns[kYen] = field[16];
    columns[kPoints] = field[17];
    columns[kFlags] = field[18];
  } else {
    for (std::size_t i = 0; i < kColumnsOfE.size(); ++i) columns[kColumnsOfE[i]] = field[i];
    columns[kDetail] = "000";
  }
  return columns;
}

enum class DetailKind : std::uint8_t { kAct, kDrug, kDevice, kComment };

/// By the first digit of the claims code, which names its master. Without a code, what is priced in yen in
/// the sections of medication (2x) and injection (3x) can only be a drug.
DetailKind detail_kind(std::string_view claims_code, std::string_view category, bool is_yen) {
  switch (claims_code.empty() ? ' ' : claims_code.front()) {
    case '6': return DetailKind::kDrug;
    case '7': return DetailKind::kDevice;
    case '8': return DetailKind::kComment;
    case ' ': break;
    default: return DetailKind::kAct;
  }
  const bool is_drug_section = category.starts_with('2') || category.starts_with('3');
  return is_yen && is_drug_section ? DetailKind::kDrug : DetailKind::kAct;
}

/// Column 17: twelve digits, or one until March 2016; empty where it is anything else.
struct Flags {
  std::string_view text;
  [[nodiscard]] bool is_new() const { return text.size() == 12; }
  [[nodiscard]] bool is_old() const { return text.size() == 1; }
  [[nodiscard]] std::optional<char> digit(std::size_t number) const {
    return is_new() ? std::optional<char>(text[number - 1]) : std::nullopt;
  }
  [[nodiscard]] std::optional<bool> is_set(std::size_t number) const {
    return is_new() ? std::optional<bool>(text[number - 1] != '0') : std::nullopt;
  }
  [[nodiscard]] std::optional<std::string> code(std::size_t number) const {
    return is_new() ? std::optional<std::string>(std::string(1, text[number - 1])) : std::nullopt;
  }
};

Flags readable_flags(DpcContext& context, std::string_view column) {
  const std::string_view text = trimmed(column);
  const bool is_digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (is_digits && (text.size() == 12 || text.size() <= 1)) return {.text = text};
  context.note(dpc_checks::kFlagsUnreadable, "column 17", "expected twelve digits; they are left empty");
  return {};
}

}  // namespace

/// One line while it is read.
struct EfLines::Line {
  EfColumns columns;
  DpcLine row;
  std::optional<Date> discharged_on;
  Flags flags;
  std::string_view claims_code;
  bool is_comment = false;
  bool is_yen = false;
  [[nodiscard]] EfGroupKey key() const {
    return {.facility = columns[kFacility],
            .patient = columns[kPatient],
            .began = columns[kAdmission],
            .category = columns[kCategory],
            .number = columns[kGroup]};
  }
};

EfLines::EfLines(DpcContext& context, DpcKind kind, std::string_view month)
    : context_(context), kind_(kind), birth_in_column_3_(is_outpatient(kind)) {
  const std::string from = std::to_string(dpc_limit("outpatient_birth_column_from"));
  if (!month.empty() && month < from) birth_in_column_3_ = false;
}

void EfLines::read(const DpcFields& fields) {
  context_.begin_record();
  Line line;
  line.columns = columns_of(fields, kind_);
  if (!fill(line)) return;
  if (kind_ == DpcKind::kDn) {
    read_bundle(line, fields);
  } else if (line.row.category == "SY") {
    read_diagnosis(line);
  } else if (line.row.detail_number == 0) {
    read_group(line);
  } else {
    read_detail(line);
  }
}

void EfLines::finish() {
  emit_diagnosis();
  group_.close(context_);
}

/// Everything that all tables share; false if the record ended here.
bool EfLines::fill(Line& line) {
  const EfColumns& c = line.columns;
  const DpcContext::Patient& patient = context_.patient(c[kPatient]);
  if (patient.has_refused) {
    context_.refuse();
    return false;
  }
  const bool has_patient = !patient.key.empty();
  const std::optional<std::int64_t> group = context_.whole(c[kGroup], "column 6");
  const std::optional<std::int64_t> detail = context_.whole(c[kDetail], "column 7");
  if (!has_patient || !group || !detail) {
    context_.reject(kind_, ErrorCode::kInvalidInput,
                    !has_patient ? "column 2: expected an identification number"
                    : !group     ? "column 6: expected the number of the group"
                                 : "column 7: expected the number of the detail");
    return false;
  }
  line.row.patient_key = patient.key;
  line.row.setting = is_outpatient(kind_) ? "O" : "I";
  line.row.file_kind = name_of(kind_);
  line.row.group_number = *group;
  line.row.detail_number = *detail;
  line.row.provenance = context_.here();
  fill_codes(line);
  fill_dates(line);
  if (!line.row.admitted_on && !line.row.performed_on) {
    context_.reject(kind_, ErrorCode::kInvalidInput, "expected a date of admission or of the act");
    return false;
  }
  return true;
}

void EfLines::fill_codes(Line& line) {
  const EfColumns& c = line.columns;
  DpcLine& row = line.row;
  row.facility_code = context_.code(c[kFacility], "column 1", 9).value_or("");
  row.category = context_.code(c[kCategory], "column 5", 2).value_or("");
  row.claims_code = context_.code(c[kClaimsCode], "column 9", 9);
  if (row.claims_code) line.claims_code = *row.claims_code;
  line.is_yen = trimmed(c[kYen]) == "1";
  line.is_comment = line.claims_code.starts_with('8');
  line.flags = readable_flags(context_, c[kFlags]);
  old_layout_ |= line.flags.is_old();
  row.interpretation_code = context_.code(c[kInterpretation], "column 10");
  row.local_code = context_.code(c[kLocalCode], "column 8");
  if (!line.is_comment) row.name = context_.name(c[kName], "column 11");
  row.times = context_.whole(c[kTimes], "column 21");
  row.department = context_.code(c[kDepartment], "column 26", 4);
  row.ward = context_.code(c[kWard], "column 28", 6);
}

void EfLines::fill_dates(Line& line) {
  const EfColumns& c = line.columns;
  DpcLine& row = line.row;
  std::optional<Date> visited_on;
  if (birth_in_column_3_) {
    visited_on = context_.date(c[kAdmission], "column 4");
    const std::optional<Date> born_on = context_.date(c[kDischarge], "column 3");
    if (born_on && visited_on && *visited_on < *born_on) {
      context_.note(dpc_checks::kBirthAfterService, "column 3", "expected a birth before the visit");
    }
  } else {
    line.discharged_on = context_.date(c[kDischarge], "column 3");
    row.admitted_on = context_.date(c[kAdmission], "column 4");
  }
  // A comment may be about a month or a year, and writes 00 for what it leaves open.
  const std::string_view performed = trimmed(c[kPerformed]);
  const bool is_partial =
      line.is_comment && (performed.ends_with("00") || performed.substr(0, 6).ends_with("00"));
  if (!is_partial) row.performed_on = context_.date(performed, "column 24");
  const bool is_brought_in = line.flags.digit(3).value_or('0') != '0' && !is_outpatient(kind_);
  const bool is_outside =
      row.performed_on && ((row.admitted_on && *row.performed_on < *row.admitted_on) ||
                           (line.discharged_on && *row.performed_on > *line.discharged_on));
  if (kind_ == DpcKind::kFn) {
    row.date_quality = "in_e_file";
  } else if (!row.performed_on) {
    row.date_quality = visited_on ? "visit_day" : "unknown";
    row.performed_on = visited_on;
  } else if (is_outside && !line.is_comment && !is_outpatient(kind_)) {
    row.date_quality = "outside_stay";
    context_.note(dpc_checks::kDateOutsideStay, "column 24",
                  "expected a day between admission and discharge");
  } else if (is_brought_in) {
    row.date_quality = "stay";
  } else {
    row.date_quality = row.category.starts_with('2') ? "entry_day" : "day";
  }
}

void EfLines::read_group(Line& line) {
  const EfColumns& c = line.columns;
  DpcCharge charge;
  charge.points = context_.whole(c[kGroupPoints], "column 18");
  charge.drug_points = context_.whole(c[kDrugPoints], "column 19");
  charge.material_points = context_.whole(c[kMaterialPoints], "column 20");
  charge.claim_type = context_.code(c[kClaimType], "column 23", 4);
  charge.ward_type = context_.code(c[kWardType], "column 29", 1);
  charge.discharged_on = line.discharged_on;
  const EfGroup::Points points = {charge.points.value_or(0), charge.drug_points.value_or(0),
                                  charge.material_points.value_or(0)};
  group_.open(context_, line.key(), points, kind_ == DpcKind::kEfn);
  charge.line = std::move(line.row);
  context_.rows().charges.push_back(std::move(charge));
  context_.accept();
}

void EfLines::read_detail(Line& line) {
  const EfColumns& c = line.columns;
  const Flags& flags = line.flags;
  const bool is_inpatient = !is_outpatient(kind_);
  const DetailKind detail = detail_kind(line.claims_code, line.row.category, line.is_yen);
  if (line.claims_code.empty()) {
    context_.note(dpc_checks::kCodeMissing, "column 9", "expected a code of the claims master");
  }

  DpcAmounts amounts;
  amounts.points = context_.whole(c[kPoints], "column 16");
  if (is_inpatient) {
    amounts.is_bundled = flags.is_old() ? std::optional<bool>(flags.text != "0") : flags.is_set(2);
  }
  const bool is_counted =
      !amounts.is_bundled.value_or(false) && !(is_inpatient && flags.is_set(3).value_or(false));
  const std::int64_t counted = is_counted ? amounts.points.value_or(0) : 0;
  const EfGroup::Points points = {counted, detail == DetailKind::kDrug ? counted : 0,
                                  detail == DetailKind::kDevice ? counted : 0};
  const bool has_group = group_.add(line.key(), points);
  if (!has_group && (kind_ == DpcKind::kEfn || kind_ == DpcKind::kEfg)) {
    context_.note(dpc_checks::kDetailWithoutGroup, "column 7",
                  "expected the line 000 of the group before it");
  }
  context_.accept();
  if (detail == DetailKind::kComment) {
    context_.rows().comments.push_back({.line = std::move(line.row)});
    return;
  }

  amounts.quantity = context_.decimal(c[kQuantity], "column 12");
  amounts.unit_code = context_.code(c[kUnit], "column 13", 3);
  if (amounts.unit_code == "000") amounts.unit_code.reset();
  amounts.amount = context_.decimal(c[kAmount], "column 14");
  const std::string_view yen = trimmed(c[kYen]);
  if (yen == "0" || yen == "1") amounts.amount_is_yen = yen == "1";
  if (!flags.text.empty()) amounts.flags = std::string(flags.text);
  if (detail == DetailKind::kDrug) {
    DpcDrug drug;
    if (is_inpatient) {
      drug.is_discharge_prescription = flags.is_set(1);
      drug.brought_in = flags.code(3);
      drug.brought_in_source = flags.code(4);
    } else {
      drug.is_dispensed_outside = flags.is_set(1);
      drug.is_refill = flags.is_set(7);
    }
    drug.line = std::move(line.row);
    drug.amounts = std::move(amounts);
    context_.rows().drugs.push_back(std::move(drug));
  } else if (detail == DetailKind::kDevice) {
    context_.rows().devices.push_back({.line = std::move(line.row), .amounts = std::move(amounts)});
  } else {
    context_.rows().procedures.push_back({.line = std::move(line.row), .amounts = std::move(amounts)});
  }
}

void EfLines::read_bundle(Line& line, const DpcFields& fields) {
  DpcBundle bundle;
  bundle.discharged_on = line.discharged_on;
  bundle.points = context_.whole(line.columns[kGroupPoints], "column 11");
  bundle.starts_on = context_.date(fields.field[25], "column 26");
  bundle.ends_on = context_.date(fields.field[26], "column 27");
  bundle.counted_from = context_.date(fields.field[27], "column 28");
  bundle.dpc_code = context_.code(fields.field[28], "column 29");
  bundle.hospital_coefficient = context_.decimal(fields.field[29], "column 30");
  bundle.line = std::move(line.row);
  context_.rows().bundles.push_back(std::move(bundle));
  context_.accept();
}

/// An outpatient diagnosis. Its group line is the diagnosis; of the details, those with a code of four digits
/// are its modifiers, and those that repeat its code are nothing more.
void EfLines::read_diagnosis(Line& line) {
  DpcLine& row = line.row;
  const std::string_view code = line.claims_code;
  const bool continues = diagnosis_ && row.detail_number != 0 && diagnosis_group_ == row.group_number &&
                         diagnosis_->patient_key == row.patient_key &&
                         diagnosis_->facility_code == row.facility_code;
  context_.accept();
  if (continues && code.size() == 4) {
    std::string& modifiers = diagnosis_->modifiers.emplace(diagnosis_->modifiers.value_or(""));
    modifiers += (modifiers.empty() ? "" : "~") + std::string(code);
    diagnosis_->is_suspected |= means_suspicion(code);
    return;
  }
  if (continues && (code.empty() || diagnosis_->disease_code == code)) return;
  emit_diagnosis();
  if (code.size() != 7) {
    context_.note(dpc_checks::kCodeMissing, "column 9", "expected a disease code of seven digits");
  }
  diagnosis_group_ = row.group_number;
  diagnosis_.emplace();
  diagnosis_->role = "outpatient";
  diagnosis_->sequence = row.group_number;
  if (code.size() == 7) diagnosis_->disease_code = std::string(code);
  diagnosis_->disease_name = row.name;
  diagnosis_->is_suspected = row.name && std::string_view(*row.name).ends_with("の疑い");
  diagnosis_->diagnosed_on = row.performed_on;
  diagnosis_->outcome = line.flags.code(4);
  diagnosis_->is_main = line.flags.is_set(5);
  diagnosis_->patient_key = std::move(row.patient_key);
  diagnosis_->facility_code = std::move(row.facility_code);
  diagnosis_->provenance = row.provenance;
}

void EfLines::emit_diagnosis() {
  if (diagnosis_) context_.rows().diagnoses.push_back(std::move(*diagnosis_));
  diagnosis_.reset();
}

}  // namespace mimamori
