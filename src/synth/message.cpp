#include "synth/message.h"

#include <array>

namespace mimamori {
namespace {

struct InventedName {
  const char* kanji;
  const char* kana;
  const char* half_width;
};

// Some hold bytes that look like delimiters in one encoding or another: that is what they are for.
constexpr std::array<InventedName, 12> kFamilies{{{"霞", "カスミ", "ｶｽﾐ"},
                                                  {"朝露", "アサツユ", "ｱｻﾂﾕ"},
                                                  {"鳴海", "ナルミ", "ﾅﾙﾐ"},
                                                  {"霧島", "キリシマ", "ｷﾘｼﾏ"},
                                                  {"早瀬", "ハヤセ", "ﾊﾔｾ"},
                                                  {"十和", "トワ", "ﾄﾜ"},
                                                  {"表野", "オモテノ", "ｵﾓﾃﾉ"},
                                                  {"柳瀬", "ヤナセ", "ﾔﾅｾ"},
                                                  {"千種", "チグサ", "ﾁｸﾞｻ"},
                                                  {"佐保", "サホ", "ｻﾎ"},
                                                  {"ポプラ", "ポプラ", "ﾎﾟﾌﾟﾗ"},
                                                  {"雪村", "ユキムラ", "ﾕｷﾑﾗ"}}};
constexpr InventedName kRareFamily{"鷗野", "カモメノ", "ｶﾓﾒﾉ"};  // its first character is in JIS X 0212 only
constexpr std::array<InventedName, 6> kMen{{{"朔也", "サクヤ", "ｻｸﾔ"},
                                            {"誠", "マコト", "ﾏｺﾄ"},
                                            {"凪斗", "ナギト", "ﾅｷﾞﾄ"},
                                            {"蒼", "ソウ", "ｿｳ"},
                                            {"健三", "ケンゾウ", "ｹﾝｿﾞｳ"},
                                            {"悠真", "ユウマ", "ﾕｳﾏ"}}};
constexpr std::array<InventedName, 6> kWomen{{{"澄子", "スミコ", "ｽﾐｺ"},
                                              {"文", "フミ", "ﾌﾐ"},
                                              {"望", "ノゾミ", "ﾉｿﾞﾐ"},
                                              {"凪", "ナギ", "ﾅｷﾞ"},
                                              {"千歳", "チトセ", "ﾁﾄｾ"},
                                              {"美空", "ミソラ", "ﾐｿﾗ"}}};
constexpr std::array<std::pair<const char*, const char*>, 4> kDepartments{
    {{"01", "内科"}, {"06", "消化器科"}, {"08", "循環器科"}, {"10", "外科"}}};
constexpr std::array<const char*, 4> kDoctors{"D0417^霧島^澄子", "D0552^鳴海^誠", "D0630^表野^望",
                                              "D0718^早瀬^蒼"};
constexpr std::string_view kOrderEnterer = "N0093^朝露^望^^^^^^^L^^^^^I";
constexpr std::string_view kWard = "5E^512^03^^^N";

void add_address(Identity& identity, Dice& dice) {
  identity.has_row_13 = dice.chance(0.04);
  const std::string block = std::to_string(1 + dice.below(9));
  const std::string place =
      identity.has_row_13 ? "霧県霧市朝霧町①番㈱霧ビル" : "霧県霧市朝霧町" + block + "番";
  identity.address = "^^^^899-000" + block + "^JPN^H^" + place;
}

}  // namespace

Identity make_identity(const SimulatedPatient& patient, Dice& dice) {
  Identity identity;
  identity.number = simulated_patient_number(patient.number);
  const bool male = patient.sex == Sex::kMale;
  identity.sex = male ? "M" : "F";
  identity.birth_date = patient.birth_date;
  identity.has_jis_x_0212 = dice.chance(0.01);
  identity.has_half_width_kana = !identity.has_jis_x_0212 && dice.chance(0.05);
  const InventedName common = kFamilies.at(dice.below(kFamilies.size()));
  const InventedName family = identity.has_jis_x_0212 ? kRareFamily : common;
  const InventedName given = (male ? kMen : kWomen).at(dice.below(kMen.size()));
  const bool half = identity.has_half_width_kana;
  identity.names = std::string(family.kanji) + "^" + given.kanji + "^^^^^L^I~" +
                   (half ? family.half_width : family.kana) + "^" + (half ? given.half_width : given.kana) +
                   "^^^^^L^P";
  add_address(identity, dice);
  const auto& department = kDepartments.at(dice.below(kDepartments.size()));
  identity.department = department.first;
  identity.department_name = department.second;
  identity.doctor = std::string(kDoctors.at(dice.below(kDoctors.size()))) + "^^^^^^^L^^^^^I";
  return identity;
}

std::string segment(std::string_view name, std::initializer_list<std::pair<int, std::string>> fields) {
  std::string text(name);
  int at = 0;
  for (const auto& [number, value] : fields) {
    ENSURE(number > at);
    if (value.empty()) continue;
    text.append(static_cast<std::size_t>(number - at), '|');
    text += value;
    at = number;
  }
  return text;
}

std::string stamp(Date date, int second_of_day) {
  const auto two = [](int value) { return std::string(value < 10 ? "0" : "") + std::to_string(value); };
  return to_compact(date) + two(second_of_day / 3600) + two(second_of_day / 60 % 60) +
         two(second_of_day % 60);
}

std::string msh(const MessageHead& head) {
  return segment("MSH|^~\\&", {{1, std::string(head.application)},  // MSH-3: MSH-1 is the separator itself
                               {2, std::string(head.organization)},
                               {3, "GW"},
                               {4, std::string(head.organization)},
                               {5, head.sent + "." + head.milliseconds},
                               {7, head.type},
                               {8, head.control_id},
                               {9, "P"},
                               {10, "2.5"},
                               {16, head.charset},
                               {18, "ISO 2022-1994"},
                               {19, "SS-MIX2_1.20^SS-MIX2^1.2.392.200250.2.1.100.1.2.120^ISO"}});
}

std::string evn(const std::string& recorded, std::string_view organization) {
  return segment("EVN", {{2, recorded}, {7, std::string(organization)}});
}

std::string pid(const Identity& identity) {
  return segment("PID", {{1, "0001"},
                         {3, identity.number + "^^^^PI"},
                         {5, identity.names},
                         {7, to_compact(identity.birth_date)},
                         {8, identity.sex}});
}

std::string pid_full(const Identity& identity, const std::string& updated) {
  return segment("PID", {{1, "0001"},
                         {3, identity.number + "^^^^PI"},
                         {5, identity.names},
                         {7, to_compact(identity.birth_date)},
                         {8, identity.sex},
                         {11, identity.address},
                         {13, "^PRN^PH^^^^^^^^^099-000-1234"},
                         {33, updated}});
}

std::string pv1_outpatient(const Identity& identity, const std::string& visited_at) {
  return segment(
      "PV1",
      {{1, "0001"}, {2, "O"}, {3, identity.department + "^^^^^C"}, {7, identity.doctor}, {44, visited_at}});
}

std::string pv1_inpatient(const Identity& identity, const WardStay& stay) {
  return segment("PV1", {{1, "0001"},
                         {2, "I"},
                         {3, std::string(kWard)},
                         {7, identity.doctor},
                         {10, identity.department},
                         {36, stay.disposition},
                         {44, stay.admitted_at},
                         {45, stay.discharged_at}});
}

std::string orc(const Identity& identity, const OrderHead& order, const std::string& hospital_name) {
  const std::string group =
      order.group < 10 ? "_0" + std::to_string(order.group) : "_" + std::to_string(order.group);
  return segment("ORC", {{1, order.action},
                         {2, order.number},
                         {4, order.number + group + "_001"},
                         {9, order.ordered_at},
                         {10, std::string(kOrderEnterer)},
                         {12, identity.doctor},
                         {13, order.inpatient ? std::string(kWard) : identity.department + "^^^^^C"},
                         {17, identity.department + "^" + identity.department_name + "^HL70069"},
                         {21, hospital_name},
                         {29, order.inpatient ? "I^入院患者オーダ^HL70482" : "O^外来患者オーダ^HL70482"}});
}

}  // namespace mimamori
