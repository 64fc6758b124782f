// Crashes, a second process and a full disk: what was reported as written is there, nothing is half.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/testing.h"
#include "ledger/log.h"
#include "ledger/verify_log.h"

namespace mimamori {
namespace {

constexpr int kBatch = 3;

std::vector<NewEntry> batch() {
  return std::vector<NewEntry>(
      kBatch, NewEntry{.at_ms = 1, .kind = "test", .actor = "child", .body = std::string(2000, 'x')});
}

/// Appends batches until killed, and writes one byte to the pipe after each that was confirmed.
[[noreturn]] void append_until_killed(const std::filesystem::path& path, int confirmed) {
  auto log = Log::open(path);
  if (!log.ok()) _exit(1);
  while (true) {
    if (!log->append(batch()).ok()) _exit(2);
    if (::write(confirmed, "x", 1) != 1) _exit(3);
  }
}

/// Starts a child, kills it after `batches` confirmations and the given further microseconds, and
/// returns how many it had confirmed.
std::int64_t run_and_kill(const std::filesystem::path& path, int batches, unsigned int then_microseconds) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) append_until_killed(path, ends[1]);
  ::close(ends[1]);
  std::int64_t confirmed = 0;
  char byte = 0;
  while (confirmed < batches && ::read(ends[0], &byte, 1) == 1) ++confirmed;
  ::usleep(then_microseconds);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";
  while (::read(ends[0], &byte, 1) == 1) ++confirmed;
  ::close(ends[0]);
  return confirmed;
}

TEST(LogCrash, AProcessKilledWhileAppendingLosesNothingThatWasConfirmed) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  std::int64_t confirmed = 0;
  for (unsigned int round = 0; round < 12; ++round) {
    confirmed += run_and_kill(path, 2, round * 170);
    const LogCheck check = verify_log(path).value();
    ASSERT_THAT(check.problems, testing::IsEmpty()) << "round " << round;
    ASSERT_EQ(check.head.seq % kBatch, 0) << "half a batch";
    ASSERT_GE(check.head.seq, confirmed * kBatch) << "a confirmed batch is gone";
    // A kill can fall between the commit and the confirmation, once per round.
    ASSERT_LE(check.head.seq, (confirmed + round + 1) * kBatch);
  }
  EXPECT_THAT(Log::open(path), Succeeds());
}

TEST(LogCrash, TwoProcessesNeverMakeTwoBranches) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  ASSERT_THAT(Log::open(path), Succeeds());
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int added = 0;
      for (int attempt = 0; added < 10 && attempt < 10'000; ++attempt) {
        auto log = Log::open(path);
        if (!log.ok()) {
          if (log.error().code != ErrorCode::kUnavailable) _exit(100);
          continue;
        }
        const auto result = log->append(batch());
        if (result.ok()) ++added;
        if (!result.ok() && result.error().code != ErrorCode::kConflict) _exit(101);
      }
      _exit(added);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 10);
  }
  const LogCheck check = verify_log(path).value();
  EXPECT_THAT(check.problems, testing::IsEmpty());
  EXPECT_EQ(check.head.seq, 3 * 10 * kBatch);
}

/// Fills the disk, as far as this process can see: no file may grow beyond the size.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*before_)(int) = nullptr;
  rlimit old_{};
};

TEST(LogCrash, AFullDiskIsAnErrorAndLeavesNothingHalfDone) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  std::int64_t confirmed = 0;
  {
    Log log = std::move(Log::open(path)).value();
    ASSERT_THAT(log.append(batch()), Succeeds());
    confirmed = kBatch;
    {
      const FileSizeLimit full(rlim_t{100} * 1024);
      bool failed = false;
      for (int i = 0; i < 200 && !failed; ++i) {
        const auto result = log.append(batch());
        failed = !result.ok();
        if (failed) {
          EXPECT_THAT(result, FailsWith(ErrorCode::kIo));
        } else {
          confirmed += kBatch;
        }
      }
      EXPECT_TRUE(failed);
      EXPECT_THAT(log.append(batch()), FailsWith(ErrorCode::kIo));
      EXPECT_EQ(log.head().seq, confirmed);
      EXPECT_EQ(log.read(1, 10'000).value().size(), static_cast<std::size_t>(confirmed));
    }
    // There is room again: the same object goes on.
    EXPECT_THAT(log.append(batch()), Succeeds());
    confirmed += kBatch;
  }
  const LogCheck check = verify_log(path).value();
  EXPECT_THAT(check.problems, testing::IsEmpty());
  EXPECT_EQ(check.head.seq, confirmed);
}

TEST(LogCrash, ABackupThatDoesNotFitLeavesNoBackup) {
  const ScratchFolder folder;
  const auto path = folder.path() / "ledger.sqlite";
  Log log = std::move(Log::open(path)).value();
  for (int i = 0; i < 40; ++i) ASSERT_THAT(log.append(batch()), Succeeds());
  const FileSizeLimit full(rlim_t{50} * 1024);
  EXPECT_THAT(back_up_ledger(path, folder.path() / "copy"), FailsWith(ErrorCode::kIo));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "copy"));
}

}  // namespace
}  // namespace mimamori
