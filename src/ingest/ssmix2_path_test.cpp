#include "ingest/ssmix2_path.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

constexpr std::string_view kName = "0031415926_20240704_OML-11_000000240704055_20240704103020118_08_1";

TEST(StoredFileName, IsSplitIntoSevenFields) {
  const Result<StoredFileName> name = parse_file_name(kName);
  ASSERT_THAT(name, Succeeds());
  EXPECT_EQ(*name, (StoredFileName{"0031415926", "20240704", "OML-11", "000000240704055", "20240704103020118",
                                   "08", "1"}));
}

TEST(StoredFileName, OrderNumberMayContainUnderscores) {
  const auto name = parse_file_name("0031415926_20240704_OMP-01_000_01_001_20240704103020118_-_0");
  ASSERT_THAT(name, Succeeds());
  EXPECT_EQ(name->order_number, "000_01_001");
  EXPECT_EQ(name->department, "-");
  EXPECT_EQ(name->condition_flag, "0");
}

TEST(StoredFileName, ShorterTimestampsAndTheMealTypeAreRead) {
  EXPECT_THAT(parse_file_name("1_20240704_OMD_1_202407041030201_08_2"), Succeeds());
  EXPECT_THAT(parse_file_name("1_20240704_OMD_1_20240704_08_2"), Succeeds());
  EXPECT_THAT(parse_file_name("1_20240704_OMD_1_2024070_08_2"), FailsWith(ErrorCode::kInvalidInput));
}

TEST(StoredFileName, EachFieldHasItsExpectation) {
  for (const std::string_view name : {
           "0031415926_20240704_OML-11_1_20240704103020118_1",           // six fields
           "", "______", "a",                                            // nothing
           "0031415926000000_20240704_OML-11_1_20240704103020118_08_1",  // 16 characters of patient
           "0031415926_20240231_OML-11_1_20240704103020118_08_1",        // no such day
           "0031415926_2024074_OML-11_1_20240704103020118_08_1",         // seven digits
           "0031415926_20240704_OML11_1_20240704103020118_08_1",         // no hyphen
           "0031415926_20240704_oml-11_1_20240704103020118_08_1",        // small letters
           "0031415926_20240704_OML-11__20240704103020118_08_1",         // no order number
           "0031415926_20240704_OML-11_1_202407041030201180_08_1",       // 18 digits
           "0031415926_20240704_OML-11_1_2024070410302011x_08_1",        // a letter
           "0031415926_20240704_OML-11_1_20240704103020118_08_3",        // no such flag
           "0031415926_20240704_OML-11_1_20240704103020118_08_",         // no flag
       }) {
    EXPECT_THAT(parse_file_name(name), FailsWith(ErrorCode::kInvalidInput)) << name;
  }
}

TEST(StoredFileName, SentencesDoNotTellThePatientNumber) {
  const auto name = parse_file_name("9876543210_20249999_OML-11_1_20240704103020118_08_1");
  ASSERT_FALSE(name.ok());
  EXPECT_EQ(name.error().sentence.find("9876543210"), std::string::npos);
}

RC_GTEST_PROP(StoredFileName, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto name = parse_file_name(text);
  if (name.ok()) RC_ASSERT(name->condition_flag.size() == 1u);
}

TEST(Junk, FilesOfTheSystemAreNotOurs) {
  for (const std::string_view name :
       {"Thumbs.db", "thumbs.db", ".DS_Store", "desktop.ini", "x.tmp", "~$doc", "a~"}) {
    EXPECT_TRUE(is_junk(name)) << name;
  }
  EXPECT_FALSE(is_junk(kName));
  EXPECT_FALSE(is_junk("README"));  // not ours either, but somebody meant it: it is rejected with a reason
}

class Folder : public testing::Test {
 protected:
  static Result<void> check(std::string_view folders) {
    const auto name = parse_file_name(kName);
    return check_folder(std::string(folders) + "/" + std::string(kName), *name);
  }
};

TEST_F(Folder, LevelsFollowFromTheName) {
  EXPECT_THAT(check("003/141/0031415926/20240704/OML-11"), Succeeds());
  EXPECT_THAT(check("volume2/0123456789/003/141/0031415926/20240704/OML-11"), Succeeds());
  EXPECT_THAT(check("./003/141//0031415926/20240704/OML-11"), Succeeds());
}

TEST_F(Folder, TheDifferingLevelIsNamedWithoutThePatient) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"004/141/0031415926/20240704/OML-11", "level 2"}, {"003/142/0031415926/20240704/OML-11", "level 3"},
      {"003/141/0031415927/20240704/OML-11", "level 4"}, {"003/141/0031415926/20240705/OML-11", "level 5"},
      {"003/141/0031415926/20240704/OML-01", "level 6"}, {"0031415926/20240704/OML-11", "levels above"}};
  for (const auto& [folders, level] : cases) {
    const Result<void> result = check(folders);
    ASSERT_THAT(result, FailsWith(ErrorCode::kInvalidInput)) << folders;
    EXPECT_NE(result.error().sentence.find(level), std::string::npos) << result.error().sentence;
    EXPECT_EQ(result.error().sentence.find("0031415926"), std::string::npos);
  }
}

TEST_F(Folder, ShortPatientNumbersUseWhatThereIs) {
  const auto five = parse_file_name("12345_-_ADT-00_1_20240704103020118_-_1");
  ASSERT_THAT(five, Succeeds());
  EXPECT_THAT(check_folder("123/45/12345/-/ADT-00/x", *five), Succeeds());
  EXPECT_THAT(check_folder("123/450/12345/-/ADT-00/x", *five), FailsWith(ErrorCode::kInvalidInput));
  const auto three = parse_file_name("123_-_ADT-00_1_20240704103020118_-_1");
  ASSERT_THAT(three, Succeeds());
  EXPECT_THAT(check_folder("123/123/-/ADT-00/x", *three), Succeeds());
}

}  // namespace
}  // namespace mimamori
