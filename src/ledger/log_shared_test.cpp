// One process may open a log more than once, beside others that do.

#include <fcntl.h>
#include <unistd.h>

#include "base/testing.h"
#include "ledger/log.h"

namespace mimamori {
namespace {

/// Whether this process has SQLite's shared lock on the file (lock bytes: sqlite.org/fileformat2, "the
/// lock-byte page"). Looks through an open file description of its own, which is left open: closing it drops
/// the lock.
bool is_locked(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0x40000000;
  lock.l_len = 512;
  EXPECT_EQ(::fcntl(file, F_OFD_GETLK, &lock), 0);
  return lock.l_type != F_UNLCK;
}

TEST(SharedLog, StaysLockedWhenItIsOpenedASecondTime) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path() / "ledger.sqlite";
  const Result<Log> first = Log::open(path);
  ASSERT_THAT(first, Succeeds());
  ASSERT_TRUE(is_locked(path));
  {
    const Result<Log> second = Log::open(path);
    ASSERT_THAT(second, Succeeds());
    EXPECT_TRUE(is_locked(path)) << "another process may now delete the journal";
  }
  EXPECT_TRUE(is_locked(path));
}

}  // namespace
}  // namespace mimamori
