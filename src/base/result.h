#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace mimamori {

/// What the reader of an error can do about it.
enum class ErrorCode {
  kInvalidInput,       // mend the input
  kNotFound,           // name something that exists
  kConflict,           // something else is in the way
  kPermissionDenied,   // ask for the right
  kUnsupported,        // not offered
  kUnavailable,        // try again
  kNotEstimable,       // no events, separation: an answer, not a crash
  kDisclosureRefused,  // may not leave
  kIo,                 // mend the disk or the network
};

/// "kInvalidInput" and so on, as written in results and logs.
std::string_view name_of(ErrorCode code);

/// A code and a sentence. The sentence gives the place and what was expected, never a value that
/// was found in a record: it was a patient's.
struct Error {
  ErrorCode code = ErrorCode::kInvalidInput;
  std::string sentence;

  /// The same error with the place in front: "PID-7: expected YYYYMMDD".
  [[nodiscard]] Error at(std::string_view place) const {
    return Error{code, std::string(place) + ": " + sentence};
  }
};

/// A value or an Error; must be looked at. A small class over tl::expected because a bare
/// tl::expected can be dropped without a warning.
template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  Result(T value) : expected_(std::move(value)) {}                        // NOLINT: implicit
  Result(Error error) : expected_(tl::make_unexpected(std::move(error))) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return expected_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & { return *expected_; }
  const T& value() const& { return *expected_; }
  T&& value() && { return *std::move(expected_); }
  T& operator*() & { return *expected_; }
  const T& operator*() const& { return *expected_; }
  T* operator->() { return &*expected_; }
  const T* operator->() const { return &*expected_; }

  [[nodiscard]] const Error& error() const& { return expected_.error(); }
  Error&& error() && { return std::move(expected_.error()); }

  /// Puts the place in front of the error, if there is one.
  Result at(std::string_view place) && {
    if (!ok()) return Result(expected_.error().at(place));
    return std::move(*this);
  }

 private:
  tl::expected<T, Error> expected_;
};

/// Success without a value.
struct Done {};
template <>
class [[nodiscard]] Result<void> {
 public:
  using Value = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }
  Done value() && { return {}; }

  Result at(std::string_view place) && {
    if (!ok()) return Result(error_->at(place));
    return {};
  }

 private:
  std::optional<Error> error_;
};

/// Stops the program with a message: our own mistake, never reachable from outside input.
[[noreturn]] void ensure_failed(const char* condition, const char* file, int line);

}  // namespace mimamori

/// For our own mistakes; stays on in release builds.
#define ENSURE(condition)                                                \
  do {                                                                   \
    if (!(condition)) ::mimamori::ensure_failed(#condition, __FILE__, __LINE__); \
  } while (false)

/// The value of a Result, or an early return of its error. Takes a line of its own, as a whole
/// initializer or statement (g++ 12 and clang 14 can otherwise forget destructors).
#define TRY(...)                                                  \
  __extension__({                                                 \
    auto try_result_ = (__VA_ARGS__);                             \
    if (!try_result_.ok()) return std::move(try_result_).error(); \
    std::move(try_result_).value();                               \
  })
