#include <array>

#include "synth/dpc_rows.h"

namespace mimamori {
namespace {

constexpr std::size_t kPayloads = 9;
using Payload = std::initializer_list<std::pair<std::size_t, std::string>>;

// One group of lines: the parent of a stay, or a child.
class Form1Writer {
 public:
  Form1Writer(const EfPerson& person, const CareStay& stay, Form1Group group, DpcLines& lines, Counts& counts)
      : person_(person), care_(*person.care), stay_(stay), group_(group), lines_(lines), counts_(counts) {}

  void write() {
    if (!group_.child) add_patient_and_stay();
    add_diagnoses();
    if (!group_.child) add_operation_and_state();
  }

 private:
  void item(const char* code, const char* version, int sequence, Payload payload) {
    std::array<std::string, kPayloads> texts;
    for (const auto& [number, text] : payload) texts.at(number - 1) = text;
    std::string line = person_.facility + "\t" + person_.number + "\t" + person_.fourth + "\t0\t" +
                       (group_.child ? "1" : "0") + "\t" + code + "\t" + version + "\t" +
                       std::to_string(sequence);
    for (const std::string& text : texts) line.append("\t").append(text);
    lines_.push_back(std::move(line));
    ++counts_["rows"];
  }
  void item(const char* code, Payload payload) { item(code, "20140401", 0, payload); }

  void add_patient_and_stay() {
    const SimulatedPatient& patient = *care_.patient;
    const std::string admitted = to_compact(stay_.admitted_on);
    const std::string discharged = to_compact(stay_.discharged_on);
    item("A000010", {{1, to_compact(patient.birth_date)},
                     {2, patient.sex == Sex::kMale ? "1" : "2"},
                     {3, "899000" + std::to_string(1 + patient.number % 9)}});
    item("A000020", {{1, admitted}, {2, "1"}, {3, "0"}, {4, "1"}, {5, "100"}, {6, "0"}, {7, "0"}});
    item("A000030", {{1, discharged}, {2, "1"}, {3, "1"}, {4, "0"}, {5, "0"}});
    item("A000031", {{1, admitted}, {2, discharged}});
    item("A000040", {{2, "100"}, {3, "0"}});
    item("A000050", {{2, "1"}, {3, "0"}, {4, "0"}});
    item("A000070", {{1, "99999999"}});
    const int height = (patient.sex == Sex::kMale ? 166 : 154) + patient.number % 11 - 5;
    const int weight = height - 104 + patient.number % 7 + (group_.corrected ? 2 : 0);
    item("A001010", {{2, std::to_string(height)},
                     {3, std::to_string(weight) + ".5"},
                     {4, std::to_string(weight - 1) + ".9"}});
    item("A001020", {{2, std::to_string(patient.number % 4 * 100)}});
    item("A002010", {{2, "0"}});
  }

  void diagnosis(const char* code, int sequence, const CareDiagnosis& found) {
    const char* first = found.acute ? "4012" : found.suspected ? "8002" : "";
    item(code, "20140401", sequence,
         {{2, found.icd10},
          {4, std::string(found.code)},
          {5, first},
          {6, found.acute && found.suspected ? "8002" : ""},
          {9, found.name + (found.suspected ? "の疑い" : "")}});
    if (group_.child) return;
    ++counts_["diagnoses"];
    if (found.suspected || found.uncoded_suspected) ++counts_["diagnoses_suspected"];
  }

  void add_diagnoses() {
    for (const char* role : {"A006010", "A006020", "A006030"}) diagnosis(role, 0, care_.diagnoses.front());
    for (std::size_t k = 1; k < care_.diagnoses.size(); ++k)
      diagnosis("A006040", static_cast<int>(k), care_.diagnoses[k]);
    if (!stay_.liver_injury_in_hospital) return;
    CareDiagnosis onset;
    onset.code = claims_disease("20990002").code;
    onset.name = claims_disease("20990002").name;
    onset.icd10 = "K719";
    diagnosis("A006050", 1, onset);
    if (!group_.child) ++counts_["diagnoses_in_hospital"];
  }

  void add_operation_and_state() {
    for (const CareUnit& unit : stay_.units) {
      if (unit.section != "50") continue;
      const CareItem& operation = unit.items.front();
      item("A007010", "20140401", 1,
           {{1, to_compact(unit.date)},
            {2, std::string(operation.table_code)},
            {4, "1"},
            {5, "0"},
            {6, "1"},
            {7, "1"},
            {9, std::string(operation.name)}});
      ++counts_["operations"];
    }
    item("ADL0010", {{2, "2322232222"}});
    item("ADL0020", {{2, "2322232222"}});
    item("JCS0010", {{2, "0"}, {3, "0"}, {4, "0"}});
  }

  const EfPerson& person_;
  const Care& care_;
  const CareStay& stay_;
  Form1Group group_;
  DpcLines& lines_;
  Counts& counts_;
};

}  // namespace

void add_form1(const EfPerson& person, const CareStay& stay, Form1Group group, DpcLines& lines,
               Counts& counts) {
  Form1Writer(person, stay, group, lines, counts).write();
}

std::string form1_header() {
  std::string header =
      "施設コード\tデータ識別番号\t入院年月日\t回数管理番号\t統括診療情報番号\tコード\tバージョン\t連番";
  for (const char* number : {"１", "２", "３", "４", "５", "６", "７", "８", "９"})
    header.append("\tペイロード").append(number);
  return header;
}

}  // namespace mimamori
