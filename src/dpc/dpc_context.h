#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "dpc/dpc_kind.h"
#include "model/dpc.h"
#include "model/table_file.h"
#include "standardize/patient_keys.h"

namespace mimamori {

/// One thing that can be noticed; the titles are in text/*/dpc.json (those of bytes in ingest.json).
struct DpcCheck {
  std::string_view id;
  std::string_view severity;
};

namespace dpc_checks {
inline constexpr DpcCheck kByteOrderMark{"byte_order_mark", "info"};
inline constexpr DpcCheck kUndecodable{"undecodable_bytes", "warning"};
inline constexpr DpcCheck kUserDefined{"user_defined_character", "warning"};
inline constexpr DpcCheck kEncodingChanges{"dpc_encoding_changes", "warning"};
inline constexpr DpcCheck kKindDiffers{"dpc_kind_differs", "warning"};
inline constexpr DpcCheck kNotPublic{"dpc_layout_not_public", "info"};
inline constexpr DpcCheck kHeaderMissing{"dpc_header_missing", "info"};
inline constexpr DpcCheck kHeaderRepeated{"dpc_header_repeated", "info"};
inline constexpr DpcCheck kOldLayout{"dpc_old_layout", "info"};
inline constexpr DpcCheck kDateUnreadable{"dpc_date_unreadable", "warning"};
inline constexpr DpcCheck kDateOutsideStay{"dpc_date_outside_stay", "warning"};
inline constexpr DpcCheck kBirthAfterService{"dpc_birth_after_service", "warning"};
inline constexpr DpcCheck kNumberUnreadable{"dpc_number_unreadable", "warning"};
inline constexpr DpcCheck kCodeMissing{"dpc_code_missing", "info"};
inline constexpr DpcCheck kCodeShape{"dpc_code_shape", "warning"};
inline constexpr DpcCheck kFlagsUnreadable{"dpc_flags_unreadable", "warning"};
inline constexpr DpcCheck kPointsDiffer{"dpc_points_differ", "warning"};
inline constexpr DpcCheck kDetailWithoutGroup{"dpc_detail_without_group", "warning"};
inline constexpr DpcCheck kParentMissing{"dpc_parent_form_missing", "warning"};
inline constexpr DpcCheck kCodeUnknown{"dpc_form_code_unknown", "info"};
inline constexpr DpcCheck kCodeVersion{"dpc_form_code_version", "info"};
inline constexpr DpcCheck kItemRepeated{"dpc_item_repeated", "warning"};
inline constexpr DpcCheck kAdmissionDiffers{"dpc_admission_differs", "warning"};
inline constexpr DpcCheck kDischargeBeforeAdmission{"dpc_discharge_before_admission", "warning"};
inline constexpr DpcCheck kDischargeMissing{"dpc_discharge_missing", "info"};
inline constexpr DpcCheck kSexUnknown{"dpc_sex_unknown", "warning"};
inline constexpr DpcCheck kTextDropped{"dpc_text_dropped", "info"};
inline constexpr DpcCheck kStaySplit{"dpc_stay_split", "error"};
}  // namespace dpc_checks

/// What every line of a file needs: whose it is, where it is, where its rows, findings and counts go. Each
/// record is counted by begin_record and then by exactly one of accept, reject and refuse.
class DpcContext {
 public:
  DpcContext(const PatientKeys& keys, std::int64_t file_id) : keys_(keys), file_id_(file_id) {}

  /// Rows go to this part from now on; borrowed.
  void begin_part(LoadedPart<DpcRows>& part) { part_ = &part; }
  [[nodiscard]] DpcRows& rows() { return part_->rows; }
  [[nodiscard]] LoadedPart<DpcRows>& part() { return *part_; }

  void set_line(std::int64_t line) { line_ = line; }
  [[nodiscard]] std::int64_t line() const { return line_; }
  [[nodiscard]] Provenance here() const { return {.file_id = file_id_, .segment = line_}; }

  void begin_record();
  void accept();
  void refuse();
  /// Errors of a record: the sentence names column and expectation, never what stands there.
  void reject(DpcKind kind, ErrorCode code, std::string reason);
  /// Over all parts so far.
  [[nodiscard]] std::int64_t accepted() const { return accepted_; }
  [[nodiscard]] std::int64_t records() const { return records_; }

  /// A finding at this line, or at another. From dpc_limit("findings_per_check_max") on they are only
  /// counted.
  void note(const DpcCheck& check, std::string_view field, std::string_view sentence);
  void note_at(std::int64_t line, const DpcCheck& check, std::string_view field, std::string_view sentence);
  /// After the last line: one finding for each check with more than were written.
  void note_uncounted();

  /// The patient of an identification number; empty: the number is blank. The last one asked for is
  /// remembered, since files go patient by patient.
  struct Patient {
    std::string key;
    bool has_refused = false;
  };
  [[nodiscard]] const Patient& patient(std::string_view number);
  [[nodiscard]] const PatientKeys& keys() const { return keys_; }

  // Readings of one field; what cannot be read is empty and a finding. `field` is "column 24".
  std::optional<Date> date(std::string_view text, std::string_view field);
  std::optional<std::int64_t> whole(std::string_view text, std::string_view field);
  std::optional<double> decimal(std::string_view text, std::string_view field);
  /// A code (is_code_shaped) of up to `length_max` characters, other than the patient's own number. Anything else
  /// is free text, which may name a person, and is not kept.
  std::optional<std::string> code(std::string_view text, std::string_view field, std::size_t length_max = 14);
  /// The name of a thing, without blanks at its ends; empty if there is none, or it holds an identity.
  std::optional<std::string> name(std::string_view text, std::string_view field);
  /// Whether a text holds a telephone number, or the number of the patient last asked for.
  [[nodiscard]] bool holds_identity(std::string_view text) const;

 private:
  const PatientKeys& keys_;
  std::int64_t file_id_;
  LoadedPart<DpcRows>* part_ = nullptr;
  std::int64_t line_ = 0;
  std::int64_t accepted_ = 0;
  std::int64_t records_ = 0;
  std::string patient_number_;
  std::string own_number_;  // the same as it is compared
  Patient patient_;
  std::map<std::string_view, std::int64_t> notes_;  // check -> how many; the ids live as long as the program
};

/// Blank or only zeros or nines, as "no date" is written.
bool is_no_date(std::string_view text);

}  // namespace mimamori
