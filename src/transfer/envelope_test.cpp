#include "transfer/envelope.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/testing.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

using Json = nlohmann::json;

TEST(Envelope, SignatureHoldsForItsKeyRoleTypeAndPayloadOnly) {
  const SigningKey key = SigningKey::generate();
  Envelope envelope = make_envelope("run_approval", {{"request", "abc"}});
  sign(envelope, "approver", key);
  EXPECT_TRUE(is_signed_by(envelope, "approver", key.public_key()));
  EXPECT_FALSE(is_signed_by(envelope, "site", key.public_key()));
  EXPECT_FALSE(is_signed_by(envelope, "approver", SigningKey::generate().public_key()));

  Envelope other_type = envelope;
  other_type.type = "send_approval";
  EXPECT_FALSE(is_signed_by(other_type, "approver", key.public_key()));
  Envelope other_role = envelope;
  other_role.signatures.front().role = "site";
  EXPECT_FALSE(is_signed_by(other_role, "site", key.public_key()));
  Envelope other_payload = envelope;
  other_payload.payload = to_cbor({{"request", "abd"}});
  EXPECT_FALSE(is_signed_by(other_payload, "approver", key.public_key()));
}

TEST(Envelope, EveryFlippedBitOfAPayloadBreaksItsSignature) {
  const SigningKey key = SigningKey::generate();
  Envelope envelope = make_envelope("delivery", {{"package", std::string(64, 'a')}, {"number", 7}});
  sign(envelope, "site", key);
  for (std::size_t bit = 0; bit < 8 * envelope.payload.size(); ++bit) {
    Envelope flipped = envelope;
    flipped.payload[bit / 8] = static_cast<char>(flipped.payload[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(is_signed_by(flipped, "site", key.public_key())) << "bit " << bit;
    EXPECT_NE(flipped.hash(), envelope.hash());
  }
}

TEST(Envelope, TravelsInsideAnotherDocument) {
  Envelope envelope = make_envelope("request", {{"study", "a-vs-b"}});
  sign(envelope, "center", SigningKey::generate());
  const Result<Json> read = from_cbor(to_cbor(to_document(envelope)));
  ASSERT_THAT(read, Succeeds());
  const Result<Envelope> back = envelope_of(*read);
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(*back, envelope);
  EXPECT_THAT(document_of(*back, "request"), Succeeds());
  EXPECT_THAT(document_of(*back, "receipt"), FailsWith(ErrorCode::kInvalidInput));
}

TEST(SigningKey, OpensUnderItsPasswordOnly) {
  const SigningKey key = SigningKey::generate();
  const Result<std::string> sealed = key.sealed_under("さくら 8 かもめ");
  ASSERT_THAT(sealed, Succeeds());
  const Result<SigningKey> opened = SigningKey::unseal(*sealed, "さくら 8 かもめ");
  ASSERT_THAT(opened, Succeeds());
  EXPECT_EQ(opened->public_key(), key.public_key());
  EXPECT_THAT(SigningKey::unseal(*sealed, "さくら 8 かもね"), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(SigningKey::unseal("mimamori-sealed-key-1\n00\n", "x"), FailsWith(ErrorCode::kInvalidInput));
}

TEST(SigningKey, ComesBackFromItsKeyFile) {
  const SigningKey key = SigningKey::generate();
  const Result<SigningKey> back = SigningKey::from_hex(key.to_hex_for_key_file());
  ASSERT_THAT(back, Succeeds());
  EXPECT_TRUE(verify_signature(key.public_key(), "text", back->sign("text")));
  EXPECT_FALSE(verify_signature("zz", "text", back->sign("text")));
  EXPECT_THAT(SigningKey::from_hex("00"), FailsWith(ErrorCode::kInvalidInput));
}

// RFC 8032, section 7.1, test 2.
TEST(SigningKey, AgreesWithTheStandardsExample) {
  const Result<SigningKey> key =
      SigningKey::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  ASSERT_THAT(key, Succeeds());
  EXPECT_EQ(key->public_key(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(key->sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(ProjectKey, OpensWhatWasSealedToItAndNothingElse) {
  const ProjectKey key = ProjectKey::generate();
  const Result<std::string> sealed = seal_to(key.public_key(), "file key");
  ASSERT_THAT(sealed, Succeeds());
  EXPECT_EQ(*key.open(*sealed), "file key");
  EXPECT_THAT(ProjectKey::generate().open(*sealed), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_EQ(ProjectKey::from_hex(key.to_hex_for_key_file())->public_key(), key.public_key());
  EXPECT_THAT(seal_to("12", "x"), FailsWith(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace mimamori
