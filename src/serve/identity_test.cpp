// No identity in the edited layer: marked names, addresses, telephone and insurance numbers and the patient's
// own number are planted in every field of every format, one at a time; the edited layer is then searched for
// them.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>

#include "base/file.h"
#include "claims/test_claims.h"
#include "ingest/test_messages.h"
#include "omop/tables.h"
#include "serve/testing_identity.h"
#include "serve/testing_identity_messages.h"
#include "standardize/patient_keys.h"
#include "synth/cohort.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

Texts split(std::string_view text, std::string_view separator) {
  Texts parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(separator, at);
    parts.emplace_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return parts;
    at = end + separator.size();
  }
}

std::string joined(const Texts& parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : std::string(separator)) + parts[i];
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

void write(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << bytes;
}

/// What is planted in a field: some of each kind where it holds something, one kind after the other where it
/// is empty.
std::vector<Mark> marks_for(std::string_view field, std::size_t turn) {
  if (field.empty()) return {static_cast<Mark>(turn % kMarks)};
  const auto some = Marks::some_of_each(turn);
  return {some.begin(), some.end()};
}

/// Plants marks in every field of a table's lines, one at a time: each copy of the lines is of a patient of
/// its own.
class LinePlanter {
 public:
  LinePlanter(Marks& marks, std::string separator, std::string name)
      : marks_(marks), separator_(std::move(separator)), name_(std::move(name)) {}

  /// Lines in which %N stands for the patient's number, which may be written in any way.
  ///   label   what a line is called in lists: "EFn" or its first column
  void plant(const Texts& lines, const std::function<std::string(const Texts&)>& label,
             const std::function<void(std::size_t plant, const std::string& text)>& take) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Texts fields = split(lines[i], separator_);
      for (std::size_t column = 0; column < fields.size(); ++column) {
        for (const Mark mark : marks_for(fields[column], turn_++)) {
          const std::size_t plant =
              marks_.plant(name_ + " " + label(fields) + "-" + std::to_string(column + 1));
          Texts planted = fields;
          planted[column] = Marks::text(mark, plant);
          Texts copy = lines;
          copy[i] = joined(planted, separator_);
          take(plant, joined(copy, "\n"));
        }
      }
    }
  }

 private:
  Marks& marks_;
  std::string separator_;
  std::string name_;
  std::size_t turn_ = 0;
};

// ---- SS-MIX2

constexpr std::size_t kComponents = 6;  // both triples of a code

/// How many fields of a segment are filled; those beyond what the example has are empty in it.
std::size_t fields_of(std::string_view segment) {
  if (segment == "PID") return 40;
  if (segment == "PV1") return 53;
  if (segment == "PV2") return 50;
  if (segment == "OBR") return 51;
  if (segment == "RXE") return 45;
  if (segment == "ORC" || segment == "SPM" || segment == "OBX") return 32;
  return 24;
}

class MessagePlanter {
 public:
  MessagePlanter(Marks& marks, fs::path root) : marks_(marks), root_(std::move(root)) {}

  /// The empty fields of segments that stand in several examples are planted in once.
  void plant(const MessageExample& example) {
    const bool is_new = seen_.insert(example.segments).second;
    const Texts lines =
        split(replaced(std::string(kMessageHead), "%T", example.code) + std::string(example.segments), "\n");
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      const std::string segment = lines[i].substr(0, 3);
      Texts fields = split(lines[i], "|");
      fields.resize(std::max(fields.size(), fields_of(segment)));
      const bool is_head = segment == "MSH";
      for (std::size_t place = is_head ? 2 : 1; place < fields.size(); ++place) {
        const std::string name =
            std::string(example.type) + " " + segment + "-" + std::to_string(is_head ? place + 1 : place);
        if (is_new || !fields[place].empty()) plant_field(example, lines, i, fields, place, name);
      }
    }
  }

 private:
  void plant_field(const MessageExample& example, const Texts& lines, std::size_t line, const Texts& fields,
                   std::size_t place, const std::string& name) {
    Texts components = split(fields[place], "^");
    if (!fields[place].empty()) components.resize(std::max(components.size(), kComponents));
    for (std::size_t c = 0; c < components.size(); ++c) {
      for (const Mark mark : marks_for(components[c], turn_++)) {
        const std::size_t plant =
            marks_.plant(name + (components.size() > 1 ? "." + std::to_string(c + 1) : ""));
        Texts planted = components;
        planted[c] = Marks::text(mark, plant);
        Texts all = fields;
        all[place] = joined(planted, "^");
        Texts copy = lines;
        copy[line] = joined(all, "|");
        write_message(example, plant, joined(copy, "\r"));
      }
    }
  }

  void write_message(const MessageExample& example, std::size_t plant, const std::string& text) {
    const std::string patient = Marks::patient(plant);
    const std::string date(example.date);
    const std::string type(example.type);
    const fs::path folder = root_ / patient.substr(0, 3) / patient.substr(3, 3) / patient / date / type;
    write(folder / (patient + "_" + date + "_" + type + "_999999999999999_20240612091502417_08_1"),
          replaced(text, "%N", patient));
  }

  Marks& marks_;
  fs::path root_;
  std::set<std::string_view> seen_;
  std::size_t turn_ = 0;
};

void plant_messages(Marks& marks, const fs::path& root) {
  MessagePlanter planter(marks, root);
  for (const MessageExample& example : kMessageExamples) planter.plant(example);
}

// ---- Claims

void plant_claims(Marks& marks, const fs::path& root, TestLines example, const std::string& name) {
  const std::string head = example.front();
  const std::string end = example.back();
  example.erase(example.begin());
  example.pop_back();
  for (std::string& line : example) {
    if (line.starts_with("TO,"))
      line = replaced(line, "710010158,1,23,1,,,,", "710010158,1,23,1,,,,架空材料");
  }
  example.insert(example.end() - 1, "SJ,01,架空の記載");
  Texts re = split(example[0], ",");
  re.at(13) = "%N";
  example[0] = joined(re, ",");
  std::string claims;
  LinePlanter planter(marks, ",", name);
  const auto record = [](const Texts& fields) { return fields[0]; };
  planter.plant(example, record, [&](std::size_t plant, const std::string& text) {
    claims += replaced(text, "%N", Marks::bare_patient(plant)) + "\n";
  });
  const auto file = [&](const std::string& text) {
    return encoded(replaced(text, "\n", "\r\n") + "\x1A", "CP932");
  };
  write(root / name, file(head + "\n" + claims + end + "\n"));
  // The first and last line of a file are of no claim, so each plant takes a file.
  const std::string claim = joined(example, "\n");
  planter.plant({head, end}, record, [&](std::size_t plant, const std::string& text) {
    const Texts lines = split(text, "\n");
    write(root / std::to_string(plant) / name,
          file(lines[0] + "\n" + replaced(claim, "%N", Marks::bare_patient(plant)) + "\n" + lines[1] + "\n"));
  });
}

// ---- DPC

constexpr std::string_view kGroupTail = "\t001\t06999999\t1111\t20240511\t10\t100\tD001\tW3E\t0\t0\t";

/// An E line and two F lines; `third` is the discharge, or the birth of an outpatient.
Texts ef_lines(const std::string& third, const std::string& category) {
  const std::string stay = "139999999\t%N\t" + third + "\t20240510\t" + category + "\t0001\t";
  const std::string tail(kGroupTail);
  return {
      stay +
          "000\tINJ01\t130003810\tG004\t架空注射\t0000000.000\t000\t0\t0\t0\t\t00000150\t00000048\t00000000" +
          tail,
      stay +
          "001\tINJ01\t130003810\tG004\t架空注射\t0000000."
          "000\t000\t00000102\t0\t00000102\t000000000000\t0\t0\t0" +
          tail,
      stay +
          "002\tD2001\t620007318\t\t架空薬\t0000001."
          "000\t051\t000000000480\t1\t00000048\t000000000000\t0\t0\t0" +
          tail,
      stay +
          "003\tM2001\t710010158\t\t架空材料\t0000001."
          "000\t001\t000000000480\t1\t00000048\t000000000000\t0\t0\t0" +
          tail,
      stay + "004\t\t810000001\t\t架空の注釈\t0000000.000\t000\t0\t0\t0\t000000000000\t0\t0\t0" + tail};
}

Texts form1_lines() {
  const std::string stay = "139999999\t%N\t20240510\t0\t";
  Texts lines;
  for (const char* item :
       {"0\tA000010\t20140401\t0\t19620301\t2\t1000000\t\t\t\t\t\t",
        "0\tA000020\t20140401\t0\t20240510\t1\t0\t0\t301\t1\t0\t\t",
        "0\tA000030\t20140401\t0\t20240515\t1\t1\t0\t0\t\t\t\t",
        "0\tA000040\t20140401\t0\t\t100\t0\t\t\t\t\t\t", "0\tA000060\t20140401\t0\t\t1\t0\t0\t\t\t\t\t",
        "0\tA000070\t20140401\t0\t99999999\t\t\t\t\t\t\t\t",
        "0\tA001010\t20140401\t0\t\t158\t52.4\t51.8\t\t\t\t\t", "0\tA002010\t20140401\t0\t\t0\t\t\t\t\t\t\t",
        "0\tA006010\t20140401\t0\t\tK358\t1\t5409005\t8002\t\t\t\t架空疾患",
        "0\tA007010\t20140401\t1\t20240510\tK718-21\t\t1\t0\t5\t1\t\t架空手術",
        "0\tM010010\t20140401\t0\t\t1\t\t\t\t\t\t\t架空の詳細",
        "1\tA006010\t20140401\t0\t\tK358\t\t5409005\t\t\t\t\t架空疾患"})
    lines.push_back(stay + item);
  return lines;
}

void plant_dpc(Marks& marks, const fs::path& root) {
  const auto plant = [&](const std::string& kind, const Texts& lines) {
    std::string bytes;
    LinePlanter planter(marks, "\t", "DPC");
    const auto label = [&](const Texts& fields) { return kind == "FF1" ? fields.at(5) : kind; };
    planter.plant(lines, label, [&](std::size_t number, const std::string& text) {
      bytes += replaced(text, "%N", Marks::patient(number)) + "\n";
    });
    write(root / (kind + "_139999999_2405.txt"), bytes);
  };
  plant("FF1", form1_lines());
  plant("EFn", ef_lines("20240515", "33"));
  const std::string tail(kGroupTail);
  const std::string visit = "139999999\t%N\t19620301\t20240510\t";
  Texts outpatient = ef_lines("19620301", "33");
  outpatient.push_back(visit +
                       "SY\t0001\t000\t\t0000999\t\t架空疾患\t0\t000\t0\t0\t0\t000010000000\t0\t0\t0" + tail);
  outpatient.push_back(visit + "SY\t0001\t001\t\t8002\t\tの疑い\t0\t000\t0\t0\t0\t000000000000\t0\t0\t0" +
                       tail);
  plant("EFg", outpatient);
  const std::string stay = "139999999\t%N\t20240515\t20240510\t";
  const std::string charge = "\tINJ01\t130003810\tG004\t架空注射\t00000150\t00000048\t00000000\t0";
  plant("En", {stay + "33\t0001" + charge + tail});
  plant(
      "Fn",
      {stay +
       "33\t0001\t001\tINJ01\t130003810\tG004\t架空注射\t0\t000\t00000102\t0\t0\t0\t00000102\t000000000000"});
  plant("Dn", {stay + "93\t0001\t\t930099910\t\t架空入院期間\t00002500\t0\t0\t0" + tail +
               "\t20240510\t20240515\t20240510\t060150xx03xxxx\t1.4000"});
  plant(
      "Hn",
      {"139999999\tW3E\t%N\t20240515\t20240510\t20240511\tASS0013\t20160401\t0\t1\t0\t1\t0\t1\t0\t\t\t\t\t"});
}

// ---- OMOP

std::string value_for(std::string_view column) {
  if (column == "person_id") return "%N";
  if (column.ends_with("_date")) return "2020-01-02";
  if (column.ends_with("_datetime")) return "2020-01-02 10:11:12";
  if (column == "year_of_birth") return "1962";
  if (column.ends_with("_value")) return "A10";
  return column.ends_with("_of_birth") || column.ends_with("_id") || column.ends_with("_number") ? "3" : "";
}

/// The tables of the clinic. Those of the vocabulary describe no patient.
void plant_omop(Marks& marks, const fs::path& root) {
  for (const OmopTable& table : omop_tables()) {
    if (!table.has_person) continue;
    Texts names;
    Texts values;
    for (const OmopColumn& column : table.columns) {
      names.emplace_back(column.name);
      values.push_back(value_for(column.name));
    }
    std::string rows = joined(names, ",") + "\n";
    LinePlanter planter(marks, ",", "OMOP");
    planter.plant(
        {joined(values, ",")}, [&](const Texts&) { return std::string(table.name); },
        [&](std::size_t plant, const std::string& text) {
          rows += replaced(text, "%N", Marks::bare_patient(plant)) + "\n";
        });
    write(root / (std::string(table.name) + ".csv"), rows);
  }
}

// ---- What may come through

class Identity : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    const fs::path root = scratch_->path();
    plant_messages(marks_, root / "ssmix2");
    plant_claims(marks_, root / "claims", outpatient_example(), "RECEIPTC.UKE");
    plant_claims(marks_, root / "claims", dpc_example(), "RECEIPTD.UKE");
    plant_dpc(marks_, root / "dpc");
    plant_omop(marks_, root / "omop");
    site_ = site_at(root / "site");
    load(site_, {.ssmix2_root = root / "ssmix2",
                 .claims_root = root / "claims",
                 .dpc_root = root / "dpc",
                 .omop_root = root / "omop"});
    leaks_ = leaks_of(site_, marks_);
  }
  static void TearDownTestSuite() { scratch_.reset(); }

  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline Marks marks_;
  static inline Site site_;
  static inline std::vector<Leak> leaks_;
};

/// What may come through, and why it cannot be told from what belongs there. A column may be of several
/// tables.
struct Allowed {
  std::string_view column;  // a pattern of "table.column"
  std::string_view field;   // a pattern of the source field
  std::string_view marks;   // kinds: t text of any kind, i a number that is no patient's, n the patient's own
  std::string_view reason;
};

constexpr Allowed kAllowed[] = {
    // Names of things, in the words of the hospital. A name of a person there has no form of its own.
    {"ehr_diagnosis.disease_name", "PPR-01 PRB-3.2", "ti", "the disease"},
    {"ehr_(prescription|injection).drug_name", "OMP-.. RX[ACE]-[25].2", "ti", "the drug"},
    {"ehr_(lab_result|lab_order|observation|microbiology).item_name", "(ADT-00|OM[GL]-..) OBX-3.2", "ti",
     "the test"},
    {"ehr_allergy.allergen_name", "ADT-.. (AL1|IAM)-3.2", "ti", "the allergen"},
    {"ehr_meal.diet_name", "OMD ODS-3.2", "ti", "the diet"},
    {"ehr_(radiology|endoscopy|physiology).procedure_name", "OMG-.. (OBR-4|ZE1-3).2", "ti",
     "the examination"},
    {"ehr_examination_material.(class|material)_name", "OMG-.. ZE1-[89].2", "ti", "the material"},
    {"ehr_microbiology.(organism|drug)_name", "OML-12 OBX-5.2", "ti", "the organism or drug"},
    {"ehr_microbiology.material_name", "OML-12 SPM-4.2", "ti", "the specimen"},
    {"ehr_observation.received_value", "(ADT-00|OMG-..) OBX-5.2", "ti", "the text of a coded value"},
    {"claim_diagnosis.disease_name", "RECEIPT..UKE SY-6", "ti", "a disease without a code"},
    {"claim_device.product_name", "RECEIPT..UKE TO-11", "ti", "a device's product"},
    {"dpc_(diagnosis.disease_name|surgery.name)", "DPC A00[67]0.0-17", "ti", "the disease or operation"},
    {"dpc_diagnosis.disease_name", "DPC EFg-11", "ti", "the disease"},
    {"dpc_(bundle|charge|device|drug|procedure).name", "DPC (EFn|EFg|En|Fn|Dn)-1[01]", "ti",
     "the act, drug or device"},
    // Codes and numbers: eight digits of an insurance card are as good a code as any.
    {"ehr_.*.(local_code|class_code|value_code|diet_code|organism_local_code|drug_local_code)", ".*", "i",
     "codes of the hospital's own"},
    {"ehr_.*.(order_number|parent_order|instance_id)", ".*", "i", "numbers of the hospital's own"},
    {"ehr_diagnosis.disease_code", "PPR-01 PRB-3.1", "i", "the disease number has eight digits"},
    {"ehr_(prescription|injection|examination_material).hot_code", "OM.* (RX[ACE]-[25]|ZE1-9).[14]", "n",
     "HOT9 has nine digits"},
    {"dpc_.*.(facility_code|claims_code|local_code|interpretation_code)", "DPC .*", "i",
     "codes of up to 9 or 14 characters"},
    {"dpc_(item.value|item.version|nursing.version)", "DPC .*", "i",
     "a date has eight digits; values are codes, numbers or dates"},
    // Of OMOP only numbers are taken: they are a concept or a measurement, and person_id is the database's
    // own.
    {"omop_.*.local_code", "OMOP .*-[25]", "in", "the id of a concept"},
    {"ehr_lab_result.(received_value|unit)", "OMOP measurement-(8|10)", "in",
     "a measured number; the id of a unit"},
};

char kind_of(Mark mark) {
  switch (mark) {
    case Mark::kKanji:
    case Mark::kKana:
    case Mark::kAddress:
    case Mark::kLatin: return 't';
    case Mark::kPhone: return 'p';
    case Mark::kInsurance: return 'i';
    default: return 'n';
  }
}

bool is_allowed(const Leak& leak) {
  return std::ranges::any_of(kAllowed, [&](const Allowed& allowed) {
    return allowed.marks.find(kind_of(leak.mark)) != std::string_view::npos &&
           std::regex_match(leak.column, std::regex(std::string(allowed.column))) &&
           std::regex_match(leak.field, std::regex(std::string(allowed.field)));
  });
}

TEST_F(Identity, NothingComesThroughThatIsNotOnTheList) {
  EXPECT_GT(marks_.plants(), 10'000U);
  for (const Leak& leak : leaks_) {
    EXPECT_TRUE(is_allowed(leak)) << leak.column << " <- " << leak.field << ": " << kind_of(leak.mark);
  }
}

TEST_F(Identity, TheListHasNothingThatDoesNotComeThrough) {
  for (const Allowed& allowed : kAllowed) {
    const bool is_needed = std::ranges::any_of(leaks_, [&](const Leak& leak) {
      return std::regex_match(leak.column, std::regex(std::string(allowed.column))) &&
             std::regex_match(leak.field, std::regex(std::string(allowed.field)));
    });
    EXPECT_TRUE(is_needed) << allowed.column << " <- " << allowed.field;
  }
}

TEST_F(Identity, FindingsRejectionsAndFilesNameNobody) {
  for (const Leak& leak : leaks_) {
    for (const char* table : {"finding.", "rejected_record.", "source_file.", "source_document.", "batch."})
      EXPECT_FALSE(leak.column.starts_with(table)) << leak.column << " <- " << leak.field;
  }
  EXPECT_EQ(number(site_, "SELECT count(*) FROM information_schema.columns WHERE column_name = 'path'"), 0);
  EXPECT_GT(number(site_, "SELECT count(*) FROM rejected_record"), 100);
  EXPECT_GT(number(site_, "SELECT count(*) FROM finding"), 100);
}

/// The whole of the edited layer's files.
std::string bytes_of(const Site& site) {
  std::string bytes;
  for (const fs::path& file : {site.edited(), fs::path(site.edited().string() + ".wal")}) {
    if (fs::exists(file)) bytes += *read_file(file, std::size_t{1} << 30U);
  }
  return bytes;
}

/// The five signs behind a stem, if they are all of a mark's, as Marks::read() takes them.
std::string mark_at(const std::string& bytes, std::size_t at, std::string_view stem) {
  const std::string_view rest = std::string_view(bytes).substr(at + stem.size());
  std::size_t size = 0;
  for (std::size_t sign = 0; sign < Marks::kDigits && size < rest.size(); ++sign) {
    const std::size_t width = static_cast<unsigned char>(rest[size]) < 0x80 ? 1 : 3;
    if (width == 1 && (rest[size] < 'a' || rest[size] > 'j')) return "";
    if (width == 3 && !rest.substr(size).starts_with("\xEF\xBD") &&
        !rest.substr(size).starts_with("\xEF\xBC"))
      return "";
    size += width;
  }
  return std::string(stem) + std::string(rest.substr(0, size));
}

// The file may hold more than the tables say: what was deleted, statistics, a log. Where a text is cut short,
// as in statistics, nothing says which field it is of.
TEST_F(Identity, TheFilesBytesHoldNothingElse) {
  const std::string bytes = bytes_of(site_);
  ASSERT_GT(bytes.size(), 1'000'000U);
  EXPECT_EQ(bytes.find("090-555"), std::string::npos);
  EXPECT_EQ(bytes.find("９２７１"), std::string::npos);
  std::set<std::size_t> shown;  // plants that stand in a column of the list
  for (const Leak& leak : leaks_) shown.insert(leak.plants.begin(), leak.plants.end());
  std::set<std::size_t> found;
  for (const std::string_view stem : {"標識花子", "ﾋｮｳｼｷ", "標識県架空市１－２", "Hyoshiki"}) {
    for (std::size_t at = bytes.find(stem); at != std::string::npos; at = bytes.find(stem, at + 1)) {
      const std::string mark = mark_at(bytes, at, stem);
      if (!mark.empty()) found.insert(Marks::read(mark).second);
    }
  }
  EXPECT_FALSE(found.empty());  // else this test would look for something that is never there
  for (const std::size_t plant : found) {
    EXPECT_TRUE(shown.contains(plant)) << (plant < marks_.plants() ? marks_.field(plant) : "no plant");
  }
}

// A hospital as it is, with all three sources: no number of a patient in any column or in the file.
TEST(IdentityOfAHospital, NoPatientsNumberIsInTheEditedLayer) {
  constexpr int kPatients = 30;
  const ScratchFolder scratch;
  HospitalOptions options;
  options.patients = kPatients;
  options.seed = 11;
  options.estimand_persons = 0;
  const auto written = write_hospital(scratch.path() / "hospital", options);
  ASSERT_THAT(written, Succeeds());
  const Site site = site_at(scratch.path() / "site");
  load(site, {.ssmix2_root = written->storage_root,
              .claims_root = scratch.path() / "hospital" / "claims",
              .dpc_root = scratch.path() / "hospital" / "dpc",
              .code_map = scratch.path() / "hospital" / "code_map.csv"});
  ASSERT_EQ(number(site, "SELECT count(*) FROM patient WHERE has_record"), kPatients);
  const std::string bytes = bytes_of(site);
  const Secret secret = *read_site_key(site);
  const PatientKeys keys(secret);
  std::set<std::string> with_patients;
  for (std::string& table :
       texts(site, "SELECT table_name FROM information_schema.columns WHERE column_name = 'patient_key'"))
    with_patients.insert(std::move(table));
  std::string whole;  // any of the numbers
  std::string own;    // whose is whose
  // 0010000000 is no number to look for: other columns are full of zeros.
  for (int patient = 1; patient < kPatients; ++patient) {
    const std::string padded = simulated_patient_number(patient);
    const std::string bare = padded.substr(padded.find_first_not_of('0'));
    ASSERT_GE(bare.size(), 7U);
    EXPECT_EQ(bytes.find(padded), std::string::npos) << patient;
    whole += (whole.empty() ? "0*(" : "|") + bare;
    own += (own.empty() ? "('" : ", ('") + *keys.key_of(PatientNumberSource::kRecord, padded) + "', '" +
           bare + "')";
  }
  whole += ")";
  std::string sql;
  for (const auto& [table, column] : text_columns(site)) {
    const std::string head =
        (sql.empty() ? "SELECT '" : " UNION ALL SELECT '") + table + "." + column + "' FROM " + table + " t ";
    sql += head + "WHERE regexp_full_match(t." + column + ", '" + whole + "')";
    if (with_patients.contains(table))
      sql += " UNION ALL SELECT '" + table + "." + column + " of the same patient' FROM " + table +
             " t JOIN own ON t.patient_key = own.k WHERE contains(t." + column + ", own.n)";
  }
  EXPECT_THAT(
      texts(site, "WITH own(k, n) AS (VALUES " + own + ") SELECT DISTINCT * FROM (" + sql + ") ORDER BY 1"),
      testing::IsEmpty());
}

}  // namespace
}  // namespace mimamori
