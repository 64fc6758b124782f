// Re-billed and returned claims, claims of several periods: what is the same document, and which version is
// later.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/testing.h"
#include "claims/test_claims.h"

namespace mimamori {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

struct Version {
  std::string billed = "202406";
  std::string facility = "9999999";
  std::string payer = "1";
  std::string type = "1112";
  std::string month = "202405";
  std::string chart = "00126";
  std::string insurer = "06999999";
  std::string search_number = {};
  std::string billing_note = {};
};

LoadedFile load_version(const Version& v) {
  return load({"IR," + v.payer + ",13,1," + v.facility + ",,," + v.billed + ",00,",
               padded("RE,1," + v.type + "," + v.month + ",架空,1,19620415,,,,,,," + v.chart + ",,,,," +
                          v.search_number + ",," + v.billing_note,
                      38),
               "HO," + v.insurer + ",9,1,1,0", "GO,1,0,99"});
}

SourceDocument document(const Version& v) { return load_version(v).all.documents.at(0); }

TEST(UkeVersions, ARebilledClaimIsTheSameDocumentAndLater) {
  const SourceDocument first = document({});
  const SourceDocument again = document({.billed = "202408", .search_number = "12345678901234567"});
  EXPECT_EQ(first.document_key, again.document_key);
  EXPECT_LT(first.version_rank, again.version_rank);
  EXPECT_FALSE(load_version({}).all.rows.claims[0].is_rebilled);
  EXPECT_TRUE(load_version({.search_number = "12345678901234567"}).all.rows.claims[0].is_rebilled);
}

TEST(UkeVersions, TheTimeOfExportTellsVersionsOfOneMonth) {
  const SourceDocument first = document({.billing_note = "20240603120000"});
  const SourceDocument second = document({.billing_note = "202406031201"});
  EXPECT_LT(first.version_rank, second.version_rank);
  EXPECT_LT(document({}).version_rank, first.version_rank);
}

TEST(UkeVersions, NothingButATimeOfExportComesFromTheFreeField) {
  for (const char* note :
       {"0000012345", "20241399120000", "20240603250000", "架空太郎", "2024060312000", "99990101000000"}) {
    EXPECT_EQ(document({.billing_note = note}).version_rank, "202406|") << note;
  }
}

TEST(UkeVersions, CorrectionsKeepTheDocumentAndOtherClaimsDoNot) {
  const std::string key = document({}).document_key;
  EXPECT_EQ(document({.type = "1118"}).document_key, key);  // another share of the patient, still outpatient
  EXPECT_EQ(document({.chart = "126"}).document_key, key);
  EXPECT_NE(document({.type = "1111"}).document_key, key);
  EXPECT_NE(document({.facility = "9999998"}).document_key, key);
  EXPECT_NE(document({.payer = "2"}).document_key, key);
  EXPECT_NE(document({.month = "202404"}).document_key, key);
  EXPECT_NE(document({.chart = "127"}).document_key, key);
  EXPECT_NE(document({.insurer = "06999998"}).document_key, key);
}

TEST(UkeVersions, AReturnedFileGivesNoClinicalRowAndNamesTheClaim) {
  const LoadedFile sent = load(outpatient_example());
  for (const auto& [name, kind] : {std::pair("RECEIPTC.HEN", "first"), std::pair("receiptc.sah", "review")}) {
    const LoadedFile file = load(joined(outpatient_example()), name);
    EXPECT_EQ(file.outcome.status, FileStatus::kAccepted);
    ASSERT_THAT(file.all.rows.returns, SizeIs(1));
    EXPECT_EQ(file.all.rows.returns[0].return_kind, kind);
    EXPECT_EQ(file.all.rows.returns[0].claim_key, sent.all.rows.claims[0].claim_key);
    EXPECT_EQ(file.all.rows.returns[0].patient_key, sent.all.rows.claims[0].patient_key);
    EXPECT_THAT(file.all.rows.claims, IsEmpty());
    EXPECT_THAT(file.all.rows.drugs, IsEmpty());
    EXPECT_THAT(file.all.rows.diagnoses, IsEmpty());
    EXPECT_THAT(file.all.rows.visits, IsEmpty());
    EXPECT_EQ(file.all.records, 1);
    EXPECT_EQ(file.findings_of("uke_returned"), 1);
    ASSERT_THAT(file.all.documents, SizeIs(1));
    EXPECT_EQ(file.all.documents[0].kind, "claim_return");
    EXPECT_NE(file.all.documents[0].document_key, sent.all.documents[0].document_key);
  }
}

TEST(UkeVersions, RecordsOfAReturnTellItWhateverTheFileIsCalled) {
  TestLines lines = outpatient_example();
  lines.insert(lines.begin() + 1, "HI,1");
  for (std::size_t i = 2; i < lines.size(); ++i) lines[i] = "1," + std::to_string(i) + ",," + lines[i];
  const LoadedFile file = load(joined(lines), "returned.txt");
  ASSERT_THAT(file.all.rows.returns, SizeIs(1));
  EXPECT_EQ(file.all.rows.returns[0].return_kind, "unknown");
  EXPECT_EQ(file.all.rows.returns[0].claim_key, load(outpatient_example()).all.rows.claims[0].claim_key);
  EXPECT_THAT(file.all.rows.drugs, IsEmpty());
}

TEST(UkeVersions, PartsOfAClaimOfSeveralPeriodsAreDocumentsOfTheirOwn) {
  const auto line = [](const std::string& division) {
    return padded("RE,1,1111,202405,架空,2,19620301,,20240510,,,,,67890,,,,," + division, 30);
  };
  const LoadedFile file =
      load({kFileHead, line("1"), "HO,06999999,9,4,6,37820,,,,,,,,,,", line("2"),
            "BU,060150xx03xxxx,20240510,20240515,1,", "GT,202405,2,1,1,12900,18060,,18060,93,,", line("2"),
            "BU,060150xx03xxxx,20240520,20240525,1,", line("3"), "GR,01,060150xx03xxxx",
            act("SI,50,1,150337610,,19760,1", {{10, 1}}), "GO,1,37820,99"});
  ASSERT_THAT(file.all.rows.claims, SizeIs(4));
  EXPECT_EQ(file.all.rows.claims[0].claim_part, "head");
  EXPECT_EQ(file.all.rows.claims[1].claim_part, "dpc_part");
  EXPECT_EQ(file.all.rows.claims[3].claim_part, "medical_part");
  EXPECT_EQ(file.all.rows.claims[3].claim_kind, "medical");
  std::set<std::string> keys;
  for (const SourceDocument& one : file.all.documents) keys.insert(one.document_key);
  EXPECT_THAT(keys, SizeIs(4));
  EXPECT_EQ(file.findings_of("uke_claim_count"), 0);
  EXPECT_EQ(file.findings_of("uke_file_points"), 0);
  EXPECT_EQ(file.findings_of("uke_claim_repeated"), 0);
}

}  // namespace
}  // namespace mimamori
