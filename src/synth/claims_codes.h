#pragma once

// What a claim calls the things that the hospital's other files name otherwise. Every code but four is
// invented: 120002910 (a prescription dispensed elsewhere), 810000001 (free text), 8002 (suspected) and
// 0000999 (no code) mean what they mean in every hospital.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "synth/hospital_options.h"

namespace mimamori {

/// What a line of a claim or of an E/F file is about.
enum class CareKind : std::uint8_t { kAct, kDrug, kDevice, kComment };

/// One thing that was done or given, as claims and DPC files name it.
struct CareItem {
  CareKind kind = CareKind::kAct;
  std::string_view code;        // 9 digits
  std::string_view name;        // E/F files only; claims carry no names
  std::string_view table_code;  // of the table of fees: K999-21; acts only
  int points = 0;               // for one execution: one day of a tablet
  std::string_view unit = "000";
  std::string text;  // of a comment
};

/// The drug with this HOT9; the hospital's own ointment if hot is empty. Any other is our own mistake.
CareItem drug_item(std::string_view hot);

/// A disease by the code that the electronic record has (eight digits).
struct ClaimsDisease {
  std::string_view record_code;
  std::string_view code;  // 7 digits
  std::string_view name;
};
const ClaimsDisease& claims_disease(std::string_view record_code);

namespace acts {
inline constexpr std::string_view kDispensedElsewhere = "120002910";
CareItem first_visit();
CareItem visit();
CareItem management_fee();
CareItem dispensing();
CareItem prescription_elsewhere();
CareItem infusion();
CareItem operation();
CareItem anesthesia();
CareItem liver_enzymes();  // without points of its own: the next carries those of both
CareItem blood_chemistry();
CareItem judgement_of_tests();
CareItem ward_day();
CareItem ward_label();  // names the ward, costs nothing and is no act
CareItem implant();     // a device
CareItem comment(std::string_view code, std::string text);
}  // namespace acts

/// Pairs of claims code and HOT9, in the columns of code_map.csv; several claims codes have one HOT9 each.
std::string claims_code_map_csv();

}  // namespace mimamori
