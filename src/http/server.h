#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/certificate.h"
#include "http/limits.h"
#include "http/message.h"

namespace mimamori {

class ServerCore;

enum class ClientCertificate { kNone, kOptional, kRequired };

/// A listener's own certificate, and whom it lets in.
struct TlsSettings {
  std::string certificate = {};  // PEM
  PrivateKey key = {};
  std::string client_authority = {};  // PEM; signs the client certificates that are taken
  ClientCertificate client_certificate = ClientCertificate::kNone;
  bool allow_tls12 = false;  // for browsers of old hospital terminals; else TLS 1.3 only
};

struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: chosen by the system
  TlsSettings tls;
  HttpLimits limits;
  std::vector<std::string> hosts;  // if not empty, the only names that a request may be for (421):
                                   // else another site's name could be pointed at a console
  bool for_browsers = false;       // adds the security headers to every reply
  Gate gate;                       // none: every request goes through
};

/// One HTTPS listener with its routes: HTTP/1.1, Content-Length only, no compression, no upgrade.
/// One thread moves bytes, a pool of others runs the handlers.
class HttpServer {
 public:
  /// Errors  kInvalidInput: routes, certificate, key or address; kIo: the port is taken.
  static Result<std::unique_ptr<HttpServer>> start(ServerSettings settings, std::vector<Route> routes);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Stops: connections are closed, handlers that run are waited for.
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connection_count() const;

  /// Asks every handler again that waits for the topic. Call it after the change is in place.
  void notify(std::string_view topic);

  /// Takes a renewed certificate for connections from now on.  Errors  kInvalidInput.
  Result<void> renew(const TlsSettings& tls);

 private:
  explicit HttpServer(std::unique_ptr<ServerCore> core);
  std::unique_ptr<ServerCore> core_;
};

}  // namespace mimamori
