#pragma once

// For tests only: a hospital for all of them, and a splitter that knows nothing of the writers.

#include <gtest/gtest.h>
#include <iconv.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/testing.h"
#include "synth/claims_writer.h"
#include "synth/dpc_writer.h"

namespace mimamori {

using SplitLine = std::vector<std::string>;

inline std::string utf8_of_cp932(std::string bytes) {
  const ::iconv_t handle = ::iconv_open("UTF-8", "CP932");
  std::string out(bytes.size() * 3 + 16, '\0');
  char* from = bytes.data();
  char* to = out.data();
  std::size_t from_left = bytes.size();
  std::size_t to_left = out.size();
  EXPECT_EQ(::iconv(handle, &from, &from_left, &to, &to_left), 0U);
  ::iconv_close(handle);
  out.resize(out.size() - to_left);
  return out;
}

/// The lines of a file, each ended by CR LF, cut at every separator; an 0x1A after the last is left out.
inline std::vector<SplitLine> split_file(const std::filesystem::path& file, char separator) {
  std::string text = utf8_of_cp932(*read_file(file, std::size_t{1} << 28U));
  if (!text.empty() && text.back() == '\x1A') text.pop_back();
  std::vector<SplitLine> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_NE(end, std::string::npos) << file << ": the last line has no end";
    SplitLine fields(1);
    for (const char c : text.substr(at, end - at)) {
      if (c == separator) {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    lines.push_back(std::move(fields));
    at = end == std::string::npos ? text.size() : end + 2;
  }
  return lines;
}

/// A patient number without the zeros in front, which differ from file to file.
inline std::string comparable(const std::string& number) {
  return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

inline std::vector<std::filesystem::path> sorted_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The claims and DPC files of one hospital for all tests of a suite, without the storage beside them.
/// Suite only tells two suites apart.
template <class Suite>
class WrittenTables : public testing::Test {
 protected:
  static constexpr int kPatients = 260;
  static constexpr std::uint64_t kSeed = 1;

  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    HospitalOptions options;
    options.seed = kSeed;
    Result<ClaimsWriter> claims = ClaimsWriter::open(folder() / "claims", options);
    Result<DpcWriter> dpc = DpcWriter::open(folder() / "dpc", options);
    ASSERT_THAT(claims, Succeeds());
    ASSERT_THAT(dpc, Succeeds());
    for (int number = 0; number < kPatients; ++number) {
      const SimulatedPatient patient = simulate_patient(persons_stream(kSeed), number);
      const Care care = care_of(kSeed, patient, written(patient));
      ASSERT_THAT(claims->add(care), Succeeds());
      ASSERT_THAT(dpc->add(care), Succeeds());
    }
    truth_.clear();
    ASSERT_THAT(claims->finish(truth_), Succeeds());
    ASSERT_THAT(dpc->finish(truth_), Succeeds());
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static std::filesystem::path folder() { return scratch_->path(); }
  static std::int64_t truth(const char* group, const std::string& name) {
    const auto& counts = truth_.at(group);
    return counts.contains(name) ? counts.at(name) : 0;
  }
  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline TableTruth truth_;

 private:
  // As the storage's writer would say it.
  static WrittenPatient written(const SimulatedPatient& patient) {
    WrittenPatient written = bulk_patient(kSeed, patient);
    if (patient.number % 25 != 3 || patient.short_history) written.stay.reset();
    if (patient.number % 20 == 0) written.ointment_on = {patient.visits().front().date};
    return written;
  }
};

}  // namespace mimamori
