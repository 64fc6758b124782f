// Messages and packages that travel by file.

#include "serve/center/bundle_file.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/hash.h"
#include "serve/center/test_center.h"
#include "transfer/bundle.h"

namespace mimamori {
namespace {

class BundleFile : public testing::Test {
 protected:
  void SetUp() override {
    running.add_site("kiri");
    site = std::make_unique<TestSite>(running.center(), "kiri", running.site_key("kiri"));
  }
  /// What the site would write, with one chunk that nobody has announced.
  Result<void> write(const std::string& from, const std::string& to) {
    const ChunkFolder own(scratch.path());
    TRY(own.put(chunk, "bytes"));
    return write_bundle(file,
                        {.from = from,
                         .to = to,
                         .documents = site->core().sent().after(0, std::size_t{1} << 20U),
                         .chunks = {chunk}},
                        own);
  }
  std::int64_t received() {
    return running.center().look([](const CenterCore& core) { return core.find_site("kiri")->inbox.size(); });
  }

  ScratchFolder scratch;
  RunningCenter running;
  std::unique_ptr<TestSite> site;
  std::string chunk = sha256_hex("bytes");
  std::filesystem::path file = scratch.path() / "package.bundle";
};

TEST_F(BundleFile, BringsMessagesAsTheLineDoesAndTwiceIsOnce) {
  ASSERT_THAT(write("kiri", "center"), Succeeds());
  for (int i = 0; i < 2; ++i) {
    const Result<BundleContents> taken = import_package(running.center(), file);
    ASSERT_THAT(taken, Succeeds());
    EXPECT_EQ(taken->site, "kiri");
    EXPECT_EQ(received(), 1);
  }
}

TEST_F(BundleFile, KeepsNoChunkThatNobodyAnnounced) {
  ASSERT_THAT(write("kiri", "center"), Succeeds());
  const Result<BundleContents> taken = import_package(running.center(), file);
  ASSERT_THAT(taken, Succeeds());
  EXPECT_EQ(taken->chunks, 0U);
  EXPECT_FALSE(running.center().chunks().has(chunk));
  for (const auto& entry : std::filesystem::directory_iterator(running.center().folder().dir)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("import-")) << "a waiting room was left";
  }
}

TEST_F(BundleFile, IsRefusedFromAStrangerToSomebodyElseOrDamaged) {
  ASSERT_THAT(write("misaki", "center"), Succeeds());
  EXPECT_THAT(import_package(running.center(), file), FailsWith(ErrorCode::kPermissionDenied));
  ASSERT_THAT(write("kiri", "misaki"), Succeeds());
  EXPECT_THAT(import_package(running.center(), file), FailsWith(ErrorCode::kInvalidInput));
  ASSERT_THAT(write("kiri", "center"), Succeeds());
  std::string bytes = *read_file(file, std::size_t{1} << 20U);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_THAT(write_file_atomically(file, bytes), Succeeds());
  EXPECT_THAT(import_package(running.center(), file), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_EQ(received(), 0);
}

TEST_F(BundleFile, TakesTheCentersMessagesToASite) {
  Browser author = running.person("yamada", {"author"});
  ASSERT_EQ(
      author.ask("POST", "/api/v1/requests", running.new_request(test_request_id(1), {"kiri"}).dump()).status,
      201);
  const Result<BundleContents> written = export_mailbox(running.center(), "kiri", file, "operator");
  ASSERT_THAT(written, Succeeds());
  EXPECT_EQ(written->messages, 1U);
  const Result<Bundle> bundle = read_bundle(file, ChunkFolder(scratch.path()));
  ASSERT_THAT(bundle, Succeeds());
  EXPECT_EQ(bundle->to, "kiri");
  EXPECT_THAT(site->core().receive(bundle->documents.front()), Succeeds());
  EXPECT_THAT(export_mailbox(running.center(), "nowhere", file, "operator"), FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
