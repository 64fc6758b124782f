#include "http/response.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hash.h"

namespace mimamori {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

std::string_view content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/vnd.microsoft.icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".csv", "text/csv; charset=utf-8"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

void set_if_absent(Response& response, std::string_view name, std::string_view value) {
  const bool present =
      std::ranges::any_of(response.headers, [&](const Header& header) { return header.name == name; });
  if (!present) response.headers.push_back({std::string(name), std::string(value)});
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool has_plain_headers(const Response& response) {
  return is_plain(response.content_type) && std::ranges::all_of(response.headers, [](const Header& header) {
           return !header.name.empty() && is_plain(header.name) && is_plain(header.value);
         });
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput: return 422;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kPermissionDenied: return 403;
    case ErrorCode::kUnsupported: return 501;
    case ErrorCode::kUnavailable: return 503;
    case ErrorCode::kNotEstimable: return 422;
    case ErrorCode::kDisclosureRefused: return 403;
    case ErrorCode::kIo: return 500;
  }
  return 500;
}

Response problem(const Error& error, Sentence sentence) {
  const int status = status_of(error.code);
  nlohmann::json body = {{"status", status},
                         {"title", std::string(reason_of(status))},
                         {"code", std::string(name_of(error.code))}};
  if (sentence == Sentence::kShown) body["detail"] = error.sentence;
  using ErrorHandler = nlohmann::json::error_handler_t;
  return {.status = status,
          .content_type = "application/problem+json",
          .body = body.dump(-1, ' ', false, ErrorHandler::replace)};
}

Response problem(int status, std::string_view title, std::string_view detail) {
  nlohmann::json body = {{"status", status}, {"title", std::string(title)}};
  if (!detail.empty()) body["detail"] = std::string(detail);
  return {.status = status, .content_type = "application/problem+json", .body = body.dump()};
}

Response json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

Response cbor_response(int status, std::string body) {
  return {.status = status, .content_type = "application/cbor", .body = std::move(body)};
}

Response no_content() { return {.status = 204}; }

void add_security_headers(Response& response) {
  set_if_absent(response, "Content-Security-Policy", kContentSecurityPolicy);
  set_if_absent(response, "X-Content-Type-Options", "nosniff");
  set_if_absent(response, "Referrer-Policy", "no-referrer");
  set_if_absent(response, "Cross-Origin-Opener-Policy", "same-origin");
  set_if_absent(response, "Cross-Origin-Resource-Policy", "same-origin");
  set_if_absent(response, "X-Frame-Options", "DENY");
  set_if_absent(response, "Strict-Transport-Security", "max-age=31536000");
  set_if_absent(response, "Cache-Control", "no-store");
}

std::string head_of(Response& response, bool keep_alive) {
  if (!has_plain_headers(response)) response = problem(500, "Internal Server Error");
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason_of(response.status)) + "\r\n";
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body) {
    const std::uint64_t size = response.file ? response.file->size_bytes : response.body.size();
    head += "Content-Length: " + std::to_string(size) + "\r\n";
    if (!response.content_type.empty()) head += "Content-Type: " + response.content_type + "\r\n";
  } else {
    response.body.clear();
    response.file.reset();
  }
  for (const Header& header : response.headers) head += header.name + ": " + header.value + "\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    files_.push_back({.path = std::string(file.path),
                      .content = file.content,
                      .etag = "\"" + sha256_hex(file.content).substr(0, 32) + "\""});
  }
}

Response StaticFiles::serve(const Request& request, std::string_view path) const {
  const auto file = std::ranges::find(files_, path, &File::path);
  if (file == files_.end()) return problem(404, "Not Found");
  const bool for_ever = path.starts_with("assets/");
  Response response{
      .status = 200,
      .content_type = std::string(content_type_of(path)),
      .headers = {{"ETag", file->etag},
                  {"Cache-Control", for_ever ? "public, max-age=31536000, immutable" : "no-cache"}}};
  if (request.header("if-none-match") == file->etag) {
    response.status = 304;
  } else {
    response.body = file->content;
  }
  return response;
}

}  // namespace mimamori
