#include "ingest/change_feed.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

const std::string kEntry =
    "#SSMIX,2.00,1234567890,0047110823,20240612,OMP-01,000000240604031,INS,08,20240612093045120\r\n";
const std::string kMessage = "MSH|^~\\&|KIRI\rPID|1||0047110823\r";
const std::string kDeletion =
    "#SSMIX,2.00,1234567890,0047110823,-,ADT-00,999999999999999,DEL,-,20240612100000000\r\n";

TEST(TransactionStorage, HeadersNameTheRecordsThatChanged) {
  const TransactionPart part = read_transactions(kEntry + kMessage + kDeletion + kMessage, 0);
  ASSERT_EQ(part.entries.size(), 2u);
  EXPECT_EQ(part.entries[0].folder(), "004/711/0047110823/20240612/OMP-01");
  EXPECT_EQ(part.entries[0].name_prefix(), "0047110823_20240612_OMP-01_000000240604031_");
  EXPECT_FALSE(part.entries[0].is_deletion);
  EXPECT_EQ(part.entries[1].folder(), "004/711/0047110823/-/ADT-00");
  EXPECT_TRUE(part.entries[1].is_deletion);
  EXPECT_TRUE(part.unreadable.empty());
  EXPECT_EQ(part.next_offset, (kEntry + kMessage + kDeletion + kMessage).size());
}

TEST(TransactionStorage, AnUnfinishedHeaderWaits) {
  const std::string whole = kEntry + kMessage + kDeletion;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const TransactionPart first = read_transactions(whole.substr(0, cut), 0);
    const TransactionPart rest = read_transactions(whole, first.next_offset);
    EXPECT_EQ(first.entries.size() + rest.entries.size(), 2u) << cut;
    EXPECT_EQ(rest.next_offset, whole.size());
  }
  EXPECT_EQ(read_transactions(whole, whole.size() + 5).next_offset, whole.size());
}

TEST(TransactionStorage, AHeaderThatSaysSomethingElseIsReported) {
  const std::string broken = "#SSMIX,2.00,1234567890,0047110823,20240612,OMP-01\r\n";
  const std::string escaping = "#SSMIX,2.00,1,../../..,20240612,OMP-01,1,INS,08,20240612093045120\r\n";
  const TransactionPart part = read_transactions(broken + kEntry + escaping, 0);
  EXPECT_EQ(part.entries.size(), 1u);
  EXPECT_EQ(part.unreadable, (std::vector<std::size_t>{0, broken.size() + kEntry.size()}));
}

TEST(TransactionStorage, FilesComeInTheOrderOfTimeFromTheMarkerOn) {
  const std::vector<std::string> paths = {
      "2025/TR_20250101000000000_00001.DAT", "2024/TR_20241231170000000_00002.DAT", "2024/readme.txt",
      "2024/TR_20241231170000000_00001.DAT", "2024/TR_20240101000000000_00001.DAT", "2024/TR_2024_1.DAT"};
  EXPECT_EQ(transaction_files_after(paths, {}).size(), 4u);
  EXPECT_EQ(
      transaction_files_after(paths, {"2024/TR_20241231170000000_00001.DAT", 10}),
      (std::vector<std::string>{"2024/TR_20241231170000000_00001.DAT", "2024/TR_20241231170000000_00002.DAT",
                                "2025/TR_20250101000000000_00001.DAT"}));
}

const std::string kColumns =
    "VolumeLabel,FacilityID,PatientID,OrderDate,DataKind,OrderNo,ProcessingType,EnterOrgCD,"
    "TransactionDatetime,"
    "OutRelDirectory,FileName,UpdateDatetime,UniqueID\n";
std::string row(const std::string& folder, const std::string& file, const std::string& at,
                const std::string& type = "INS") {
  return "STD01,1234567890,0047110823,20240612,OMP-01,31," + type + ",08,20240612093045120," + folder + "," +
         file + "," + at + ",x\n";
}

TEST(IndexDatabase, RowsSinceTheMarkerNameFiles) {
  const std::string csv = kColumns + row("\\004\\711\\", "a_2", "2024-06-12 09:00:00") +
                          row("\"004/7,11\"", "b_1", "2024-06-12 10:00:00") +
                          row("004/711", "c_0", "2024-06-12 09:30:00", "DEL");
  const auto all = read_index_export(csv, "");
  ASSERT_THAT(all, Succeeds());
  ASSERT_EQ(all->files.size(), 3u);
  EXPECT_EQ(all->files[0].path, "004/711/a_2");
  EXPECT_EQ(all->files[1].path, "004/7,11/b_1");
  EXPECT_EQ(all->files[0].volume, "STD01");
  EXPECT_TRUE(all->files[2].is_deletion);
  EXPECT_EQ(all->marker, "2024-06-12 10:00:00");
  const auto later = read_index_export(csv, "2024-06-12 09:30:00");
  ASSERT_THAT(later, Succeeds());
  EXPECT_EQ(later->files.size(), 2u);  // the row of the same moment comes again
  const auto none = read_index_export(csv, "2024-06-13");
  ASSERT_THAT(none, Succeeds());
  EXPECT_TRUE(none->files.empty());
  EXPECT_EQ(none->marker, "2024-06-13");
}

TEST(IndexDatabase, WhatIsNoExportOrLeavesTheRootIsRefused) {
  EXPECT_THAT(read_index_export("VolumeLabel,FileName\n", ""), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_index_export(kColumns + "STD01,1\n", ""), FailsWith(ErrorCode::kInvalidInput));
  for (const char* folder : {"../x", "004/../..", "004//711", "."}) {
    EXPECT_THAT(read_index_export(kColumns + row(folder, "a", "2024"), ""),
                FailsWith(ErrorCode::kInvalidInput))
        << folder;
  }
  EXPECT_THAT(read_index_export(kColumns + row("004", "../a", "2024"), ""),
              FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
