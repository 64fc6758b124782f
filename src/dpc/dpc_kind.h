#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mimamori {

/// The files of the DPC survey (reference/claims-dpc.md section 2); n is inpatient, g outpatient.
enum class DpcKind : std::uint8_t { kNone, kForm1, kEfn, kEfg, kEn, kEg, kFn, kFg, kDn, kHn, kKn };

/// "FF1", "EFn" ... as in file names; "" for kNone.
std::string_view name_of(DpcKind kind);

/// Columns of a line; 0 where the layout is not known (kNone, kKn).
std::size_t dpc_columns(DpcKind kind);

[[nodiscard]] constexpr bool is_outpatient(DpcKind kind) {
  return kind == DpcKind::kEfg || kind == DpcKind::kEg || kind == DpcKind::kFg;
}

/// What a file name says: KIND_FACILITY_yymm anywhere in it.
struct DpcFileName {
  DpcKind kind = DpcKind::kNone;
  std::string facility;  // nine letters or digits; empty: the name does not say
  std::string month;     // yymm
};
DpcFileName read_dpc_file_name(std::string_view file_name);

/// What makes two files the same file of the survey, so that the later one replaces the earlier:
/// "dpc:EFn:139999999:2405". Empty if the name does not say so, and for form 1, which is replaced stay by
/// stay.
std::string dpc_file_identity(std::string_view file_name);

/// A line cut at its tabs. Fields beyond kMax are counted, not kept.
struct DpcFields {
  static constexpr std::size_t kMax = 32;
  std::array<std::string_view, kMax> field;  // those beyond count are empty
  std::size_t count = 0;
};
DpcFields split_dpc_line(std::string_view line);

/// A header names the column データ識別番号, in whatever width.
bool is_dpc_header(const DpcFields& fields);

/// What a line is by its columns alone, header or not; `by_name` decides what columns cannot
/// (inpatient or outpatient where no header says it). kNone: no layout has so many columns.
DpcKind dpc_kind_of_line(const DpcFields& fields, bool is_header, DpcKind by_name);

}  // namespace mimamori
