#include "transfer/bundle.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view kMagic = "MIMAMORI BUNDLE 1\n";
constexpr std::size_t kSumBytes = 64;
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;

Error wrong(const std::string& sentence) { return {ErrorCode::kInvalidInput, "bundle: " + sentence}; }

std::string big_endian(std::uint64_t number) {
  std::string bytes;
  for (unsigned byte = 8; byte > 0; --byte)
    bytes.push_back(static_cast<char>(number >> (8 * (byte - 1)) & 0xFFU));
  return bytes;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

/// A file that is read from its start, never past its end.
class In {
 public:
  In(const fs::path& file, std::uint64_t size) : in_(file, std::ios::binary), left_(size) {}
  Result<std::string> take(std::uint64_t size) {
    if (size > left_) return wrong("cut short");
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (!in_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
      return Error{ErrorCode::kIo, "bundle: cannot be read"};
    }
    left_ -= size;
    return bytes;
  }
  [[nodiscard]] std::uint64_t left() const { return left_; }

 private:
  std::ifstream in_;
  std::uint64_t left_;
};

Result<void> check_sum(const fs::path& file, std::uint64_t size) {
  In in(file, size);
  Sha256 sum;
  while (in.left() > kSumBytes) {
    const std::string piece = TRY(in.take(std::min<std::uint64_t>(kReadBytes, in.left() - kSumBytes)));
    sum.add(piece);
  }
  const std::string stated = TRY(in.take(kSumBytes));
  if (sum.hex() != stated) return wrong("its bytes have another SHA-256 than its end says");
  return {};
}

Result<Bundle> head_of(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes).at("bundle"));
  Fields fields(document, "bundle");
  Bundle bundle{.from = fields.text("from"),
                .to = fields.text("to"),
                .documents = {},
                .chunks = fields.texts("chunks")};
  const Json documents = fields.array("documents");
  TRY(fields.done());
  for (const Json& item : documents) {
    Envelope envelope = TRY(envelope_of(item).at("bundle"));
    bundle.documents.push_back(std::move(envelope));
  }
  if (!std::ranges::all_of(bundle.chunks, is_sha256)) return wrong("expected SHA-256 hashes of its chunks");
  return bundle;
}

}  // namespace

Result<void> write_bundle(const fs::path& file, const Bundle& bundle, const ChunkFolder& chunks) {
  Json documents = Json::array();
  for (const Envelope& envelope : bundle.documents) documents.push_back(to_document(envelope));
  const std::string head = to_cbor({{"from", bundle.from},
                                    {"to", bundle.to},
                                    {"documents", std::move(documents)},
                                    {"chunks", bundle.chunks}});
  if (head.size() > limits::kBundleHeadBytesMax) return wrong("too many documents");
  fs::path part = file;
  part += ".part";
  Sha256 sum;
  std::ofstream out(part, std::ios::binary);
  const auto put = [&](std::string_view bytes) {
    sum.add(bytes);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  put(kMagic);
  put(big_endian(head.size()));
  put(head);
  for (const std::string& name : bundle.chunks) {
    const std::string chunk = TRY(chunks.read(name).at("bundle"));
    put(big_endian(chunk.size()));
    put(chunk);
  }
  const std::string total = sum.hex();
  out.write(total.data(), static_cast<std::streamsize>(total.size()));
  out.close();
  if (!out) return Error{ErrorCode::kIo, "bundle: cannot write the file"};
  TRY(sync_to_disk(part));
  std::error_code failed;
  fs::rename(part, file, failed);
  if (failed) return Error{ErrorCode::kIo, "bundle: cannot put the file in place: " + failed.message()};
  return {};
}

Result<Bundle> read_bundle(const fs::path& file, const ChunkFolder& chunks) {
  std::error_code failed;
  const std::uint64_t size = fs::file_size(file, failed);
  if (failed) return Error{ErrorCode::kNotFound, "bundle: cannot open the file"};
  if (size < kMagic.size() + 8 + kSumBytes) return wrong("cut short");
  {
    In start(file, size);
    const std::string magic = TRY(start.take(kMagic.size()));
    if (magic != kMagic) return wrong("expected a file that Mimamori wrote, format 1");
  }
  TRY(check_sum(file, size));
  In in(file, size - kSumBytes);
  TRY(in.take(kMagic.size()));
  const std::string length = TRY(in.take(8));
  if (number_of(length) > limits::kBundleHeadBytesMax) return wrong("its head is too large");
  const std::string head = TRY(in.take(number_of(length)));
  Bundle bundle = TRY(head_of(head));
  for (const std::string& name : bundle.chunks) {
    const std::string chunk_length = TRY(in.take(8));
    if (number_of(chunk_length) > limits::kChunkBytesMax) return wrong("a chunk is too large");
    const std::string chunk = TRY(in.take(number_of(chunk_length)));
    TRY(chunks.put(name, chunk).at("bundle"));
  }
  if (in.left() != 0) return wrong("bytes after the last chunk");
  return bundle;
}

}  // namespace mimamori
