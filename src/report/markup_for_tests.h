#pragma once

// For tests only: a strict reader of the XML-shaped subset of HTML that report/ writes.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mimamori {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;               // of the element itself and all inside it, entities as written
  std::vector<std::string> path;  // names of the elements around it
};

namespace markup_reading {

inline Error broken(std::string_view all, std::size_t place, std::string_view what) {
  return {ErrorCode::kInvalidInput, std::string(what) + " near: " + std::string(all.substr(place, 60))};
}

/// Reads ' name="value"' from place on; false where the form is another.
inline bool read_attribute(std::string_view all, std::size_t& place, Element& element) {
  const std::size_t equals = all.find('=', place);
  if (equals == std::string_view::npos || equals + 1 >= all.size() || all[equals + 1] != '"') return false;
  const std::size_t end = all.find('"', equals + 2);
  if (end == std::string_view::npos) return false;
  const std::string name(all.substr(place + 1, equals - place - 1));
  const std::string_view value = all.substr(equals + 2, end - equals - 2);
  if (name.find_first_of(" <>\"'") != std::string::npos || value.find('<') != std::string_view::npos)
    return false;
  place = end + 1;
  return element.attributes.emplace(name, value).second;  // no attribute twice
}

}  // namespace markup_reading

/// All elements in the order of their opening tags. Errors  kInvalidInput: a tag left open or closed
/// out of order, an attribute without quotes or twice, a bare & or <.
inline Result<std::vector<Element>> read_markup(std::string_view all) {
  using markup_reading::broken;
  std::vector<Element> elements;
  std::vector<std::size_t> open;
  for (std::size_t place = 0; place < all.size();) {
    if (all[place] != '<') {
      const bool raw =
          !open.empty() && (elements[open.back()].name == "style" || elements[open.back()].name == "script");
      if (all[place] == '&' && !raw && all.substr(place, 7).find(';') == std::string_view::npos) {
        return broken(all, place, "bare &");
      }
      for (const std::size_t index : open) elements[index].text += all[place];
      ++place;
      continue;
    }
    if (all.substr(place, 9) == "<!DOCTYPE") {
      place = all.find('>', place) + 1;
      continue;
    }
    if (all[place + 1] == '/') {
      const std::size_t end = all.find('>', place);
      if (open.empty() || end == std::string_view::npos) return broken(all, place, "stray closing tag");
      if (elements[open.back()].name != all.substr(place + 2, end - place - 2))
        return broken(all, place, "crossed tags");
      open.pop_back();
      place = end + 1;
      continue;
    }
    const std::size_t name_end = all.find_first_of(" />\n", place + 1);
    if (name_end == std::string_view::npos || name_end == place + 1) return broken(all, place, "bare <");
    Element element;
    element.name = all.substr(place + 1, name_end - place - 1);
    for (const std::size_t index : open) element.path.push_back(elements[index].name);
    const std::size_t start = place;
    place = name_end;
    while (place < all.size() && all[place] == ' ') {
      if (!markup_reading::read_attribute(all, place, element)) return broken(all, start, "bad attribute");
    }
    elements.push_back(element);
    if (all.substr(place, 2) == "/>") {
      place += 2;
    } else if (place < all.size() && all[place] == '>') {
      open.push_back(elements.size() - 1);
      ++place;
    } else {
      return broken(all, start, "tag without end");
    }
  }
  if (!open.empty()) return Error{ErrorCode::kInvalidInput, "left open: " + elements[open.back()].name};
  return elements;
}

/// The elements that have an attribute, or that have it with a value.
inline std::vector<Element> with_attribute(const std::vector<Element>& all, const std::string& name,
                                           const std::string& value = "") {
  std::vector<Element> found;
  for (const Element& element : all) {
    const auto place = element.attributes.find(name);
    if (place != element.attributes.end() && (value.empty() || place->second == value))
      found.push_back(element);
  }
  return found;
}

inline std::vector<Element> named(const std::vector<Element>& all, std::string_view name) {
  std::vector<Element> found;
  for (const Element& element : all) {
    if (element.name == name) found.push_back(element);
  }
  return found;
}

}  // namespace mimamori
