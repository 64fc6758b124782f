#pragma once

// For tests only: invented messages of one invented patient, in any encoding.

#include <iconv.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace mimamori {

/// UTF-8 to another encoding through the system's iconv; throws where the test asks for the impossible.
inline std::string encoded(std::string_view utf8, const char* encoding) {
  const iconv_t handle = ::iconv_open(encoding, "UTF-8");
  std::string from(utf8);
  std::string to(utf8.size() * 8 + 64, '\0');
  char* in = from.data();
  std::size_t in_left = from.size();
  char* out = to.data();
  std::size_t out_left = to.size();
  const bool failed = ::iconv(handle, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1);
  ::iconv(handle, nullptr, nullptr, &out, &out_left);
  ::iconv_close(handle);
  if (failed) throw std::runtime_error("not in this encoding");
  to.resize(to.size() - out_left);
  return to;
}

/// The segments of a text, one a line, each ended by CR.
inline std::string with_cr(std::string_view lines) {
  std::string text;
  for (const char c : lines) text += c == '\n' ? '\r' : c;
  return text;
}

inline constexpr std::string_view kPatient = "0031415926";

inline std::string header(std::string_view type, std::string_view encoding = "~ISO IR87") {
  return "MSH|^~\\&|MORI|MORI|GW|MORI|20240704091502.417||" + std::string(type) + "|M0000001|P|2.5||||||" +
         std::string(encoding) + "||ISO 2022-1994\n";
}

inline std::string patient_segment(std::string_view number = kPatient) {
  return "PID|0001||" + std::string(number) + "^^^^PI||試験^花^^^^^L^I~シケン^ハナ^^^^^L^P||19610203|F\n";
}

/// The path of a file of the invented patient.
inline std::string path_of(std::string_view type, std::string_view date,
                           std::string_view order = "999999999999999", std::string_view flag = "1") {
  const std::string patient(kPatient);
  const std::string day(date);
  return patient.substr(0, 3) + "/" + patient.substr(3, 3) + "/" + patient + "/" + day + "/" +
         std::string(type) + "/" + patient + "_" + day + "_" + std::string(type) + "_" + std::string(order) +
         "_20240704091502417_08_" + std::string(flag);
}

/// A whole message in ISO-2022-JP.
inline std::string message(std::string_view type, std::string_view segments) {
  return encoded(with_cr(header(type) + patient_segment() + std::string(segments)), "ISO-2022-JP");
}

}  // namespace mimamori
