#include "store/known_files.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/hash.h"

namespace mimamori {
namespace {

struct FingerprintHash {
  using is_avalanching = void;  // the fingerprint is a hash already
  std::size_t operator()(const Fingerprint& print) const { return print.first; }
};

/// The first 64 bits of a SHA-256: two versions of one file that share them do not occur.
std::uint64_t short_content(const std::string& sha256) {
  return sha256.empty() ? 0 : std::stoull(sha256.substr(0, 16), nullptr, 16);
}

/// The newest file of an identity.
struct Newest {
  std::uint64_t path = 0;  // half of the path's fingerprint
  std::uint64_t content = 0;
  std::int64_t file_id = 0;
};

/// What was received last at a path.
struct AtPath {
  std::uint64_t content = 0;
  std::int64_t size_bytes = 0;
  std::int64_t modified_us = 0;
};

/// The name of a file and of its folder: a condition flag stands in one of them.
std::string_view last_names(std::string_view path) {
  const std::size_t name = path.rfind('/');
  if (name == std::string_view::npos || name == 0) return path;
  const std::size_t folder = path.rfind('/', name - 1);
  return folder == std::string_view::npos ? path : path.substr(folder + 1);
}

template <class Value>
using ByFingerprint = boost::unordered_flat_map<Fingerprint, Value, FingerprintHash>;

}  // namespace

struct KnownFiles::Maps {
  ByFingerprint<Newest> newest;
  ByFingerprint<AtPath> at_path;
};

KnownFiles::KnownFiles() : maps_(std::make_unique<Maps>()) {}
KnownFiles::~KnownFiles() = default;
KnownFiles::KnownFiles(KnownFiles&&) noexcept = default;
KnownFiles& KnownFiles::operator=(KnownFiles&&) noexcept = default;

void KnownFiles::reserve(std::size_t files) {
  maps_->newest.reserve(files);
  maps_->at_path.reserve(files);
}

void KnownFiles::note(const IncomingFile& file, std::int64_t file_id) {
  const Fingerprint path = fingerprint(file.path);
  const std::uint64_t content = short_content(file.sha256);
  maps_->at_path[path] = {.content = content, .size_bytes = file.size_bytes, .modified_us = file.modified_us};
  maps_->newest[fingerprint(file.file_identity)] = {
      .path = path.second, .content = content, .file_id = file_id};
}

bool KnownFiles::is_untouched(const IncomingFile& file) const {
  if (file.modified_us == 0) return false;
  const Fingerprint path = fingerprint(file.path);
  const auto here = maps_->at_path.find(path);
  if (here == maps_->at_path.end()) return false;
  const auto newest = maps_->newest.find(fingerprint(file.file_identity));
  return newest != maps_->newest.end() && newest->second.path == path.second &&
         here->second.size_bytes == file.size_bytes && here->second.modified_us == file.modified_us;
}

Result<bool> KnownFiles::knows(const IncomingFile& file, const std::function<bool(const std::string&)>& is_there,
                               const std::function<Result<std::string>(std::int64_t)>& path_of) const {
  const auto found = maps_->newest.find(fingerprint(file.file_identity));
  if (found == maps_->newest.end()) return false;
  const Newest& newest = found->second;
  const Fingerprint path = fingerprint(file.path);
  const std::uint64_t content = short_content(file.sha256);
  if (newest.path == path.second) return newest.content == content;
  const std::string other = TRY(path_of(newest.file_id));
  if (is_there(other)) {
    const auto here = maps_->at_path.find(path);
    return here != maps_->at_path.end() && here->second.content == content;
  }
  return newest.content == content && last_names(other) == last_names(file.path);
}

}  // namespace mimamori
