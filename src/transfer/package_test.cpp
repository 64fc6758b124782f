#include "transfer/package.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/testing.h"
#include "transfer/bundle.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

std::string noise(std::uint64_t stream, std::size_t size) {
  const RandomStream random(stream);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(random.bits(i, 0));
  return bytes;
}

/// A site's package, sealed to a project key, in a folder of its own.
class PackageAtASite {
 public:
  explicit PackageAtASite(std::size_t bytes = 6'000'000, std::uint64_t seed = 1) {
    fs::create_directories(plain());
    std::ofstream(plain() / "persons.parquet", std::ios::binary) << noise(seed, bytes);
    std::ofstream(plain() / "attrition.parquet", std::ios::binary) << "few bytes";
    manifest.site = "site-a";
    manifest.request_hash = std::string(64, 'a');
    manifest.script_sha256 = std::string(64, 'b');
    manifest.study_id = "a-vs-b";
    manifest.data_cut = "2024-01-01";
    manifest.snapshot = std::string(64, 'c');
    manifest.program_version = "0.1.0";
    manifest.files = *describe_files(plain(), {{"persons.parquet", 3}, {"attrition.parquet", 1}});
  }
  Result<SealedPackage> seal() { return seal_package(manifest, plain(), key.public_key(), chunks()); }
  [[nodiscard]] fs::path plain() const { return scratch.path() / "plain"; }
  [[nodiscard]] ChunkFolder chunks() const { return ChunkFolder(scratch.path() / "chunks"); }
  Result<Manifest> open(const SealedPackage& sealed) { return open(sealed, key); }
  Result<Manifest> open(const SealedPackage& sealed, const ProjectKey& with) {
    fs::remove_all(target());
    return open_package(sealed, with, chunks(), target());
  }
  [[nodiscard]] fs::path target() const { return scratch.path() / "opened"; }

  ScratchFolder scratch;
  ProjectKey key = ProjectKey::generate();
  Manifest manifest;
};

TEST(Package, OpensToTheSameBytes) {
  PackageAtASite site(9'000'000);
  const Result<SealedPackage> sealed = site.seal();
  ASSERT_THAT(sealed, Succeeds());
  EXPECT_EQ(sealed->chunks.size(), 3U);  // 9,000,000 padded to 10,485,760
  const Result<Manifest> opened = site.open(*sealed);
  ASSERT_THAT(opened, Succeeds());
  EXPECT_EQ(*opened, site.manifest);
  EXPECT_EQ(*read_file(site.target() / "persons.parquet", 10'000'000), noise(1, 9'000'000));
  EXPECT_EQ(*read_file(site.target() / "manifest.cbor", 100'000), site.manifest.bytes());
  EXPECT_THAT(open_package(*sealed, site.key, site.chunks(), site.target()), FailsWith(ErrorCode::kConflict));
}

TEST(Package, TellsItsSizeOnlyRoughly) {
  EXPECT_EQ(padded_size(1), 65'536U);
  EXPECT_EQ(padded_size(65'536), 65'536U);
  EXPECT_EQ(padded_size(65'537), 81'920U);
  EXPECT_EQ(padded_size(1'000'000), 1'048'576U);
  EXPECT_EQ(padded_size(1'048'577), 1'310'720U);
}

TEST(Package, OnlyTheProjectKeyOpensIt) {
  PackageAtASite site(1000);
  const Result<SealedPackage> sealed = site.seal();
  ASSERT_THAT(sealed, Succeeds());
  EXPECT_THAT(site.open(*sealed, ProjectKey::generate()), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_FALSE(fs::exists(site.target()));
}

TEST(Package, AFileThatChangedAfterApprovalIsNotSealed) {
  PackageAtASite site(1000);
  std::ofstream(site.plain() / "persons.parquet", std::ios::app) << "x";
  EXPECT_THAT(site.seal(), FailsWith(ErrorCode::kConflict));
  std::ofstream(site.plain() / "persons.parquet", std::ios::binary) << noise(2, 1000);
  EXPECT_THAT(site.seal(), FailsWith(ErrorCode::kConflict));
}

/// Replaces a chunk's content as someone who owns the center's disk could.
void overwrite(const ChunkFolder& chunks, std::string& name, const std::string& bytes) {
  name = sha256_hex(bytes);
  ASSERT_THAT(chunks.put(name, bytes), Succeeds());
}

TEST(AttackS5, ATamperedManifestIsNeverAccepted) {
  PackageAtASite site(1000);
  const std::string bytes = site.manifest.bytes();
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const Result<Manifest> read = read_manifest(flipped);
    if (read.ok()) {
      EXPECT_NE(read->hash(), site.manifest.hash());  // another package: no approval covers it
      EXPECT_EQ(read->bytes(), flipped);              // and no second form of this one
    }
  }
}

TEST(AttackS5, TamperedChunksAreNeverAccepted) {
  PackageAtASite site(1000);
  const SealedPackage sealed = *site.seal();
  const std::string chunk = *site.chunks().read(sealed.chunks.front());
  const RandomStream random(5);
  for (std::uint64_t i = 0; i < 500; ++i) {
    std::string flipped = chunk;
    const std::size_t bit = static_cast<std::size_t>(random.bits(i, 0) % (8 * chunk.size()));
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    SealedPackage forged = sealed;
    overwrite(site.chunks(), forged.chunks.front(), flipped);
    EXPECT_THAT(site.open(forged), FailsWith(ErrorCode::kInvalidInput));
  }
  for (const std::string& damaged : {chunk.substr(1), chunk + "x", chunk.substr(0, 5), std::string()}) {
    SealedPackage forged = sealed;
    overwrite(site.chunks(), forged.chunks.front(), damaged);
    EXPECT_THAT(site.open(forged), FailsWith(ErrorCode::kInvalidInput));
  }
}

TEST(AttackS5, SwappedDroppedAndRepeatedChunksAreNeverAccepted) {
  PackageAtASite site(9'000'000);
  const SealedPackage sealed = *site.seal();
  SealedPackage swapped = sealed;
  std::swap(swapped.chunks[0], swapped.chunks[1]);
  EXPECT_THAT(site.open(swapped), FailsWith(ErrorCode::kInvalidInput));
  SealedPackage cut = sealed;
  cut.chunks.pop_back();
  EXPECT_THAT(site.open(cut), FailsWith(ErrorCode::kInvalidInput));
  SealedPackage twice = sealed;
  twice.chunks.push_back(twice.chunks.back());
  EXPECT_THAT(site.open(twice), FailsWith(ErrorCode::kInvalidInput));
  SealedPackage none = sealed;
  none.chunks.clear();
  EXPECT_THAT(site.open(none), FailsWith(ErrorCode::kInvalidInput));
}

TEST(AttackS6, AChunkOfAnotherPackageIsNotAccepted) {
  PackageAtASite one(9'000'000, 1);
  PackageAtASite two(9'000'000, 2);
  const SealedPackage first = *one.seal();
  const SealedPackage second = *two.seal();
  SealedPackage mixed = first;
  mixed.chunks[1] = second.chunks[1];
  ASSERT_THAT(one.chunks().put(second.chunks[1], *two.chunks().read(second.chunks[1])), Succeeds());
  EXPECT_THAT(one.open(mixed), FailsWith(ErrorCode::kInvalidInput));
}

TEST(AttackS6, FilesOfAnotherVersionUnderAnApprovedManifestAreNotAccepted) {
  PackageAtASite site(1000);
  SealedPackage sealed = *site.seal();
  sealed.package_hash = std::string(64, 'd');  // the hash that was approved is another one
  EXPECT_THAT(site.open(sealed), FailsWith(ErrorCode::kInvalidInput));
}

TEST(AttackS14, NoFileNameLeavesThePackage) {
  for (const char* name :
       {"../persons.parquet", "/etc/passwd", "C:persons.csv", "a/b.csv", "a\\b.csv", "..csv", ".csv", "A.csv",
        "a.csv ", "a.csv.", "a.exe", "a", "", "a.csv/", "con..csv", "\u0061\u0301.csv", "a.CSV"}) {
    EXPECT_FALSE(is_package_file_name(name)) << name;
  }
  EXPECT_FALSE(is_package_file_name(std::string_view("a\0.csv", 6)));
  EXPECT_FALSE(is_package_file_name(std::string(65, 'a') + ".csv"));
  EXPECT_TRUE(is_package_file_name("follow_up2.parquet"));

  PackageAtASite site(1000);
  for (const char* name : {"../persons.parquet", "/tmp/x.csv"}) {
    Manifest hostile = site.manifest;
    hostile.files.front().name = name;
    EXPECT_THAT(read_manifest(hostile.bytes()), FailsWith(ErrorCode::kInvalidInput));
  }
  Manifest twice = site.manifest;
  twice.files[1].name = twice.files[0].name;
  EXPECT_THAT(read_manifest(twice.bytes()), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Bundle, CarriesDocumentsAndChunksByFile) {
  PackageAtASite site(5'000'000);
  const SealedPackage sealed = *site.seal();
  Envelope delivery = make_envelope("delivery", sealed.document());
  sign(delivery, "site", SigningKey::generate());
  const fs::path file = site.scratch.path() / "to-center.mimamori";
  const Bundle bundle{.from = "site-a", .to = "center", .documents = {delivery}, .chunks = sealed.chunks};
  ASSERT_THAT(write_bundle(file, bundle, site.chunks()), Succeeds());

  const ChunkFolder center(site.scratch.path() / "center");
  const Result<Bundle> read = read_bundle(file, center);
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->documents, bundle.documents);
  EXPECT_EQ(read->chunks, bundle.chunks);
  const Result<SealedPackage> described =
      sealed_package_of(*document_of(read->documents.front(), "delivery"));
  ASSERT_THAT(described, Succeeds());
  EXPECT_EQ(*described, sealed);
  EXPECT_THAT(open_package(*described, site.key, center, site.target()), Succeeds());
}

TEST(Bundle, DamageIsFoundBeforeAnythingIsStored) {
  PackageAtASite site(1000);
  const SealedPackage sealed = *site.seal();
  const fs::path file = site.scratch.path() / "b";
  const Bundle bundle{.from = "site-a", .to = "center", .documents = {}, .chunks = sealed.chunks};
  ASSERT_THAT(write_bundle(file, bundle, site.chunks()), Succeeds());
  const std::string bytes = *read_file(file, 10'000'000);
  const fs::path store = site.scratch.path() / "center";
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    std::ofstream(file, std::ios::binary) << flipped;
    EXPECT_THAT(read_bundle(file, ChunkFolder(store)), FailsWith(ErrorCode::kInvalidInput));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{90}, bytes.size() - 1}) {
    std::ofstream(file, std::ios::binary) << bytes.substr(0, size);
    EXPECT_THAT(read_bundle(file, ChunkFolder(store)), FailsWith(ErrorCode::kInvalidInput));
  }
  EXPECT_FALSE(fs::exists(store));
}

}  // namespace
}  // namespace mimamori
