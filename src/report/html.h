#pragma once

// The parts of report.html, in the order of the page. Each returns markup in both languages.

#include <string>

#include "model/study_result.h"
#include "report/markup.h"

namespace mimamori {

/// A table that may be wider than a phone scrolls in a region of its own that the keyboard reaches.
std::string scrolling(const Text2& name, const std::string& markup);

/// How many were left after each rule, how many it took, and the check that the sums agree.
std::string attrition_section(const StudyResult& result);
/// Table 1.
std::string baseline_section(const StudyResult& result);
/// Persons, events, person-years, rates and hazard ratios of one population.
std::string outcome_table(const StudyResult& result, const PopulationResult& population,
                          std::string_view number);
/// Follow-up and how often the analytes were measured: unequal testing finds unequally.
std::string testing_table(const StudyResult& result, const PopulationResult& population,
                          std::string_view number);

/// How many sites gave data, and how many were asked.
Text2 sites_sentence(const StudyResult& result);
/// Every site that was asked with its state and reason, its selection of patients, and its persons and
/// events; nothing without a network. Tables are numbered from `table` on.
std::string sites_section(const StudyResult& result, std::size_t table);

/// Forest plot of a population with its numbers as a table.
std::string forest_figure(const StudyResult& result, const PopulationResult& population, std::size_t number);
/// Curves of one outcome with their numbers as a table; id is unique in the page.
std::string incidence_figure(const StudyResult& result, const PopulationResult& population,
                             const OutcomeResult& outcome, std::string_view id, std::size_t number);

/// What a hazard ratio's cell says: the ratio with its interval, or that there is none and why.
std::string ratio_cell(const HazardRatio& ratio);

}  // namespace mimamori
