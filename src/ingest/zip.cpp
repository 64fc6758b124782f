#include "ingest/zip.h"

#include <algorithm>

namespace mimamori {
namespace {

constexpr std::string_view kFileSign = "PK\x03\x04";
constexpr std::string_view kEntrySign = "PK\x01\x02";
constexpr std::string_view kEndSign = "PK\x05\x06";
constexpr std::size_t kFileHead = 30;  // bytes before name and extra field
constexpr std::size_t kEntryHead = 46;
constexpr std::size_t kEndSize = 22;  // before the comment
constexpr std::size_t kCommentMax = 65'535;
constexpr std::uint64_t kZip64 = 0xFFFFFFFFU;

Error damaged() { return Error{ErrorCode::kInvalidInput, "zip: expected a whole archive"}; }
Error unsupported(const char* expectation) {
  return Error{ErrorCode::kUnsupported, std::string("zip: expected ") + expectation};
}

// A little-endian number; the caller has checked that it lies inside.
std::uint64_t number(std::string_view bytes, std::size_t place, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[place + i]);
  return value;
}

// The bytes [place, place + size), or nothing if they are not all there.
std::string_view piece(std::string_view bytes, std::uint64_t place, std::uint64_t size) {
  if (place > bytes.size() || size > bytes.size() - place) return {};
  return bytes.substr(static_cast<std::size_t>(place), static_cast<std::size_t>(size));
}

// The content behind the local head of a file, whose name and extra field may differ from the directory's.
Result<std::string_view> content_at(std::string_view archive, std::uint64_t place, std::uint64_t size) {
  const std::string_view head = piece(archive, place, kFileHead);
  if (!head.starts_with(kFileSign)) return damaged();
  const std::uint64_t start = place + kFileHead + number(head, 26, 2) + number(head, 28, 2);
  const std::string_view content = piece(archive, start, size);
  if (content.size() != size || start > archive.size()) return damaged();
  return content;
}

// The entry of the directory at `place`, which moves behind it.
Result<ZipEntry> entry_at(std::string_view archive, std::uint64_t& place) {
  const std::string_view head = piece(archive, place, kEntryHead);
  if (!head.starts_with(kEntrySign)) return damaged();
  const std::uint64_t name_size = number(head, 28, 2);
  const std::string_view name = piece(archive, place + kEntryHead, name_size);
  if (name.size() != name_size) return damaged();
  const std::uint64_t method = number(head, 10, 2);
  const std::uint64_t packed_bytes = number(head, 20, 4);
  ZipEntry entry{.path = std::string(name),
                 .is_packed = method == 8,
                 .content = {},
                 .plain_bytes = number(head, 24, 4),
                 .crc32 = static_cast<std::uint32_t>(number(head, 16, 4))};
  const std::uint64_t file_place = number(head, 42, 4);
  if ((number(head, 8, 2) & 1U) != 0) return unsupported("files that are not encrypted");
  if (method != 0 && method != 8) return unsupported("files packed with deflate");
  if (packed_bytes == kZip64 || entry.plain_bytes == kZip64 || file_place == kZip64) {
    return unsupported("an archive below 4 GiB (no Zip64)");
  }
  entry.content = TRY(content_at(archive, file_place, packed_bytes));
  place += kEntryHead + name_size + number(head, 30, 2) + number(head, 32, 2);
  return entry;
}

}  // namespace

bool is_zip(std::string_view bytes) { return bytes.starts_with(kFileSign); }

Result<std::vector<ZipEntry>> zip_entries(std::string_view archive) {
  if (archive.size() < kEndSize) return damaged();
  const std::size_t earliest = archive.size() - std::min(archive.size(), kEndSize + kCommentMax);
  const std::size_t end = archive.rfind(kEndSign, archive.size() - kEndSize);
  if (end == std::string_view::npos || end < earliest) return damaged();
  const std::uint64_t count = number(archive, end + 10, 2);
  std::uint64_t place = number(archive, end + 16, 4);
  if (number(archive, end + 4, 2) != 0) return unsupported("an archive of one volume");
  if (count == 0xFFFFU || place == kZip64) return unsupported("an archive below 4 GiB (no Zip64)");
  std::vector<ZipEntry> entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    ZipEntry entry = TRY(entry_at(archive, place));
    if (!entry.path.ends_with('/')) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace mimamori
