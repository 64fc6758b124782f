#pragma once

// The cells that the tables of report.html are made of.

#include <string>
#include <string_view>

#include "model/study_result.h"
#include "report/markup.h"

namespace mimamori {

/// A catalogue text in both languages.
inline std::string words(std::string_view key) { return both(catalogue(key)); }

/// A column's heading; '|' in its text is where the line may be broken well.
inline std::string column(std::string_view key, bool left = false) {
  std::string heading = words(key);
  for (std::size_t bar = heading.find('|'); bar != std::string::npos; bar = heading.find('|')) {
    heading.replace(bar, 1, "<br/>");
  }
  return std::string("<th scope=\"col\"") + (left ? " class=\"left\"" : "") + ">" + heading + "</th>";
}
inline std::string cell(const std::string& text) { return "<td>" + escaped(text) + "</td>"; }

inline std::string caption(std::string_view number, const Text2& title) {
  const Text2 label = fill(catalogue("report.table_number"), {{"number", same(std::string(number))}});
  return "<caption><b class=\"number\">" + both(label) + "</b> " + both(title) + "</caption>\n";
}

inline std::string arm_sign(bool exposed) {
  return exposed ? "<span class=\"sign exposed\" aria-hidden=\"true\"></span>"
                 : "<span class=\"sign comparator\" aria-hidden=\"true\"></span>";
}

inline std::string arm_heading(const StudyResult& result, bool exposed) {
  return "<th scope=\"col\">" + arm_sign(exposed) +
         both(exposed ? result.exposed_title : result.comparator_title) + "</th>";
}

}  // namespace mimamori
