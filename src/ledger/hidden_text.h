#pragma once

#include <sodium.h>

#include <string>
#include <utility>

namespace mimamori {

/// A password, token or secret as text: no formatter, so that it reaches no log line and no error,
/// and wiped from memory when it goes.
class HiddenText {
 public:
  HiddenText() = default;
  explicit HiddenText(std::string text) : text_(std::move(text)) {}
  HiddenText(const HiddenText&) = default;
  HiddenText& operator=(const HiddenText&) = default;
  HiddenText(HiddenText&& other) noexcept : text_(other.text_) { other.wipe(); }
  HiddenText& operator=(HiddenText&& other) noexcept {
    std::swap(text_, other.text_);
    return *this;
  }
  ~HiddenText() { wipe(); }

  /// For handing it to its one rightful receiver, nothing else.
  [[nodiscard]] const std::string& reveal() const { return text_; }

 private:
  void wipe() {
    sodium_memzero(text_.data(), text_.size());
    text_.clear();
  }
  std::string text_;
};

}  // namespace mimamori
