#include "stats/read_spec.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"

namespace mimamori {
namespace {

constexpr std::size_t kSpecBytesMax = std::size_t{1} * 1024 * 1024;
constexpr int kDepthMax = 16;

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return "line " + std::to_string(line) + ", character " + std::to_string(before.size() - line_start + 1);
}

/// Watches the reader for keys written twice and for depth.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    if (depth > kDepthMax) problem_ = "expected at most " + std::to_string(kDepthMax) + " levels of nesting";
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key && !keys_.back().insert(value.get<std::string>()).second) {
      problem_ = "expected the key " + value.get<std::string>() + " once";
    }
    return true;
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
};

}  // namespace

Result<Json> read_spec(std::string_view text) {
  if (text.size() > kSpecBytesMax) return Error{ErrorCode::kInvalidInput, "expected at most 1 MiB"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Watch watch;
  try {
    Json json = Json::parse(text, std::ref(watch));
    if (!watch.problem().empty()) return Error{ErrorCode::kInvalidInput, watch.problem()};
    return json;
  } catch (const Json::parse_error& wrong) {
    const std::size_t byte = wrong.byte == 0 ? 0 : wrong.byte - 1;
    return Error{ErrorCode::kInvalidInput, place_of(text, byte) + ": expected JSON"};
  } catch (const Json::exception&) {  // a number beyond any double
    return Error{ErrorCode::kInvalidInput, "expected numbers that a double can hold"};
  }
}

Result<Json> read_spec_file(const std::filesystem::path& file) {
  const std::string text = TRY(read_file(file, kSpecBytesMax));
  return read_spec(text).at(file.string());
}

}  // namespace mimamori
