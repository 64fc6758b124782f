#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"

namespace mimamori {

/// Owns one DuckDB handle and ends it with its own function.
template <class T, auto Destroy>
class Handle {
 public:
  Handle() = default;
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, T{})) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, T{});
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] T get() const { return handle_; }
  /// For a DuckDB function that fills in a handle.
  T* out() {
    reset();
    return &handle_;
  }
  T* in_place() { return &handle_; }
  void reset() {
    if (handle_ != nullptr) Destroy(&handle_);
    handle_ = T{};
  }

 private:
  T handle_{};
};

using DatabaseHandle = Handle<duckdb_database, duckdb_close>;
using ConnectionHandle = Handle<duckdb_connection, duckdb_disconnect>;
using StatementHandle = Handle<duckdb_prepared_statement, duckdb_destroy_prepare>;
using AppenderHandle = Handle<duckdb_appender, duckdb_appender_destroy>;
using ConfigHandle = Handle<duckdb_config, duckdb_destroy_config>;

/// A query's answer; duckdb_result is a struct, not a pointer.
class ResultHandle {
 public:
  ResultHandle() = default;
  ~ResultHandle() { duckdb_destroy_result(&result_); }
  ResultHandle(const ResultHandle&) = delete;
  ResultHandle& operator=(const ResultHandle&) = delete;
  duckdb_result* get() { return &result_; }

 private:
  duckdb_result result_{};
};

}  // namespace mimamori
