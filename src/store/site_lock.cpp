#include "store/site_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace mimamori {
namespace {

std::string holder_of(int fd) {
  char text[200] = {};
  const ssize_t size = ::pread(fd, text, sizeof text - 1, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string("another process");
}

}  // namespace

Result<SiteLock> SiteLock::acquire(const std::filesystem::path& site, const std::string& purpose, int wait_seconds) {
  const std::filesystem::path file = site / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    const int reason = errno;
    const ErrorCode code = reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Error{code, file.string() + ": cannot take the site's lock: " + std::strerror(reason)};
  }
  SiteLock lock(fd);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait_seconds);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{ErrorCode::kUnavailable, "the site is in use by " + holder_of(fd) + "; try again when it has finished"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const std::string holder = purpose + " (process " + std::to_string(::getpid()) + ")";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, holder.data(), holder.size(), 0) < 0) {
    return Error{ErrorCode::kIo, file.string() + ": cannot write: " + std::strerror(errno)};
  }
  return lock;
}

SiteLock::SiteLock(SiteLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

SiteLock::~SiteLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace mimamori
