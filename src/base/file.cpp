#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mimamori {
namespace {

/// Closes a file descriptor when the scope ends.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error io_error(const std::filesystem::path& path, const char* what) {
  const int reason = errno;
  const ErrorCode code = reason == ENOENT   ? ErrorCode::kNotFound
                         : reason == EACCES ? ErrorCode::kPermissionDenied
                                            : ErrorCode::kIo;
  return Error{code, path.string() + ": cannot " + what + ": " + std::strerror(reason)};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t size_bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error(path, "open");
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(path, "read");
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > size_bytes_max) {
      return Error{ErrorCode::kInvalidInput,
                   path.string() + ": expected at most " + std::to_string(size_bytes_max) + " bytes"};
    }
  }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path temporary = path.string() + ".part";
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) return io_error(temporary, "write");
    std::string_view rest = content;
    while (!rest.empty()) {
      const ssize_t count = ::write(file.get(), rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        Error error = io_error(temporary, "write");
        ::unlink(temporary.c_str());
        return error;
      }
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file.get()) != 0) return io_error(temporary, "flush");
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error(path, "rename into place");
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  TRY(sync_to_disk(folder));
  return {};
}

Result<void> sync_to_disk(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error(path, "open");
  if (::fsync(file.get()) != 0) return io_error(path, "flush");
  return {};
}

}  // namespace mimamori
