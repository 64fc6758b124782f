#include "synth/profile.h"

#include <array>

namespace mimamori {
namespace {

constexpr std::array<WritingManner, kHospitalProfiles> kManners{{
    {.application = "KIRIHIS",
     .organization = "KIRI",
     .encoding = FileEncoding::kIso2022Jp,
     .charset = "~ISO IR87"},
    // Declares what the guideline wants and writes what its database holds.
    {.application = "MSKEMR",
     .organization = "MISAKI",
     .encoding = FileEncoding::kCp932,
     .charset = "~ISO IR87"},
    {.application = "AOBDWH", .organization = "AOBADAI", .encoding = FileEncoding::kEucJp, .charset = ""},
}};

}  // namespace

const WritingManner& manner_of(HospitalProfile profile) { return kManners.at(index_of(profile)); }

HospitalOptions hospital_options(HospitalProfile profile) {
  HospitalOptions options;  // profile A
  options.profile = profile;
  if (profile == HospitalProfile::kB) {
    options.hospital_name = "岬病院";
    options.facility_id = "9900000025";
    options.local_system = "99MSK";
  } else if (profile == HospitalProfile::kC) {
    options.hospital_name = "青葉台医療センター";
    options.facility_id = "9900000033";
    options.local_system = "99AOB";
  }
  return options;
}

}  // namespace mimamori
