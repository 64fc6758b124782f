#include "serve/console/site_server.h"

#include <sodium.h>

#include <chrono>

#include "http/client.h"
#include "serve/console/console_api.h"
#include "serve/console/enrol.h"
#include "serve/console/site_link.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

constexpr double kWorkEverySeconds = 1;
constexpr std::int64_t kRenewBeforeDays = 15;

double jitter() { return static_cast<double>(randombytes_uniform(1'000'000)) / 1e6; }

}  // namespace

Result<std::unique_ptr<Transport>> open_line(const SiteAgent& agent) {
  ClientSettings settings;
  settings.origin = agent.settings().center;
  settings.proxy = agent.settings().proxy;
  settings.authority = TRY(read_pem(agent.folder().center_authority()));
  settings.certificate = TRY(read_pem(agent.folder().tls()));
  settings.key = TRY(read_private_key(agent.folder().tls_key()));
  std::unique_ptr<HttpClient> client = TRY(HttpClient::make(std::move(settings)));
  return std::unique_ptr<Transport>(std::move(client));
}

Result<std::unique_ptr<SiteServer>> SiteServer::start(const Site& site) {
  std::unique_ptr<SiteAgent> agent = TRY(SiteAgent::open(site));
  std::unique_ptr<SiteServer> server(new SiteServer(std::move(agent)));
  SiteAgent& a = *server->agent_;
  ServerSettings settings;
  settings.address = a.settings().console_address;
  settings.port = static_cast<std::uint16_t>(a.settings().console_port);
  settings.tls.certificate = TRY(read_pem(a.folder().console_tls()));
  settings.tls.key = TRY(read_private_key(a.folder().console_tls_key()));
  settings.tls.allow_tls12 = true;
  settings.for_browsers = true;
  settings.hosts = a.settings().host_names;
  settings.gate = console_gate(a);
  SiteServer* const self = server.get();
  server->link_.center_has = a.look([](const SiteCore& core) { return core.sent().size(); });
  const ConsoleLine line{.state = [self] { return self->link(); }, .wake = [self] { self->wake(); }};
  server->console_ = TRY(HttpServer::start(std::move(settings), console_routes(a, line)).at("console"));
  server->poller_ = std::thread([raw = server.get()] { raw->poll_until_stopped(); });
  server->pusher_ = std::thread([raw = server.get()] { raw->push_until_stopped(); });
  server->worker_ = std::thread([raw = server.get()] { raw->work_until_stopped(); });
  return server;
}

void SiteServer::stop() {
  stopping_ = true;
  wake();
  console_.reset();
}

SiteServer::~SiteServer() {
  stop();
  for (std::thread* thread : {&poller_, &pusher_, &worker_}) {
    if (thread->joinable()) thread->join();
  }
}

void SiteServer::wake() { wake_up_.notify_all(); }

LinkState SiteServer::link() const {
  const std::lock_guard lock(mutex_);
  return link_;
}

void SiteServer::heard(const Result<void>& answer, std::int64_t center_has) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = agent_->now_ms();
  if (center_has >= 0) link_.center_has = center_has;
  link_.is_refused = !answer.ok() && answer.error().code == ErrorCode::kPermissionDenied;
  if (answer.ok()) {
    if (link_.up_since_ms == 0 || link_.silent_since_ms > 0) link_.up_since_ms = now_ms;
    link_.last_heard_ms = now_ms;
    link_.silent_since_ms = 0;
    link_.problem.clear();
    return;
  }
  if (link_.silent_since_ms == 0) link_.silent_since_ms = now_ms;
  if (link_.problem != answer.error().sentence)
    log_event("site.link_silent", {{"why", answer.error().sentence}});
  link_.problem = answer.error().sentence;
}

void SiteServer::note_center_has(std::int64_t messages) {
  const std::lock_guard lock(mutex_);
  if (messages >= 0) link_.center_has = messages;
}

void SiteServer::sleep(double seconds) {
  std::unique_lock lock(mutex_);
  wake_up_.wait_for(lock, std::chrono::duration<double>(seconds));
}

void SiteServer::poll_until_stopped() {
  int failures = 0;
  bool is_up = false;
  std::unique_ptr<Transport> line;
  while (!stopping_) {
    if (line == nullptr) {
      if (Result<std::unique_ptr<Transport>> opened = open_line(*agent_); opened.ok())
        line = std::move(*opened);
    }
    Result<void> answer = Error{ErrorCode::kUnavailable, "the keys of the line cannot be read"};
    std::int64_t center_has = -1;
    if (line != nullptr) {
      const Result<bool> renewed = renew_line_if_due(*agent_, *line, kRenewBeforeDays);
      if (renewed.ok() && *renewed) {
        line.reset();
        continue;
      }
      SiteLink link(*agent_, *line);
      // The first question is answered at once, so that the console soon knows whether the line works.
      answer = link.poll(is_up ? agent_->settings().poll_seconds : 0);
      center_has = link.center_has();
    }
    if (stopping_) return;
    heard(answer, center_has);
    is_up = answer.ok();
    failures = is_up ? 0 : failures + 1;
    if (answer.ok()) {
      wake();  // there may be something to do
    } else {
      line.reset();
      sleep(retry_wait_seconds(failures, jitter()));
    }
  }
}

void SiteServer::push_until_stopped() {
  int failures = 0;
  while (!stopping_) {
    Result<bool> pushed = Error{ErrorCode::kUnavailable, "the keys of the line cannot be read"};
    if (const Result<std::unique_ptr<Transport>> line = open_line(*agent_); line.ok()) {
      SiteLink link(*agent_, **line);
      pushed = link.push();
      while (pushed.ok() && !stopping_) {
        failures = 0;
        note_center_has(link.center_has());
        if (!*pushed) sleep(kWorkEverySeconds);
        pushed = link.push();
      }
    }
    ++failures;
    if (!stopping_) sleep(retry_wait_seconds(std::min(failures, 6), jitter()));
  }
}

void SiteServer::work_until_stopped() {
  while (!stopping_) {
    const Result<bool> worked = agent_->work();
    if (!worked.ok()) log_event("site.work_failed", {{"what", worked.error().sentence}});
    if (worked.ok() && *worked) {
      wake();
    } else {
      sleep(kWorkEverySeconds);
    }
  }
}

}  // namespace mimamori
