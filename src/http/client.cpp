#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <utility>

#include "http/openssl.h"

namespace mimamori {
namespace {

using CurlOwner = std::unique_ptr<CURL, FreeWith<curl_easy_cleanup>>;
using HeadersOwner = std::unique_ptr<curl_slist, FreeWith<curl_slist_free_all>>;

struct Receiving {
  TransportReply reply;
  std::size_t body_bytes_max = 0;
  std::size_t head_bytes = 0;
  bool too_long = false;
};

struct Sending {
  std::string_view rest;
  std::string_view whole;
};

std::size_t take_body(char* data, std::size_t /*one*/, std::size_t size, void* user) {
  auto& receiving = *static_cast<Receiving*>(user);
  if (receiving.reply.body.size() + size > receiving.body_bytes_max) {
    receiving.too_long = true;
    return 0;
  }
  receiving.reply.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t /*one*/, std::size_t size, void* user) {
  auto& receiving = *static_cast<Receiving*>(user);
  receiving.head_bytes += size;
  if (receiving.head_bytes > limits::kReplyHeadBytesMax) {
    receiving.too_long = true;
    return 0;
  }
  std::string_view line(data, size);
  if (line.starts_with("HTTP/")) receiving.reply.headers.clear();  // of the proxy before
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  Header header{.name = std::string(line.substr(0, colon)), .value = {}};
  std::ranges::transform(header.name, header.name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  line.remove_prefix(colon + 1);
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos) {
    header.value = line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
  }
  receiving.reply.headers.push_back(std::move(header));
  return size;
}

std::size_t give_body(char* buffer, std::size_t /*one*/, std::size_t size, void* user) {
  auto& sending = *static_cast<Sending*>(user);
  const std::size_t count = std::min(size, sending.rest.size());
  std::ranges::copy(sending.rest.substr(0, count), buffer);
  sending.rest.remove_prefix(count);
  return count;
}

/// libcurl starts again from the beginning when a kept connection turns out to be dead.
int rewind_body(void* user, curl_off_t offset, int origin) {
  auto& sending = *static_cast<Sending*>(user);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > sending.whole.size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  sending.rest = sending.whole.substr(static_cast<std::size_t>(offset));
  return CURL_SEEKFUNC_OK;
}

Error error_of(CURLcode code, const Receiving& receiving) {
  const std::string text = std::string("network: ") + curl_easy_strerror(code);
  if (receiving.too_long) return Error{ErrorCode::kInvalidInput, "network: expected a shorter reply"};
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM: return Error{ErrorCode::kPermissionDenied, text};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Error{ErrorCode::kInvalidInput, text};
    case CURLE_OUT_OF_MEMORY: return Error{ErrorCode::kIo, text};
    default: return Error{ErrorCode::kUnavailable, text};
  }
}

void set_blob(CURL* curl, CURLoption option, const std::string& bytes) {
  curl_blob blob{.data = const_cast<char*>(bytes.data()),  // NOLINT(*-const-cast): it only reads, and copies
                 .len = bytes.size(),
                 .flags = CURL_BLOB_COPY};
  ENSURE(curl_easy_setopt(curl, option, &blob) == CURLE_OK);
}

/// libcurl's setopt is variadic: this says that an option that we know is taken.
template <class T>
void set(CURL* curl, CURLoption option, T value) {
  ENSURE(curl_easy_setopt(curl, option, value) == CURLE_OK);
}

void set_identity(CURL* curl, const ClientSettings& settings) {
  // Only the given authority, not those of the machine.
  set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(curl, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set_blob(curl, CURLOPT_CAINFO_BLOB, settings.authority);
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (settings.certificate.empty()) return;
  set(curl, CURLOPT_SSLCERTTYPE, "PEM");
  set(curl, CURLOPT_SSLKEYTYPE, "PEM");
  set_blob(curl, CURLOPT_SSLCERT_BLOB, settings.certificate);
  set_blob(curl, CURLOPT_SSLKEY_BLOB, settings.key.pem_for_key_file());
}

void set_connection(CURL* curl, const ClientSettings& settings) {
  set(curl, CURLOPT_PROTOCOLS_STR, "https");
  set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  set(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
  set(curl, CURLOPT_BUFFERSIZE, 128L * 1024);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  set(curl, CURLOPT_PROXY, settings.proxy.c_str());  // empty: none, not the environment's
  set(curl, CURLOPT_NOPROXY, "");
  if (settings.proxy.empty()) return;
  set(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!settings.proxy_user_password.empty()) {
    set(curl, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(curl, CURLOPT_PROXYUSERPWD, settings.proxy_user_password.c_str());
  }
}

void set_method(CURL* curl, const TransportRequest& request, Sending& sending) {
  if (request.method == "GET") {
    set(curl, CURLOPT_HTTPGET, 1L);
  } else if (request.method == "HEAD") {
    set(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    set(curl, CURLOPT_UPLOAD, 1L);
    set(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(curl, CURLOPT_READFUNCTION, &give_body);
    set(curl, CURLOPT_READDATA, &sending);
    set(curl, CURLOPT_SEEKFUNCTION, &rewind_body);
    set(curl, CURLOPT_SEEKDATA, &sending);
    set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else {
    set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

HeadersOwner header_list(const TransportRequest& request) {
  // libcurl would ask for permission before a long body, which a server of ours does not answer.
  HeadersOwner list(curl_slist_append(nullptr, "Expect:"));
  for (const Header& header : request.headers) {
    curl_slist* longer = curl_slist_append(list.get(), (header.name + ": " + header.value).c_str());
    ENSURE(longer != nullptr);
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

}  // namespace

std::string_view TransportReply::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

struct HttpClient::Inside {
  ClientSettings settings;
  CurlOwner curl;
};

HttpClient::HttpClient(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::make(ClientSettings settings) {
  static std::once_flag once;
  std::call_once(once, [] {
    ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is an error, not the end of the program
  });
  if (!settings.origin.starts_with("https://") || settings.origin.find('/', 8) != std::string::npos) {
    return Error{ErrorCode::kInvalidInput, "network: expected an address https://name:port"};
  }
  auto inside = std::make_unique<Inside>();
  inside->settings = std::move(settings);
  inside->curl.reset(curl_easy_init());
  if (!inside->curl) return Error{ErrorCode::kIo, "network: cannot start libcurl"};
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(inside)));
}

Result<TransportReply> HttpClient::send(const TransportRequest& request) {
  CURL* curl = inside_->curl.get();
  curl_easy_reset(curl);  // the options; the open connection stays
  set_connection(curl, inside_->settings);
  set_identity(curl, inside_->settings);
  Sending sending{.rest = request.body, .whole = request.body};
  set_method(curl, request, sending);
  const std::string url = inside_->settings.origin + request.target;
  set(curl, CURLOPT_URL, url.c_str());
  set(curl, CURLOPT_PATH_AS_IS, 1L);
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  const HeadersOwner headers = header_list(request);
  set(curl, CURLOPT_HTTPHEADER, headers.get());
  Receiving receiving;
  receiving.body_bytes_max = request.reply_bytes_max;
  set(curl, CURLOPT_WRITEFUNCTION, &take_body);
  set(curl, CURLOPT_WRITEDATA, &receiving);
  set(curl, CURLOPT_HEADERFUNCTION, &take_header);
  set(curl, CURLOPT_HEADERDATA, &receiving);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return error_of(code, receiving);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  receiving.reply.status = static_cast<int>(status);
  return std::move(receiving.reply);
}

}  // namespace mimamori
