// Two measurements of the network over loopback with mutual TLS; bench/network.sh runs them.
//
//   network_bench upload MIB    our client beside curl, the same chunks to the same server
//   network_bench poll SITES    that many waiting polls: latency to pick up news, CPU, memory

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/hash.h"
#include "http/response.h"
#include "http/test_network.h"

namespace mimamori {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kChunkBytes = std::size_t{4} * 1024 * 1024;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// CPU seconds and memory of this process.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// Hashes each chunk as it comes, as the center does; keeps nothing.
class HashingSink : public BodySink {
 public:
  Result<void> write(std::string_view piece) override {
    hash_.add(piece);
    return {};
  }
  std::string end() { return hash_.hex(); }

 private:
  Sha256 hash_;
};

Route chunk_route() {
  Route route = text_route("PUT", "/v1/chunks/{name}", "");
  route.body_bytes_max = kChunkBytes;
  route.open_sink = [](const Request&) -> Result<std::unique_ptr<BodySink>> {
    return std::unique_ptr<BodySink>(std::make_unique<HashingSink>());
  };
  route.handler = [](Request& request) -> Reply {
    return json_response(201, dynamic_cast<HashingSink&>(*request.sink).end());
  };
  return route;
}

int upload(std::size_t mebibytes) {
  const ScratchFolder folder;
  const TestIdentity site = shared_authority().client("site 1");
  const auto server = started(test_settings(ClientCertificate::kRequired), {chunk_route()});
  std::string chunk(kChunkBytes, '\0');
  for (std::size_t i = 0; i < chunk.size(); ++i) chunk[i] = static_cast<char>(i * 2654435761U >> 24U);
  const auto write = [&](const char* name, const std::string& content) {
    return write_file_atomically(folder.path() / name, content).ok();
  };
  if (!write("chunk", chunk) || !write("ca.pem", shared_authority().certificate()) ||
      !write("site.pem", site.certificate) || !write("site.key", site.key.pem_for_key_file())) {
    return 1;
  }
  const std::size_t chunks = mebibytes / 4;
  const std::string sum = sha256_hex(chunk);
  const std::string in = folder.path().string();
  const std::string curl = "curl -sS -o /dev/null --fail --http1.1 -H Expect: --cacert " + in +
                           "/ca.pem --cert " + in + "/site.pem --key " + in + "/site.key -T " + in +
                           "/chunk 'https://localhost:" + std::to_string(server->port()) + "/v1/chunks/[1-" +
                           std::to_string(chunks) + "]'";
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < 5; ++round) {
    auto start = Clock::now();
    const auto client = client_of(*server, &site);
    for (std::size_t i = 0; i < chunks; ++i) {
      const auto reply = client->send({.method = "PUT", .target = "/v1/chunks/x", .body = chunk});
      if (!reply.ok() || reply->status != 201 || reply->body != sum) return 1;
    }
    ours.push_back(seconds_since(start));
    start = Clock::now();
    if (std::system(curl.c_str()) != 0)
      return 1;  // NOLINT(concurrency-mt-unsafe): nobody else reads the environment
    theirs.push_back(seconds_since(start));
  }
  std::printf("upload of %zu MiB: ours %.2f s, curl %.2f s, ratio %.2f (medians of five)\n", chunks * 4,
              median(ours), median(theirs), median(ours) / median(theirs));
  return 0;
}

/// The sites: connects all, then for each turn names one, which is to be told the news, and reads it.
[[noreturn]] void poll_as_sites(std::uint16_t port, std::size_t sites, int to_server, int from_server) {
  std::vector<RawClient> clients;
  const auto ask = [&](std::size_t i) {
    return clients[i].send("GET /poll/" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  };
  const TestIdentity site = shared_authority().client("site 1");
  for (std::size_t i = 0; i < sites; ++i) {
    clients.emplace_back(port, &site);
    if (!ask(i)) _exit(1);
  }
  char go = 'g';
  std::vector<double> latencies;
  for (std::size_t turn = 0; turn < 1000; ++turn) {
    const auto i = static_cast<std::uint32_t>(turn * 7919 % sites);
    const auto start = Clock::now();
    if (write(to_server, &i, sizeof i) != sizeof i || clients[i].status() != 200) _exit(1);
    latencies.push_back(seconds_since(start) * 1000);
    if (!ask(i)) _exit(1);
  }
  std::ranges::sort(latencies);
  std::printf(
      "%zu polling sites: news picked up in %.2f ms (median), %.2f ms (99 of 100), %.2f ms (longest)\n",
      sites, latencies[500], latencies[990], latencies[999]);
  std::fflush(stdout);
  close(to_server);
  (void)!read(from_server, &go, 1);  // until the server has measured
  _exit(0);
}

int poll(std::size_t sites) {
  const rlimit files{.rlim_cur = 4096, .rlim_max = 4096};
  setrlimit(RLIMIT_NOFILE, &files);
  std::mutex mutex;
  std::vector<bool> has_news(sites, false);
  Route route = text_route("GET", "/poll/{site}", "");
  route.handler = [&](Request& request) -> Reply {
    const std::string& site = request.path_values.at("site");
    const std::lock_guard lock(mutex);
    std::vector<bool>::reference news = has_news[std::stoul(site)];
    if (!news) return Wait{.topic = site, .at_most = std::chrono::seconds(55)};
    news = false;
    return json_response(200, "{}");
  };
  (void)shared_authority();  // one for both processes
  int to_server[2];
  int to_sites[2];
  int port_pipe[2];
  if (pipe(to_server) != 0 || pipe(to_sites) != 0 || pipe(port_pipe) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    close(to_server[0]);
    close(to_sites[1]);
    std::uint16_t port = 0;
    if (read(port_pipe[0], &port, sizeof port) != sizeof port) _exit(1);
    poll_as_sites(port, sites, to_server[1], to_sites[0]);
  }
  close(to_server[1]);
  close(to_sites[0]);
  const double memory_before = resident_mib();
  const auto server = started(test_settings(ClientCertificate::kRequired), {route});
  const std::uint16_t port = server->port();
  if (write(port_pipe[1], &port, sizeof port) != sizeof port) return 1;
  std::uint32_t site = 0;
  double cpu_of_turns = -1;
  while (read(to_server[0], &site, sizeof site) == sizeof site) {
    if (cpu_of_turns < 0) cpu_of_turns = cpu_seconds();
    {
      const std::lock_guard lock(mutex);
      has_news[site] = true;
    }
    server->notify(std::to_string(site));
  }
  cpu_of_turns = cpu_seconds() - cpu_of_turns;
  const double idle_before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::seconds(5));
  std::printf(
      "server: %.3f ms of CPU per poll, %.2f%% of one core while all wait, %.0f MiB of memory (%.0f MiB "
      "before)\n",
      cpu_of_turns, (cpu_seconds() - idle_before) / 5 * 100, resident_mib(), memory_before);
  close(to_sites[1]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace
}  // namespace mimamori

int main(int count, char** arguments) {
  const std::string_view what = count == 3 ? arguments[1] : "";
  const std::size_t amount = count == 3 ? std::strtoul(arguments[2], nullptr, 10) : 0;
  if (what == "upload" && amount >= 4) return mimamori::upload(amount);
  if (what == "poll" && amount > 0) return mimamori::poll(amount);
  std::fputs("network_bench upload MIB | poll SITES\n", stderr);
  return 2;
}
