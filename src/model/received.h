#pragma once

// What ingest/ hands to standardize/: records as they arrived, decoded to UTF-8 and cut into
// fields, with HL7 escapes undone, and nothing interpreted yet.

#include <cstdint>
#include <string>
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
struct ReceivedDiagnosis {     // one per PRB of PPR-01
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

using ReceivedFields = std::variant<ReceivedPatient, ReceivedVisit, ReceivedAdmission, ReceivedDischarge,
                                    ReceivedDiagnosis, ReceivedPrescription, ReceivedInjection,
                                    ReceivedLabResult>;

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
