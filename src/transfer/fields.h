#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Reads the fields of a document, each once. The first field that is missing or of another type, or one
/// that nobody asked for, is what done() reports; until then a wrong field reads as empty.
///
///   Fields fields(document, "manifest");
///   Manifest manifest{.site = fields.text("site"), ...};
///   TRY(fields.done());
class Fields {
 public:
  Fields(const nlohmann::json& document, std::string place);

  std::string text(const std::string& key);
  std::int64_t integer(const std::string& key);
  bool boolean(const std::string& key);
  std::string bytes(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  nlohmann::json array(const std::string& key);
  nlohmann::json object(const std::string& key);

  /// Errors  kInvalidInput: names the place and the field.
  [[nodiscard]] Result<void> done() const;

 private:
  const nlohmann::json* find(const std::string& key, const char* expected);
  void wrong(const std::string& key, const char* expected);

  const nlohmann::json& document_;
  std::string place_;
  std::size_t read_ = 0;
  std::string problem_;
};

}  // namespace mimamori
