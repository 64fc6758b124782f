#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/limits.h"

namespace mimamori {

struct Header {
  std::string name;  // lower case in requests
  std::string value;
};

/// Who is at the other end of a connection.
struct Peer {
  std::string address;             // of the network: "127.0.0.1"
  std::string certificate_sha256;  // of a client certificate that our CA has signed and that is in
                                   // its time; empty if none was shown. Revocation is the caller's
  std::string certificate_name;    // its common name
};

/// Takes a body piece by piece while it arrives. Destroyed before the handler was called, it must
/// undo what it did: the rest never came.
class BodySink {
 public:
  BodySink() = default;
  virtual ~BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual Result<void> write(std::string_view piece) = 0;
};

struct Request {
  std::string method;
  std::string path;                                // as sent, percent signs and all
  std::map<std::string, std::string> path_values;  // of the {names} in the route's pattern
  std::map<std::string, std::string> query;        // decoded; a name given twice is refused
  std::vector<Header> headers;                     // each at most once, but for lists
  std::uint64_t body_bytes = 0;
  std::string body;                // empty if the route has a sink
  std::shared_ptr<BodySink> sink;  // the route's, with the whole body in it
  Peer peer;
  std::any caller;            // what the listener's gate found out, for the handler
  bool wait_is_over = false;  // a Wait has timed out: a Response is expected now

  /// The value of a header, its name in lower case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A reply's body that is read from the disk while it is sent.
struct FileBody {
  std::filesystem::path path;
  std::uint64_t size_bytes = 0;
};

struct Response {
  int status = 200;
  std::string content_type = {};  // empty if there is no body
  std::vector<Header> headers = {};
  std::string body = {};
  std::optional<FileBody> file = {};  // instead of body
};

/// "Ask me again when `topic` is notified, or at the latest after `at_most`." No thread is held.
struct Wait {
  std::string topic;
  std::chrono::milliseconds at_most{0};
};

using Reply = std::variant<Response, Wait>;
using Handler = std::function<Reply(Request&)>;
using SinkOpener = std::function<Result<std::unique_ptr<BodySink>>(const Request&)>;

/// Who may use a route, in the words of whoever made it; the gate of the listener judges it.
struct Access {
  std::string audience = {};  // "public", "staff", "site"
  std::vector<std::string> roles = {};
};

/// One address of a listener. A listener's routes are a table, so that a test can walk it.
struct Route {
  std::string method;   // GET also answers HEAD
  std::string pattern;  // "/api/v1/requests/{id}"; "{path...}" at the end takes the rest, "/" and all
  Access access;
  Handler handler;  // runs in a worker thread, may be slow
  std::size_t body_bytes_max = limits::kBodyBytesMax;
  SinkOpener open_sink = nullptr;  // for bodies that are not to lie in memory
};

/// Looks at each request before its body is read: a Response refuses it. May set request.caller.
using Gate = std::function<std::optional<Response>(const Route&, Request&)>;

}  // namespace mimamori
