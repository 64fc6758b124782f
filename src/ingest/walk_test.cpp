#include "ingest/walk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <vector>

#include "base/testing.h"

namespace mimamori {
namespace {

void touch(const std::filesystem::path& path) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

std::vector<WalkEntry> walked(const std::filesystem::path& root) {
  std::vector<WalkEntry> entries;
  const Result<void> done = walk_tree(root, [&](const WalkEntry& entry) -> Result<void> {
    entries.push_back(entry);
    return {};
  });
  EXPECT_THAT(done, Succeeds());
  return entries;
}

std::vector<std::string> files(const std::filesystem::path& root) {
  std::vector<std::string> paths;
  for (const WalkEntry& entry : walked(root)) {
    if (entry.kind == WalkKind::kFile) paths.push_back(entry.relative_path);
  }
  return paths;
}

TEST(Walk, FilesComeInTheOrderOfTheirBytes) {
  const ScratchFolder scratch;
  for (const char* name : {"b/2", "b/10", "a", "B/x", "c.d/1", "c/1", "\xE7\x97\x85/1"})
    touch(scratch.path() / name);
  EXPECT_EQ(files(scratch.path()),
            (std::vector<std::string>{"B/x", "a", "b/10", "b/2", "c/1", "c.d/1", "\xE7\x97\x85/1"}));
}

TEST(Walk, LinksAreReportedAndNotFollowed) {
  const ScratchFolder scratch;
  touch(scratch.path() / "a/1");
  std::filesystem::create_directory_symlink(scratch.path(), scratch.path() / "a/loop");
  std::filesystem::create_symlink("1", scratch.path() / "a/2");
  const std::vector<WalkEntry> entries = walked(scratch.path());
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].kind, WalkKind::kFile);
  EXPECT_EQ(entries[1].kind, WalkKind::kSymbolicLink);
  EXPECT_EQ(entries[2].relative_path, "a/loop");
  EXPECT_EQ(entries[2].kind, WalkKind::kSymbolicLink);
}

TEST(Walk, EmptyFoldersAndPipesAreReported) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch.path() / "empty");
  ASSERT_EQ(::mkfifo((scratch.path() / "pipe").c_str(), 0600), 0);
  const std::vector<WalkEntry> entries = walked(scratch.path());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, WalkKind::kEmptyFolder);
  EXPECT_EQ(entries[1].kind, WalkKind::kOther);
}

TEST(Walk, UnreadableFolderIsReportedAndTheRestIsWalked) {
  const ScratchFolder scratch;
  touch(scratch.path() / "a/1");
  touch(scratch.path() / "b/1");
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(scratch.path() / "a", std::filesystem::perms::none);
  // Root reads everything, so root walks as nobody.
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  const bool stepped_down = is_root && ::seteuid(kNobody) == 0;
  ASSERT_EQ(stepped_down, is_root);
  const std::vector<WalkEntry> entries = walked(scratch.path());
  ASSERT_TRUE(!stepped_down || ::seteuid(0) == 0);
  std::filesystem::permissions(scratch.path() / "a", std::filesystem::perms::owner_all);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, WalkKind::kUnreadableFolder);
  EXPECT_EQ(entries[1].relative_path, "b/1");
}

TEST(Walk, WhatVanishesDuringTheWalkIsPassedOver) {
  const ScratchFolder scratch;
  touch(scratch.path() / "a/1");
  touch(scratch.path() / "b/1");
  touch(scratch.path() / "c/1");
  std::vector<std::string> seen;
  const Result<void> done = walk_tree(scratch.path(), [&](const WalkEntry& entry) -> Result<void> {
    seen.push_back(entry.relative_path);
    std::filesystem::remove_all(scratch.path() / "b");
    return {};
  });
  EXPECT_THAT(done, Succeeds());
  EXPECT_EQ(seen, (std::vector<std::string>{"a/1", "c/1"}));
}

TEST(Walk, DepthIsBounded) {
  const ScratchFolder scratch;
  std::filesystem::path deep = scratch.path();
  for (std::size_t i = 1; i < kWalkDepthMax; ++i) deep /= "d";
  touch(deep / "file");
  EXPECT_EQ(files(scratch.path()).size(), 1u);
  touch(deep / "e" / "file");
  const std::vector<WalkEntry> entries = walked(scratch.path());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, WalkKind::kTooDeep);
}

TEST(Walk, RootMustBeAFolder) {
  const ScratchFolder scratch;
  touch(scratch.path() / "file");
  const auto ignore = [](const WalkEntry&) -> Result<void> { return {}; };
  EXPECT_THAT(walk_tree(scratch.path() / "none", ignore), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(walk_tree(scratch.path() / "file", ignore), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Walk, TheVisitorCanEndIt) {
  const ScratchFolder scratch;
  touch(scratch.path() / "a");
  touch(scratch.path() / "b");
  int visits = 0;
  const Result<void> done = walk_tree(scratch.path(), [&](const WalkEntry&) -> Result<void> {
    ++visits;
    return Error{ErrorCode::kUnavailable, "stop"};
  });
  EXPECT_THAT(done, FailsWith(ErrorCode::kUnavailable));
  EXPECT_EQ(visits, 1);
}

}  // namespace
}  // namespace mimamori
