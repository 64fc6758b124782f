#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/limits.h"
#include "http/message.h"

namespace mimamori {

struct TransportRequest {
  std::string method = "GET";
  std::string target = "/";  // "/v1/poll?cursor=3"
  std::vector<Header> headers = {};
  std::string_view body = {};  // must live until the reply is there
  std::chrono::milliseconds timeout{60'000};
  std::size_t reply_bytes_max = limits::kReplyBytesMax;
};

struct TransportReply {
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One request, one reply. Tests put a network of their own behind it.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  /// Any reply is a success, a 500 too.
  /// Errors  kUnavailable: nobody there, cut off or too slow: try again; kPermissionDenied: the other
  ///         side is not who it ought to be; kInvalidInput: the reply is too long; kIo.
  virtual Result<TransportReply> send(const TransportRequest& request) = 0;
};

}  // namespace mimamori
