#include "http/request_head.h"

#include <algorithm>
#include <array>

namespace mimamori {
namespace {

using Problem = std::optional<HeadProblem>;

Problem bad(std::string_view reason, int status = 400) { return HeadProblem{status, reason}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_visible(char c) { return c > 0x20 && c < 0x7F; }

bool is_token_character(char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Visible, space, tab, or part of a longer character.
bool is_value_character(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Undoes %XX once; nothing for a broken one or for a control character.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    result.push_back(c);
  }
  return result;
}

/// The text before the separator, which is taken away with it.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

Problem read_path(std::string_view path, RequestHead& head) {
  head.path = path;
  path.remove_prefix(1);
  while (true) {
    const bool is_last = path.find('/') == std::string_view::npos;
    std::optional<std::string> segment = decoded(take_until(path, '/'), false);
    // A separator in disguise or a step upwards would mean different files to different programs.
    if (!segment || segment->find_first_of("/\\") != std::string::npos || *segment == "." ||
        *segment == "..") {
      return bad("expected a plain path");
    }
    head.segments.push_back(*std::move(segment));
    if (is_last) return {};
  }
}

Problem read_query(std::string_view query, RequestHead& head) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    const std::optional<std::string> plain_name = decoded(name, true);
    std::optional<std::string> plain_value = decoded(value, true);
    if (!plain_name || plain_name->empty() || !plain_value) return bad("expected name=value in the query");
    if (!head.query.emplace(*plain_name, *std::move(plain_value)).second) {
      return bad("expected each name once in the query");
    }
  }
  return {};
}

Problem read_request_line(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("expected a request line");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (method.empty() || method.size() > 16 || !std::ranges::all_of(method, is_upper)) {
    return bad("expected a method in capital letters");
  }
  if (target.size() > limits::kTargetBytesMax) return bad("expected a shorter address", 414);
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_visible) ||
      target.find('#') != std::string_view::npos) {
    return bad("expected an address that begins with a slash");
  }
  if (version != "HTTP/1.1") {
    const bool other_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                               version[6] == '.' && is_digit(version[7]);
    return bad("expected HTTP/1.1", other_version ? 505 : 400);
  }
  head.method = method;
  head.target = target;
  const std::size_t question = std::min(target.find('?'), target.size());
  if (Problem problem = read_path(target.substr(0, question), head)) return problem;
  return read_query(target.substr(std::min(question + 1, target.size())), head);
}

/// Headers whose values may come on several lines; any other one twice is a trap.
bool may_repeat(std::string_view name) {
  constexpr std::array kLists = {"accept",        "accept-encoding", "accept-language",
                                 "cache-control", "forwarded",       "pragma",
                                 "via",           "x-forwarded-for"};
  return std::ranges::find(kLists, name) != kLists.end();
}

Problem read_header(std::string_view line, RequestHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return bad("expected a header with a name and a colon");
  const std::string_view name = line.substr(0, colon);
  // A space before the colon or at the start of a line (obsolete folding) ends up here too.
  if (!std::ranges::all_of(name, is_token_character)) return bad("expected a plain header name");
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!std::ranges::all_of(value, is_value_character)) return bad("expected a plain header value");
  Header header{.name = lower(name), .value = std::string(value)};
  const bool repeated =
      std::ranges::any_of(head.headers, [&](const Header& other) { return other.name == header.name; });
  if (repeated && !may_repeat(header.name)) return bad("expected each header once");
  head.headers.push_back(std::move(header));
  return {};
}

const std::string* find(const RequestHead& head, std::string_view name) {
  const auto found = std::ranges::find(head.headers, name, &Header::name);
  return found == head.headers.end() ? nullptr : &found->value;
}

/// How long the body is: by Content-Length alone, and only where a body belongs.
Problem read_length(RequestHead& head) {
  const std::string* length = find(head, "content-length");
  if (find(head, "transfer-encoding") != nullptr) {
    return length != nullptr ? bad("expected one length, not two") : bad("expected Content-Length", 501);
  }
  const bool has_body = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (length == nullptr) return has_body ? bad("expected Content-Length", 411) : Problem{};
  if (length->empty() || length->size() > 18 || !std::ranges::all_of(*length, is_digit)) {
    return bad("expected Content-Length as a number");
  }
  for (const char c : *length)
    head.content_length = head.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  if (!has_body && head.content_length > 0) return bad("expected no body with this method");
  return {};
}

Problem read_connection(RequestHead& head) {
  const std::string* connection = find(head, "connection");
  if (connection == nullptr) return {};
  std::string_view rest = *connection;
  while (!rest.empty()) {
    const std::string option = lower(trimmed(take_until(rest, ',')));
    // Anything else names a header that a proxy should drop, Content-Length for example.
    if (option != "close" && option != "keep-alive") return bad("expected close or keep-alive");
    if (option == "close") head.keep_alive = false;
  }
  return {};
}

bool is_host_character(char c) { return is_token_character(c) || c == ':' || c == '[' || c == ']'; }

Problem check_meaning(RequestHead& head) {
  const std::string* host = find(head, "host");
  if (host == nullptr || host->empty() || !std::ranges::all_of(*host, is_host_character)) {
    return bad("expected one Host");
  }
  if (find(head, "expect") != nullptr) return bad("expected no Expect", 417);
  if (find(head, "upgrade") != nullptr) return bad("expected no Upgrade");
  if (Problem problem = read_connection(head)) return problem;
  return read_length(head);
}

}  // namespace

std::variant<std::optional<std::size_t>, HeadProblem> find_head_end(std::string_view bytes,
                                                                    const HttpLimits& limits) {
  std::size_t line_start = 0;
  for (std::size_t lines = 1;; ++lines) {
    const std::size_t newline = bytes.find('\n', line_start);
    // A client that never ends its line, or its headers, is stopped at the limit.
    if (std::min(newline, bytes.size()) >= limits.head_bytes)
      return HeadProblem{431, "expected shorter headers"};
    if (newline == std::string_view::npos) return std::optional<std::size_t>();
    if (newline == line_start || bytes[newline - 1] != '\r') return HeadProblem{400, "expected CR LF"};
    if (newline == line_start + 1) return std::optional(newline + 1);
    // The request line, then the headers.
    if (lines > limits.header_count + 1) return HeadProblem{431, "expected fewer headers"};
    line_start = newline + 1;
  }
}

std::variant<RequestHead, HeadProblem> read_request_head(std::string_view bytes) {
  RequestHead head;
  std::string_view rest = bytes;
  const auto next_line = [&rest]() -> std::optional<std::string_view> {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  };
  const std::optional<std::string_view> request_line = next_line();
  if (!request_line) return HeadProblem{400, "expected a request line"};
  if (const Problem problem = read_request_line(*request_line, head)) return *problem;
  while (true) {
    const std::optional<std::string_view> line = next_line();
    if (!line) return HeadProblem{400, "expected an empty line after the headers"};
    if (line->empty()) break;
    if (const Problem problem = read_header(*line, head)) return *problem;
  }
  if (!rest.empty()) return HeadProblem{400, "expected nothing after the empty line"};
  if (const Problem problem = check_meaning(head)) return *problem;
  return head;
}

}  // namespace mimamori
