#include "ingest/message_kinds.h"

#include <algorithm>
#include <array>

namespace mimamori {
namespace {

using enum RecordKind;

constexpr std::array<DataType, 27> kDataTypes = {{
    {"ADT-00", "ADT^A08", "ADT_A01", "ADT^A23", kPatient, false},
    {"ADT-01", "ADT^A54", "ADT_A54", "ADT^A55", kNone, false},
    {"ADT-12", "ADT^A04", "ADT_A01", "", kVisit},
    {"ADT-21", "ADT^A14", "ADT_A05", "ADT^A27", kMovement},
    {"ADT-22", "ADT^A01", "ADT_A01", "ADT^A11", kAdmission},
    {"ADT-31", "ADT^A21", "ADT_A21", "ADT^A52", kMovement},
    {"ADT-32", "ADT^A22", "ADT_A21", "ADT^A53", kMovement},
    {"ADT-41", "ADT^A15", "ADT_A15", "ADT^A26", kMovement},
    {"ADT-42", "ADT^A02", "ADT_A02", "ADT^A12", kMovement},
    {"ADT-51", "ADT^A16", "ADT_A16", "ADT^A25", kMovement},
    {"ADT-52", "ADT^A03", "ADT_A03", "ADT^A13", kDischarge},
    {"ADT-61", "ADT^A60", "ADT_A60", "", kAllergy, false},
    {"PPR-01", "PPR^ZD1", "PPR_ZD1", "", kDiagnosis, false},
    {"OMD", "OMD^O03", "OMD_O03", "", kMeal, true, true},
    {"OMP-01", "RDE^O11", "RDE_O11", "", kPrescription, true, true},
    {"OMP-11", "RAS^O17", "RAS_O17", "", kPrescriptionExecution, true, true},
    {"OMP-02", "RDE^O11", "RDE_O11", "", kInjection, true, true},
    {"OMP-12", "RAS^O17", "RAS_O17", "", kInjectionExecution, true, true},
    {"OML-01", "OML^O33", "OML_O33", "", kLabOrder, true, true},
    {"OML-11", "OUL^R22", "OUL_R22", "", kLabResult, true, true},
    {"OMG-01", "OMG^O19", "OMG_O19", "", kExamination, true, true},
    {"OMG-11", "OMI^Z23", "OMI_Z23", "", kExamination, true, true},
    {"OMG-02", "OMG^O19", "OMG_O19", "", kExamination, true, true},
    {"OMG-12", "OMI^Z23", "OMI_Z23", "", kExamination, true, true},
    {"OMG-03", "OMG^O19", "OMG_O19", "", kExamination, true, true},
    {"OMG-13", "ORU^R01", "ORU_R01", "", kExamination, true, true},
    {"OML-02", "OML^O33", "OML_O33", "", kLabOrder, true, true},
}};

struct CareDateRule {
  std::string_view message;
  CareDateField field;
};

// A53 is a cancelled return from leave: the NHO checker takes PV2-47 where A22 itself takes EVN-6.
constexpr std::array<CareDateRule, 24> kCareDates = {{
    {"ADT^A04", {"PV1", 44}}, {"ADT^A01", {"PV1", 44}}, {"ADT^A11", {"PV1", 44}}, {"ADT^A03", {"PV1", 45}},
    {"ADT^A13", {"PV1", 45}}, {"ADT^A14", {"PV2", 8}},  {"ADT^A27", {"PV2", 8}},  {"ADT^A15", {"PV2", 8}},
    {"ADT^A26", {"PV2", 8}},  {"ADT^A16", {"PV2", 9}},  {"ADT^A25", {"PV2", 9}},  {"ADT^A21", {"EVN", 6}},
    {"ADT^A52", {"EVN", 6}},  {"ADT^A22", {"EVN", 6}},  {"ADT^A02", {"EVN", 6}},  {"ADT^A12", {"EVN", 6}},
    {"ADT^A53", {"PV2", 47}}, {"OMD^O03", {"ORC", 9}},  {"RDE^O11", {"ORC", 9}},  {"RAS^O17", {"RXA", 3}},
    {"OML^O33", {"ORC", 9}},  {"OMG^O19", {"ORC", 9}},  {"OUL^R22", {"SPM", 17}}, {"OMI^Z23", {"OBR", 7}},
}};

constexpr std::array<std::string_view, 46> kSegments = {
    "MSH", "EVN", "PID", "PD1", "NK1", "PV1", "PV2", "DB1", "OBX", "AL1", "IAM", "IN1",
    "IN2", "IN3", "ZI1", "PRB", "ZPR", "ZPD", "NTE", "ORC", "TQ1", "TQ2", "ODS", "ODT",
    "RXE", "RXR", "RXC", "RXA", "RXO", "RXD", "CTI", "SPM", "SAC", "OBR", "ZE1", "ZE2",
    "IPC", "SFT", "ROL", "DG1", "ACC", "BLG", "FT1", "CON", "TCD", "MRG"};

}  // namespace

std::optional<DataType> find_data_type(std::string_view name) {
  const std::string_view wanted = name == "OML-12" ? "OML-11" : name;
  const auto found = std::find_if(kDataTypes.begin(), kDataTypes.end(),
                                  [&](const DataType& type) { return type.name == wanted; });
  if (found == kDataTypes.end()) return std::nullopt;
  return *found;
}

bool is_data_type_alias(std::string_view name) { return name == "OML-12" || name == "OML-02"; }

std::optional<CareDateField> care_date_field(std::string_view message) {
  if (message == "ORU^R01") return CareDateField{"OBR", 7};
  if (message == "ORU^R30") return CareDateField{"OBX", 14};
  const auto found = std::find_if(kCareDates.begin(), kCareDates.end(),
                                  [&](const CareDateRule& rule) { return rule.message == message; });
  if (found == kCareDates.end()) return std::nullopt;
  return found->field;
}

bool is_known_segment(std::string_view name) {
  return std::find(kSegments.begin(), kSegments.end(), name) != kSegments.end();
}

}  // namespace mimamori
