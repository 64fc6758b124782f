#pragma once

// Every table of the edited layer that rows are appended to.

#include <tuple>

#include "model/claims.h"
#include "model/dpc.h"
#include "model/edited.h"
#include "model/omop.h"
#include "model/source_file.h"
#include "model/table_file.h"

namespace mimamori {

template <class... Tuples>
using JoinedTuples = decltype(std::tuple_cat(std::declval<Tuples>()...));

template <class Variant>
struct TypesOf;
template <class... Types>
struct TypesOf<std::variant<Types...>> {
  using Tuple = std::tuple<Types...>;
};

using ClaimTables = std::tuple<ClaimHeader, ClaimVisit, ClaimDiagnosis, ClaimBillingUnit, ClaimManagementFee, ClaimSurgery,
                               ClaimProcedure, ClaimDevice, ClaimDrug, ClaimReturn>;
using DpcTables = std::tuple<DpcPatient, DpcStay, DpcDiagnosis, DpcSurgery, DpcItem, DpcCharge, DpcProcedure, DpcDrug,
                             DpcDevice, DpcComment, DpcBundle, DpcNursing>;
using OmopTables = std::tuple<OmopRecord, OmopProcedure, OmopObservation, OmopDevice, OmopDeath, OmopObservationPeriod,
                              OmopConcept, OmopConceptAncestor, OmopConceptRelationship>;
using QualityTables = std::tuple<SourceFile, SourceDocument, RejectedRecord, FindingRow, CodeMapRow, UnitRuleRow>;
using EditedTables =
    JoinedTuples<TypesOf<EditedRecord>::Tuple, ClaimTables, DpcTables, OmopTables, QualityTables>;

/// Calls f.operator()<Row>() for every row struct.
template <class Tuple, class F>
void for_each_table(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f.template operator()<std::tuple_element_t<I, Tuple>>(), ...);
  }(std::make_index_sequence<std::tuple_size_v<Tuple>>());
}

/// The table that rows of a struct are appended to. Messages about patients and admissions are kept as they
/// came; ehr_patient and ehr_admission are made of them.
template <class Row>
constexpr const char* appended_table() {
  if constexpr (std::is_same_v<Row, EditedPatient>) return "patient_message";
  if constexpr (std::is_same_v<Row, EditedAdmission>) return "admission_message";
  return Row::kTable;
}

}  // namespace mimamori
