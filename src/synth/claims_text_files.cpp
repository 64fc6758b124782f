#include "synth/claims_text_files.h"

#include <fstream>

namespace mimamori {
namespace {

constexpr std::size_t kHeldBytesMax = std::size_t{256} << 10U;  // of one file

}  // namespace

Result<TextFiles> TextFiles::open(std::filesystem::path root) {
  Encoder encoder = TRY(Encoder::open());
  return TextFiles(std::move(root), std::move(encoder));
}

Result<void> TextFiles::add(const std::string& relative, std::string_view head, std::string_view text) {
  const auto [place, is_new] = held_.try_emplace(relative);
  std::string& held = place->second;
  const std::size_t before = held.size();
  if (is_new) held += encoder_.encode(head, FileEncoding::kCp932);
  held += encoder_.encode(text, FileEncoding::kCp932);
  bytes_ += static_cast<std::int64_t>(held.size() - before);
  if (held.size() >= kHeldBytesMax) return write(relative, held);
  return {};
}

Result<void> TextFiles::flush() {
  for (auto& [relative, held] : held_) TRY(write(relative, held));
  return {};
}

Result<void> TextFiles::write(const std::string& relative, std::string& bytes) {
  const std::filesystem::path path = root_ / relative;
  std::error_code code;
  std::filesystem::create_directories(path.parent_path(), code);
  if (code) return Error{ErrorCode::kIo, relative + ": cannot make the folder: " + code.message()};
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << bytes;
  file.close();
  if (!file) return Error{ErrorCode::kIo, relative + ": cannot write the whole file"};
  bytes.clear();
  return {};
}

}  // namespace mimamori
