#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "base/result.h"
#include "http/message.h"

namespace mimamori {

/// The HTTP status of an error's code.
int status_of(ErrorCode code);

/// Whether an error's sentence may go to whoever asked. Our sentences hold no value of a record,
/// but inside a hospital they may name files and tables.
enum class Sentence { kHidden, kShown };

/// application/problem+json (RFC 9457): status, title, our code, and the sentence if it may be shown.
Response problem(const Error& error, Sentence sentence = Sentence::kHidden);
Response problem(int status, std::string_view title, std::string_view detail = {});

Response json_response(int status, std::string body);
Response cbor_response(int status, std::string body);
Response no_content();

/// What every reply to a browser carries (portal.md section 5.7): the content security policy, no
/// sniffing, no referrer, an opener of its own, HSTS. Nothing is stored unless the reply says so.
void add_security_headers(Response& response);

/// The reply as it goes out, up to and including the empty line. A header with a line break in it
/// is our own mistake; the reply becomes a plain 500.
std::string head_of(Response& response, bool keep_alive);

/// Files built into the program, with ETag and 304.
class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files);
  /// The file of a path such as "assets/index-4f3a.js", or a 404. Names with a hash in them
  /// ("assets/…") are for ever, all others are asked for again each time.
  [[nodiscard]] Response serve(const Request& request, std::string_view path) const;

 private:
  struct File {
    std::string path;
    std::string_view content;
    std::string etag;
  };
  std::vector<File> files_;
};

}  // namespace mimamori
