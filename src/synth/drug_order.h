#pragma once

// Drugs of the synthetic hospital and the messages that carry them: OMP-01, OMP-11, OMP-02, OMP-12.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "synth/message.h"

namespace mimamori {

/// A drug of the hospital. All codes and names are invented.
struct HospitalDrug {
  std::string_view hot;  // HOT9; empty: the hospital's own preparation, never mapped
  std::string_view yj;
  std::string_view local;
  std::string_view name;
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

/// Drug as code, name, system in the ways that hospitals write it.
std::string drug_code(const HospitalDrug& drug, const std::string& local_system, Dice& dice,
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
