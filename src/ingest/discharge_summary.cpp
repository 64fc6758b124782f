#include "ingest/discharge_summary.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ingest/findings.h"
#include "ingest/xml_reader.h"

namespace mimamori {
namespace {

/// Sections whose observations are diagnoses of this stay, by LOINC, and the type of diagnosis as PRB-10.4
/// says it.
struct SectionKind {
  std::string_view loinc;
  std::string_view diagnosis_type;
};
constexpr std::array<SectionKind, 5> kSections = {{{"11535-2", "L"},   // hospital discharge diagnosis
                                                   {"46241-6", "H"},   // hospital admission diagnosis
                                                   {"42347-5", "H"},   // admission diagnosis
                                                   {"29308-4", ""},    // diagnosis
                                                   {"11450-4", ""}}};  // problem list

/// ICD-10 and the disease master of MEDIS (number and exchange code), by OID or by the name SS-MIX2 gives
/// them.
bool is_icd10(std::string_view system, std::string_view name) {
  return system == "2.16.840.1.113883.6.3" || name == "I10" || name == "ICD10" || name == "ICD-10";
}
bool is_medis(std::string_view system, std::string_view name) {
  return system == "1.2.392.200119.4.101.2" || system == "1.2.392.200119.4.101.6" || name == "MDCDX2";
}

class SummaryReader {
 public:
  SummaryReader(std::string_view utf8, ParsedFile& file) : xml_(utf8), file_(file) {}

  Result<void> read() {
    for (;;) {
      const XmlReader::Piece piece = TRY(xml_.next());
      if (piece == XmlReader::Piece::kDone) break;
      if (piece == XmlReader::Piece::kStart) TRY(start());
      if (piece == XmlReader::Piece::kEnd) end();
    }
    if (!is_patient_)
      return Error{ErrorCode::kInvalidInput, "patientRole/id: expected the patient number of the folder"};
    file_.segments = std::max<std::uint32_t>(entries_, 1);
    note_left_out();
    return {};
  }

 private:
  [[nodiscard]] bool is_inside(std::string_view parent) const {
    const auto& open = xml_.open();
    return open.size() >= 2 && open[open.size() - 2] == parent;
  }
  [[nodiscard]] bool is_anywhere_inside(std::string_view element) const {
    return std::find(xml_.open().begin(), xml_.open().end(), element) != xml_.open().end();
  }

  Result<void> start() {
    const std::string_view name = xml_.name();
    const std::size_t depth = xml_.open().size();
    if (depth == 1 && name != "ClinicalDocument") {
      return Error{ErrorCode::kInvalidInput, "document: expected ClinicalDocument"};
    }
    if (name == "id" && is_inside("patientRole")) {
      is_patient_ |= xml_.attribute("extension") == file_.patient_number;
    } else if (name == "effectiveTime" && depth == 2) {
      written_at_ = xml_.attribute("value");
    } else if (name == "section") {
      sections_.push_back({depth, std::nullopt});
    } else if (name == "code" && is_inside("section") && !sections_.empty()) {
      sections_.back().kind = kind_of(xml_.attribute("code"));
    } else if (name == "entry") {
      ++entries_;
    } else if (name == "observation") {
      begin_observation(depth);
    } else if (observation_depth_ != 0) {
      take_part(name);
    }
    return {};
  }

  static std::optional<SectionKind> kind_of(std::string_view loinc) {
    for (const SectionKind& kind : kSections) {
      if (kind.loinc == loinc) return kind;
    }
    return std::nullopt;
  }

  void begin_observation(std::size_t depth) {
    if (observation_depth_ != 0) return;  // one within another describes it
    observation_depth_ = depth;
    diagnosis_ = {};
    has_code_ = false;
    is_negated_ = xml_.attribute("negationInd") == "true";
  }

  void take_part(std::string_view name) {
    const std::size_t below = xml_.open().size() - observation_depth_;
    if (name == "value" && below == 1) take_code();
    if (name == "translation" && below == 2 && is_inside("value")) take_code();
    if (name == "low" && is_inside("effectiveTime") && below == 2)
      diagnosis_.diagnosed_on = xml_.attribute("value");
    if (name == "high" && is_inside("effectiveTime") && below == 2)
      diagnosis_.ended_on = xml_.attribute("value");
    if (name == "effectiveTime" && below == 1) diagnosis_.diagnosed_on = xml_.attribute("value");
  }

  void take_code() {
    const std::string code = xml_.attribute("code");
    const std::string system = xml_.attribute("codeSystem");
    const std::string system_name = xml_.attribute("codeSystemName");
    const std::string text = xml_.attribute("displayName");
    if (code.empty() && text.empty()) return;
    has_code_ = true;
    if (is_icd10(system, system_name)) {
      diagnosis_.icd10 = code;
      if (diagnosis_.disease.first.text.empty()) diagnosis_.disease.first.text = text;
    } else if (is_medis(system, system_name)) {
      diagnosis_.disease.first = {code, text.empty() ? diagnosis_.disease.first.text : text, "MDCDX2"};
    } else {
      diagnosis_.disease.second = {code, text, system_name.empty() ? system : system_name};
    }
  }

  void end() {
    const std::size_t depth = xml_.open().size() + 1;  // of the element that ended
    if (depth == observation_depth_) {
      end_observation();
      observation_depth_ = 0;
    }
    if (!sections_.empty() && sections_.back().depth == depth) sections_.pop_back();
  }

  void end_observation() {
    if (!has_code_) return;
    const std::uint32_t entry = std::max<std::uint32_t>(entries_, 1);
    const bool is_diagnosis = !sections_.empty() && sections_.back().kind.has_value() && !is_negated_ &&
                              !is_anywhere_inside("subject");
    if (!is_diagnosis) {
      if (left_out_++ == 0) first_left_out_ = entry;
      return;
    }
    diagnosis_.is_summary = true;
    diagnosis_.diagnosis_type = sections_.back().kind->diagnosis_type;
    diagnosis_.action_at = written_at_;
    file_.records.push_back({entry, std::move(diagnosis_)});
  }

  void note_left_out() {
    if (left_out_ == 0) return;
    add_finding(
        file_, findings::kSummaryEntryLeftOut, first_left_out_, "",
        std::to_string(left_out_) + " coded entries are not diagnoses of this stay, and were left out");
  }

  struct Section {
    std::size_t depth = 0;
    std::optional<SectionKind> kind;
  };
  XmlReader xml_;
  ParsedFile& file_;
  bool is_patient_ = false;
  std::string written_at_;
  std::vector<Section> sections_;
  std::uint32_t entries_ = 0;
  std::size_t observation_depth_ = 0;  // 0: in none
  bool has_code_ = false;
  bool is_negated_ = false;
  ReceivedDiagnosis diagnosis_;
  std::size_t left_out_ = 0;
  std::uint32_t first_left_out_ = 0;
};

}  // namespace

Result<void> read_discharge_summary(std::string_view utf8, ParsedFile& file) {
  return SummaryReader(utf8, file).read();
}

}  // namespace mimamori
