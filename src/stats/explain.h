#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "stats/method.h"

namespace mimamori {

/// Gives the text of a catalogue key in one language.
using TextOf = std::function<std::string(std::string_view key)>;

/// One line for each method: its name and the first sentence of its explanation.
std::string list_methods(const TextOf& text);

/// The method's paragraph, then each key with what it holds, its default and what it is for.
std::string explain_method(const Method& method, const TextOf& text);

/// The JSON Schema (draft 2020-12) of every spec, as docs/formats/stats-spec.schema.json publishes it. It
/// knows keys, kinds, words and ranges; that a column exists is known only beside the data.
Json spec_schema();

}  // namespace mimamori
