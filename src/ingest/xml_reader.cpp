#include "ingest/xml_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace mimamori {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool ends_name(char c) {
  return is_space(c) || c == '=' || c == '/' || c == '>' || c == '<' || c == '"' || c == '\'';
}

std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

std::string_view take_name(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), ends_name);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  return name;
}

void append_utf8(std::string& text, unsigned long character) {
  const auto add = [&](unsigned long byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0U | (character >> 6U));
    add(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    add(0xE0U | (character >> 12U));
    add(0x80U | ((character >> 6U) & 0x3FU));
    add(0x80U | (character & 0x3FU));
  } else {
    add(0xF0U | (character >> 18U));
    add(0x80U | ((character >> 12U) & 0x3FU));
    add(0x80U | ((character >> 6U) & 0x3FU));
    add(0x80U | (character & 0x3FU));
  }
}

/// Appends what an entity stands for, given without & and ;. False if it stands for no character.
bool append_entity(std::string& text, std::string_view entity) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [name, character] : kNamed) {
    if (entity != name) continue;
    text += character;
    return true;
  }
  if (!entity.starts_with('#')) return false;
  const bool is_hex = entity.starts_with("#x");
  const std::string_view digits = entity.substr(is_hex ? 2 : 1);
  unsigned long character = 0;
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), character, is_hex ? 16 : 10);
  const bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size() ||
      character < 0x20 || character > 0x10FFFF || is_surrogate) {
    return false;
  }
  append_utf8(text, character);
  return true;
}

std::string without_entities(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('&'), text.size());
    plain.append(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    const std::size_t end = text.substr(0, 12).find(';');
    if (end != std::string_view::npos && append_entity(plain, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
    } else {
      plain += '&';
      text.remove_prefix(1);
    }
  }
  return plain;
}

}  // namespace

Error XmlReader::error(std::string_view expectation) const {
  return Error{ErrorCode::kInvalidInput, "document, byte " + std::to_string(all_.size() - rest_.size()) +
                                             ": expected " + std::string(expectation)};
}

std::string XmlReader::attribute(std::string_view name) const {
  for (const Attribute& attribute : attributes_) {
    if (attribute.name == name) return without_entities(attribute.value);
  }
  return {};
}

Result<void> XmlReader::skip_to(std::string_view end) {
  const std::size_t at = rest_.find(end);
  if (at == std::string_view::npos) return error("\"" + std::string(end) + "\"");
  rest_.remove_prefix(at + end.size());
  return {};
}

Result<XmlReader::Piece> XmlReader::next() {
  if (ends_at_once_) {
    ends_at_once_ = false;
    return end_element(name_);
  }
  while (!rest_.empty()) {
    if (rest_.front() != '<') {
      rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
      return Piece::kText;
    }
    if (rest_.starts_with("<!--")) {
      rest_.remove_prefix(4);
      TRY(skip_to("-->"));
    } else if (rest_.starts_with("<![CDATA[")) {
      TRY(skip_to("]]>"));
      return Piece::kText;
    } else if (rest_.starts_with("<?")) {
      TRY(skip_to("?>"));
    } else if (rest_.starts_with("<!")) {
      return error("no document type declaration");
    } else {
      return read_tag();
    }
  }
  if (!open_.empty()) return error("the end of an element");
  return Piece::kDone;
}

Result<XmlReader::Piece> XmlReader::read_tag() {
  // A '>' within quotes does not end the tag.
  char quote = 0;
  std::size_t end = 1;
  for (; end < rest_.size(); ++end) {
    const char c = rest_[end];
    if (quote != 0)
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      break;
  }
  if (end == rest_.size()) return error("> at the end of a tag");
  std::string_view tag = rest_.substr(1, end - 1);
  if (!tag.starts_with('/')) return read_start(tag);
  tag.remove_prefix(1);
  const std::string_view name = without_prefix(take_name(tag));
  const Piece piece = TRY(end_element(name));
  rest_.remove_prefix(end + 1);
  return piece;
}

Result<XmlReader::Piece> XmlReader::end_element(std::string_view name) {
  if (open_.empty() || open_.back() != name) return error("the end of the element that is open");
  name_ = name;
  open_.pop_back();
  return Piece::kEnd;
}

Result<XmlReader::Piece> XmlReader::read_start(std::string_view tag) {
  const std::size_t length = tag.size();
  if (tag.ends_with('/')) {
    ends_at_once_ = true;
    tag.remove_suffix(1);
  }
  name_ = without_prefix(take_name(tag));
  if (name_.empty()) return error("the name of an element");
  if (open_.size() == kDepthMax)
    return error("at most " + std::to_string(kDepthMax) + " elements in one another");
  attributes_.clear();
  for (skip_spaces(tag); !tag.empty(); skip_spaces(tag)) {
    const std::string_view name = without_prefix(take_name(tag));
    skip_spaces(tag);
    if (name.empty() || !tag.starts_with('=')) return error("an attribute and =");
    tag.remove_prefix(1);
    skip_spaces(tag);
    if (tag.empty() || (tag[0] != '"' && tag[0] != '\'')) return error("a quoted value");
    const std::size_t close = tag.find(tag[0], 1);
    if (close == std::string_view::npos || attributes_.size() == kAttributesMax)
      return error("the end of a value");
    attributes_.push_back({name, tag.substr(1, close - 1)});
    tag.remove_prefix(close + 1);
  }
  open_.push_back(name_);
  rest_.remove_prefix(length + 2);
  return Piece::kStart;
}

}  // namespace mimamori
