#include "standardize/patient_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

void expect_refused(const Result<void>& result, ErrorCode code, const char* place) {
  ASSERT_THAT(result, FailsWith(code));
  EXPECT_THAT(result.error().sentence, testing::HasSubstr(place));
}

class PatientKeysTest : public testing::Test {
 protected:
  Secret key_ = *Secret::from_hex(std::string(64, 'a'));
  PatientKeys keys_{key_};
  std::string of(PatientNumberSource source, const char* number) { return keys_.key_of(source, number).value_or("none"); }
};

TEST_F(PatientKeysTest, OneNumberInSeveralWidthsIsOnePatient) {
  const std::string key = of(PatientNumberSource::kRecord, "0000000126");
  EXPECT_EQ(of(PatientNumberSource::kClaims, "00126"), key);
  EXPECT_EQ(of(PatientNumberSource::kDpc, "126"), key);
  EXPECT_EQ(of(PatientNumberSource::kClaims, " １２６ "), key);
  EXPECT_NE(of(PatientNumberSource::kClaims, "1260"), key);
  EXPECT_NE(of(PatientNumberSource::kClaims, "A126"), key);
  EXPECT_EQ(key.find("126"), std::string::npos);
}

TEST_F(PatientKeysTest, APersonOfAnOmopDatabaseIsNoPatientOfTheSameNumber) {
  EXPECT_NE(of(PatientNumberSource::kOmop, "6"), of(PatientNumberSource::kRecord, "6"));
  ASSERT_THAT(keys_.read_refusals("patient_number,refused_on\nomop:6,2024-04-01\n"), Succeeds());
  EXPECT_TRUE(keys_.has_refused(of(PatientNumberSource::kOmop, "6")));
  EXPECT_FALSE(keys_.has_refused(of(PatientNumberSource::kRecord, "6")));
}

TEST_F(PatientKeysTest, ABlankNumberIsNobodyAndZerosAreANumber) {
  EXPECT_EQ(of(PatientNumberSource::kRecord, ""), "none");
  EXPECT_EQ(of(PatientNumberSource::kRecord, " 　"), "none");
  EXPECT_NE(of(PatientNumberSource::kRecord, "000"), "none");
}

TEST_F(PatientKeysTest, DpcNumbersOfTheirOwnAreLookedUpForDpcAlone) {
  ASSERT_THAT(keys_.read_dpc_numbers("dpc_number,patient_number\n0000000900,0126\n"), Succeeds());
  EXPECT_EQ(of(PatientNumberSource::kDpc, "900"), of(PatientNumberSource::kRecord, "126"));
  EXPECT_NE(of(PatientNumberSource::kClaims, "900"), of(PatientNumberSource::kRecord, "126"));
  EXPECT_EQ(of(PatientNumberSource::kDpc, "901"), of(PatientNumberSource::kRecord, "901"));
}

TEST_F(PatientKeysTest, ADpcNumberOfTwoPatientsIsRefusedWithItsLine) {
  expect_refused(keys_.read_dpc_numbers("dpc_number,patient_number\n900,1\n0900,2\n"), ErrorCode::kConflict, "line 3");
  expect_refused(keys_.read_dpc_numbers("dpc_number,patient_number\n,2\n"), ErrorCode::kInvalidInput, "line 2");
}

TEST_F(PatientKeysTest, WhoRefusedIsKnownByAnySpellingOfTheNumber) {
  ASSERT_THAT(keys_.read_refusals("patient_number,refused_on\n00126,2024-04-01\n"), Succeeds());
  EXPECT_TRUE(keys_.has_refused(of(PatientNumberSource::kClaims, "0000000126")));
  EXPECT_FALSE(keys_.has_refused(of(PatientNumberSource::kClaims, "127")));
  EXPECT_EQ(keys_.refusals(), 1);
  expect_refused(keys_.read_refusals("patient_number,refused_on\n ,2024-04-01\n"), ErrorCode::kInvalidInput, "line 2");
}

}  // namespace
}  // namespace mimamori
