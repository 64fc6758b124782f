#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mimamori {

/// What a data type of the standardized storage becomes.
enum class RecordKind : std::uint8_t {
  kNone,  // no edited table takes it
  kPatient,
  kVisit,
  kAdmission,
  kDischarge,
  kDiagnosis,
  kPrescription,
  kPrescriptionExecution,
  kInjection,
  kInjectionExecution,
  kLabResult,
  kMovement,
  kAllergy,
  kMeal,
  kLabOrder,
  kExamination,
  kVitalSigns,
};

/// One folder of shared/reference/ssmix2.md section 4.
struct DataType {
  std::string_view name;       // "ADT-22"
  std::string_view message;    // MSH-9 components 1 and 2: "ADT^A01"
  std::string_view structure;  // MSH-9 component 3: "ADT_A01"
  std::string_view cancel;     // "ADT^A11"; empty if the cancel is said in ORC-1, PRB-1 or OBX-11
  RecordKind kind = RecordKind::kNone;
  bool is_dated = true;   // filed under a day, not under "-"
  bool is_order = false;  // ORC-2 repeats the order number of the file name
};

/// The rule for a data type, OML-12 included (read as OML-11) and OML-02 (as OML-01).
std::optional<DataType> find_data_type(std::string_view name);

/// Whether a name is used by some hospitals beyond the list of the guideline.
bool is_data_type_alias(std::string_view name);

/// The field that a message's care date is taken from (ssmix2.md 2.4).
struct CareDateField {
  std::string_view segment;
  std::size_t field = 0;
};

/// By type and trigger, "OUL^R22"; nothing for messages that carry no clinical date.
std::optional<CareDateField> care_date_field(std::string_view message);

/// Whether a segment name occurs in HL7 2.5 as SS-MIX2 uses it.
bool is_known_segment(std::string_view name);

}  // namespace mimamori
