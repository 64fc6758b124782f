#include "serve/center/center_server.h"

#include <cstdio>

#include "serve/center/portal_api.h"
#include "serve/center/site_api.h"
#include "serve/network/event_log.h"
#include "serve/network/files.h"

namespace mimamori {
namespace {

constexpr std::chrono::milliseconds kWorkEvery{500};

Result<TlsSettings> tls_of(const CenterFolder& folder, const std::string& listener) {
  TlsSettings tls;
  tls.certificate = TRY(read_pem(folder.tls(listener)));
  tls.key = TRY(read_private_key(folder.tls_key(listener)));
  return tls;
}

Result<ServerSettings> portal_settings(Center& center) {
  ServerSettings settings;
  settings.address = center.settings().portal_address;
  settings.port = static_cast<std::uint16_t>(center.settings().portal_port);
  settings.tls = TRY(tls_of(center.folder(), "portal"));
  settings.tls.allow_tls12 = true;
  settings.for_browsers = true;
  settings.hosts = center.settings().host_names;
  settings.gate = portal_gate(center);
  return settings;
}

Result<ServerSettings> sites_settings(Center& center) {
  ServerSettings settings;
  settings.address = center.settings().sites_address;
  settings.port = static_cast<std::uint16_t>(center.settings().sites_port);
  settings.tls = TRY(tls_of(center.folder(), "sites"));
  settings.tls.client_authority = TRY(read_pem(center.folder().authority()));
  settings.tls.client_certificate = ClientCertificate::kOptional;  // enrolment comes without one
  settings.gate = site_gate(center);
  return settings;
}

}  // namespace

Result<std::unique_ptr<CenterServer>> CenterServer::start(const std::filesystem::path& dir) {
  std::unique_ptr<Center> center = TRY(Center::open(dir));
  std::unique_ptr<CenterServer> server(new CenterServer(std::move(center)));
  Center& c = *server->center_;
  ServerSettings sites = TRY(sites_settings(c));
  server->sites_ = TRY(HttpServer::start(std::move(sites), site_routes(c)).at("listener for sites"));
  ServerSettings portal = TRY(portal_settings(c));
  server->portal_ = TRY(HttpServer::start(std::move(portal), portal_routes(c)).at("portal"));
  HttpServer* const sites_listener = server->sites_.get();
  c.on_change([sites_listener, &c](const std::string& site) {
    if (!site.empty()) return sites_listener->notify(mailbox_topic(site));
    for (const std::string& name : c.look([](const CenterCore& core) {
           std::vector<std::string> names;
           for (const auto& [each, ignored] : core.sites()) names.push_back(each);
           return names;
         })) {
      sites_listener->notify(mailbox_topic(name));
    }
  });
  server->worker_ = std::thread([raw = server.get()] { raw->work_until_stopped(); });
  return server;
}

CenterServer::~CenterServer() {
  stopping_ = true;
  if (worker_.joinable()) worker_.join();
  center_->on_change(nullptr);
}

void CenterServer::work_until_stopped() {
  while (!stopping_) {
    const Result<bool> worked = center_->work();
    if (!worked.ok())
      log_event("center.work_failed",
                {{"code", name_of(worked.error().code)}, {"what", worked.error().sentence}});
    if (!worked.ok() || !*worked) std::this_thread::sleep_for(kWorkEvery);
  }
}

}  // namespace mimamori
