#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "base/testing.h"

namespace mimamori {
namespace {

constexpr std::size_t kOutputBytesMax = std::size_t{256} * 1024 * 1024;

pid_t start(const std::vector<std::string>& arguments, const std::filesystem::path& out, const std::filesystem::path& err,
            const Environment& environment = {}) {
  std::vector<std::string> words{MIMAMORI_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv("LC_ALL", "C.UTF-8", 1);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(out_fd, STDOUT_FILENO);
  ::dup2(err_fd, STDERR_FILENO);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

ProgramRun mimamori_run(const std::vector<std::string>& arguments) {
  const ScratchFolder scratch;
  const pid_t child = start(arguments, scratch.path() / "out", scratch.path() / "err");
  int status = 0;
  ::waitpid(child, &status, 0);
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .out = std::move(read_file(scratch.path() / "out", kOutputBytesMax)).value(),
          .err = std::move(read_file(scratch.path() / "err", kOutputBytesMax)).value()};
}

bool mimamori_killed_after(const std::vector<std::string>& arguments, int milliseconds, const Environment& environment) {
  const pid_t child = start(arguments, "/dev/null", "/dev/null", environment);
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

std::filesystem::path write_hospital_into(const std::filesystem::path& folder, int patients) {
  const ProgramRun run = mimamori_run({"synth", "hospital", "--out", folder.string(), "--patients", std::to_string(patients),
                                "--estimand-persons", "0"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return folder;
}

std::filesystem::path tree_of(const std::filesystem::path& hospital) {
  for (const auto& entry : std::filesystem::directory_iterator(hospital / "ssmix2")) return entry.path();
  return {};
}

long long number_at(const std::filesystem::path& site, const std::string& sql) {
  const ProgramRun run = mimamori_run({"site", "sql", "--dir", site.string(), sql});
  EXPECT_EQ(run.exit_code, 0) << sql << ": " << run.err;
  const auto line = run.out.find('\n');
  return line == std::string::npos ? -1 : std::atoll(run.out.c_str() + line + 1);
}

void load_into(const std::filesystem::path& site, const std::filesystem::path& hospital) {
  const ProgramRun init = mimamori_run({"site", "init", "--dir", site.string()});
  ASSERT_EQ(init.exit_code, 0) << init.err;
  const ProgramRun ingest = mimamori_run({"site", "ingest", "--dir", site.string(), "--ssmix2", tree_of(hospital).string(),
                                   "--code-map", (hospital / "code_map.csv").string()});
  ASSERT_EQ(ingest.exit_code, 0) << ingest.err;
}

}  // namespace mimamori
