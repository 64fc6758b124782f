// The part of report.html that tells the sites apart. Regulator rendition: nothing is masked.

#include <algorithm>

#include "report/html.h"
#include "report/html_cells.h"
#include "report/numbers.h"

namespace mimamori {
namespace {

std::string site_name(const StudySite& site) { return "<b>" + escaped(site.id) + "</b> " + both(site.title); }

std::string last_day_of(const StudySite& site) {
  return site.data_cut ? to_iso(*site.data_cut - Days{1}) : "–";
}

std::string remarks_on(const StudySite& site) {
  std::string remarks = escaped(site.reason);
  if (site.left_on) {
    remarks += (remarks.empty() ? "" : " ") +
               both(fill(catalogue("report.sites.left_on"), {{"date", same(to_iso(*site.left_on))}}));
  }
  return remarks.empty() ? "–" : remarks;
}

std::string asked_row(const StudySite& site) {
  const std::string state = "report.site_state." + std::string(name_of(site.state));
  const bool gave = site.state == SiteState::kContributed && !site.attrition.empty();
  return "<tr><th scope=\"row\">" + site_name(site) + "</th><td class=\"left\">" + words(state) + "</td>" +
         cell(gave ? grouped(site.attrition.back().exposed) : "–") +
         cell(gave ? grouped(site.attrition.back().comparator) : "–") + cell(last_day_of(site)) +
         "<td class=\"left words\">" + remarks_on(site) + "</td></tr>\n";
}

std::string asked_table(const StudyResult& result, std::size_t number) {
  const Text2& title = catalogue("report.sites.caption");
  std::string table = "<table class=\"sites\">\n" + caption(std::to_string(number), title) + "<thead><tr>" +
                      column("report.sites.site", true) + column("report.sites.state", true) +
                      arm_heading(result, true) + arm_heading(result, false) +
                      column("report.sites.last_day") + column("report.sites.remarks", true) +
                      "</tr></thead>\n<tbody>\n";
  for (const StudySite& site : result.sites) table += asked_row(site);
  return scrolling(title, table + "</tbody></table>\n");
}

std::string attrition_table(const StudyResult& result, std::size_t number) {
  const Text2& title = catalogue("report.sites.attrition");
  std::string table = "<table class=\"by-site\">\n" + caption(std::to_string(number), title) + "<thead><tr>" +
                      column("report.sites.site", true) + column("report.attrition.rule", true) +
                      arm_heading(result, true) + arm_heading(result, false) + "</tr></thead>\n";
  for (const StudySite& site : result.sites) {
    if (site.attrition.empty()) continue;
    table += "<tbody>\n";
    for (const AttritionStep& step : site.attrition) {
      const bool first = &step == &site.attrition.front();
      table += std::string("<tr class=\"") + (first ? "first" : "next") + "\">";
      if (first) {
        table += "<th scope=\"rowgroup\" rowspan=\"" + std::to_string(site.attrition.size()) +
                 "\" class=\"outcome\">" + site_name(site) + "</th>";
      }
      table += "<th scope=\"row\">" + both(step.title) + "</th>" + cell(grouped(step.exposed)) +
               cell(grouped(step.comparator)) + "</tr>\n";
    }
    table += "</tbody>\n";
  }
  return scrolling(title, table + "</table>\n");
}

std::string counts_of(const OutcomeResult& outcome, const StudyResult& result) {
  std::string rows = "<tbody>\n";
  for (const SiteCounts& counts : outcome.by_site) {
    const bool first = &counts == &outcome.by_site.front();
    rows += std::string("<tr class=\"") + (first ? "first" : "next") + "\">";
    if (first) {
      rows += "<th scope=\"rowgroup\" rowspan=\"" + std::to_string(outcome.by_site.size()) +
              "\" class=\"outcome\">" + both(outcome.title) + "</th>";
    }
    rows += "<th scope=\"row\">" + escaped(result.sites[counts.site].id) + "</th>" +
            cell(grouped(counts.exposed_persons)) + cell(grouped(counts.exposed_events)) +
            cell(grouped(counts.comparator_persons)) + cell(grouped(counts.comparator_events)) + "</tr>\n";
  }
  return rows + "</tbody>\n";
}

std::string counts_table(const StudyResult& result, const PopulationResult& population, std::size_t number) {
  const Text2 title = fill(catalogue("report.sites.counts"), {{"population", population.title}});
  const auto arm = [&](bool exposed) {
    return "<th scope=\"colgroup\" colspan=\"2\">" + arm_sign(exposed) +
           both(exposed ? result.exposed_title : result.comparator_title) + "</th>";
  };
  const std::string columns = column("report.column.persons") + column("report.column.events");
  std::string table =
      "<table class=\"by-site\">\n" + caption(std::to_string(number), title) +
      "<thead><tr><th scope=\"col\" class=\"left\" rowspan=\"2\">" + words("report.column.outcome") +
      "</th><th scope=\"col\" class=\"left\" rowspan=\"2\">" + words("report.sites.site") + "</th>" +
      arm(true) + arm(false) + "</tr>\n<tr>" + columns + columns + "</tr></thead>\n";
  for (const OutcomeResult& outcome : population.outcomes) {
    if (!outcome.by_site.empty()) table += counts_of(outcome, result);
  }
  return scrolling(title, table + "</table>\n");
}

}  // namespace

Text2 sites_sentence(const StudyResult& result) {
  if (result.sites.empty()) return catalogue("report.overview.sites_one");
  const auto gave = std::ranges::count(result.sites, SiteState::kContributed, &StudySite::state);
  return fill(catalogue("report.overview.sites_network"),
              {{"asked", same(std::to_string(result.sites.size()))}, {"gave", same(std::to_string(gave))}});
}

std::string sites_section(const StudyResult& result, std::size_t table) {
  if (result.sites.empty()) return "";
  std::string out = "<section class=\"population\" aria-labelledby=\"sites\">\n<h2 id=\"sites\">" +
                    words("report.sites.title") + "</h2>\n" + asked_table(result, table) +
                    "<p class=\"note\">" + words("report.sites.note") + "</p>\n" +
                    attrition_table(result, table + 1);
  for (std::size_t i = 0; i < result.populations.size(); ++i) {
    out += counts_table(result, result.populations[i], table + 2 + i);
  }
  return out + "</section>\n";
}

}  // namespace mimamori
