#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace mimamori {

/// The table that an item of a claim goes to.
enum class ClaimCategory : std::uint8_t {
  kProcedure,
  kManagementFee,
  kSurgery,
  kDevice,
  kDrug,
  kAdjustment,  // an amount without an act: only its billing unit is kept
  kWardLabel,   // names the ward; no row
};

/// The record that an item stands in; CD rows count as the record that their code would have.
enum class ItemRecord : std::uint8_t { kAct, kDrug, kDevice };

/// Where an item goes, and whether its amounts are points.
struct CategoryRule {
  ClaimCategory category = ClaimCategory::kProcedure;
  bool is_points = true;
};

/// The rules in force in one month.
class MonthRules {
 public:
  /// service_class: two digits, inherited; anything else takes the record's general rule.
  [[nodiscard]] CategoryRule category(ItemRecord record, std::string_view service_class,
                                      std::string_view code) const;
  /// True if one of the modifiers (4 digits each, joined) says that the disease is suspected.
  [[nodiscard]] bool is_suspected(std::string_view modifiers) const;
  /// True if the free text of an uncoded disease ends like a suspicion.
  [[nodiscard]] bool is_suspected_name(std::string_view name) const;
  /// True if the act says that drugs were dispensed by a pharmacy outside.
  [[nodiscard]] bool is_outside_prescription(std::string_view code) const;

 private:
  friend class ClaimRules;
  static constexpr std::size_t kAnyClass = 100;
  struct PrefixRule {
    ItemRecord record = ItemRecord::kAct;
    std::string prefix;
    CategoryRule rule;
  };
  std::array<std::array<CategoryRule, kAnyClass + 1>, 3> by_class_{};
  std::vector<PrefixRule> by_prefix_;
  std::vector<std::string> modifiers_;
  std::vector<std::string> name_endings_;
  std::vector<std::string> outside_prescriptions_;
};

/// Rules of claims as data with effective dates: src/claims/rules/categories.csv and markers.csv.
class ClaimRules {
 public:
  /// Reads two texts in the form of those files.  Errors  kInvalidInput, with the line.
  static Result<ClaimRules> read(std::string_view categories_csv, std::string_view markers_csv);
  /// Those that were built in.
  static const ClaimRules& built_in();

  /// What is in force on a day (both ends of a rule's interval included).
  [[nodiscard]] MonthRules on(Date day) const;

 private:
  struct Interval {
    Date from;
    Date to;
    [[nodiscard]] bool holds(Date day) const { return from <= day && day <= to; }
  };
  struct Category {
    ItemRecord record = ItemRecord::kAct;
    std::size_t service_class = MonthRules::kAnyClass;
    std::string prefix;
    CategoryRule rule;
    Interval interval;
  };
  struct Marker {
    std::string kind;
    std::string value;
    Interval interval;
  };
  static Result<Interval> read_interval(const std::string& from, const std::string& to);
  static Result<Category> read_category(const std::vector<std::string>& fields);
  static Result<Marker> read_marker(const std::vector<std::string>& fields);
  std::vector<Category> categories_;
  std::vector<Marker> markers_;
};

}  // namespace mimamori
