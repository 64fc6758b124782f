#include "serve/study_explain.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"

namespace mimamori {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(StudyExplain, TellsHeadingsAndNumberedSentencesInEitherLanguage) {
  const auto file = std::filesystem::path(MIMAMORI_SOURCE_DIR) / "examples/a-vs-b.yaml";
  const Result<std::string> english = explain_study(file, {.japanese = false});
  ASSERT_THAT(english, Succeeds());
  EXPECT_THAT(*english,
              AllOf(StartsWith("Study and data window\n  1. "), HasSubstr("\n\nDrugs compared\n  4. ")));
  const Result<std::string> japanese = explain_study(file, {.japanese = true});
  ASSERT_THAT(japanese, Succeeds());
  EXPECT_THAT(*japanese, AllOf(StartsWith("研究とデータ期間\n  1. "), HasSubstr("\n\n比べる薬剤\n  4. ")));
}

TEST(StudyExplain, MistakesAreAnsweredWithTheirPlace) {
  const ScratchFolder scratch;
  const std::filesystem::path file = scratch.path() / "bad.yaml";
  std::ofstream(file) << "study: [\n";
  const Result<std::string> told = explain_study(file, {});
  ASSERT_THAT(told, FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(told.error().sentence, HasSubstr("bad.yaml:"));
  EXPECT_THAT(explain_study(scratch.path() / "none.yaml", {}), FailsWith(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace mimamori
