#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/received.h"

namespace mimamori {

/// One kind of finding: the name used everywhere, its number in shared/reference/ssmix2.md 11.3, and how bad
/// it is. README.md says what each one means.
struct FindingKind {
  std::string_view check;
  std::string_view id;
  std::string_view severity;
};

namespace findings {

inline constexpr FindingKind kTrailingTerminator{"trailing_terminator", "B01", "info"};
inline constexpr FindingKind kLeadingTerminator{"leading_terminator", "B01", "info"};
inline constexpr FindingKind kLineFeed{"line_feed_terminator", "B01", "info"};
inline constexpr FindingKind kNoFinalTerminator{"no_final_terminator", "B01", "info"};
inline constexpr FindingKind kByteOrderMark{"byte_order_mark", "B01", "info"};
inline constexpr FindingKind kTrailingNul{"trailing_nul", "B01", "warning"};
inline constexpr FindingKind kControlCharacter{"control_character", "B01", "warning"};
inline constexpr FindingKind kEncodingMismatch{"encoding_mismatch", "B02", "warning"};
inline constexpr FindingKind kUndecodable{"undecodable_bytes", "B02", "warning"};
inline constexpr FindingKind kHalfWidthKana{"half_width_kana", "B02", "info"};
inline constexpr FindingKind kVendorCharacter{"vendor_character", "B02", "info"};
inline constexpr FindingKind kSupplementary{"supplementary_character", "B02", "info"};
inline constexpr FindingKind kUserDefined{"user_defined_character", "B02", "warning"};
inline constexpr FindingKind kOtherEncoding{"mixed_encodings", "B02", "warning"};
inline constexpr FindingKind kAmbiguousEncoding{"encoding_ambiguous", "B02", "warning"};
inline constexpr FindingKind kUnbalancedEscape{"escape_unbalanced", "B03", "error"};
inline constexpr FindingKind kUnknownEscape{"unknown_escape", "B03", "error"};
inline constexpr FindingKind kDelimiters{"nonstandard_delimiters", "M01", "error"};
inline constexpr FindingKind kVersion{"unexpected_version", "M01", "warning"};
inline constexpr FindingKind kProcessingMissing{"processing_id_missing", "M01", "warning"};
inline constexpr FindingKind kTypeTolerated{"message_type_tolerated", "M02", "info"};
inline constexpr FindingKind kStructure{"message_structure_differs", "M02", "info"};
inline constexpr FindingKind kCharsetDeclaration{"charset_declaration", "M03", "warning"};
inline constexpr FindingKind kUnknownSegment{"unknown_segment", "M04", "warning"};
inline constexpr FindingKind kMalformedSegment{"malformed_segment", "M04", "warning"};
inline constexpr FindingKind kSegmentMissing{"required_segment_missing", "M05", "error"};
inline constexpr FindingKind kEmptyResultGroup{"result_group_empty", "M05", "info"};
inline constexpr FindingKind kComponentInPrescription{"component_in_prescription", "M04", "info"};
inline constexpr FindingKind kMultipleTiming{"multiple_timing", "M04", "info"};
inline constexpr FindingKind kObservationLeftOut{"observation_left_out", "M04", "info"};
inline constexpr FindingKind kSummaryEntryLeftOut{"summary_entry_left_out", "M04", "info"};
inline constexpr FindingKind kParentMissing{"susceptibility_parent_missing", "X14", "warning"};
inline constexpr FindingKind kUnescapedDelimiter{"unescaped_delimiter", "F06", "warning"};
inline constexpr FindingKind kCareDateForm{"care_date_form", "P03", "error"};
inline constexpr FindingKind kUnknownDataType{"unknown_data_type", "P04", "warning"};
inline constexpr FindingKind kDataTypeAlias{"data_type_alias", "P04", "warning"};
inline constexpr FindingKind kTimestampForm{"timestamp_form", "P05", "warning"};
inline constexpr FindingKind kNameLength{"name_field_length", "P02", "warning"};
inline constexpr FindingKind kPatientDiffers{"patient_differs", "X01", "error"};
inline constexpr FindingKind kCareDateDiffers{"care_date_differs", "X02", "warning"};
inline constexpr FindingKind kOrderNumberDiffers{"order_number_differs", "X03", "warning"};
inline constexpr FindingKind kCancelInLiveFile{"cancel_in_live_file", "X06", "error"};

}  // namespace findings

/// Adds a finding; the sentence must not hold a value of the record.
inline void add_finding(ParsedFile& file, const FindingKind& kind, std::uint32_t segment,
                        std::string_view field, std::string_view sentence) {
  file.findings.push_back(Finding{std::string(kind.check), std::string(kind.severity), segment,
                                  std::string(field), std::string(kind.id) + ": " + std::string(sentence)});
}

}  // namespace mimamori
