#pragma once

#include <stdexcept>
#include <vector>

#include "exchange/record.h"
#include "simulate/dice.h"

namespace mimamori::simulate {

/// The process stops here; what was appended before is on the disk.
struct Crash {};

/// A party's log with the faults of real disks. An append is all or nothing, as SQLite promises; the
/// process can die just before or just after it, and the disk can be full for a while.
class PartyDisk {
 public:
  explicit PartyDisk(Dice& dice) : dice_(dice) {}

  /// False: the disk is full, nothing was appended.
  bool append(const Records& records, double crash_chance) {
    if (is_full) return false;
    if (dice_.chance(crash_chance)) throw Crash{};
    log_.insert(log_.end(), records.begin(), records.end());
    if (dice_.chance(crash_chance)) throw Crash{};
    return true;
  }
  [[nodiscard]] const std::vector<Record>& log() const { return log_; }

  void back_up() { backup_ = log_; }
  void restore() { log_ = backup_; }

  bool is_full = false;

 private:
  Dice& dice_;
  std::vector<Record> log_;
  std::vector<Record> backup_;
};

}  // namespace mimamori::simulate
