#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

/// Reads XML piece by piece, without a tree: what a clinical document needs and no more. A document type
/// declaration is refused, so no entity can expand or reach outside; depth and attributes are bounded.
class XmlReader {
 public:
  enum class Piece { kStart, kEnd, kText, kDone };

  /// The text, in UTF-8, is borrowed.
  explicit XmlReader(std::string_view utf8) : rest_(utf8), all_(utf8) {}

  /// The next piece. An empty element (`<a/>`) gives a start and an end.
  /// Errors  kInvalidInput: not well formed, a document type, nesting beyond kDepthMax; with the byte.
  Result<Piece> next();

  /// Name of the element that started or ended, without its prefix.
  [[nodiscard]] std::string_view name() const { return name_; }
  /// The value of an attribute of the element that started, by its name without prefix; empty if it has none.
  [[nodiscard]] std::string attribute(std::string_view name) const;
  /// Elements that are open, the innermost last, without prefixes.
  [[nodiscard]] const std::vector<std::string_view>& open() const { return open_; }

  static constexpr std::size_t kDepthMax = 200;
  static constexpr std::size_t kAttributesMax = 100;

 private:
  struct Attribute {
    std::string_view name;
    std::string_view value;  // as written
  };
  [[nodiscard]] Error error(std::string_view expectation) const;
  Result<void> skip_to(std::string_view end);
  Result<Piece> read_tag();
  Result<Piece> read_start(std::string_view tag);
  Result<Piece> end_element(std::string_view name);

  std::string_view rest_;
  std::string_view all_;
  std::string_view name_;
  std::vector<Attribute> attributes_;
  std::vector<std::string_view> open_;
  bool ends_at_once_ = false;  // the element that started was empty
};

}  // namespace mimamori
