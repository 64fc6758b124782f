#include "dpc/ef_group.h"

namespace mimamori {

void EfGroup::open(DpcContext& context, const EfGroupKey& key, const Points& points, bool adds_up) {
  close(context);
  open_.emplace(Open{.key = {std::string(key.facility), std::string(key.patient), std::string(key.began),
                             std::string(key.category), std::string(key.number)},
                     .line = context.line(),
                     .expected = points,
                     .found = {},
                     .adds_up = adds_up});
}

bool EfGroup::add(const EfGroupKey& key, const Points& points) {
  if (!open_) return false;
  const auto& [facility, patient, began, category, number] = open_->key;
  if (key.number != number || key.category != category || key.patient != patient || key.began != began ||
      key.facility != facility) {
    return false;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    // Numbers of a damaged file may be of any size.
    if (__builtin_add_overflow(open_->found[i], points[i], &open_->found[i])) open_->adds_up = false;
  }
  return true;
}

void EfGroup::close(DpcContext& context) {
  if (!open_) return;
  static constexpr std::array<std::string_view, 3> kColumns = {"column 18", "column 19", "column 20"};
  static constexpr std::array<std::string_view, 3> kSentences = {
      "expected the points of the group's details that are not bundled",
      "expected the points of the group's drugs that are neither bundled nor brought in",
      "expected the points of the group's devices that are not bundled"};
  for (std::size_t i = 0; open_->adds_up && i < kColumns.size(); ++i) {
    if (open_->expected[i] == open_->found[i]) continue;
    context.note_at(open_->line, dpc_checks::kPointsDiffer, kColumns[i], kSentences[i]);
  }
  open_.reset();
}

}  // namespace mimamori
