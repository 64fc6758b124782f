#pragma once

#include <map>
#include <string>
#include <vector>

#include "ingest/hl7.h"
#include "model/received.h"

namespace mimamori {

/// Gathers the OBX of microbiology into records: those of one OBX-4 within an OBR belong together, an
/// organism with its amount or a drug with its MIC (shared/reference/ssmix2.md 6.10). The last two characters
/// of a JLAC10 code say what a row gives: 14 a name, 12 an amount, all else a value. Two values never share a
/// record.
class MicrobiologyReader {
 public:
  /// The message and the file are borrowed.
  MicrobiologyReader(const Hl7Message& message, ParsedFile& file) : message_(message), file_(file) {}

  /// The segments that an OBX stands under; 0 where there is none.
  struct Place {
    std::size_t specimen = 0;  // SPM
    std::size_t request = 0;   // OBR
    std::size_t order = 0;     // ORC
  };

  /// Whether an OBX is about microbiology: its JLAC10 code, or else that of its OBR, begins with 6, or the
  /// whole file is (OML-12).
  [[nodiscard]] bool takes(const Hl7Segment& obx, const Hl7Segment& request) const;

  /// Takes the OBX with this number.
  void add(std::size_t number, const Place& place);

  /// Links the susceptibilities to their organisms; call it once, after the last segment.
  void finish();

 private:
  enum class Role { kName, kAmount, kValue };
  struct Open {              // a record that later OBX may add to
    std::size_t record = 0;  // its place in the file's records
    bool has[3] = {false, false, false};
  };
  struct Child {  // a susceptibility and the OBR that names its parent
    std::size_t record = 0;
    std::size_t request = 0;
  };
  ReceivedMicrobiology& fields_of(std::size_t record);
  std::size_t begin_record(std::size_t number, const Hl7Segment& obx, const Place& place,
                           const std::string& code);
  void fill(std::size_t record, Role role, std::size_t number, const Hl7Segment& obx);
  void link(const Child& child);

  const Hl7Message& message_;
  ParsedFile& file_;
  std::size_t request_ = 0;                       // the OBR of open_
  std::map<std::string, Open> open_;              // by OBX-4 and analyte
  std::map<std::string, std::size_t> organisms_;  // record, by JLAC10 code without its last two and OBX-4
  std::vector<Child> children_;
};

}  // namespace mimamori
