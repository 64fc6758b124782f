#include "serve/stats_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "serve/words.h"
#include "stats/explain.h"
#include "stats/method.h"
#include "stats/read_spec.h"
#include "stats/read_table.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// The table that was read last; specs of a folder mostly share it.
class Tables {
 public:
  Result<const Table*> read(const fs::path& file) {
    if (!table_ || file != file_) {
      table_.reset();  // never two in memory
      table_ = TRY(read_table(file));
      file_ = file;
    }
    return &*table_;
  }

 private:
  fs::path file_;
  std::optional<Table> table_;
};

std::string written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The file of a spec's table: --data itself, or in the folder --data the spec's "input".
Result<fs::path> data_file(const fs::path& data, const Json& spec) {
  std::error_code ignored;
  if (!fs::is_directory(data, ignored)) return data;
  const auto input = spec.is_object() ? spec.find("input") : spec.end();
  if (!spec.is_object() || input == spec.end()) return data / "input.csv";
  if (!input->is_string()) return Error{ErrorCode::kInvalidInput, "input: expected a text"};
  const fs::path name = fs::path(input->get<std::string>()).lexically_normal();
  if (name.empty() || name.is_absolute() || *name.begin() == "..") {
    return Error{ErrorCode::kInvalidInput, "input: expected a file inside the folder of the data"};
  }
  return data / name;
}

Result<Json> answer_spec(const fs::path& file, const fs::path& data, Tables& tables) {
  const Json spec = TRY(read_spec_file(file));
  const fs::path table_file = TRY(data_file(data, spec).at(file.string()));
  const Table* table = TRY(tables.read(table_file));
  return fit(spec, *table).at(file.string());
}

Result<std::vector<fs::path>> specs_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() == ".json") files.push_back(at->path());
  }
  if (problem) return Error{ErrorCode::kIo, folder.string() + ": cannot list the folder"};
  if (files.empty()) return Error{ErrorCode::kNotFound, folder.string() + ": expected specs (*.json) there"};
  std::sort(files.begin(), files.end());
  return files;
}

/// Makes the folder of the answers, which is not that of the specs: both bear the same names.
Result<void> make_folder(const fs::path& folder, const fs::path& specs) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return Error{ErrorCode::kIo, folder.string() + ": cannot make the folder"};
  if (fs::equivalent(folder, specs.empty() ? fs::path(".") : specs, problem)) {
    return Error{ErrorCode::kConflict, folder.string() + ": expected another folder than that of the specs"};
  }
  return {};
}

Result<void> write_answer(const fs::path& folder, const fs::path& spec, const Json& answer) {
  return write_file_atomically(folder / (spec.stem().string() + ".json"), written(answer));
}

Json refusal(const Error& error) {
  return {{"status", "refused"}, {"error", {{"code", name_of(error.code)}, {"sentence", error.sentence}}}};
}

}  // namespace

Result<StatsReply> fit_specs(const StatsSettings& settings) {
  std::error_code problem;
  const bool is_folder = fs::is_directory(settings.spec, problem);
  const std::vector<fs::path> files =
      TRY(is_folder ? specs_of(settings.spec) : Result<std::vector<fs::path>>({settings.spec}));
  if (!settings.out.empty()) TRY(make_folder(settings.out, files.front().parent_path()));
  Tables tables;
  StatsReply reply;
  Json answers = Json::object();
  std::size_t written_count = 0;
  for (const fs::path& file : files) {
    Result<Json> answer = answer_spec(file, settings.data, tables);
    if (!answer.ok()) {
      if (!is_folder) return answer.error();
      reply.failures.push_back(answer.error().sentence);
      answer = refusal(answer.error());
    }
    if (!settings.out.empty()) {
      TRY(write_answer(settings.out, file, *answer));
      ++written_count;
    } else if (is_folder) {
      answers[file.stem().string()] = *std::move(answer);
    } else {
      reply.text = written(*answer);
    }
  }
  if (!settings.out.empty()) {
    reply.text = words("cli.stats.fit.done",
                       {{"count", std::to_string(written_count)}, {"out", settings.out.string()}}) +
                 "\n";
  } else if (is_folder) {
    reply.text = written({{"checks", std::move(answers)}});
  }
  return reply;
}

std::string stats_list() {
  return list_methods([](std::string_view key) { return words(key); });
}

Result<std::string> stats_explain(const std::string& method) {
  const Method* found = find_method(method);
  if (found != nullptr) return explain_method(*found, [](std::string_view key) { return words(key); });
  std::string names;
  for (const Method& one : methods()) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return Error{ErrorCode::kNotFound, "no such method; the methods are " + names};
}

std::string stats_schema() { return written(spec_schema()); }

}  // namespace mimamori
