// Writes one big file of claims or of inpatient E/F rows, for timing the readers.
//   write_tables claims|ef FOLDER LINES   prints the lines written

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "synth/claims_bulk.h"

namespace {

constexpr std::uint64_t kSeed = 1;

int write(std::string_view kind, const char* folder, std::int64_t lines) {
  const mimamori::Result<std::int64_t> written = kind == "claims"
                                                     ? mimamori::write_bulk_claims(folder, lines, kSeed)
                                                     : mimamori::write_bulk_ef(folder, lines, kSeed);
  if (!written.ok()) {
    std::fprintf(stderr, "write_tables: %s\n", written.error().sentence.c_str());
    return 1;
  }
  std::printf("%lld\n", static_cast<long long>(*written));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view kind = count == 4 ? arguments[1] : "";
  const long long lines = count == 4 ? std::atoll(arguments[3]) : 0;
  if ((kind != "claims" && kind != "ef") || lines < 1) {
    std::fprintf(stderr, "usage: write_tables claims|ef FOLDER LINES\n");
    return 2;
  }
  return write(kind, arguments[2], lines);
}
