// report_sample FOLDER: writes the invented study of the tests, for people who look at the page.
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "report/report.h"
#include "report/sample_result.h"

int main(int argc, char** argv) {
  using namespace mimamori;
  if (argc != 2) {
    std::fputs("use: report_sample FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const StudyResult result = sample_result();
  for (const auto& [name, content] :
       {std::pair{"report.html", to_html(result)}, std::pair{"results.json", to_json(result)},
        std::pair{"results.csv", to_csv(result)}}) {
    if (const Result<void> written = write_file_atomically(folder / name, content); !written.ok()) {
      std::fprintf(stderr, "%s\n", written.error().sentence.c_str());
      return 1;
    }
  }
  return 0;
}
