#include "script/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>

#include "base/limits.h"
#include "script/plain_words.h"

namespace mimamori {
namespace {

Text2 in_digits(std::size_t number) { return same_word(std::to_string(number)); }

/// Ends the parse from inside a callback; caught in read_yaml.
class StopReading : public std::exception {};

/// Length in bytes of the UTF-8 character that opens `text`, 0 if it is none. NUL is refused too:
/// the YAML library would take the text for UTF-16.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continued = [&](std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      if (i >= text.size() || (byte(i) & 0xC0U) != 0x80U) return false;
    }
    return true;
  };
  const unsigned char first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continued(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continued(2)) return 0;
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continued(3)) return 0;
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

/// The first place that is not UTF-8.
std::optional<ScriptPlace> first_bad_character(std::string_view text) {
  ScriptPlace place;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) return place;
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
    i += length;
  }
  return std::nullopt;
}

/// Turns the library's place (line and byte within it, from 0) into ours (characters, from 1).
class Places {
 public:
  explicit Places(std::string_view text) {
    std::size_t start = 0;
    while (start <= text.size()) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      lines_.push_back(text.substr(start, end - start));
      start = end + 1;
    }
  }
  [[nodiscard]] ScriptPlace of(const YAML::Mark& mark) const {
    ScriptPlace place{.line = std::max(mark.line, 0) + 1, .column = 1};
    const std::size_t line = static_cast<std::size_t>(place.line - 1);
    if (line >= lines_.size()) return place;
    const std::size_t bytes = static_cast<std::size_t>(std::max(mark.column, 0));
    for (const char c : lines_[line].substr(0, bytes)) {
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++place.column;
    }
    return place;
  }

 private:
  std::vector<std::string_view> lines_;
};

/// Builds the tree from the parser's events and refuses what a script may not hold.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Places& places) : places_(places) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, "", anchor,
        YamlNode{.kind = YamlNode::Kind::kNothing, .place = {}, .text = {}, .keys = {}, .items = {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { stop(mark, "yaml_anchor"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add(mark, tag, anchor,
        YamlNode{.kind = YamlNode::Kind::kScalar, .place = {}, .text = value, .keys = {}, .items = {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] bool has_root() const { return root_.has_value(); }
  YamlNode take_root() { return std::move(*root_); }
  [[nodiscard]] const ScriptProblem& problem() const { return problem_; }

 private:
  [[noreturn]] void stop(const YAML::Mark& mark, std::string_view code, NamedTexts values = {}) {
    problem_ = script_problem(places_.of(mark), code, values);
    throw StopReading();
  }

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) stop(mark, "yaml_anchor");
    // The library gives "?" for an untagged plain value and "!" for a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!") {
      stop(mark, "yaml_tag");
    }
    if (++nodes_ > limits::kScriptNodesMax) {
      stop(mark, "yaml_too_many_values", {{"max", in_digits(limits::kScriptNodesMax)}});
    }
  }

  void add(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode node) {
    check(mark, tag, anchor);
    node.place = places_.of(mark);
    place(mark, std::move(node));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    check(mark, tag, anchor);
    if (open_.size() >= limits::kScriptDepthMax) {
      stop(mark, "yaml_too_deep", {{"max", in_digits(limits::kScriptDepthMax)}});
    }
    if (expects_key()) stop(mark, "yaml_key_not_a_word");
    YamlNode node;
    node.kind = kind;
    node.place = places_.of(mark);
    open_.push_back(std::move(node));
    marks_.push_back(mark);
  }

  void close() {
    YamlNode node = std::move(open_.back());
    const YAML::Mark mark = marks_.back();
    open_.pop_back();
    marks_.pop_back();
    place(mark, std::move(node));
  }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().kind == YamlNode::Kind::kMap &&
           open_.back().keys.size() == open_.back().items.size();
  }

  /// Puts a finished node where it belongs: the root, a key, or a value.
  void place(const YAML::Mark& mark, YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    if (!expects_key()) {
      open_.back().items.push_back(std::move(node));
      return;
    }
    if (node.kind != YamlNode::Kind::kScalar) stop(mark, "yaml_key_not_a_word");
    if (open_.back().find(node.text) != nullptr) {
      stop(mark, "yaml_key_repeated", {{"found", same_word("\"" + node.text + "\"")}});
    }
    open_.back().keys.push_back(std::move(node));
  }

  const Places& places_;
  std::vector<YamlNode> open_;
  std::vector<YAML::Mark> marks_;
  std::optional<YamlNode> root_;
  std::size_t nodes_ = 0;
  ScriptProblem problem_;
};

/// The parse itself; the one place where the YAML library may throw.
std::variant<YamlNode, ScriptProblem> parse(std::string_view text) {
  const Places places(text);
  TreeBuilder builder(places);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder) || !builder.has_root()) {
      return script_problem(std::nullopt, "yaml_empty");
    }
    YamlNode root = builder.take_root();
    if (parser.HandleNextDocument(builder)) {
      return script_problem(builder.has_root() ? builder.take_root().place : ScriptPlace{},
                            "yaml_second_document");
    }
    return root;
  } catch (const StopReading&) {
    return builder.problem();
  } catch (const YAML::Exception& exception) {
    return script_problem(places.of(exception.mark), "yaml_syntax", {{"detail", same_word(exception.msg)}});
  } catch (const std::exception&) {
    return script_problem(std::nullopt, "yaml_unreadable");
  }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (std::size_t i = 0; i < items.size() && i < keys.size(); ++i) {
    if (keys[i].text == key) return &items[i];
  }
  return nullptr;
}

std::variant<YamlNode, ScriptProblem> read_yaml(std::string_view text) {
  if (text.size() > limits::kScriptBytesMax) {
    return script_problem(std::nullopt, "yaml_too_large", {{"max", in_digits(limits::kScriptBytesMax)}});
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark says nothing here
  if (const std::optional<ScriptPlace> bad = first_bad_character(text)) {
    return script_problem(*bad, "yaml_not_utf8");
  }
  return parse(text);
}

}  // namespace mimamori
