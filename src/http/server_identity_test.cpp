// Attack S1, the part of the transport: who may speak to a listener at all.

#include <gtest/gtest.h>

#include <atomic>

#include "http/test_network.h"

namespace mimamori {
namespace {

Validity shifted(std::chrono::hours from, std::chrono::hours until) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {.not_before = now + from, .not_after = now + until};
}

class Identities : public testing::Test {
 protected:
  void start(ClientCertificate client_certificate, bool allow_tls12 = false) {
    ServerSettings settings = test_settings(client_certificate);
    settings.tls.allow_tls12 = allow_tls12;
    Route who = text_route("GET", "/who", "");
    who.handler = [this](Request& request) -> Reply {
      ++handled_;
      return Response{.status = 200,
                      .content_type = "text/plain",
                      .body = request.peer.certificate_name + " " + request.peer.certificate_sha256};
    };
    server_ = started(std::move(settings), {who});
  }

  Result<TransportReply> ask(const TestIdentity* identity) {
    return client_of(*server_, identity)->send({.target = "/who"});
  }

  std::atomic<int> handled_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Identities, TheHandlerLearnsNameAndFingerprint) {
  start(ClientCertificate::kRequired);
  const TestIdentity site = shared_authority().client("site 1");
  const auto reply = ask(&site);
  ASSERT_THAT(reply, Succeeds());
  EXPECT_EQ(reply->body, "site 1 " + read_certificate(site.certificate).value().sha256);
}

TEST_F(Identities, S1WhoeverHasNoGoodCertificateIsRefusedBeforeAnyHandler) {
  start(ClientCertificate::kRequired);
  using std::chrono::hours;
  const TestAuthority other("Test CA");  // of the same name
  const TestIdentity by_other = other.client("site 1");
  const TestIdentity expired = shared_authority().client("site 1", shifted(hours(-48), hours(-1)));
  const TestIdentity too_early = shared_authority().client("site 1", shifted(hours(1), hours(48)));
  const TestIdentity a_servers = shared_authority().server();
  EXPECT_THAT(ask(nullptr), FailsWith(ErrorCode::kUnavailable));
  for (const TestIdentity* identity : {&by_other, &expired, &too_early, &a_servers}) {
    EXPECT_THAT(ask(identity), FailsWith(ErrorCode::kUnavailable));
  }
  EXPECT_EQ(handled_, 0);
  const TestIdentity good = shared_authority().client("site 1");
  EXPECT_THAT(ask(&good), Succeeds());
}

TEST_F(Identities, S1ACertificateWithoutItsKeyIsWorthNothing) {
  start(ClientCertificate::kRequired);
  TestIdentity stolen = shared_authority().client("site 1");
  stolen.key = std::move(make_private_key()).value();
  EXPECT_FALSE(ask(&stolen).ok());
  EXPECT_EQ(handled_, 0);
}

TEST_F(Identities, WhereItIsOptionalNoCertificateIsNobodyAndABadOneIsRefused) {
  start(ClientCertificate::kOptional);
  EXPECT_EQ(ask(nullptr).value().body, " ");
  const TestIdentity good = shared_authority().client("site 1");
  EXPECT_TRUE(ask(&good).value().body.starts_with("site 1 "));
  const TestIdentity by_other = TestAuthority("Other CA").client("site 1");
  EXPECT_THAT(ask(&by_other), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(Identities, TheClientRefusesAServerThatIsNotTheOne) {
  start(ClientCertificate::kNone);
  const TestAuthority other("Test CA");
  ClientSettings settings{.origin = "https://localhost:" + std::to_string(server_->port()),
                          .authority = other.certificate()};
  EXPECT_THAT(std::move(HttpClient::make(settings)).value()->send({.target = "/who"}),
              FailsWith(ErrorCode::kPermissionDenied));
  settings.authority = shared_authority().certificate();
  settings.origin = "https://127.0.0.2:" + std::to_string(server_->port());  // not a name of the certificate
  ServerSettings everywhere = test_settings();
  everywhere.address = "127.0.0.2";
  const auto elsewhere = started(std::move(everywhere), {text_route("GET", "/who", "me")});
  settings.origin = "https://127.0.0.2:" + std::to_string(elsewhere->port());
  EXPECT_THAT(std::move(HttpClient::make(settings)).value()->send({.target = "/who"}),
              FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_EQ(handled_, 0);
}

TEST_F(Identities, TheClientRefusesAServerCertificateOutOfItsTimeOrForAnotherUse) {
  using std::chrono::hours;
  for (const TestIdentity& identity :
       {shared_authority().server(shifted(hours(-48), hours(-1))),
        shared_authority().server(shifted(hours(1), hours(48))), shared_authority().client("localhost")}) {
    ServerSettings settings = test_settings();
    settings.tls.certificate = identity.certificate;
    settings.tls.key = identity.key;
    const auto server = started(std::move(settings), {text_route("GET", "/who", "me")});
    EXPECT_THAT(client_of(*server)->send({.target = "/who"}), FailsWith(ErrorCode::kPermissionDenied));
  }
}

TEST_F(Identities, ARenewedCertificateIsShownToNewConnections) {
  start(ClientCertificate::kNone);
  const TestIdentity expired =
      shared_authority().server(shifted(std::chrono::hours(-48), std::chrono::hours(-1)));
  const auto old_client = client_of(*server_);
  ASSERT_THAT(old_client->send({.target = "/who"}), Succeeds());
  TlsSettings tls{.certificate = expired.certificate, .key = expired.key};
  ASSERT_THAT(server_->renew(tls), Succeeds());
  EXPECT_THAT(ask(nullptr), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(old_client->send({.target = "/who"}), Succeeds()) << "its connection goes on";
  tls.key = PrivateKey("nonsense");
  EXPECT_THAT(server_->renew(tls), FailsWith(ErrorCode::kInvalidInput));
}

/// 0 if the handshake failed.
int version_with(std::uint16_t port, int highest) {
  const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), highest);
  const BioOwner bio(BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_connect(bio.get()) != 1) return 0;
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  return SSL_version(ssl);
}

TEST_F(Identities, TlsBefore13IsRefusedUnlessTheListenerAllows12) {
  start(ClientCertificate::kNone);
  EXPECT_EQ(version_with(server_->port(), TLS1_3_VERSION), TLS1_3_VERSION);
  EXPECT_EQ(version_with(server_->port(), TLS1_2_VERSION), 0);
  start(ClientCertificate::kNone, true);
  EXPECT_EQ(version_with(server_->port(), TLS1_2_VERSION), TLS1_2_VERSION);
  EXPECT_EQ(version_with(server_->port(), TLS1_1_VERSION), 0);
}

}  // namespace
}  // namespace mimamori
