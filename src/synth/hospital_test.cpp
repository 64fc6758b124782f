#include "synth/hospital.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"
#include "synth/cohort.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kAnySize = std::size_t{1} << 24U;
constexpr int kPatients = 260;  // every planted fault occurs at least once

HospitalOptions small(std::uint64_t seed = 1, int patients = kPatients) {
  HospitalOptions options;
  options.seed = seed;
  options.patients = patients;
  options.estimand_persons = 0;
  return options;
}

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string hash_of_tree(const fs::path& folder) {
  std::string all;
  for (const fs::path& file : files_under(folder)) {
    all += fs::relative(file, folder).string() + " " + sha256_hex(*read_file(file, kAnySize)) + "\n";
  }
  return sha256_hex(all);
}

std::vector<std::string> segments_of(const std::string& bytes) {
  std::vector<std::string> segments(1);
  for (const char c : bytes) {
    if (c != '\r' && c != '\n') {
      segments.back() += c;
    } else if (!segments.back().empty()) {
      segments.emplace_back();
    }
  }
  return segments;
}

// One hospital for all tests that only look.
class WrittenHospital : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    Result<HospitalSummary> written = write_hospital(folder(), small());
    ASSERT_THAT(written, Succeeds());
    summary_ = std::move(written).value();
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static fs::path folder() { return scratch_->path() / "hospital"; }
  static inline std::unique_ptr<ScratchFolder> scratch_;
  static inline HospitalSummary summary_;
};

TEST_F(WrittenHospital, SameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const ScratchFolder scratch;
  ASSERT_THAT(write_hospital(scratch.path() / "again", small()), Succeeds());
  ASSERT_THAT(write_hospital(scratch.path() / "other", small(2)), Succeeds());
  EXPECT_EQ(hash_of_tree(scratch.path() / "again"), hash_of_tree(folder()));
  EXPECT_NE(hash_of_tree(scratch.path() / "other" / "ssmix2"), hash_of_tree(folder() / "ssmix2"));
}

// What a plain walk over the tree counts, by rules as simple as they can be.
struct PlainCount {
  std::map<std::string, std::int64_t> types;
  std::map<std::string, std::int64_t> rows;
  std::int64_t not_current = 0;
  std::int64_t faulty = 0;
  std::int64_t junk = 0;
  std::int64_t withdrawn = 0;
  std::int64_t numeric_results = 0;
};

bool is_faulty(const std::string& name) {
  // Planted copies carry an order number that ends in 90; one has a name of four fields.
  return std::ranges::count(name, '_') != 6 || name.find("90_", 27) == name.find('_', 29) - 2;
}

void count_rows(const std::string& type, const std::vector<std::string>& segments, PlainCount& count) {
  const auto with = [&](std::string_view id) {
    return std::ranges::count_if(segments, [&](const std::string& s) { return s.starts_with(id); });
  };
  if (type == "ADT-12") ++count.rows["ehr_visit"];
  if (type == "ADT-22") ++count.rows["ehr_admission"];
  if (type == "PPR-01") count.rows["ehr_diagnosis"] += with("PRB|");
  if (type == "OMP-01") count.rows["ehr_prescription"] += with("RXE|");
  if (type == "OMP-11") count.rows["ehr_prescription"] += with("RXA|");
  if (type == "OMP-02") count.rows["ehr_injection"] += std::max(with("RXC|"), with("RXE|"));
  if (type == "OMP-12") count.rows["ehr_injection"] += with("RXA|");
  if (type == "OML-11") count.rows["ehr_lab_result"] += with("OBX|");
  for (const std::string& s : segments) {
    count.numeric_results += s.starts_with("OBX|") && s.find("|NM|") < 7 ? 1 : 0;
  }
}

PlainCount plain_count(const fs::path& folder) {
  PlainCount count;
  for (const fs::path& file : files_under(folder)) {
    const std::string name = file.filename().string();
    const std::string type = file.parent_path().filename().string();
    if (name == "Thumbs.db") {
      ++count.junk;
      continue;
    }
    ++count.types[type];
    const std::string bytes = *read_file(file, kAnySize);
    if (name.back() != '1') {
      ++count.not_current;
    } else if (is_faulty(name)) {
      ++count.faulty;
    } else if (bytes.find("ADT^A11") != std::string::npos) {
      ++count.withdrawn;
    } else {
      count_rows(type, segments_of(bytes), count);
    }
  }
  return count;
}

TEST_F(WrittenHospital, TruthAgreesWithAPlainCountOverTheTree) {
  const nlohmann::json truth = nlohmann::json::parse(*read_file(folder() / "truth.json", kAnySize));
  PlainCount count = plain_count(folder() / "ssmix2");
  count.types["other"] = count.junk;
  count.rows["ehr_patient"] = kPatients;
  EXPECT_EQ(truth["files_by_type"], nlohmann::json(count.types));
  EXPECT_EQ(truth["expected_rows"], nlohmann::json(count.rows));
  const auto& fates = truth["files_by_fate"];
  EXPECT_EQ(fates["not_current"], count.not_current);
  EXPECT_EQ(fates["rejected"], count.faulty);
  EXPECT_EQ(fates["withdrawn"], count.withdrawn);
  EXPECT_EQ(fates["not_ours"], count.junk);
  std::int64_t files = 0;
  for (const auto& fate : fates) files += fate.get<std::int64_t>();
  EXPECT_EQ(files, summary_.files);
  EXPECT_EQ(files, static_cast<std::int64_t>(files_under(folder() / "ssmix2").size()));
  EXPECT_EQ(truth["rejected_by_reason"].size(), 6U);
  EXPECT_GT(count.withdrawn, 0);
}

TEST_F(WrittenHospital, EverySimulatedValueIsInALiveFile) {
  std::int64_t values = 0;
  for (int number = 0; number < kPatients; ++number) {
    const SimulatedPatient patient = simulate_patient(persons_stream(1), number);
    for (const SimulatedVisit& visit : patient.visits()) {
      values += std::ranges::count_if(visit.value, [](const auto& value) { return value.has_value(); });
    }
  }
  EXPECT_EQ(plain_count(folder() / "ssmix2").numeric_results, values);
}

bool decodes_as_iso_2022_jp(std::string bytes) {
  const ::iconv_t handle = ::iconv_open("UTF-8", "ISO-2022-JP");
  std::string out(bytes.size() * 4 + 16, '\0');
  char* from = bytes.data();
  char* to = out.data();
  std::size_t from_left = bytes.size();
  std::size_t to_left = out.size();
  const bool ok = ::iconv(handle, &from, &from_left, &to, &to_left) == 0;
  ::iconv_close(handle);
  return ok;
}

TEST_F(WrittenHospital, MostFilesDecodeAsStrictIso2022Jp) {
  std::int64_t decoded = 0;
  std::int64_t eight_bit = 0;
  const std::vector<fs::path> files = files_under(folder() / "ssmix2");
  for (const fs::path& file : files) {
    const std::string bytes = *read_file(file, kAnySize);
    const bool high =
        std::ranges::any_of(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const bool ok = decodes_as_iso_2022_jp(bytes);
    EXPECT_FALSE(high && ok);
    decoded += ok ? 1 : 0;
    eight_bit += high && file.filename() != "Thumbs.db" ? 1 : 0;
  }
  EXPECT_GT(decoded, static_cast<std::int64_t>(files.size()) * 7 / 10);
  EXPECT_EQ(eight_bit, summary_.quirks["really_euc_jp"] + summary_.quirks["really_cp932"]);
}

// Delimiters must be read in ASCII state: between escapes only.
TEST_F(WrittenHospital, EverySegmentBeginsAndEndsInAscii) {
  for (const fs::path& file : files_under(folder() / "ssmix2")) {
    if (file.filename() == "Thumbs.db") continue;
    for (const std::string& s : segments_of(*read_file(file, kAnySize))) {
      const std::size_t last = s.rfind('\x1B');
      if (last == std::string::npos) continue;
      EXPECT_EQ(s.substr(last, 3), "\x1B(B") << file;
    }
  }
}

TEST_F(WrittenHospital, EveryQuirkOccurs) {
  for (const char* quirk : {"address_row_13",
                            "admission_without_discharge",
                            "bad_file_name",
                            "cancelled_order",
                            "charset_missing",
                            "charset_spelling",
                            "comment_as_result",
                            "drug_local_code_only",
                            "drug_local_first",
                            "empty_file",
                            "lab_local_code_only",
                            "lab_local_first",
                            "live_cancel_message",
                            "message_of_other_type",
                            "name_half_width_kana",
                            "no_final_terminator",
                            "null_dose",
                            "other_patient_in_pid",
                            "really_cp932",
                            "really_euc_jp",
                            "reference_range_missing",
                            "superseded_version",
                            "terminator_crlf",
                            "terminator_lf",
                            "thumbs_db",
                            "truncated_file",
                            "unit_escaped_power",
                            "unit_full_width",
                            "unit_iu",
                            "unit_man",
                            "unit_meq",
                            "unit_per_microlitre",
                            "unit_thousands",
                            "unit_unescaped_power",
                            "value_full_width",
                            "wrong_folder"}) {
    EXPECT_GT(summary_.quirks[quirk], 0) << quirk;
  }
}

TEST(Hospital, RefusesAFolderThatIsNotEmpty) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "mine.txt") << "mine";
  EXPECT_THAT(write_hospital(scratch.path(), small(1, 1)), FailsWith(ErrorCode::kConflict));
  EXPECT_TRUE(fs::exists(scratch.path() / "mine.txt"));
}

TEST(Hospital, RefusesOptionsThatMakeNoHospital) {
  const ScratchFolder scratch;
  const fs::path folder = scratch.path() / "h";
  EXPECT_THAT(write_hospital(folder, small(1, 0)), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_THAT(write_hospital(folder, small(1, 1'000'001)), FailsWith(ErrorCode::kInvalidInput));
  HospitalOptions options = small(1, 1);
  options.facility_id = "../up";
  EXPECT_THAT(write_hospital(folder, options), FailsWith(ErrorCode::kInvalidInput));
  options = small(1, 1);
  options.estimand_persons = 999;
  EXPECT_THAT(write_hospital(folder, options), FailsWith(ErrorCode::kInvalidInput));
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Hospital, SaysWhenItCannotWriteAndLeavesNothing) {
  EXPECT_THAT(write_hospital("/proc/mimamori-none", small(1, 1)), FailsWith(ErrorCode::kIo));
  const ScratchFolder scratch;
  std::ofstream(scratch.path() / "file") << "x";
  EXPECT_THAT(write_hospital(scratch.path() / "file" / "below", small(1, 1)), FailsWith(ErrorCode::kIo));
}

TEST(Hospital, TellsItsProgressToTheEnd) {
  const ScratchFolder scratch;
  HospitalOptions options = small(1, 60);
  std::vector<int> told;
  options.progress = [&](int done, int total) {
    EXPECT_EQ(total, 60);
    told.push_back(done);
  };
  ASSERT_THAT(write_hospital(scratch.path() / "h", options), Succeeds());
  EXPECT_EQ(told, (std::vector<int>{50, 60}));
}

}  // namespace
}  // namespace mimamori
