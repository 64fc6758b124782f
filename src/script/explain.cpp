#include "script/explain.h"

#include <algorithm>

#include "clinical/analyte.h"
#include "script/plain_words.h"

namespace mimamori {
namespace {

/// Collects the sentences of one part after the other.
class Story {
 public:
  void begin(std::string part) { part_ = std::move(part); }
  void say(Text2 text) {
    sentences_.push_back(ExplainedSentence{
        .order = static_cast<int>(sentences_.size()) + 1, .part = part_, .text = std::move(text)});
  }
  std::vector<ExplainedSentence> take() { return std::move(sentences_); }

 private:
  std::string part_;
  std::vector<ExplainedSentence> sentences_;
};

Text2 number(Days days) { return same_word(std::to_string(days.count())); }

/// A length in days; no days at all has a sentence of its own.
Text2 in_days(const std::string& key, Days days) {
  return days.count() == 0 ? told(key + ".none") : told(key, {{"days", number(days)}});
}

Text2 listed(const std::vector<Text2>& items) {
  Text2 all;
  for (const Text2& item : items) {
    if (!all.ja.empty()) all = Text2{.ja = all.ja + "、", .en = all.en + "; "};
    all = Text2{.ja = all.ja + item.ja, .en = all.en + item.en};
  }
  return all;
}

Text2 last_day(const StudyScript& script) { return same_word(to_iso(script.data_window.end - Days(1))); }

void tell_window(Story& story, const StudyScript& script) {
  story.begin("window");
  story.say(
      told("explain.study", {{"title", shown_title(script.title)}, {"id", same_word(script.study_id)}}));
  story.say(told("explain.window",
                 {{"first", same_word(to_iso(script.data_window.start))}, {"last", last_day(script)}}));
  story.say(told("explain.window.before"));
}

void tell_arms(Story& story, const StudyScript& script) {
  const auto tell = [&](std::string_view key, const ArmDefinition& arm) {
    std::vector<Text2> drugs;
    std::ranges::transform(arm.drugs, std::back_inserter(drugs), drug_in_words);
    story.say(told(key, {{"title", shown_title(arm.title)}, {"drugs", listed(drugs)}}));
  };
  story.begin("arms");
  tell("explain.arm.exposure", script.exposure);
  tell("explain.arm.comparator", script.comparator);
  story.say(told("explain.dispensing"));
}

void tell_new_use(Story& story, const NewUseRule& rule) {
  story.begin("new_use");
  story.say(told("explain.index_date"));
  story.say(in_days("explain.history", rule.history));
  story.say(rule.washout == Days(1) ? told("explain.washout.one") : in_days("explain.washout", rule.washout));
  story.say(told("explain.left_out"));
}

void tell_episode(Story& story, const StudyScript& script) {
  story.begin("episode");
  if (!ends_at(script.follow_up, CensoringReason::kEndOfExposure)) story.say(told("explain.episode.unused"));
  story.say(in_days("explain.gap", script.episode.gap));
  story.say(in_days("explain.grace", script.episode.grace));
  story.say(told("explain.supply", {{"days", number(Days(script.episode.default_days_supply))}}));
}

void tell_follow_up(Story& story, const StudyScript& script) {
  std::vector<Text2> ends;
  std::vector<Text2> continues;
  for (const CensoringReason reason : censoring_reasons()) {
    const Text2 text = told("explain.reason." + std::string(name_of(reason)), {{"last", last_day(script)}});
    (ends_at(script.follow_up, reason) ? ends : continues).push_back(text);
  }
  story.begin("follow_up");
  story.say(told("explain.follow_up", {{"reasons", listed(ends)}}));
  if (!continues.empty()) story.say(told("explain.follow_up.continues", {{"reasons", listed(continues)}}));
  story.say(told("explain.follow_up.nobody"));
}

void tell_baseline(Story& story, const BaselineRule& rule) {
  story.begin("baseline");
  story.say(in_days("explain.baseline", rule.lookback));
  story.say(told("explain.baseline.same_day"));
}

bool holds(const StudyScript& script, std::string_view population) {
  return std::ranges::find(script.populations, population) != script.populations.end();
}

bool needs_reference_limits(const StudyScript& script) {
  return holds(script, "baseline_in_reference_range") ||
         std::ranges::any_of(script.outcomes, [](const OutcomeRule& outcome) {
           return outcome.abnormal == AbnormalKind::kAboveReference ||
                  outcome.abnormal == AbnormalKind::kBelowReference;
         });
}

bool holds_outcome_of(const StudyScript& script, std::string_view analyte) {
  return std::ranges::find(script.outcomes, analyte, &OutcomeRule::analyte) != script.outcomes.end();
}

/// How each computed analyte of the outcomes comes about, once.
void tell_derived(Story& story, const StudyScript& script) {
  for (const Analyte& analyte : analytes()) {
    if (analyte.derived_from.empty() || !holds_outcome_of(script, analyte.id)) continue;
    story.say(told("explain.derived",
                   {{"analyte", analyte.name}, {"source", analyte_in_words(analyte.derived_from)}}));
  }
}

void tell_outcomes(Story& story, const StudyScript& script) {
  story.begin("outcomes");
  story.say(told("explain.outcome.first"));
  for (const OutcomeRule& outcome : script.outcomes) {
    story.say(told("explain.outcome", {{"title", shown_title(outcome.title)},
                                       {"id", same_word(outcome.id)},
                                       {"rule", abnormal_in_words("explain.outcome", outcome)}}));
  }
  tell_derived(story, script);
  if (needs_reference_limits(script)) {
    story.say(told("explain.reference"));
    if (holds_outcome_of(script, "egfr")) story.say(told("explain.reference.egfr"));
  }
  story.say(told("explain.results_left_out"));
}

void tell_populations(Story& story, const StudyScript& script) {
  story.begin("populations");
  for (const std::string_view population : {"everyone", "baseline_in_reference_range"}) {
    if (holds(script, population)) story.say(told("explain.population." + std::string(population)));
  }
}

}  // namespace

const std::vector<std::string>& explained_parts() {
  static const std::vector<std::string> parts = {"window",    "arms",     "new_use",  "episode",
                                                 "follow_up", "baseline", "outcomes", "populations"};
  return parts;
}

std::vector<ExplainedSentence> explain(const StudyScript& script) {
  Story story;
  tell_window(story, script);
  tell_arms(story, script);
  tell_new_use(story, script.new_use);
  tell_episode(story, script);
  tell_follow_up(story, script);
  tell_baseline(story, script.baseline);
  tell_outcomes(story, script);
  tell_populations(story, script);
  return story.take();
}

}  // namespace mimamori
