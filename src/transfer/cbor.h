#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mimamori {

/// A document as bytes: deterministic CBOR (RFC 8949, section 4.2.1), so that one meaning has one byte
/// string and so one hash. Text, byte strings, integers, booleans, null, arrays, and maps with text keys;
/// no floating-point numbers (their text is sent where a document needs one) and no tags.
std::string to_cbor(const nlohmann::json& document);

/// Reads one document that fills the bytes. Every byte string that to_cbor would not write is refused:
/// duplicate or unsorted keys, lengths and integers not in their shortest form, indefinite lengths, text
/// that is not UTF-8, trailing bytes, more nesting than limits::kDocumentDepthMax.
///
/// Errors  kInvalidInput, with the offset of the first byte that does not fit.
Result<nlohmann::json> from_cbor(std::string_view bytes);

}  // namespace mimamori
