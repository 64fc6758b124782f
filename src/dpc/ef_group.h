#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dpc/dpc_context.h"

namespace mimamori {

/// Which lines are one group: a stay (or a day of outpatient care), its section and its number there.
struct EfGroupKey {
  std::string_view facility;
  std::string_view patient;
  std::string_view began;  // column 4: admission, or day of the visit
  std::string_view category;
  std::string_view number;
};

/// Follows groups through the lines of EF and compares the points of a group with those of its details
/// (reference/claims-dpc.md 2.2): details that are not bundled add up to the group's points, and those among
/// them that are drugs or devices to its points for drugs and for materials. Brought-in drugs count nowhere.
/// The public samples break the rule in 4 of 10 groups, so that a difference is a finding and nothing more.
class EfGroup {
 public:
  using Points = std::array<std::int64_t, 3>;  // all, drugs, materials

  /// An E line opens a group and closes the one before. `adds_up`: whether the rule is known for its file.
  void open(DpcContext& context, const EfGroupKey& key, const Points& points, bool adds_up);

  /// An F line; false if its group is not the open one.
  bool add(const EfGroupKey& key, const Points& points);

  /// Compares what is open, and forgets it.
  void close(DpcContext& context);

 private:
  struct Open {
    std::array<std::string, 5> key;
    std::int64_t line = 0;
    Points expected{};
    Points found{};
    bool adds_up = false;
  };
  std::optional<Open> open_;
};

}  // namespace mimamori
