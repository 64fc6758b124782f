#pragma once

// What ingest/ hands to standardize/: records as they arrived, decoded to UTF-8 and cut into
// fields, with HL7 escapes undone, and nothing interpreted yet.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Code, text and name of the code system of one HL7 CWE triple; any of them may be empty.
struct Coded {
  std::string code;
  std::string text;
  std::string system;
  [[nodiscard]] bool empty() const { return code.empty() && text.empty() && system.empty(); }
  bool operator==(const Coded&) const = default;
};

/// The two triples of a CWE (components 1-3 and 4-6), in the order they arrived. Which of them is
/// the standard code is for standardize/ to say (shared/reference/ssmix2.md 7.1).
struct CodedPair {
  Coded first;
  Coded second;
  bool operator==(const CodedPair&) const = default;
};

struct ReceivedPatient {       // PID of ADT-00 (ADT^A08)
  std::string birth_date;      // PID-7
  std::string sex;             // PID-8
  std::string updated_at;      // PID-33, else EVN-2, else MSH-7
};
struct ReceivedVisit {         // ADT-12
  std::string visited_at;      // PV1-44
  std::string department;      // PV1-3.1, else PV1-10
};
struct ReceivedAdmission {     // ADT-22
  std::string admitted_at;     // PV1-44
  std::string department;      // PV1-10, else PV1-3.1
};
struct ReceivedDischarge {     // ADT-52
  std::string admitted_at;     // PV1-44
  std::string discharged_at;   // PV1-45
  std::string department;      // PV1-10, else PV1-3.1
  std::string disposition;     // PV1-36
};
struct ReceivedDiagnosis {     // one per PRB of PPR-01, or per diagnosis of a discharge summary
  bool is_summary = false;     // of a discharge summary
  CodedPair disease;           // PRB-3
  std::string action;          // PRB-1
  std::string action_at;       // PRB-2
  std::string instance_id;     // PRB-4
  std::string diagnosed_on;    // PRB-7
  std::string ended_on;        // PRB-9
  std::string icd10;           // PRB-10.1
  std::string diagnosis_type;  // PRB-10.4
  std::string icd10_edition;   // PRB-10.7
  std::string suspected;       // PRB-13.1
  std::string outcome;         // PRB-14.1
  std::string onset_on;        // PRB-16
  std::string main_disease;    // PRB-18.1
  std::string suffix_modifiers;  // ZPR-3.1 of the group, repetitions joined by '~'
};
struct ReceivedPrescription {  // one per RXE of OMP-01; of OMP-11 one per RXA, else per RXE
  bool is_execution = false;   // OMP-11
  std::string order_number;    // ORC-2
  std::string order_action;    // ORC-1
  std::string ordered_at;      // ORC-9
  CodedPair drug;              // RXE-2 or RXA-5
  CodedPair second_drug_code;  // RXE-31 (YJ), empty in executions
  std::string dose;            // RXE-3 or RXA-6
  CodedPair dose_unit;         // RXE-5 or RXA-7
  std::string daily_dose;      // RXE-19.1
  std::string total_amount;    // RXE-10
  CodedPair total_unit;        // RXE-11
  std::string usage_code;      // TQ1-3.1.1 (JAMISDP01)
  std::string usage_system;    // TQ1-3.1.3
  std::string duration;        // TQ1-6, as written: "14^d", "3^D&日&ISO+"
  std::string starts_at;       // TQ1-7, or RXA-3
  std::string ends_at;         // TQ1-8, or RXA-4
  std::string route;           // RXR-1.1
  std::string completion;      // RXA-20 (executions)
  std::string administration_action;  // RXA-21: D withdraws the administration
  std::string setting;         // ORC-29.1: I inpatient, O outpatient
  std::string department;      // ORC-17.1
  std::vector<std::string> dispensing_kinds;  // RXE-21, codes (OHP, OHO, ...)
};
struct ReceivedInjection {     // one per drug of OMP-02 (RXC, else RXE) or OMP-12 (RXA, else RXC, else RXE)
  bool is_execution = false;
  std::string order_number;    // ORC-2
  std::string order_action;    // ORC-1
  std::string ordered_at;      // ORC-9
  std::string component_kind;  // RXC-1: B base, A additive; empty if no RXC
  CodedPair drug;              // RXC-2, RXA-5 or RXE-2
  std::string dose;            // RXC-3, RXA-6 or RXE-3
  CodedPair dose_unit;         // RXC-4, RXA-7 or RXE-5
  std::string starts_at;       // TQ1-7 or RXA-3
  std::string ends_at;         // TQ1-8 or RXA-4
  std::string route;           // RXR-1.1
  std::string completion;      // RXA-20
  std::string administration_action;  // RXA-21
  std::string setting;         // ORC-29.1
  std::string department;      // ORC-17.1
};
struct ReceivedLabResult {     // one per OBX of OML-11 (the OBX that describe a specimen included)
  std::string order_number;    // OBR-2.1, else ORC-2
  CodedPair specimen;          // SPM-4
  CodedPair group;             // OBR-4
  CodedPair item;              // OBX-3
  std::string sub_id;          // OBX-4
  std::string value_type;      // OBX-2
  std::string value;           // OBX-5 as text, blanks kept; components of ST/NM joined again by '^'
  std::string unit_code;       // OBX-6.1
  std::string unit_text;       // OBX-6.2
  std::string reference_range; // OBX-7
  std::string abnormal_flag;   // OBX-8
  std::string result_status;   // OBX-11
  std::string observed_at;     // OBX-14
  std::string collected_at;    // SPM-17.1
  std::string started_at;      // OBR-7
  std::string reported_at;     // OBR-22
};

struct ReceivedMovement {      // ADT-21, -31, -32, -41, -42, -51
  std::string kind;            // as in ehr_movement
  std::string moved_at;        // EVN-6; of plans PV2-8 or PV2-9
  std::string moved_field;     // the field that moved_at was read from
  std::string expected_return_at;  // PV2-47
  std::string department;      // PV1-10
  std::string ward;            // PV1-3.1; of a planned transfer PV2-1.1
  std::string previous_ward;   // PV1-6.1; of a planned transfer PV1-3.1
};
struct ReceivedAllergy {       // one per IAM of ADT-61 or AL1 of ADT-00
  std::string source;          // the data type
  std::string allergy_class;   // IAM-2.1, AL1-2.1
  CodedPair allergen;          // IAM-3, AL1-3
  std::string severity;        // IAM-4.1, AL1-4.1
  std::string action;          // IAM-6.1
  std::string onset_on;        // IAM-11, AL1-6
  std::string reported_on;     // IAM-13
  std::string clinical_status; // IAM-17.1
  std::string known_at;        // EVN-2, else MSH-7
};
struct ReceivedMeal {          // one per ODS of OMD
  std::string order_number;    // ORC-2
  std::string order_action;    // ORC-1
  std::string ordered_at;      // ORC-9
  std::string starts_at;       // TQ1-7
  std::string ends_at;         // TQ1-8
  std::string meal_type;       // ODS-1
  CodedPair diet;              // ODS-3
  std::string department;      // ORC-17.1
};
struct ReceivedPatientMerge {  // ADT^A40; the file's patient is who remains
  std::string old_number;      // MRG-1.1
  std::string merged_at;       // EVN-6, else EVN-2
};

enum class ExaminationKind : std::uint8_t { kRadiology, kEndoscopy, kPhysiology };
/// radiology, endoscopy, physiology.
std::string_view name_of(ExaminationKind kind);

/// What an examination, its materials and its observations say alike.
struct ReceivedRequest {
  bool is_execution = false;
  std::string order_number;    // OBR-2, else ORC-2
  std::string order_action;    // ORC-1
  std::string ordered_at;      // ORC-9
  std::string examined_at;     // OBR-7
  std::string planned_at;      // TQ1-7
  std::string setting;         // ORC-29.1
  std::string department;      // ORC-17.1
};
struct ReceivedExamination {   // one per ZE1 of OMG-01 ... OMG-13, else per OBR
  ExaminationKind kind = ExaminationKind::kRadiology;
  ReceivedRequest request;
  std::string parent_order;    // OBR-29.1, else ORC-8.1
  CodedPair procedure;         // ZE1-3, else OBR-4
  std::string reported_at;     // OBR-22
  std::string result_status;   // OBR-25
  std::string modality;        // IPC-5.1
};
struct ReceivedExaminationMaterial {  // one per repetition of ZE1-9, or OBX of type ZRD
  ExaminationKind kind = ExaminationKind::kRadiology;
  ReceivedRequest request;
  Coded material_class;        // ZE1-8, or OBX-3
  Coded material;              // components 1-3
  std::string amount;          // component 4
  Coded unit;                  // component 5
};
struct ReceivedObservation {   // one per OBX of ADT-00, OMG-01 ... OMG-13, or a vital sign
  std::string origin;          // as in ehr_observation
  ReceivedRequest request;
  CodedPair item;              // OBX-3
  std::string sub_id;          // OBX-4
  std::string value_type;      // OBX-2
  std::string value;           // OBX-5 as text
  Coded coded_value;           // OBX-5.1 to .3 where OBX-2 is a coded type
  std::string unit_code;       // OBX-6.1
  std::string unit_text;       // OBX-6.2
  std::string abnormal_flag;   // OBX-8
  std::string result_status;   // OBX-11
  std::string observed_at;     // OBX-14
  std::string known_at;        // PID-33, else EVN-2, of ADT-00
};
struct ReceivedLabOrder {      // one per OBX of OML-01, else per OBR
  std::string order_number;    // ORC-2, else OBR-2
  std::string order_action;    // ORC-1
  std::string ordered_at;      // ORC-9
  std::string planned_at;      // SPM-17.1, else OBR-7, else TQ1-7
  std::string planned_field;   // the field that planned_at was read from
  CodedPair specimen;          // SPM-4
  CodedPair item;              // OBX-3, else OBR-4
  std::string setting;         // ORC-29.1
  std::string department;      // ORC-17.1
};
struct ReceivedMicrobiology {  // one per OBX-4 within an OBR of OML-11 or OML-12 that is about microbiology
  std::string order_number;    // OBR-2.1, else ORC-2
  CodedPair specimen;          // SPM-4
  CodedPair group;             // OBR-4
  CodedPair item;              // OBX-3 of the first OBX
  std::string sub_id;          // OBX-4
  Coded name;                  // OBX-5 of the row that names: organism of a culture, drug of a susceptibility
  std::string amount;          // OBX-5 of the row that says how much
  std::string value_type;      // OBX-2, OBX-5, OBX-6 of the row with a value
  std::string value;
  std::string unit_code;
  std::string unit_text;
  std::string interpretation;  // OBX-8 of any of them
  std::string result_status;   // OBX-11 of the first
  Coded organism;              // of a susceptibility: that of the row which OBR-26 points to, else the text of OBR-26
  std::uint32_t organism_segment = 0;  // and its segment; 0 if there is none
  std::string observed_at;     // OBX-14
  std::string collected_at;    // SPM-17.1
  std::string started_at;      // OBR-7
  std::string reported_at;     // OBR-22
};

using ReceivedFields =
    std::variant<ReceivedPatient, ReceivedVisit, ReceivedAdmission, ReceivedDischarge, ReceivedDiagnosis,
                 ReceivedPrescription, ReceivedInjection, ReceivedLabResult, ReceivedMovement, ReceivedAllergy,
                 ReceivedMeal, ReceivedPatientMerge, ReceivedExamination, ReceivedExaminationMaterial,
                 ReceivedObservation, ReceivedLabOrder, ReceivedMicrobiology>;

/// One record and its place in the file.
struct ReceivedRecord {
  std::uint32_t segment = 0;  // 1 is MSH
  ReceivedFields fields;
};

/// Something worth knowing that did not stop the work; no value of a record in it.
struct Finding {
  std::string check;     // "encoding_mismatch", "unit_unknown", ... (docs/findings.md)
  std::string severity;  // "error", "warning", "info"
  std::uint32_t segment = 0;  // 0: the file as a whole
  std::string field;     // "OBX-5", or empty
  std::string sentence;
};

enum class FileStatus {
  kAccepted,     // read; its records went on
  kNotCurrent,   // condition flag 0 or 2: kept in the received layer, not clinically current
  kNotRead,      // a data type that no edited table takes yet; the message was parsed and kept
  kWithdrawn,    // a cancel message in a live file: kept, no record
  kRejected,     // an error says why
  kNotOurs,      // not an SS-MIX2 file (Thumbs.db, temporary files)
};
std::string_view name_of(FileStatus status);

/// One received file after decoding and parsing.
struct ParsedFile {
  FileStatus status = FileStatus::kAccepted;
  Error error;                     // set when kRejected
  std::string patient_number;      // as the hospital writes it; never leaves the received layer
  std::string data_type;           // "OML-11"; from the file name
  std::string care_date;           // file-name field 2: YYYYMMDD or "-"
  std::string order_number;        // file-name field 4
  std::string file_timestamp;      // file-name field 5
  std::string condition_flag;      // file-name field 7
  std::string message_type;        // MSH-9, "OUL^R22^OUL_R22"
  std::string declared_encoding;   // MSH-18 as written
  std::string detected_encoding;   // "ISO-2022-JP", "EUC-JP", "CP932", "UTF-8", "ASCII"
  std::uint32_t segments = 0;
  std::vector<ReceivedRecord> records;
  std::vector<Finding> findings;
};

}  // namespace mimamori
