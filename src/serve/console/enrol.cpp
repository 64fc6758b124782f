#include "serve/console/enrol.h"

#include <chrono>
#include <thread>

#include "base/file.h"
#include "exchange/wire.h"
#include "http/client.h"
#include "ledger/log.h"
#include "serve/center/enrolment.h"
#include "serve/network/files.h"
#include "transfer/cbor.h"

#include <nlohmann/json.hpp>

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr int kConsoleDays = 397;
constexpr int kConsoleAuthorityDays = 3650;
constexpr std::chrono::seconds kAskEvery{1};
constexpr std::size_t kHashesShown = 200;  // messages that may not have reached the center yet

/// The keys of the line; made once, so that asking again is asking with the same.
struct LineKeys {
  SigningKey signing;
  PrivateKey tls;
  std::string certificate_request;
};

Result<LineKeys> line_keys(const SiteNetworkFolder& folder, const std::string& site) {
  std::error_code ignored;
  const fs::path pending = folder.dir / "keys" / "enrolment.key";
  if (!fs::exists(pending, ignored)) {
    TRY(make_private_folder(folder.dir));
    TRY(make_private_folder(folder.dir / "keys"));
    const PrivateKey tls = TRY(make_private_key());
    const std::string request = TRY(make_certificate_request(tls, site));
    TRY(write_secret_file(folder.tls_key(), tls.pem_for_key_file()));
    TRY(write_file_atomically(folder.dir / "keys" / "link.csr", request));
    TRY(write_secret_file(pending, SigningKey::generate().to_hex_for_key_file() + "\n"));
  }
  SigningKey signing = TRY(read_signing_key(pending));
  PrivateKey tls = TRY(read_private_key(folder.tls_key()));
  std::string request = TRY(read_pem(folder.dir / "keys" / "link.csr"));
  return LineKeys{
      .signing = std::move(signing), .tls = std::move(tls), .certificate_request = std::move(request)};
}

/// The console's own certificate: browsers at the hospital trust the site's authority, nobody else does.
Result<void> make_console_certificate(const SiteNetworkFolder& folder, const SiteSettings& settings) {
  const std::int64_t now_ms = clock_now_ms();
  const PrivateKey authority_key = TRY(make_private_key());
  const std::string authority = TRY(make_authority(authority_key, "Mimamori console of " + settings.site,
                                                   validity_for_days(now_ms, kConsoleAuthorityDays)));
  const PrivateKey key = TRY(make_private_key());
  const std::string request = TRY(make_certificate_request(key, settings.host_names.front()));
  const std::string certificate =
      TRY(issue_certificate(authority, authority_key, request,
                            {.common_name = settings.host_names.front(),
                             .use = CertificateUse::kServer,
                             .names = settings.host_names,
                             .validity = validity_for_days(now_ms, kConsoleDays)}));
  TRY(write_secret_file(folder.console_tls_key(), key.pem_for_key_file()));
  TRY(write_file_atomically(folder.console_authority(), authority));
  return write_file_atomically(folder.console_tls(), certificate);
}

Result<EnrolmentAnswer> answer_in(const Result<TransportReply>& reply) {
  if (!reply.ok()) return reply.error();
  if (reply->status == 403) {
    return Error{ErrorCode::kPermissionDenied,
                 "the center has no invitation with this code, or it was used or has expired"};
  }
  if (reply->status / 100 != 2) {
    return Error{ErrorCode::kUnavailable, "the center answered " + std::to_string(reply->status)};
  }
  return enrolment_answer_of(reply->body);
}

/// The keys of a line that the center has confirmed, each in its file.
Result<void> keep_line_keys(const SiteNetworkFolder& folder, const LineKeys& keys,
                            const EnrolmentAnswer& answer) {
  TRY(read_certificate(answer.certificate));
  TRY(write_file_atomically(folder.tls(), answer.certificate));
  return write_secret_file(folder.signing_key(keys.signing.public_key()),
                           keys.signing.to_hex_for_key_file() + "\n");
}

Result<void> finish(const SiteNetworkFolder& folder, const EnrolmentOrder& order, const LineKeys& keys,
                    const EnrolmentAnswer& answer) {
  TRY(keep_line_keys(folder, keys, answer));
  TRY(write_file_atomically(folder.first_keys(),
                            keys.signing.public_key() + "\n" + answer.center_key + "\n"));
  TRY(make_console_certificate(folder, order.settings));
  for (const char* name : {"packages", "chunks", "staff"}) {
    TRY(make_private_folder(folder.dir / name));
  }
  {
    Log log = TRY(Log::open(folder.ledger()));
    const std::vector<NewEntry> first = {{.at_ms = clock_now_ms(),
                                          .kind = "site.enrolled",
                                          .actor = "operator",
                                          .body = to_cbor({{"site", order.settings.site},
                                                           {"key", keys.signing.public_key()},
                                                           {"center_key", answer.center_key}})}};
    if (log.head().seq == 0) TRY(log.append(first));
  }
  TRY(write_site_settings(folder, order.settings));
  std::error_code ignored;
  fs::remove(folder.dir / "keys" / "enrolment.key", ignored);
  return {};
}

/// Asks the center with the code and waits for the operator who compares the words.
Result<EnrolmentAnswer> ask_to_join(const EnrolmentOrder& order, const EnrolmentRequest& request,
                                    const std::function<void(const std::string&)>& show_words,
                                    const std::function<bool()>& keep_waiting) {
  std::unique_ptr<HttpClient> line = TRY(HttpClient::make({.origin = order.settings.center,
                                                           .authority = order.authority,
                                                           .certificate = {},
                                                           .key = {},
                                                           .proxy = order.settings.proxy,
                                                           .proxy_user_password = {}}));
  const std::string body = to_wire(request);
  EnrolmentAnswer answer = TRY(answer_in(line->send({.method = "POST",
                                                     .target = "/v1/enrol",
                                                     .headers = {{"content-type", kCborMediaType}},
                                                     .body = body})));
  show_words(enrolment_words_hash(request.key, request.certificate_request, answer.center_key));
  const std::string target = "/v1/enrol?site=" + request.site + "&token=" + order.token;
  while (answer.state != "enrolled") {
    if (!keep_waiting())
      return Error{ErrorCode::kUnavailable, "not confirmed yet; run the same command again later"};
    std::this_thread::sleep_for(kAskEvery);
    const Result<EnrolmentAnswer> again =
        answer_in(line->send({.method = "GET", .target = target, .headers = {}, .body = {}}));
    if (again.ok()) answer = *again;
    if (!again.ok() && again.error().code != ErrorCode::kUnavailable) return again.error();
  }
  return answer;
}

EnrolmentRequest request_with(const LineKeys& keys, const std::string& site, const std::string& token) {
  return {.site = site,
          .token = token,
          .key = keys.signing.public_key(),
          .key_proof = {},
          .certificate_request = keys.certificate_request,
          .sent = {}};
}

}  // namespace

Result<void> enrol_site(const Site& site, const EnrolmentOrder& order,
                        const std::function<void(const std::string&)>& show_words,
                        const std::function<bool()>& keep_waiting) {
  const SiteNetworkFolder folder = network_folder_of(site);
  std::error_code ignored;
  if (fs::exists(folder.settings(), ignored)) {
    return Error{ErrorCode::kConflict, site.dir.string() + " is enrolled already"};
  }
  const LineKeys keys = TRY(line_keys(folder, order.settings.site));
  TRY(write_file_atomically(folder.center_authority(), order.authority));
  EnrolmentRequest request = request_with(keys, order.settings.site, order.token);
  request.key_proof = keys.signing.sign(enrolment_proof_bytes(request));
  const EnrolmentAnswer answer = TRY(ask_to_join(order, request, show_words, keep_waiting));
  return finish(folder, order, keys, answer);
}

Result<void> enrol_site_again(SiteAgent& agent, const std::string& token,
                              const std::function<void(const std::string&)>& show_words,
                              const std::function<bool()>& keep_waiting) {
  const SiteNetworkFolder& folder = agent.folder();
  EnrolmentOrder order{.settings = agent.settings(), .token = token, .authority = {}};
  order.authority = TRY(read_pem(folder.center_authority()));
  const LineKeys keys = TRY(line_keys(folder, order.settings.site));
  EnrolmentRequest request = request_with(keys, order.settings.site, token);
  request.sent = agent.look([](const SiteCore& core) { return core.sent().end(kHashesShown); });
  request.key_proof = keys.signing.sign(enrolment_proof_bytes(request));
  const EnrolmentAnswer answer = TRY(ask_to_join(order, request, show_words, keep_waiting));
  TRY(keep_line_keys(folder, keys, answer));
  TRY(agent.replace_key(keys.signing, answer.keep, "operator"));
  std::error_code ignored;
  fs::remove(folder.dir / "keys" / "enrolment.key", ignored);
  return {};
}

Result<bool> renew_line_if_due(const SiteAgent& agent, Transport& line, std::int64_t days_left) {
  const std::string present = TRY(read_pem(agent.folder().tls()));
  const CertificateFacts facts = TRY(read_certificate(present));
  const std::chrono::sys_seconds now{std::chrono::seconds(agent.now_ms() / 1000)};
  if (facts.validity.not_after - now > std::chrono::days(days_left)) return false;
  const PrivateKey key = TRY(read_private_key(agent.folder().tls_key()));
  const std::string request = TRY(make_certificate_request(key, agent.settings().site));
  const EnrolmentAnswer answer =
      TRY(answer_in(line.send({.method = "POST",
                               .target = "/v1/renew",
                               .headers = {{"content-type", "application/x-pem-file"}},
                               .body = request})));
  TRY(read_certificate(answer.certificate));
  TRY(write_file_atomically(agent.folder().tls(), answer.certificate));
  return true;
}

}  // namespace mimamori
