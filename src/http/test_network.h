#pragma once

// For tests in this folder: an authority, listeners on loopback, and a client that sends any bytes.

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/testing.h"
#include "http/client.h"
#include "http/openssl.h"
#include "http/server.h"

namespace mimamori {

/// Long enough for a machine that does eight other things; nothing waits so long when all is well.
inline constexpr std::chrono::seconds kGenerous{60};

struct TestIdentity {
  std::string certificate;
  PrivateKey key;
};

/// Valid from yesterday until tomorrow.
Validity valid_now();

/// An authority of its own and what it signs.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "Test CA");
  [[nodiscard]] const std::string& certificate() const { return self_.certificate; }
  [[nodiscard]] TestIdentity server(const Validity& validity = valid_now()) const;
  [[nodiscard]] TestIdentity client(const std::string& name, const Validity& validity = valid_now()) const;

 private:
  [[nodiscard]] TestIdentity issue(const CertificateOrder& order) const;
  TestIdentity self_;
};

/// The one authority that most tests need; keys take time to make.
const TestAuthority& shared_authority();

ServerSettings test_settings(ClientCertificate client_certificate = ClientCertificate::kNone);

/// A client of the listener; by name "localhost", so that the name is checked too.
std::unique_ptr<HttpClient> client_of(const HttpServer& server, const TestIdentity* identity = nullptr);

/// A listener that must start.
std::unique_ptr<HttpServer> started(ServerSettings settings, std::vector<Route> routes);

/// A TLS connection that says exactly what it is told to.
class RawClient {
 public:
  /// Connects and, unless told otherwise, shakes hands.
  explicit RawClient(std::uint16_t port, const TestIdentity* identity = nullptr, bool handshake = true);
  ~RawClient();
  RawClient(RawClient&&) = default;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  /// False if the other side has closed.
  bool send(std::string_view bytes);
  /// Everything until the other side closes.
  std::string receive_all();
  /// One reply: head, and as much as its Content-Length says.
  std::string receive_reply();
  /// The status of the next reply, 0 if the connection ended instead.
  int status();

 private:
  bool receive_more(std::string& text);
  std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, FreeWith<SSL_free>> ssl_;
  struct Socket {
    explicit Socket(int opened) : number(opened) {}
    Socket(Socket&& other) noexcept : number(std::exchange(other.number, -1)) {}
    ~Socket();
    int number;
  };
  Socket socket_;
  bool connected_ = false;
};

/// A route whose handler answers with a text.
Route text_route(const std::string& method, const std::string& pattern, const std::string& text);

}  // namespace mimamori
