#include "serve/study_explain.h"

#include "base/file.h"
#include "base/limits.h"
#include "script/explain.h"

namespace mimamori {

Result<std::string> explain_study(const std::filesystem::path& script, ExplainOptions options) {
  const std::string text = TRY(read_file(script, limits::kScriptBytesMax));
  const StudyScript study = TRY(parse_script(text, script.string()));
  const auto in_language = [&](const Text2& words) -> const std::string& {
    return options.japanese ? words.ja : words.en;
  };
  std::string all;
  std::string part;
  for (const ExplainedSentence& sentence : explain(study)) {
    if (sentence.part != part) {
      if (!part.empty()) all += "\n";
      part = sentence.part;
      all += in_language(catalogue("explain.part." + part)) + "\n";
    }
    all += "  " + std::to_string(sentence.order) + ". " + in_language(sentence.text) + "\n";
  }
  return all;
}

}  // namespace mimamori
