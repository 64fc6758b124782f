// Trees whose names change or mislead, and a file with a great many repetitions: nothing is lost or taken
// twice.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "base/testing.h"
#include "program.h"

namespace mimamori {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class SmallTree : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new ScratchFolder;  // NOLINT: ended in TearDownTestSuite
    write_hospital_into(shared_->path() / "hospital", 3);
  }
  static void TearDownTestSuite() {
    delete shared_;  // NOLINT
    shared_ = nullptr;
  }
  void SetUp() override {
    fs::create_directories(root());
    fs::copy(tree_of(shared_->path() / "hospital"), tree(), fs::copy_options::recursive);
    ASSERT_EQ(mimamori_run({"site", "init", "--dir", site().string()}).exit_code, 0);
  }

  /// The institution's folder stands two levels below where this test puts things.
  [[nodiscard]] fs::path root() const { return scratch_.path() / "storage"; }
  [[nodiscard]] fs::path tree() const { return root() / "hospital"; }
  [[nodiscard]] fs::path site() const { return scratch_.path() / "site"; }
  [[nodiscard]] fs::path scratch() const { return scratch_.path(); }

  [[nodiscard]] std::string ingest(const fs::path& from) const {
    const ProgramRun run =
        mimamori_run({"site", "ingest", "--dir", site().string(), "--ssmix2", from.string()});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  }
  [[nodiscard]] std::string digest() const {
    return mimamori_run({"site", "digest", "--dir", site().string()}).out;
  }
  [[nodiscard]] long long count(const std::string& of) const {
    return number_at(site(), "SELECT count(*) FROM " + of);
  }

  /// A live file of a data type.
  [[nodiscard]] fs::path a_file(const std::string& type) const {
    for (const auto& entry : fs::recursive_directory_iterator(tree())) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && name.find("_" + type + "_") != std::string::npos &&
          name.ends_with("_1")) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "no file of " << type;
    return {};
  }

 private:
  static ScratchFolder* shared_;
  ScratchFolder scratch_;
};
ScratchFolder* SmallTree::shared_ = nullptr;

fs::path with_flag(const fs::path& file, char flag) {
  std::string name = file.string();
  name.back() = flag;
  return name;
}

TEST_F(SmallTree, AConditionFlagThatGoesAndComesBackKeepsTheRecord) {
  const fs::path live = a_file("ADT-12");
  static_cast<void>(ingest(tree()));
  const long long visits = count("ehr_visit");
  fs::rename(live, with_flag(live, '0'));
  static_cast<void>(ingest(tree()));
  EXPECT_EQ(count("ehr_visit"), visits - 1);
  fs::rename(with_flag(live, '0'), live);
  static_cast<void>(ingest(tree()));
  EXPECT_EQ(count("ehr_visit"), visits);
  EXPECT_EQ(count("source_file WHERE status = 'superseded'"), 2);  // the first one and the withdrawn one
  EXPECT_THAT(ingest(tree()), HasSubstr(" 0 of them new"));
}

TEST_F(SmallTree, TheSameTreeUnderAnotherRootChangesNothing) {
  static_cast<void>(ingest(tree()));
  const std::string before = digest();
  ASSERT_GT(before.size(), 500U);
  fs::copy(tree(), scratch() / "copy", fs::copy_options::recursive);
  EXPECT_THAT(ingest(scratch() / "copy"), HasSubstr(" 0 of them new"));
  EXPECT_EQ(digest(), before);
}

TEST_F(SmallTree, TheSameTreeFromAFolderAboveChangesNothing) {
  static_cast<void>(ingest(tree()));
  const std::string before = digest();
  const long long visits = count("ehr_visit");
  static_cast<void>(ingest(root()));  // every path now begins with "hospital/"
  EXPECT_EQ(count("ehr_visit"), visits);
  EXPECT_EQ(digest(), before);
  static_cast<void>(ingest(tree()));
  EXPECT_EQ(digest(), before);
}

/// The same message under a name with another order number.
fs::path copy_with_order(const fs::path& file, const std::string& order) {
  std::string name = file.filename().string();
  const std::string type = "_OML-11_";
  const std::size_t from = name.find(type) + type.size();
  name.replace(from, name.find('_', from) - from, order);
  fs::copy_file(file, file.parent_path() / name);
  return file.parent_path() / name;
}

TEST_F(SmallTree, PercentSequencesInNamesMakeNoFileAnother) {
  // Pairs that would be one identity if a name were decoded, or encoded without its own percent signs.
  const fs::path file = a_file("OML-11");
  for (const char* order : {"A1", "%411", "%25411", "\n1", "%0A1",
                            "\xFF"
                            "1",
                            "%FF1", "%2F1"})
    copy_with_order(file, order);
  static_cast<void>(ingest(tree()));
  const std::string before = digest();
  EXPECT_EQ(count("source_file WHERE status = 'superseded'"), 0);
  // 0x0A and 0xFF may be refused as a name; what is printable is read.
  EXPECT_GE(count("source_file WHERE status = 'accepted' AND data_type = 'OML-11'"), 6);
  EXPECT_EQ(count("source_file WHERE status = 'rejected' AND reason IS NULL"), 0);
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(ingest(tree()), HasSubstr(" 0 of them new"));
    EXPECT_EQ(digest(), before);
  }
}

TEST_F(SmallTree, ARejectedFileIsListedWithATitleAndItsReason) {
  std::ofstream(a_file("ADT-12"), std::ios::binary | std::ios::trunc) << "no message";
  static_cast<void>(ingest(tree()));
  const ProgramRun listed = mimamori_run({"site", "rejected", "--dir", site().string()});
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, testing::StartsWith("path,segment,what,code,title,reason\n"));
  EXPECT_THAT(listed.out, HasSubstr("_ADT-12_"));
  EXPECT_THAT(listed.out,
              HasSubstr(",kInvalidInput,Not in the form or with the content that the standard asks for,"));
}

TEST_F(SmallTree, AFieldWithFourHundredThousandRepetitionsIsStoredOrRefusedWithAReason) {
  const fs::path file = a_file("ADT-12");
  std::ifstream in(file, std::ios::binary);
  std::string message((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t pid = message.find("\rPID|");
  ASSERT_NE(pid, std::string::npos);
  // Into PID-5, the fifth field: quadratic work on repetitions would not end within the test's time limit.
  std::size_t at = pid + 5;
  for (int field = 1; field < 5; ++field) at = message.find('|', at) + 1;
  std::string many;
  for (int i = 0; i < 400'000; ++i) many += "A^B~";
  message.insert(at, many);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << message;
  static_cast<void>(ingest(tree()));
  const std::string of_file = "source_file WHERE size_bytes > 1000000";
  EXPECT_EQ(count(of_file), 1);
  EXPECT_EQ(count(of_file + " AND (status = 'accepted' OR (status = 'rejected' AND length(reason) > 10))"),
            1);
}

}  // namespace
}  // namespace mimamori
