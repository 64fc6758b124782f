#pragma once

#include <string>
#include <string_view>

#include "ingest/hl7.h"
#include "model/received.h"

namespace mimamori {

/// OBX-5 as text, blanks kept. In a plain text (ST, NM, TX, FT) delimiters that were not escaped are read as
/// characters, which is noted.
std::string read_value(const Hl7Segment& obx, std::size_t number, ParsedFile& file);

/// OBX-6 as code and text. A power of ten that an unescaped ^ has cut is joined again, which is noted.
struct ObxUnit {
  std::string code;
  std::string text;
};
ObxUnit read_unit(const Hl7Segment& obx, std::size_t number, ParsedFile& file);

/// Whether a type of OBX-2 holds a code: CWE, CE, CNE, CF.
bool is_coded_type(std::string_view type);

/// The first triple of one repetition of a coded field, as written.
Coded coded_of(std::string_view repetition, const Hl7Delimiters& delimiters);

}  // namespace mimamori
