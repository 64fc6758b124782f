#include "transfer/fields.h"

#include <nlohmann/json.hpp>

namespace mimamori {

using Json = nlohmann::json;

Fields::Fields(const Json& document, std::string place) : document_(document), place_(std::move(place)) {
  if (!document.is_object()) problem_ = place_ + ": expected a map";
}

void Fields::wrong(const std::string& key, const char* expected) {
  if (problem_.empty()) problem_ = place_ + ": " + key + ": expected " + expected;
}

const Json* Fields::find(const std::string& key, const char* expected) {
  if (!document_.is_object()) return nullptr;
  const auto found = document_.find(key);
  if (found == document_.end()) {
    wrong(key, expected);
    return nullptr;
  }
  ++read_;
  return &*found;
}

std::string Fields::text(const std::string& key) {
  const Json* value = find(key, "a text");
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  wrong(key, "a text");
  return {};
}

std::int64_t Fields::integer(const std::string& key) {
  const Json* value = find(key, "a whole number");
  if (value == nullptr) return 0;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX)) {
    return value->get<std::int64_t>();
  }
  if (value->is_number_integer() && !value->is_number_unsigned()) return value->get<std::int64_t>();
  wrong(key, "a whole number");
  return 0;
}

bool Fields::boolean(const std::string& key) {
  const Json* value = find(key, "true or false");
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  wrong(key, "true or false");
  return false;
}

std::string Fields::bytes(const std::string& key) {
  const Json* value = find(key, "bytes");
  if (value == nullptr) return {};
  if (value->is_binary()) return {value->get_binary().begin(), value->get_binary().end()};
  wrong(key, "bytes");
  return {};
}

std::vector<std::string> Fields::texts(const std::string& key) {
  std::vector<std::string> texts;
  for (const Json& item : array(key)) {
    if (!item.is_string()) {
      wrong(key, "a list of texts");
      return {};
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Json Fields::array(const std::string& key) {
  const Json* value = find(key, "a list");
  if (value == nullptr) return Json::array();
  if (value->is_array()) return *value;
  wrong(key, "a list");
  return Json::array();
}

Json Fields::object(const std::string& key) {
  const Json* value = find(key, "a map");
  if (value == nullptr) return Json::object();
  if (value->is_object()) return *value;
  wrong(key, "a map");
  return Json::object();
}

Result<void> Fields::done() const {
  if (!problem_.empty()) return Error{ErrorCode::kInvalidInput, problem_};
  if (read_ != document_.size()) {
    return Error{ErrorCode::kInvalidInput, place_ + ": expected no other field than the known ones"};
  }
  return {};
}

}  // namespace mimamori
