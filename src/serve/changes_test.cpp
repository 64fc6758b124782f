#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"
#include "serve/site_ingest.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "004/711/0047110823/20240612/OMP-01";

void write(const fs::path& file, const std::string& text, bool is_added = false) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, is_added ? std::ios::binary | std::ios::app : std::ios::binary) << text;
}

/// A file name of one prescription.
std::string name(const char* order, const char* timestamp, char flag) {
  return std::string("0047110823_20240612_OMP-01_") + order + "_" + timestamp + "_08_" + flag;
}

std::string transaction(const char* order, const char* kind, const char* timestamp) {
  return std::string("#SSMIX,2.00,1234567890,0047110823,20240612,OMP-01,") + order + "," + kind + ",08," + timestamp +
         "\r\nMSH|^~\\&|\r\n";
}

/// A storage whose changes are told. What the files say does not matter here, only which of them are looked at.
class ToldChanges : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(init_site(site_.dir), Succeeds());
    write(tree_ / kFolder / name("000000240604031", "20240612093045120", '1'), "first");
    write(tree_ / kFolder / name("000000240604032", "20240612093045120", '1'), "another order");
    write(log_, transaction("000000240604031", "INS", "20240612093045120"));
  }
  IngestSummary load(IngestOptions options) {
    options.ssmix2_root = tree_;
    Result<IngestSummary> summary = ingest_site(site_, options);
    EXPECT_THAT(summary, Succeeds());
    return summary.ok() ? *summary : IngestSummary{};
  }
  IngestSummary load() { return load({.transactions = scratch_.path() / "transactions"}); }

  ScratchFolder scratch_;
  Site site_{scratch_.path() / "site"};
  fs::path tree_ = scratch_.path() / "tree";
  fs::path log_ = scratch_.path() / "transactions" / "2024" / "TR_20240612000000000_00001.DAT";
};

TEST_F(ToldChanges, TheFirstLoadSeesEverythingAndTheNextOnlyWhatWasTold) {
  EXPECT_EQ(load().files_seen, 2);
  EXPECT_EQ(load().files_seen, 0) << "nothing was told";

  write(tree_ / kFolder / name("000000240604031", "20240613093045120", '1'), "second");
  fs::rename(tree_ / kFolder / name("000000240604031", "20240612093045120", '1'),
             tree_ / kFolder / name("000000240604031", "20240612093045120", '2'));
  write(tree_ / kFolder / name("000000240604033", "20240613093045120", '1'), "nobody tells of this one");
  write(log_, transaction("000000240604031", "INS", "20240613093045120"), true);
  const IngestSummary told = load();
  EXPECT_EQ(told.files_seen, 2) << "both versions of the order that was told of, and no other order";
  EXPECT_EQ(told.files_received, 2);

  const IngestSummary walked = load({.transactions = scratch_.path() / "transactions", .full_walk = true});
  EXPECT_EQ(walked.files_seen, 4);
  EXPECT_EQ(walked.files_received, 1) << "what nobody told of is found by looking at everything";
}

TEST_F(ToldChanges, ALogThatCannotBeReadMeansLookingAtEverything) {
  EXPECT_EQ(load().files_seen, 2);
  write(log_, "#SSMIX,nonsense\r\n", true);
  EXPECT_EQ(load().files_seen, 2);
  EXPECT_EQ(load().files_seen, 0) << "and then it is gone on with behind it";
}

TEST_F(ToldChanges, AnIndexTellsTheSame) {
  const fs::path index = scratch_.path() / "index.csv";
  const auto row = [&](const std::string& file, const char* updated) {
    return "STD01,1234567890,0047110823,20240612,OMP-01,000000240604031,INS,08,20240612093045120," + std::string(kFolder) + "," +
           file + "," + updated + "\r\n";
  };
  write(index,
        "VolumeLabel,FacilityID,PatientID,OrderDate,DataKind,OrderNo,ProcessingType,EnterOrgCD,TransactionDatetime,"
        "OutRelDirectory,FileName,UpdateDatetime\r\n" +
            row(name("000000240604031", "20240612093045120", '1'), "2024-06-12 09:30:45"));
  EXPECT_EQ(load({.index_export = index}).files_seen, 2);
  write(tree_ / kFolder / name("000000240604031", "20240613093045120", '1'), "second");
  write(index, row(name("000000240604031", "20240613093045120", '1'), "2024-06-13 09:30:45"), true);
  const IngestSummary told = load({.index_export = index});
  EXPECT_EQ(told.files_received, 1);
  EXPECT_LE(told.files_seen, 2) << "the new file, and the row that was the last before";
}

}  // namespace
}  // namespace mimamori
