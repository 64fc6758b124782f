#include "store/memory_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mimamori {
namespace {

Error failed(const char* what) {
  return Error{ErrorCode::kIo, std::string("file in memory: cannot ") + what + ": " + std::strerror(errno)};
}

}  // namespace

Result<MemoryFile> MemoryFile::create(std::string_view content) {
  const int fd = ::memfd_create("mimamori", MFD_CLOEXEC);
  if (fd < 0) return failed("make it");
  MemoryFile file(fd);
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

Result<std::string> MemoryFile::read() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return failed("measure");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::pread(fd_, content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("read");
    done += static_cast<std::size_t>(got);
  }
  return content;
}

}  // namespace mimamori
