#include "standardize/record_context.h"

#include "standardize/lab_value.h"
#include "standardize/moment_reading.h"
#include "standardize/text_fold.h"

namespace mimamori {

void RecordContext::note(std::string_view check, std::string_view severity, std::string_view field,
                         std::string_view sentence) const {
  findings.push_back({.check = std::string(check),
                      .severity = std::string(severity),
                      .segment = static_cast<std::uint32_t>(provenance.segment),
                      .field = std::string(field),
                      .sentence = std::string(sentence)});
}

std::optional<Moment> RecordContext::moment(std::string_view text, std::string_view field) const {
  const MomentReading reading = read_moment(text);
  if (reading.stated && !reading.moment) {
    note("date_unreadable", "warning", field,
         "expected YYYYMMDD and perhaps a time of day; the field is left empty");
  }
  if (reading.time_unreadable) {
    note("time_unreadable", "warning", field, "expected HH, HHMM or HHMMSS after the day; the day is kept");
  }
  if (reading.hour_after_24)
    note("hour_after_24", "info", field, "an hour from 24 to 47 was moved to the next day");
  if (reading.zero_time) note("zero_time", "info", field, "a time of all zeros was taken as the day only");
  if (reading.other_zone)
    note("zone_ignored", "info", field, "a zone other than +0900; the local time is kept as written");
  return reading.moment;
}

std::optional<Date> RecordContext::date(std::string_view text, std::string_view field) const {
  const std::optional<Moment> read = moment(text, field);
  return read ? std::optional(read->date) : std::nullopt;
}

Result<DatedBy> RecordContext::first_moment(std::initializer_list<TimeField> fields) const {
  for (const TimeField& field : fields) {
    if (const std::optional<Moment> at = moment(field.text, field.field))
      return DatedBy{*at, std::string(field.field)};
  }
  const std::string first(fields.begin()->field);
  if (care_date) {
    note("date_fallback", "warning", first, "no time was given; the date of the folder stands in");
    return DatedBy{.at = {.date = *care_date, .second_of_day = std::nullopt}, .source = "folder"};
  }
  std::string sentence = first + ": expected a date there, ";
  for (const TimeField* field = fields.begin() + 1; field != fields.end(); ++field) {
    sentence += "in " + std::string(field->field) + (field + 1 == fields.end() ? " " : ", ");
  }
  return Error{ErrorCode::kInvalidInput, sentence + "or in the file's name"};
}

std::optional<double> RecordContext::decimal(std::string_view text, std::string_view field) const {
  if (!stated(text)) return std::nullopt;
  const std::optional<double> value = read_decimal(text);
  if (!value)
    note("number_unreadable", "warning", field, "expected a decimal number; the field is left empty");
  return value;
}

std::optional<std::string> stated(std::string_view text) {
  const std::string_view bare = trimmed(text);
  if (bare.empty() || bare == "\"\"") return std::nullopt;
  return std::string(text);
}

DrugCodes choose_drug_codes(const RecordContext& context, const CodedPair& drug, const CodedPair& second_code,
                            Date on, std::string_view field) {
  const CodeChoice hot = choose_code(CodeFamily::kHot, drug);
  const CodeChoice yj = choose_code(CodeFamily::kYj, drug);
  const CodeChoice second_yj = choose_code(CodeFamily::kYj, second_code);
  const CodeChoice second_hot = choose_code(CodeFamily::kHot, second_code);
  DrugCodes codes;
  codes.hot_code = stated(hot.standard.empty() ? second_hot.standard : hot.standard);
  codes.yj_code = stated(second_yj.standard.empty() ? yj.standard : second_yj.standard);
  codes.name = stated(hot.text);
  // The other triple is local only if neither family takes it as its standard code.
  const CodeChoice& local = hot.standard.empty() && !yj.standard.empty() ? yj : hot;
  if (hot.standard.empty() || yj.standard.empty()) {
    codes.local_code = stated(local.local.code);
    codes.local_system = stated(local.local.system);
  }
  if (hot.wrong_shape || yj.wrong_shape || second_yj.wrong_shape || second_hot.wrong_shape) {
    context.note(
        "code_shape", "warning", field,
        "the code has not the shape of the code system it names; it was not taken as a standard code");
  }
  if (codes.local_code && !(codes.hot_code && codes.yj_code)) {
    const std::optional<MappedCode> mapped = context.code_map.lookup(
        CodeMap::Category::kDrug, codes.local_system.value_or(""), *codes.local_code, on);
    if (mapped && is_system_of(CodeFamily::kHot, mapped->system) && !codes.hot_code)
      codes.hot_code = mapped->code;
    if (mapped && is_system_of(CodeFamily::kYj, mapped->system) && !codes.yj_code)
      codes.yj_code = mapped->code;
  }
  if (!codes.hot_code && !codes.yj_code) {
    if (!codes.local_code && !codes.name) {
      context.note("code_missing", "warning", field, "expected a drug");
    } else {
      context.note("no_standard_code", "info", field, "no HOT or YJ code, nor one in the code map");
    }
  }
  return codes;
}

std::optional<std::string> choose_unit(const CodedPair& unit) {
  for (const Coded* triple : {&unit.first, &unit.second}) {
    const bool standard = triple->system == "MR9P" || triple->system == "ISO+";
    if (standard && stated(triple->code)) return stated(triple->code);
  }
  for (const Coded* triple : {&unit.first, &unit.second}) {
    if (stated(triple->code)) return stated(triple->code);
  }
  return stated(unit.first.text) ? stated(unit.first.text) : stated(unit.second.text);
}

Result<Date> starting_date(const RecordContext& context, std::string_view starts_at,
                           std::string_view ordered_at, std::string_view field) {
  if (const std::optional<Date> start = context.date(starts_at, field)) return *start;
  if (const std::optional<Moment> ordered = read_moment(ordered_at).moment) {
    context.note("date_fallback", "info", field,
                 "no start was given; the day of the order (ORC-9) stands in");
    return ordered->date;
  }
  if (context.care_date) {
    context.note("date_fallback", "warning", field, "no start was given; the date of the folder stands in");
    return *context.care_date;
  }
  return Error{ErrorCode::kInvalidInput,
               std::string(field) + ": expected a date there, in ORC-9 or in the file's name"};
}

std::optional<Date> ending_date(const RecordContext& context, std::string_view ends_at, Date start,
                                std::string_view field) {
  const std::optional<Date> end = context.date(ends_at, field);
  if (end && *end < start) {
    context.note("end_before_start", "warning", field,
                 "expected an end not before the start; it is left empty");
    return std::nullopt;
  }
  return end;
}

std::optional<std::string> known_setting(const RecordContext& context, std::string_view setting) {
  const std::optional<std::string> given = stated(setting);
  if (given && *given != "I" && *given != "O") {
    context.note("setting_unknown", "info", "ORC-29", "expected I or O; it is left empty");
    return std::nullopt;
  }
  return given;
}

}  // namespace mimamori
