#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mimamori {

/// What a load spends its time on.
enum class IngestStage : std::uint8_t {
  kReceive,   // walking, reading, hashing, telling what is news
  kParse,     // reading back, decoding, parsing, standardizing
  kAppend,    // handing rows to the edited layer
  kSettle,    // versions, merges, admissions, patients; flushing to the disk
};
inline constexpr std::size_t kIngestStages = 4;

/// Processor time of the threads that did the work of each stage, in nanoseconds. What the program spent besides is
/// the database's own: packing and writing in threads of its own.
class IngestProfile {
 public:
  void add(IngestStage stage, std::int64_t nanoseconds) { spent_[static_cast<std::size_t>(stage)] += nanoseconds; }
  [[nodiscard]] double seconds(IngestStage stage) const {
    return static_cast<double>(spent_[static_cast<std::size_t>(stage)]) * 1e-9;
  }

 private:
  std::array<std::atomic<std::int64_t>, kIngestStages> spent_{};
};

/// Processor time of this thread, in nanoseconds.
std::int64_t thread_nanoseconds();
/// Processor time of the whole program, in seconds.
double process_seconds();

/// Adds the time until it goes out of scope to a stage.
class StageTimer {
 public:
  StageTimer(IngestProfile& profile, IngestStage stage) : profile_(profile), stage_(stage), began_(thread_nanoseconds()) {}
  ~StageTimer() { profile_.add(stage_, thread_nanoseconds() - began_); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  IngestProfile& profile_;
  IngestStage stage_;
  std::int64_t began_;
};

}  // namespace mimamori
