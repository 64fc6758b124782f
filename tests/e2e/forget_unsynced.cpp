// A library that is loaded before libc's file functions (LD_PRELOAD) and keeps, in a journal, how to undo every
// change below one folder. With that, unsynced.cpp gives a killed program the disk that a power cut would
// have left: without what was written and not yet flushed.
//
//   FORGET_ROOT     the folder that is watched
//   FORGET_JOURNAL  an existing folder for the journal and for what was deleted

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <vector>

#include "unsynced_record.h"

namespace {

using mimamori::UnsyncedRecord;

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));  // NOLINT: what dlsym is for
}

struct Watch {
  Watch() {
    const char* watched = ::getenv("FORGET_ROOT");
    const char* folder = ::getenv("FORGET_JOURNAL");
    if (watched == nullptr || folder == nullptr) return;
    root = watched;
    journal_folder = folder;
    const std::string file = journal_folder + "/journal";
    journal = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  std::string root;
  std::string journal_folder;
  int journal = -1;
  int kept = 0;   // deleted files that were kept
  std::mutex mutex;
};

Watch& watch() {
  static Watch one;
  return one;
}

bool is_watched(const std::string& path) {
  return watch().journal >= 0 && path.starts_with(watch().root + "/");
}

std::string absolute(const char* path) {
  if (path[0] == '/') return path;
  char here[4096];
  return ::getcwd(here, sizeof here) == nullptr ? std::string(path) : std::string(here) + "/" + path;
}

std::string path_of(int fd) {
  char link[64];
  ::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  char path[4096];
  const ssize_t length = ::readlink(link, path, sizeof path);
  return length <= 0 ? std::string() : std::string(path, static_cast<std::size_t>(length));
}

std::uint64_t inode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::uint64_t folder_inode(const std::string& path) { return inode_of(path.substr(0, path.rfind('/'))); }

void note(UnsyncedRecord record, const std::string& path, const std::string& other, const std::string& bytes) {
  record.path_size = static_cast<std::uint32_t>(path.size());
  record.other_size = static_cast<std::uint32_t>(other.size());
  record.bytes_size = bytes.size();
  std::string text(reinterpret_cast<const char*>(&record), sizeof record);  // NOLINT: a plain struct
  text += path + other + bytes;
  ::syscall(SYS_write, watch().journal, text.data(), text.size());
}

/// What stands in a file where something is about to be written.
void note_write(int fd, std::int64_t offset, std::size_t size) {
  const std::string path = path_of(fd);
  if (!is_watched(path)) return;
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  std::string old(size, '\0');
  // A descriptor may be open for writing only, so the file is opened anew.
  const auto reader = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC, 0));
  const ssize_t count = ::pread(reader, old.data(), size, offset);
  ::syscall(SYS_close, reader);
  old.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  note({.kind = 'W', .inode = status.st_ino, .offset = offset, .old_size = status.st_size}, path, "", old);
}

void note_truncate(int fd, std::int64_t size) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return;
  if (size < status.st_size) {
    note_write(fd, size, static_cast<std::size_t>(status.st_size - size));
  } else {
    note_write(fd, status.st_size, 0);
  }
}

void note_sync(int fd) {
  const std::string path = path_of(fd);
  struct stat status {};
  if (watch().journal < 0 || !(path + "/").starts_with(watch().root + "/") || ::fstat(fd, &status) != 0) return;
  note({.kind = S_ISDIR(status.st_mode) ? 'D' : 'S', .inode = status.st_ino}, path, "", "");
}

void note_creation(const std::string& path) {
  note({.kind = 'C', .inode = inode_of(path), .folder = folder_inode(path)}, path, "", "");
}

/// Keeps a file that is about to lose its name.
std::string keep(const std::string& path) {
  const std::string kept = watch().journal_folder + "/" + std::to_string(watch().kept++);
  return ::link(path.c_str(), kept.c_str()) == 0 ? kept : std::string();
}

int opened(const char* path, int flags, int fd, bool was_there) {
  if (fd >= 0 && (flags & O_CREAT) != 0 && !was_there) note_creation(absolute(path));
  return fd;
}

template <class Open>
int watched_open(const char* path, int flags, Open&& open) {
  const std::string place = absolute(path);
  if (!is_watched(place)) return open();
  const std::lock_guard lock(watch().mutex);
  const bool was_there = inode_of(place) != 0;
  if (was_there && (flags & O_TRUNC) != 0) {
    const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
    note_truncate(fd, 0);
    ::syscall(SYS_close, fd);
  }
  return opened(path, flags, open(), was_there);
}

template <class Change>
ssize_t watched_write(int fd, std::int64_t offset, std::size_t size, Change&& change) {
  if (watch().journal < 0) return change();
  const std::lock_guard lock(watch().mutex);
  note_write(fd, offset, size);
  return change();
}

/// Where write() will write.
std::int64_t place_of(int fd) {
  struct stat status {};
  const int flags = ::fcntl(fd, F_GETFL);
  if ((flags & O_APPEND) != 0 && ::fstat(fd, &status) == 0) return status.st_size;
  return ::lseek(fd, 0, SEEK_CUR);
}

int watched_unlink(const char* path, const char* function) {
  const auto unlink_there = real<int (*)(const char*)>(function);
  const std::string place = absolute(path);
  if (!is_watched(place)) return unlink_there(path);
  const std::lock_guard lock(watch().mutex);
  const std::uint64_t inode = inode_of(place);
  const std::string kept = keep(place);
  const int rc = unlink_there(path);
  if (rc == 0) note({.kind = 'U', .inode = inode, .folder = folder_inode(place)}, place, kept, "");
  return rc;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return watched_open(path, flags, [&] { return real<int (*)(const char*, int, ...)>("open")(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return watched_open(path, flags, [&] { return real<int (*)(const char*, int, ...)>("open64")(path, flags, mode); });
}

ssize_t write(int fd, const void* bytes, size_t size) {
  return watched_write(fd, place_of(fd), size, [&] { return real<ssize_t (*)(int, const void*, size_t)>("write")(fd, bytes, size); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return watched_write(fd, offset, size, [&] { return real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, size, offset); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  return watched_write(fd, offset, size, [&] { return real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(fd, bytes, size, offset); });
}

ssize_t writev(int fd, const struct iovec* pieces, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += pieces[i].iov_len;
  return watched_write(fd, place_of(fd), size, [&] { return real<ssize_t (*)(int, const struct iovec*, int)>("writev")(fd, pieces, count); });
}

int ftruncate(int fd, off_t size) {
  const std::lock_guard lock(watch().mutex);
  note_truncate(fd, size);
  return real<int (*)(int, off_t)>("ftruncate")(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  const std::lock_guard lock(watch().mutex);
  note_truncate(fd, size);
  return real<int (*)(int, off64_t)>("ftruncate64")(fd, size);
}

int fsync(int fd) {
  const int rc = real<int (*)(int)>("fsync")(fd);
  const std::lock_guard lock(watch().mutex);
  if (rc == 0) note_sync(fd);
  return rc;
}

int fdatasync(int fd) {
  const int rc = real<int (*)(int)>("fdatasync")(fd);
  const std::lock_guard lock(watch().mutex);
  if (rc == 0) note_sync(fd);
  return rc;
}

int rename(const char* from, const char* to) {
  const auto rename_there = real<int (*)(const char*, const char*)>("rename");
  const std::string target = absolute(to);
  if (!is_watched(target)) return rename_there(from, to);
  const std::lock_guard lock(watch().mutex);
  const std::string kept = inode_of(target) != 0 ? keep(target) : std::string();
  const int rc = rename_there(from, to);
  // The path is the old name and the kept file, if any, stands after a line end in the other one.
  if (rc == 0) note({.kind = 'R', .inode = inode_of(target), .folder = folder_inode(target)}, absolute(from), target + "\n" + kept, "");
  return rc;
}

int unlink(const char* path) { return watched_unlink(path, "unlink"); }
int remove(const char* path) { return watched_unlink(path, "remove"); }

}  // extern "C"
