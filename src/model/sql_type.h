#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/date.h"
#include "model/edited.h"

namespace mimamori {

/// The SQL type of a C++ column type.
template <class T>
struct SqlType;
template <> struct SqlType<std::string> { static constexpr const char* kName = "VARCHAR"; };
template <> struct SqlType<bool> { static constexpr const char* kName = "BOOLEAN"; };
template <> struct SqlType<std::int64_t> { static constexpr const char* kName = "BIGINT"; };
template <> struct SqlType<double> { static constexpr const char* kName = "DOUBLE"; };
template <> struct SqlType<Date> { static constexpr const char* kName = "DATE"; };
template <> struct SqlType<Moment> { static constexpr const char* kName = "TIMESTAMP"; };

template <class T> struct SqlType<std::optional<T>> : SqlType<T> {};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

/// "DATE", "VARCHAR NOT NULL": as in CREATE TABLE. Optional members may be NULL. So may a moment: it has a
/// time of day only if one was sent (the *_on column beside it holds the day).
template <class T>
std::string sql_type() {
  return std::string(SqlType<T>::kName) + (kIsOptional<T> ? "" : " NOT NULL");
}

}  // namespace mimamori
