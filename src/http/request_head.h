#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/limits.h"
#include "http/message.h"

namespace mimamori {

/// Why a request is refused before anything else looks at it; the connection is closed.
struct HeadProblem {
  int status = 400;
  std::string_view reason;  // one of ours, never a piece of the request
};

/// A request line and headers that leave no doubt.
struct RequestHead {
  std::string method;
  std::string target;                        // as sent
  std::string path;                          // the target before '?'
  std::vector<std::string> segments;         // of the path, decoded: "/a/b%20c" is {"a", "b c"}
  std::map<std::string, std::string> query;  // decoded
  std::vector<Header> headers;               // names in lower case
  std::uint64_t content_length = 0;
  bool keep_alive = true;
};

/// Where the head of a request ends: the length including the empty line, nothing if it is not all
/// there yet, or a problem that more bytes cannot mend.
std::variant<std::optional<std::size_t>, HeadProblem> find_head_end(std::string_view bytes,
                                                                    const HttpLimits& limits);

/// Reads a head that find_head_end has found, strictly: what two programs could understand differently (RFC
/// 9112 sections 2.2, 5.1, 5.2, 6.1 and 6.3, and what attackers made of them) is refused, not mended (S18).
std::variant<RequestHead, HeadProblem> read_request_head(std::string_view bytes);

}  // namespace mimamori
