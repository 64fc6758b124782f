#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/certificate.h"
#include "http/transport.h"

namespace mimamori {

struct ClientSettings {
  std::string origin = {};       // "https://center.example:8443", without a slash at the end
  std::string authority = {};    // PEM: the only one that may have signed the server's certificate
  std::string certificate = {};  // PEM: shown to the server; empty: none
  PrivateKey key = {};
  std::string proxy = {};  // "http://proxy.example:3128": asked to CONNECT; empty: none, whatever the
                           // environment says
  std::string proxy_user_password = {};  // "user:password"; empty: none
  std::chrono::milliseconds connect_timeout{15'000};
};

/// An HTTPS client over libcurl: TLS 1.2 or later, no redirects, no cookies, no compression, the
/// connection kept. One object per thread.
class HttpClient : public Transport {
 public:
  /// Errors  kInvalidInput: not an https:// origin.
  static Result<std::unique_ptr<HttpClient>> make(ClientSettings settings);
  ~HttpClient() override;
  Result<TransportReply> send(const TransportRequest& request) override;

 private:
  struct Inside;
  explicit HttpClient(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace mimamori
