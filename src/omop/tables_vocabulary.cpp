// concept, concept_ancestor, concept_relationship.

#include <array>

#include "omop/row.h"
#include "omop/tables.h"

namespace mimamori {
namespace {

constexpr ColumnUse kRequired = ColumnUse::kRequired;
constexpr ColumnUse kRead = ColumnUse::kRead;

// `concept` alone is a word of the language.
namespace vocabulary_concept {

enum : std::size_t { kId, kName, kDomain, kVocabulary, kClass, kStandard, kCode, kFrom, kTo, kInvalid };
constexpr std::array<OmopColumn, 10> kColumns = {{{"concept_id", kRequired},
                                                  {"concept_name", kRead},
                                                  {"domain_id", kRead},
                                                  {"vocabulary_id", kRead},
                                                  {"concept_class_id", kRead},
                                                  {"standard_concept", kRead},
                                                  {"concept_code", kRequired},
                                                  {"valid_start_date", kRead},
                                                  {"valid_end_date", kRead},
                                                  {"invalid_reason", kRead}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopConcept entry;
  entry.concept_id = TRY(row.required_integer(kId));
  entry.concept_name = row.stated(kName);
  entry.domain_id = row.stated(kDomain);
  entry.vocabulary_id = row.stated(kVocabulary);
  entry.concept_class_id = row.stated(kClass);
  entry.standard_concept = row.stated(kStandard);
  entry.concept_code = row.stated(kCode);
  entry.valid_from = row.date(kFrom);
  entry.valid_to = row.date(kTo);
  entry.invalid_reason = row.stated(kInvalid);
  entry.provenance = row.provenance();
  rows.concepts.push_back(std::move(entry));
  return {};
}

}  // namespace vocabulary_concept

namespace concept_ancestor {

enum : std::size_t { kAncestor, kDescendant, kMin, kMax };
constexpr std::array<OmopColumn, 4> kColumns = {{{"ancestor_concept_id", kRequired},
                                                 {"descendant_concept_id", kRequired},
                                                 {"min_levels_of_separation", kRead},
                                                 {"max_levels_of_separation", kRead}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopConceptAncestor entry;
  entry.ancestor_concept_id = TRY(row.required_integer(kAncestor));
  entry.descendant_concept_id = TRY(row.required_integer(kDescendant));
  entry.levels_min = row.integer(kMin);
  entry.levels_max = row.integer(kMax);
  entry.provenance = row.provenance();
  rows.concept_ancestors.push_back(entry);
  return {};
}

}  // namespace concept_ancestor

namespace concept_relationship {

enum : std::size_t { kFirst, kSecond, kRelationship, kFrom, kTo, kInvalid };
constexpr std::array<OmopColumn, 6> kColumns = {{{"concept_id_1", kRequired},
                                                 {"concept_id_2", kRequired},
                                                 {"relationship_id", kRequired},
                                                 {"valid_start_date", kRead},
                                                 {"valid_end_date", kRead},
                                                 {"invalid_reason", kRead}}};

Result<void> read(OmopRow& row, OmopRows& rows) {
  OmopConceptRelationship entry;
  entry.concept_id_1 = TRY(row.required_integer(kFirst));
  entry.concept_id_2 = TRY(row.required_integer(kSecond));
  entry.relationship_id = std::string(row.text(kRelationship));
  if (entry.relationship_id.empty()) {
    return Error{ErrorCode::kInvalidInput, "relationship_id: expected the kind of the relationship"};
  }
  entry.valid_from = row.date(kFrom);
  entry.valid_to = row.date(kTo);
  entry.invalid_reason = row.stated(kInvalid);
  entry.provenance = row.provenance();
  rows.concept_relationships.push_back(std::move(entry));
  return {};
}

}  // namespace concept_relationship

constexpr std::array<OmopTable, 3> kTables = {{{.name = "concept",
                                                .columns = vocabulary_concept::kColumns,
                                                .has_person = false,
                                                .read = vocabulary_concept::read},
                                               {.name = "concept_ancestor",
                                                .columns = concept_ancestor::kColumns,
                                                .has_person = false,
                                                .read = concept_ancestor::read},
                                               {.name = "concept_relationship",
                                                .columns = concept_relationship::kColumns,
                                                .has_person = false,
                                                .read = concept_relationship::read}}};

}  // namespace

std::span<const OmopTable> omop_vocabulary_tables() { return kTables; }

}  // namespace mimamori
