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
  std::uint64_t path = 0;   // halves of fingerprints
  std::uint64_t place = 0;
  std::uint64_t content = 0;
  std::int64_t file_id = 0;
};

/// What was received last at a path of any root.
struct AtPath {
  Fingerprint identity;
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

// Formats do not meet: one folder may be loaded as several.
Fingerprint print_of_path(const IncomingFile& file) { return fingerprint(file.format + "\n" + file.path); }
Fingerprint print_of_identity(const IncomingFile& file) { return fingerprint(file.format + "\n" + file.file_identity); }
Fingerprint print_of_place(const std::string& source, const IncomingFile& file) {
  return fingerprint(file.format + "\n" + source + "\n" + file.path);
}

template <class Value>
using ByFingerprint = boost::unordered_flat_map<Fingerprint, Value, FingerprintHash>;

}  // namespace

struct KnownFiles::Maps {
  ByFingerprint<Newest> newest;
  ByFingerprint<AtPath> at_path;
  ByFingerprint<std::uint64_t> at_place;   // what was received last: its content
};

KnownFiles::KnownFiles() : maps_(std::make_unique<Maps>()) {}
KnownFiles::~KnownFiles() = default;
KnownFiles::KnownFiles(KnownFiles&&) noexcept = default;
KnownFiles& KnownFiles::operator=(KnownFiles&&) noexcept = default;

void KnownFiles::reserve(std::size_t files) {
  maps_->newest.reserve(files);
  maps_->at_path.reserve(files);
  maps_->at_place.reserve(files);
}

void KnownFiles::note(const IncomingFile& file, const std::string& source, std::int64_t file_id) {
  const Fingerprint path = print_of_path(file);
  const Fingerprint place = print_of_place(source, file);
  const Fingerprint identity = print_of_identity(file);
  const std::uint64_t content = short_content(file.sha256);
  maps_->at_path[path] = {.identity = identity, .size_bytes = file.size_bytes, .modified_us = file.modified_us};
  maps_->at_place[place] = content;
  maps_->newest[identity] = {.path = path.second, .place = place.second, .content = content, .file_id = file_id};
}

bool KnownFiles::is_untouched(const IncomingFile& file) const {
  if (file.modified_us == 0) return false;
  const Fingerprint path = print_of_path(file);
  const auto here = maps_->at_path.find(path);
  if (here == maps_->at_path.end()) return false;
  const auto newest = maps_->newest.find(here->second.identity);
  return newest != maps_->newest.end() && newest->second.path == path.second &&
         here->second.size_bytes == file.size_bytes && here->second.modified_us == file.modified_us;
}

Result<bool> KnownFiles::knows(const IncomingFile& file, const std::string& source,
                               const std::function<bool(const FilePlace&)>& is_there,
                               const std::function<Result<FilePlace>(std::int64_t)>& place_of) const {
  const auto found = maps_->newest.find(print_of_identity(file));
  if (found == maps_->newest.end()) return false;
  const Newest& newest = found->second;
  const Fingerprint place = print_of_place(source, file);
  const std::uint64_t content = short_content(file.sha256);
  if (newest.path == print_of_path(file).second && newest.content == content) return true;
  if (newest.place == place.second) return false;
  const FilePlace other = TRY(place_of(newest.file_id));
  if (newest.content == content && last_names(other.path) == last_names(file.path)) return true;
  if (!is_there(other)) return false;
  const auto here = maps_->at_place.find(place);
  return here != maps_->at_place.end() && here->second == content;
}

}  // namespace mimamori
