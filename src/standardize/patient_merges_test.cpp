#include "standardize/patient_merges.h"

#include <gtest/gtest.h>

#include "base/testing.h"

namespace mimamori {
namespace {

TEST(PatientMerges, TheListBecomesKeys) {
  const Secret secret = *Secret::from_hex(std::string(64, 'b'));
  const PatientKeys keys(secret);
  const auto list =
      read_patient_merges("old_number,new_number,merged_on\n0047110823,47110999,2024-06-11\n1,2,\n", keys);
  ASSERT_THAT(list, Succeeds());
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].old_key, keys.key_of(PatientNumberSource::kRecord, "0047110823"));
  EXPECT_EQ((*list)[0].new_key, keys.key_of(PatientNumberSource::kRecord, "0047110999"));
  EXPECT_EQ(to_iso(*(*list)[0].merged_on), "2024-06-11");
  EXPECT_EQ((*list)[1].provenance.segment, 3);
  for (const char* wrong : {"old,new\n1,2\n", "old_number,new_number,merged_on\n1,,\n",
                            "old_number,new_number,merged_on\n1,2,2024-02-30\n"}) {
    EXPECT_THAT(read_patient_merges(wrong, keys), FailsWith(ErrorCode::kInvalidInput)) << wrong;
  }
}

}  // namespace
}  // namespace mimamori
