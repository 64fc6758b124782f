#pragma once

// For tests in this folder: requests that two programs could read differently (S18).

#include <string>
#include <vector>

namespace mimamori {

struct SmugglingCase {
  std::string bytes;
  int status = 400;
};

/// Lengths in other words, each as the value of Content-Length.
inline std::vector<std::string> strange_lengths() {
  return {"",     "+5",   "-5",        "-0",           "0x5",
          "5,5",  "5, 5", "5 5",       "5;",           "5.0",
          "1e1",  "five", "05,",       "\"5\"",        "5\t5",
          "5 ,6", "0b11", "5\xc2\xa0", "\xef\xbc\x95", "99999999999999999999",
          "5_0",  "5\v"};
}

/// Names that some programs take for Transfer-Encoding or Content-Length.
inline std::vector<std::string> strange_names() {
  return {"Transfer-Encoding ",        " Transfer-Encoding",    "\tTransfer-Encoding",
          "Transfer-Encoding\t",       "Content-Length ",       "Transfer\x01-Encoding",
          "Transfer-Encoding\v",       "\"Transfer-Encoding\"", "Transfer Encoding",
          "Content-Length\x7f",        "(Content-Length)",      "Content-Length,",
          "Transfer-Encoding\xc2\xa0", "[Content-Length]"};
}

inline std::vector<std::string> strange_encodings() {
  return {"chunked",
          "Chunked",
          "CHUNKED",
          "identity",
          "chunked, identity",
          "identity, chunked",
          "gzip",
          "x",
          "chunked;a=b",
          "\"chunked\"",
          ", chunked",
          "chunked,",
          "xchunked",
          "chunkedx",
          "deflate, chunked",
          ""};
}

inline std::vector<SmugglingCase> smuggling_cases() {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const std::string get = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  const std::string end = "\r\nhello";
  std::vector<SmugglingCase> cases = {
      // Two lengths.
      {post + "Content-Length: 5\r\nContent-Length: 5\r\n" + end},
      {post + "Content-Length: 5\r\nContent-Length: 0\r\n" + end},
      {post + "Content-Length: 5\r\ncontent-length: 6\r\n" + end},
      {post + "Content-Length: 5\r\nX: y\r\nCONTENT-LENGTH: 5\r\n" + end},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" + end},
      {post + "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\nContent-Length: 5\r\n" + end},
      // Lines that do not end in CR LF.
      {"POST /echo HTTP/1.1\nHost: a\r\nContent-Length: 5\r\n" + end},
      {"POST /echo HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n" + end},
      {post + "Content-Length: 5\n" + end},
      {post + "Content-Length: 5\n\nhello"},
      {post + "Content-Length: 5\r\n\nhello"},
      {post + "Content-Length: 5\r\r\n" + end},
      {post + "X: a\rContent-Length: 0\r\nContent-Length: 5\r\n" + end},
      {post + "X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n" + end},
      {"POST /echo HTTP/1.1\r\r\nHost: a\r\nContent-Length: 5\r\n" + end},
      {"\r\n" + post + "Content-Length: 5\r\n" + end},
      {"\n" + post + "Content-Length: 5\r\n" + end},
      // Folded lines.
      {post + "X: a\r\n b\r\nContent-Length: 5\r\n" + end},
      {post + "X: a\r\n\tContent-Length: 0\r\nContent-Length: 5\r\n" + end},
      {post + "Content-Length:\r\n 5\r\n" + end},
      {post + "Transfer-Encoding:\r\n chunked\r\n" + end},
      {"POST /echo HTTP/1.1\r\n Host: a\r\nHost: a\r\nContent-Length: 5\r\n" + end},
      // Headers that are none.
      {post + "Content-Length 5\r\n" + end},
      {post + ": 5\r\nContent-Length: 5\r\n" + end},
      {post + "Content-Length\r\n" + end},
      {post + std::string("X: a\0b\r\nContent-Length: 5\r\n", 27) + end},
      {post + std::string("X\0: a\r\nContent-Length: 5\r\n", 26) + end},
      {post + "X: \x1b[31m\r\nContent-Length: 5\r\n" + end},
      // No length, or one where no body belongs.
      {post + end, 411},
      {"PUT /echo HTTP/1.1\r\nHost: a\r\n" + end, 411},
      {"PATCH /echo HTTP/1.1\r\nHost: a\r\n" + end, 411},
      {get + "Content-Length: 5\r\n" + end},
      {"HEAD /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n" + end},
      {"DELETE /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n" + end},
      {"OPTIONS /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n" + end},
      // Headers that proxies take away.
      {post + "Connection: Content-Length\r\nContent-Length: 5\r\n" + end},
      {post + "Connection: close, Transfer-Encoding\r\nContent-Length: 5\r\n" + end},
      {post + "Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n" + end},
      {get + "Upgrade: websocket\r\n\r\n"},
      {get + "Connection: Upgrade\r\n\r\n"},
      {post + "Expect: 100-continue\r\nContent-Length: 5\r\n" + end, 417},
      {post + "Expect: x\r\nContent-Length: 5\r\n" + end, 417},
      // Request lines.
      {"GET /hello\r\nHost: a\r\n\r\n"},
      {"GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"},
      {" GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET\t/hello\tHTTP/1.1\r\nHost: a\r\n\r\n"},
      {"get /hello HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello HTTP/1.0\r\nHost: a\r\n\r\n", 505},
      {"GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET /hello HTTP/1.10\r\nHost: a\r\n\r\n"},
      {"GET /hello http/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello HTTP/1.1x\r\nHost: a\r\n\r\n"},
      {"GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET hello HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello#a HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /\xe5\xb1\xb1 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello?a=1&a=2 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"GET /hello?a=%0d%0aX:%20y HTTP/1.1\r\nHost: a\r\n\r\n"},
      // Hosts.
      {"GET /hello HTTP/1.1\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\nHost: user@a\r\n\r\n"},
  };
  for (const std::string& length : strange_lengths())
    cases.push_back({post + "Content-Length: " + length + "\r\n" + end});
  for (const std::string& name : strange_names()) {
    cases.push_back({post + name + ": 5\r\nContent-Length: 5\r\n" + end});
  }
  for (const std::string& encoding : strange_encodings()) {
    cases.push_back({post + "Transfer-Encoding: " + encoding + "\r\n\r\n0\r\n\r\n", 501});
    cases.push_back({post + "Transfer-Encoding: " + encoding + "\r\nContent-Length: 5\r\n" + end});
    cases.push_back({post + "Content-Length: 5\r\nTransfer-Encoding: " + encoding + "\r\n" + end});
  }
  return cases;
}

}  // namespace mimamori
