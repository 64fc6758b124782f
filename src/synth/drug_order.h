#pragma once

// Drugs of the synthetic hospital and the messages that carry them: OMP-01, OMP-11, OMP-02, OMP-12.

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "synth/message.h"
#include "synth/profile.h"

namespace mimamori {

/// A drug of the hospital. All codes and names are invented.
struct HospitalDrug {
  std::string_view hot;  // HOT9; empty: the hospital's own preparation, never mapped
  std::string_view yj;
  std::array<std::string_view, kHospitalProfiles> locals;
  std::string_view name;
  [[nodiscard]] std::string_view local(HospitalProfile profile) const { return locals.at(index_of(profile)); }
};
const HospitalDrug& study_drug(PlantedDrug drug);
std::span<const HospitalDrug> background_drugs();
std::span<const HospitalDrug> injection_drugs();  // base solution, additive
const HospitalDrug& ointment();

using QuirkCounts = std::map<std::string, std::int64_t>;

/// One drug of an outpatient prescription.
struct PrescribedDrug {
  const HospitalDrug* drug = nullptr;
  int days = 42;
};

/// Segments of one prescription order after PV1: ORC, RXE, TQ1, RXR for each drug.
struct PrescriptionOrder {
  OrderHead head;
  Date starts_on;
  std::vector<PrescribedDrug> drugs;
};
void add_prescription(const Identity& identity, const HospitalOptions& options,
                      const PrescriptionOrder& order, Dice& dice, QuirkCounts& quirks,
                      std::vector<std::string>& segments);

/// The drug's code in a standard system that a hospital uses: HOT9 (A), YJ (B), HOT13 (C).
struct StandardDrugCode {
  std::string code;
  std::string_view system;
};
StandardDrugCode standard_code(const HospitalDrug& drug, HospitalProfile profile);

/// Drug as code, name, system in the ways that hospitals write it.
std::string drug_code(const HospitalDrug& drug, const HospitalOptions& options, Dice& dice,
                      QuirkCounts& quirks);

/// OMP-11 after PV1: tablets given on the ward, one RXA each.
void add_ward_doses(const Identity& identity, const HospitalOptions& options, OrderHead head, Date given_on,
                    std::vector<std::string>& segments);
/// OMP-02 and OMP-12 after PV1. without_rxc: the drug stands in RXE-2, as some writers have it.
void add_injection_order(const Identity& identity, const HospitalOptions& options, OrderHead head, Date day,
                         bool without_rxc, std::vector<std::string>& segments);
void add_injection_given(const Identity& identity, const HospitalOptions& options, OrderHead head, Date day,
                         std::vector<std::string>& segments);

}  // namespace mimamori
