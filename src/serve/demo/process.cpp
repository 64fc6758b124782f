#include "serve/demo/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace mimamori {
namespace {

/// In the child, between fork and exec: system calls alone.
[[noreturn]] void become(const char* program, char* const* argv, const char* log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // it ended before it could be watched
  const int nothing = ::open("/dev/null", O_RDONLY);
  const int written = ::open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (nothing < 0 || written < 0) ::_exit(127);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(written, STDOUT_FILENO);
  ::dup2(written, STDERR_FILENO);
  ::execv(program, argv);
  ::_exit(127);
}

}  // namespace

Result<int> free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  const bool ok = fd >= 0 && ::bind(fd, plain, size) == 0 && ::getsockname(fd, plain, &size) == 0;
  if (fd >= 0) ::close(fd);
  if (!ok) return Error{ErrorCode::kIo, "no free port on this machine"};
  return static_cast<int>(::ntohs(address.sin_port));
}

Result<Process> Process::start(const std::filesystem::path& program, std::vector<std::string> arguments,
                               const std::filesystem::path& log) {
  std::string name = program.string();
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Error{ErrorCode::kIo, program.string() + ": cannot be started"};
  if (child == 0) become(name.c_str(), argv.data(), log.c_str(), parent);
  return Process(child, log);
}

Process::~Process() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

Result<void> Process::still_runs() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0) return {};
  pid_ = 0;
  return Error{ErrorCode::kUnavailable, "a server of the demo has ended; its last words: " + log_.string()};
}

}  // namespace mimamori
