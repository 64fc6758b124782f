#include "synth/dpc_rows.h"

#include <algorithm>
#include <string_view>

namespace mimamori {
namespace {

std::string padded(std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string joined(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    line += field;
    line += '\t';
  }
  line.pop_back();
  return line;
}

// Columns 22 to 31, the same in E and F rows.
void add_last_columns(const EfPerson& person, Date insured_on, Date date, std::vector<std::string>& fields) {
  const Care& care = *person.care;
  const Insurance insurance = insurance_on(*care.patient, insured_on);
  const bool out = person.outpatient;
  for (std::string& field : std::vector<std::string>{
           insurance.insurer, claim_type(insurance, !out), to_compact(date), care.identity.department, "100",
           doctor_code(care.identity), out ? "" : "W3E", out ? "2" : "0", out ? "1" : "0", ""})
    fields.push_back(std::move(field));
}

std::vector<std::string> first_columns(const EfPerson& person, std::string_view section, int group, int row) {
  return {person.facility,      person.number,    person.third,  person.fourth,
          std::string(section), padded(group, 4), padded(row, 3)};
}

std::string local_code(const CareItem& item) { return "M" + std::string(item.code); }

std::string e_row(const EfPerson& person, const CareUnit& unit, int group) {
  const auto act = std::ranges::find(unit.items, CareKind::kAct, &CareItem::kind);
  const CareItem& shown = act == unit.items.end() ? unit.items.front() : *act;
  const auto points_of = [&](CareKind kind) {
    std::int64_t points = 0;
    for (const CareItem& item : unit.items) points += item.kind == kind ? item.points : 0;
    return padded(unit.points() == 0 ? 0 : points, 8);
  };
  std::vector<std::string> fields = first_columns(person, unit.section, group, 0);
  for (std::string& field : std::vector<std::string>{
           local_code(shown), std::string(shown.code), std::string(shown.table_code), std::string(shown.name),
           "0000000.000", "000", "000000000000", "0", "00000000", "", padded(unit.points(), 8),
           points_of(CareKind::kDrug), points_of(CareKind::kDevice), padded(unit.times, 3)})
    fields.push_back(std::move(field));
  add_last_columns(person, unit.date, unit.date, fields);
  return joined(fields);
}

// Column 17, each position a flag of its own.
std::string flags(const EfPerson& person, const CareUnit& unit, const CareItem& item) {
  std::string text(12, '0');
  if (person.outpatient) {
    if (unit.elsewhere) text[0] = '1';
    return text;
  }
  if (unit.brought_in) {
    text[2] = '2';  // for another disease than that of the admission
    text[3] = '1';  // prescribed by this hospital
  }
  const bool by_the_act = unit.section == "50" || unit.section == "54";
  if (by_the_act && item.kind == CareKind::kAct) text[4] = '1';
  return text;
}

std::string f_row(const EfPerson& person, const CareUnit& unit, const CareItem& item, int group, int row) {
  const bool is_act = item.kind == CareKind::kAct;
  const bool is_comment = item.kind == CareKind::kComment;
  const int points = unit.elsewhere ? 0 : item.points;
  std::vector<std::string> fields = first_columns(person, unit.section, group, row);
  for (std::string& field : std::vector<std::string>{
           is_comment ? "" : local_code(item), std::string(item.code), std::string(item.table_code),
           is_comment ? item.text : std::string(item.name),
           is_act || is_comment ? "0000000.000" : "0000001.000", std::string(item.unit),
           padded(is_act ? points : points * 10, 12), is_act || is_comment ? "0" : "1", padded(points, 8),
           flags(person, unit, item), "00000000", "00000000", "00000000", padded(unit.times, 3)})
    fields.push_back(std::move(field));
  add_last_columns(person, unit.date, unit.date, fields);
  return joined(fields);
}

void count_f_row(const CareUnit& unit, const CareItem& item, Counts& counts) {
  ++counts["rows_f"];
  switch (item.kind) {
    case CareKind::kAct: ++counts["rows_act"]; break;
    case CareKind::kDrug:
      ++counts["rows_drug"];
      if (unit.brought_in) ++counts["rows_drug_brought_in"];
      if (unit.elsewhere) ++counts["rows_drug_elsewhere"];
      break;
    case CareKind::kDevice: ++counts["rows_device"]; break;
    case CareKind::kComment: ++counts["rows_comment"]; break;
  }
}

// Columns in the order of the table in the reference; the wording is ours.
std::string header(std::initializer_list<std::string_view> names) {
  std::vector<std::string> fields(names.begin(), names.end());
  return joined(fields);
}

}  // namespace

void add_ef_group(const EfPerson& person, const CareUnit& unit, GroupNumbers& numbers, DpcLines& lines,
                  Counts& counts) {
  const int group = ++numbers[std::string(unit.section)];
  lines.push_back(e_row(person, unit, group));
  ++counts["rows_e"];
  counts["points"] += std::int64_t{unit.points()} * unit.times;
  int row = 0;
  for (const CareItem& item : unit.items) {
    lines.push_back(f_row(person, unit, item, group, ++row));
    count_f_row(unit, item, counts);
  }
}

void add_ef_diagnoses(const EfPerson& person, Date visited_on, DpcLines& lines, Counts& counts) {
  int number = 0;
  for (const CareDiagnosis& diagnosis : person.care->diagnoses) {
    std::vector<std::string> fields = first_columns(person, "SY", ++number, 0);
    const std::string name = diagnosis.name + (diagnosis.suspected ? "の疑い" : "");
    for (std::string& field : std::vector<std::string>{
             "", std::string(diagnosis.code), "", name, "0000000.000", "000", "000000000000", "0", "00000000",
             diagnosis.main ? "000010000000" : "000000000000", "00000000", "00000000", "00000000", "001"})
      fields.push_back(std::move(field));
    add_last_columns(person, visited_on, diagnosis.since, fields);
    lines.push_back(joined(fields));
    ++counts["rows_sy"];
    if (diagnosis.suspected || diagnosis.uncoded_suspected) ++counts["rows_sy_suspected"];
  }
}

void add_ef_broken(const EfPerson& person, Date date, DpcLines& lines, Counts& counts) {
  CareUnit unit;
  unit.section = "60";
  unit.date = date;
  lines.push_back(f_row(person, unit, acts::comment("810000001", "検体は\t再採取"), 99, 1));
  ++counts["rows_wrong_columns"];
}

void add_d_rows(const EfPerson& person, const CareStay& stay, const BundledPay& pay, DpcLines& lines,
                Counts& counts) {
  for (const PayPeriod& period : pay.periods) {
    const std::string name = "ＤＰＣ入院期間" + full_width(std::to_string(period.number));
    std::vector<std::string> fields{person.facility,
                                    person.number,
                                    person.third,
                                    person.fourth,
                                    "93",
                                    padded(period.number, 4),
                                    "",
                                    "930099910",
                                    "",
                                    name,
                                    padded(period.points_per_day, 8),
                                    "00000000",
                                    "00000000",
                                    "0",
                                    padded(period.days(), 3)};
    add_last_columns(person, period.first, period.first, fields);
    for (std::string& field : std::vector<std::string>{
             to_compact(period.first), to_compact(period.last), to_compact(stay.admitted_on),
             std::string(dpc_code(stay)), std::string(kHospitalFactor)})
      fields.push_back(std::move(field));
    lines.push_back(joined(fields));
    ++counts["rows"];
  }
}

std::string ef_header(bool outpatient) {
  return header({"施設コード",
                 "データ識別番号",
                 outpatient ? "生年月日" : "退院年月日",
                 outpatient ? "外来受診年月日" : "入院年月日",
                 "データ区分",
                 "順序番号",
                 "行為明細番号",
                 "病院点数マスタコード",
                 "レセプト電算コード",
                 "解釈番号",
                 "診療明細名称",
                 "使用量",
                 "基準単位",
                 "明細点数・金額",
                 "円・点区分",
                 "出来高実績点数",
                 "行為明細区分情報",
                 "行為点数",
                 "行為薬剤料",
                 "行為材料料",
                 "行為回数",
                 "保険者番号",
                 "レセプト種別",
                 "実施年月日",
                 "レセプト科区分",
                 "診療科区分",
                 "医師コード",
                 "病棟コード",
                 "病棟区分",
                 "入外区分",
                 "施設タイプ"});
}

std::string d_header() {
  return header(
      {"施設コード", "データ識別番号",       "退院年月日",         "入院年月日",     "データ区分",
       "順序番号",   "病院点数マスタコード", "レセプト電算コード", "解釈番号",       "診療行為名称",
       "行為点数",   "行為薬剤料",           "行為材料料",         "円・点区分",     "行為回数",
       "保険者番号", "レセプト種別",         "実施年月日",         "レセプト科区分", "診療科区分",
       "医師コード", "病棟コード",           "病棟区分",           "入外区分",       "施設タイプ",
       "算定開始日", "算定終了日",           "算定起算日",         "診断群分類番号", "医療機関別係数"});
}

}  // namespace mimamori
