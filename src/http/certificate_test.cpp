#include "http/certificate.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include "base/testing.h"
#include "http/openssl.h"

namespace mimamori {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

const Validity kTenYears = {.not_before = sys_seconds(sys_days(std::chrono::year(2026) / 1 / 1)),
                            .not_after = sys_seconds(sys_days(std::chrono::year(2036) / 1 / 1))};
const sys_seconds kMidway = sys_seconds(sys_days(std::chrono::year(2030) / 6 / 1));

class Certificates : public testing::Test {
 protected:
  void SetUp() override {
    authority_key_ = std::move(make_private_key()).value();
    authority_ = std::move(make_authority(authority_key_, "医療 CA", kTenYears)).value();
    key_ = std::move(make_private_key()).value();
    request_ = std::move(make_certificate_request(key_, "what it asks for")).value();
  }

  Result<std::string> issue(const CertificateOrder& order) {
    return issue_certificate(authority_, authority_key_, request_, order);
  }

  /// OpenSSL's own judgement of a chain at a time: X509_V_OK or the reason against it.
  static int judge(const std::string& certificate, const std::string& authority, int purpose,
                   sys_seconds at) {
    const CertificateOwner leaf = std::move(parse_certificate(certificate)).value();
    const CertificateOwner root = std::move(parse_certificate(authority)).value();
    const std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), root.get());
    X509_STORE_set_flags(store.get(), X509_V_FLAG_X509_STRICT);
    const std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_purpose(context.get(), purpose);
    X509_STORE_CTX_set_time(context.get(), 0, at.time_since_epoch().count());
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
  }

  PrivateKey authority_key_;
  std::string authority_;
  PrivateKey key_;
  std::string request_;
};

TEST_F(Certificates, AnAuthoritySaysWhatItIs) {
  const CertificateFacts facts = read_certificate(authority_).value();
  EXPECT_EQ(facts.common_name, "医療 CA");
  EXPECT_TRUE(facts.is_authority);
  EXPECT_EQ(facts.validity.not_before, kTenYears.not_before);
  EXPECT_EQ(facts.validity.not_after, kTenYears.not_after);
  EXPECT_EQ(facts.sha256.size(), 64U);
}

TEST_F(Certificates, OneIsGoodForItsUseOnly) {
  const std::string client = issue({.common_name = "site 1", .validity = kTenYears}).value();
  EXPECT_EQ(judge(client, authority_, X509_PURPOSE_SSL_CLIENT, kMidway), X509_V_OK);
  EXPECT_EQ(judge(client, authority_, X509_PURPOSE_SSL_SERVER, kMidway), X509_V_ERR_INVALID_PURPOSE);
  const std::string server = issue({.common_name = "center",
                                    .use = CertificateUse::kServer,
                                    .names = {"center.example", "10.0.0.1", "::1"},
                                    .validity = kTenYears})
                                 .value();
  EXPECT_EQ(judge(server, authority_, X509_PURPOSE_SSL_SERVER, kMidway), X509_V_OK);
  EXPECT_EQ(judge(server, authority_, X509_PURPOSE_SSL_CLIENT, kMidway), X509_V_ERR_INVALID_PURPOSE);
  const CertificateFacts facts = read_certificate(server).value();
  EXPECT_EQ(facts.names, (std::vector<std::string>{"center.example", "10.0.0.1", "::1"}));
  EXPECT_FALSE(facts.is_authority);
}

TEST_F(Certificates, OneIsGoodInItsTimeOnly) {
  const Validity day = {.not_before = kMidway, .not_after = kMidway + std::chrono::hours(24)};
  const std::string client = issue({.common_name = "site 1", .validity = day}).value();
  const auto judged = [&](sys_seconds at) { return judge(client, authority_, X509_PURPOSE_SSL_CLIENT, at); };
  EXPECT_EQ(judged(day.not_before - std::chrono::seconds(1)), X509_V_ERR_CERT_NOT_YET_VALID);
  EXPECT_EQ(judged(day.not_before), X509_V_OK);
  EXPECT_EQ(judged(day.not_after - std::chrono::seconds(1)), X509_V_OK);  // OpenSSL does not count the last
  EXPECT_EQ(judged(day.not_after + std::chrono::seconds(1)), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(Certificates, TheNameIsTheAuthoritysNotTheAsked) {
  const std::string client = issue({.common_name = "site 1", .validity = kTenYears}).value();
  EXPECT_EQ(read_certificate(client).value().common_name, "site 1");
}

TEST_F(Certificates, AnotherAuthorityOfTheSameNameDoesNotVouch) {
  const PrivateKey other_key = std::move(make_private_key()).value();
  const std::string other = std::move(make_authority(other_key, "医療 CA", kTenYears)).value();
  const std::string client = issue({.common_name = "site 1", .validity = kTenYears}).value();
  EXPECT_NE(judge(client, other, X509_PURPOSE_SSL_CLIENT, kMidway), X509_V_OK);
}

TEST_F(Certificates, RefusesARequestThatDoesNotProveItsKey) {
  std::string tampered = request_;
  const std::size_t middle = tampered.size() / 2;
  tampered[middle] = tampered[middle] == 'A' ? 'B' : 'A';
  const CertificateOrder order{.common_name = "site 1", .validity = kTenYears};
  EXPECT_THAT(issue_certificate(authority_, authority_key_, tampered, order),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(issue_certificate(authority_, key_, request_, order), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(issue_certificate(authority_, authority_key_, "", order), FailsWith(ErrorCode::kInvalidInput));
}

TEST_F(Certificates, RefusesNamesThatCouldSayMoreThanOneThing) {
  for (const std::string name : {"a,DNS:b", "", "A.example", "a b", "*.example", "https://a"}) {
    EXPECT_THAT(issue({.common_name = "center",
                       .use = CertificateUse::kServer,
                       .names = {name},
                       .validity = kTenYears}),
                FailsWith(ErrorCode::kInvalidInput))
        << name;
  }
  EXPECT_THAT(issue({.common_name = "", .validity = kTenYears}), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(issue({.common_name = std::string(65, 'a'), .validity = kTenYears}),
              FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(issue({.common_name = std::string(64, 'a'), .validity = kTenYears}), Succeeds());
  EXPECT_THAT(issue({.common_name = "a", .names = {"b"}, .validity = kTenYears}),
              FailsWith(ErrorCode::kInvalidInput));
  const Validity backwards = {.not_before = kTenYears.not_after, .not_after = kTenYears.not_before};
  EXPECT_THAT(issue({.common_name = "a", .validity = backwards}), FailsWith(ErrorCode::kInvalidInput));
}

TEST_F(Certificates, RefusesWhatIsNoCertificate) {
  EXPECT_THAT(read_certificate(""), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_certificate(request_), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_certificate(authority_.substr(0, authority_.size() / 2)),
              FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
