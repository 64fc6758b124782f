#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/limits.h"
#include "transfer/cbor.h"
#include "transfer/fields.h"
#include "transfer/package.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

Result<PackageFile> file_of(const Json& document) {
  Fields fields(document, "file");
  PackageFile file{.name = fields.text("name"),
                   .rows = fields.integer("rows"),
                   .bytes = fields.integer("bytes"),
                   .sha256 = fields.text("sha256")};
  TRY(fields.done());
  if (!is_package_file_name(file.name)) return Error{ErrorCode::kInvalidInput, "file: expected a plain name"};
  if (file.rows < 0 || file.bytes < 0 || !is_sha256(file.sha256)) {
    return Error{ErrorCode::kInvalidInput, "file: expected rows and bytes of at least 0 and a SHA-256"};
  }
  return file;
}

}  // namespace

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_package_file_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot > 64) return false;
  const std::string_view stem = name.substr(0, dot);
  const std::string_view ending = name.substr(dot);
  if (ending != ".parquet" && ending != ".json" && ending != ".csv") return false;
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return is_letter(stem.front()) && std::ranges::all_of(stem, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string Manifest::bytes() const {
  Json list = Json::array();
  for (const PackageFile& file : files) {
    list.push_back(
        {{"name", file.name}, {"rows", file.rows}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return to_cbor({{"format", 1},
                  {"site", site},
                  {"request_hash", request_hash},
                  {"script_sha256", script_sha256},
                  {"study_id", study_id},
                  {"data_cut", data_cut},
                  {"snapshot", snapshot},
                  {"program_version", program_version},
                  {"files", std::move(list)}});
}

std::string Manifest::hash() const { return sha256_hex(bytes()); }

Result<Manifest> read_manifest(std::string_view bytes) {
  const Json document = TRY(from_cbor(bytes).at("manifest"));
  Fields fields(document, "manifest");
  const std::int64_t format = fields.integer("format");
  Manifest manifest{.site = fields.text("site"),
                    .request_hash = fields.text("request_hash"),
                    .script_sha256 = fields.text("script_sha256"),
                    .study_id = fields.text("study_id"),
                    .data_cut = fields.text("data_cut"),
                    .snapshot = fields.text("snapshot"),
                    .program_version = fields.text("program_version"),
                    .files = {}};
  const Json list = fields.array("files");
  TRY(fields.done());
  if (format != 1) return Error{ErrorCode::kUnsupported, "manifest: expected format 1"};
  if (list.size() > limits::kPackageFilesMax)
    return Error{ErrorCode::kInvalidInput, "manifest: too many files"};
  for (const Json& item : list) {
    PackageFile file = TRY(file_of(item).at("manifest"));
    if (!manifest.files.empty() && manifest.files.back().name >= file.name) {
      return Error{ErrorCode::kInvalidInput, "manifest: expected files by name, each once"};
    }
    manifest.files.push_back(std::move(file));
  }
  return manifest;
}

Json SealedPackage::document() const {
  return {{"package_hash", package_hash},
          {"project_key", project_key},
          {"sealed_file_key", to_hex(sealed_file_key)},
          {"stream_header", to_hex(stream_header)},
          {"chunks", chunks}};
}

Result<SealedPackage> sealed_package_of(const Json& document) {
  Fields fields(document, "sealed package");
  SealedPackage sealed{.package_hash = fields.text("package_hash"),
                       .project_key = fields.text("project_key"),
                       .sealed_file_key = {},
                       .stream_header = {},
                       .chunks = fields.texts("chunks")};
  const std::string key = fields.text("sealed_file_key");
  const std::string header = fields.text("stream_header");
  TRY(fields.done());
  sealed.sealed_file_key = TRY(from_hex(key).at("sealed package: sealed_file_key"));
  sealed.stream_header = TRY(from_hex(header).at("sealed package: stream_header"));
  if (!is_sha256(sealed.package_hash) || !std::ranges::all_of(sealed.chunks, is_sha256) ||
      sealed.chunks.size() > limits::kPackageChunksMax) {
    return Error{ErrorCode::kInvalidInput, "sealed package: expected SHA-256 hashes"};
  }
  return sealed;
}

}  // namespace mimamori
