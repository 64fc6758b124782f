// Loads that add to the edited layer against a layer that is derived anew: whatever came, in whatever
// portions, both hold the same, and what did not change is not received again.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "base/file.h"
#include "base/random.h"
#include "serve/site_query.h"
#include "serve/testing_site.h"
#include "standardize/patient_keys.h"
#include "synth/cohort.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAnySize = std::size_t{1} << 28U;

std::vector<fs::path> files_below(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), root));
  }
  std::sort(files.begin(), files.end());
  return files;
}

void write(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// The lines of the digest that speak of the edited layer.
std::string edited_digest(const Site& site) {
  const Result<std::string> digest = digest_site(site);
  EXPECT_THAT(digest, Succeeds());
  return digest.ok() ? digest->substr(digest->find("\nedited,")) : "";
}

class Increment : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<ScratchFolder>();
    HospitalOptions options;
    options.patients = 6;
    options.seed = 5;
    options.estimand_persons = 0;
    ASSERT_THAT(write_hospital(hospital(), options), Succeeds());
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static fs::path hospital() { return scratch_->path() / "hospital"; }

  void SetUp() override {
    fs::create_directories(here_.path() / "tree/ssmix2");
    fs::create_directories(here_.path() / "tree/claims");
    fs::create_directories(here_.path() / "tree/dpc");
    site_ = site_at(here_.path() / "site");
  }
  [[nodiscard]] fs::path tree() const { return here_.path() / "tree"; }
  [[nodiscard]] IngestOptions everything() const {
    return {.ssmix2_root = tree() / "ssmix2", .claims_root = tree() / "claims", .dpc_root = tree() / "dpc"};
  }
  /// A message of the hospital, and the place that it is given in the tree.
  static fs::path a_message(const std::string& type) {
    for (const fs::path& file : files_below(hospital() / "ssmix2")) {
      if (file.string().find("/" + type + "/") != std::string::npos) return file;
    }
    ADD_FAILURE() << "no " << type;
    return {};
  }
  static std::string a_claims_file() {
    return *read_file(hospital() / "claims" / files_below(hospital() / "claims").front(), kAnySize);
  }

  /// The same received layer, derived anew.
  void expect_as_if_derived_anew() {
    const fs::path copy = here_.path() / "copy";
    fs::remove_all(copy);
    fs::copy(site_.dir, copy, fs::copy_options::recursive);
    const Site other = std::move(open_site(copy)).value();
    fs::remove(other.edited());
    EXPECT_TRUE(load(other, {}).edited_rebuilt);
    EXPECT_EQ(edited_digest(site_), edited_digest(other));
  }

  static inline std::unique_ptr<ScratchFolder> scratch_;
  ScratchFolder here_;
  Site site_;
};

/// What hospitals do to their files between two loads.
class Hands {
 public:
  Hands(fs::path tree, std::uint64_t night) : tree_(std::move(tree)), night_(night) {}

  void change_some() {
    for (const fs::path& file : files_below(tree_)) {
      const double dice = random_.u(night_, turn_++);
      if (dice < 0.10) change(tree_ / file);
    }
  }

 private:
  void change(const fs::path& file) {
    const bool is_message = file.string().find("ssmix2") != std::string::npos;
    const std::string bytes = *read_file(file, kAnySize);
    switch (static_cast<int>(random_.u(night_, turn_++) * 6)) {
      case 0: return write(file, some_lines(bytes));                  // corrected
      case 1: return write(file, bytes.substr(0, bytes.size() / 2));  // cut short
      case 2: return is_message ? flip_flag(file) : copy_beside(file, bytes);
      case 3: return is_message ? flip_flag(file) : copy_beside(file, some_lines(bytes));
      case 4: fs::remove(file); return;
      default: fs::resize_file(file, is_message ? std::size_t{17} << 20U : 0);  // too large to be read; empty
    }
  }
  static void flip_flag(const fs::path& file) {
    std::string name = file.string();
    name.back() = name.back() == '0' ? '1' : '0';
    fs::rename(file, name);
  }
  void copy_beside(const fs::path& file, const std::string& bytes) const {
    write(file.parent_path() / ("again" + std::to_string(night_)) / file.filename(), bytes);
  }
  /// The first line and most of the others.
  std::string some_lines(const std::string& bytes) {
    std::string kept;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find_first_of("\r\n", at), bytes.size() - 1) + 1;
      if (at == 0 || random_.u(night_, turn_++) < 0.9) kept += bytes.substr(at, end - at);
      at = end;
    }
    return kept;
  }

  fs::path tree_;
  std::uint64_t night_;
  std::uint64_t turn_ = 0;
  RandomStream random_{2024};
};

TEST_F(Increment, NightsOfNewsAndCorrectionsLeaveWhatARebuildLeaves) {
  const std::vector<fs::path> all = files_below(hospital());
  constexpr std::size_t kNights = 4;
  int rebuilt = 0;
  for (std::size_t night = 0; night < kNights; ++night) {
    for (std::size_t i = 0; i < all.size(); ++i) {  // in no order that the files know of
      const std::string top = all[i].begin()->string();
      if ((i * 7919) % all.size() % kNights != night || (top != "ssmix2" && top != "claims" && top != "dpc"))
        continue;
      fs::create_directories((tree() / all[i]).parent_path());
      fs::copy_file(hospital() / all[i], tree() / all[i], fs::copy_options::overwrite_existing);
    }
    Hands(tree(), night).change_some();
    rebuilt += load(site_, everything()).edited_rebuilt ? 1 : 0;
    expect_as_if_derived_anew();
    EXPECT_EQ(load(site_, everything()).files_received, 0) << "night " << night;
  }
  EXPECT_EQ(rebuilt, 1) << "the first night alone";
}

TEST_F(Increment, AMessageThatCannotBeReadForANightStaysAsItWas) {
  const fs::path name = "ssmix2" / a_message("OML-11"), file = tree() / name;
  write(file, *read_file(hospital() / name, kAnySize));
  load(site_, everything());
  const std::int64_t results = number(site_, "SELECT count(*) FROM ehr_lab_result");
  ASSERT_GT(results, 0);
  fs::resize_file(file, std::size_t{17} << 20U);  // more than a message may have
  load(site_, everything());
  EXPECT_EQ(number(site_, "SELECT count(*) FROM ehr_lab_result"), results);
  EXPECT_EQ(number(site_, "SELECT count(*) FROM source_file WHERE status = 'rejected'"), 1);
  expect_as_if_derived_anew();
  write(file, *read_file(hospital() / name, kAnySize));
  load(site_, everything());
  EXPECT_EQ(number(site_, "SELECT count(*) FROM ehr_lab_result"), results);
  EXPECT_EQ(number(site_, "SELECT count(*) FROM source_file WHERE status = 'superseded'"), 2);
  expect_as_if_derived_anew();
}

TEST_F(Increment, AFileThatLiesInTwoRootsIsReceivedFromEachOnce) {
  const std::string bytes = a_claims_file();
  write(tree() / "one/a/x.UKE", bytes);
  write(tree() / "two/b/y.UKE", bytes);
  std::int64_t received = 0;
  for (int night = 0; night < 3; ++night) {
    for (const char* root : {"one", "two"})
      received += load(site_, {.claims_root = tree() / root}).files_received;
  }
  EXPECT_EQ(received, 2);
}

TEST_F(Increment, AVolumeThatKeepsAnOlderVersionDoesNotBringItBackEveryNight) {
  const fs::path flagged = a_message("OML-11"), changed = a_message("OMP-01");
  std::string deleted = flagged.string();
  deleted.back() = '0';
  const std::string bytes = *read_file(hospital() / "ssmix2" / changed, kAnySize);
  for (const fs::path& file : {flagged, changed})
    write(tree() / "old" / file, *read_file(hospital() / "ssmix2" / file, kAnySize));
  write(tree() / "new" / deleted, *read_file(hospital() / "ssmix2" / flagged, kAnySize));
  write(tree() / "new" / changed, bytes + "ZZZ|1\r");
  const IngestOptions both = {.ssmix2_root = tree() / "old", .ssmix2_volumes = {tree() / "new"}};
  EXPECT_EQ(load(site_, both).files_received, 4);
  EXPECT_EQ(load(site_, both).files_received, 0);
  write(tree() / "new" / changed, bytes);  // taken back: the same bytes as in the older volume
  EXPECT_EQ(load(site_, both).files_received, 1);
  EXPECT_EQ(load(site_, both).files_received, 0);
}

TEST_F(Increment, ATreeThatMovedBringsNothingNew) {
  fs::copy(hospital() / "claims", tree() / "claims", fs::copy_options::recursive);
  const fs::path message = a_message("OML-11");
  write(tree() / "ssmix2" / message, *read_file(hospital() / "ssmix2" / message, kAnySize));
  EXPECT_GT(load(site_, everything()).files_received, 1);
  fs::copy(tree(), here_.path() / "moved", fs::copy_options::recursive);
  const IngestOptions moved = {.ssmix2_root = here_.path() / "moved/ssmix2",
                               .claims_root = here_.path() / "moved/claims"};
  EXPECT_EQ(load(site_, moved).files_received, 0) << "the old tree is still there";
  fs::remove_all(tree());
  EXPECT_EQ(load(site_, moved).files_received, 0) << "the old tree is gone";
}

TEST_F(Increment, NamesThatAreNotUtf8AreKnownAgain) {
  const std::string bytes = a_claims_file();
  write(tree() / "claims" / "\x95\xbd\x90\xac" / "a%20.UKE", bytes);  // CP932
  write(tree() / "claims" / "\x97\xdf\x98\x61" / "b%zz.UKE", bytes);
  EXPECT_EQ(load(site_, everything()).files_received, 2);
  EXPECT_EQ(load(site_, everything()).files_received, 0);
  EXPECT_EQ(load(site_, everything()).files_received, 0);
}

TEST_F(Increment, AFolderLoadedAsTwoFormatsIsReceivedAsBoth) {
  fs::copy(hospital() / "claims", tree() / "claims", fs::copy_options::recursive);
  const IngestOptions claims = {.claims_root = tree()}, both = {.claims_root = tree(), .dpc_root = tree()};
  const std::int64_t files = load(site_, claims).files_received;
  EXPECT_EQ(load(site_, both).files_received, files);
  EXPECT_EQ(load(site_, both).files_received, 0);
}

TEST_F(Increment, WhoRefusedUnderOneOfTheirJoinedNumbersIsNowhere) {
  fs::copy(hospital() / "claims", tree() / "claims", fs::copy_options::recursive);
  load(site_, everything());
  const Secret secret = *read_site_key(site_);
  const auto rows_of = [&](int patient) {
    const std::string key =
        *PatientKeys(secret).key_of(PatientNumberSource::kRecord, simulated_patient_number(patient));
    return number(site_, "SELECT count(*) FROM claim_claim WHERE patient_key = '" + key + "'") +
           number(site_, "SELECT count(*) FROM patient_merge WHERE old_key = '" + key + "' OR new_key = '" +
                             key + "'");
  };
  for (const int patient : {0, 1, 2, 3}) ASSERT_GT(rows_of(patient), 0) << patient;
  const auto number_of = [](int patient) { return simulated_patient_number(patient); };
  write(here_.path() / "merges.csv", "old_number,new_number,merged_on\n" + number_of(0) + "," + number_of(1) +
                                         ",2024-01-01\n" + number_of(1) + "," + number_of(2) +
                                         ",2024-02-01\n");
  for (const int listed : {0, 1, 2}) {
    write(here_.path() / "refusals.csv", "patient_number,refused_on\n" + number_of(listed) + ",2024-03-01\n");
    IngestOptions options = everything();
    options.refusals = here_.path() / "refusals.csv";
    options.patient_merges = here_.path() / "merges.csv";
    EXPECT_EQ(load(site_, options).refusals, 1);
    for (const int patient : {0, 1, 2}) EXPECT_EQ(rows_of(patient), 0) << "listed " << listed;
    EXPECT_GT(rows_of(3), 0);
  }
}

TEST_F(Increment, ARefusalIsCarriedOverAMergeThatComesAsAMessage) {
  fs::copy(hospital(), tree(), fs::copy_options::recursive);
  const std::string stays = simulated_patient_number(0), gone = simulated_patient_number(1);
  const auto rows_of = [&](const std::string& patient) {
    const std::string key = *PatientKeys(*read_site_key(site_)).key_of(PatientNumberSource::kRecord, patient);
    return number(site_, "SELECT count(*) FROM ehr_lab_result WHERE patient_key = '" + key + "'") +
           number(site_, "SELECT count(*) FROM claim_claim WHERE patient_key = '" + key + "'");
  };
  load(site_, everything());
  ASSERT_GT(rows_of(stays), 0);
  ASSERT_GT(rows_of(gone), 0);
  write(here_.path() / "refusals.csv", "patient_number,refused_on\n" + gone + ",2024-03-01\n");
  IngestOptions options = everything();
  options.refusals = here_.path() / "refusals.csv";
  load(site_, options);
  EXPECT_GT(rows_of(stays), 0) << "nobody knows yet that they are one person";
  EXPECT_EQ(rows_of(gone), 0);

  const fs::path root = "ssmix2" / a_message("ADT-12");   // facility/123/456/NUMBER/DATE/TYPE/FILE
  const fs::path facility = root.parent_path().parent_path().parent_path().parent_path().parent_path().parent_path();
  write(tree() / facility / stays.substr(0, 3) / stays.substr(3, 3) / stays / "-" / "ADT-00" /
            (stays + "_-_ADT-00_999999999999999_20991231235959000_-_1"),
        "MSH|^~\\&|A|A|GW|A|20991231235959||ADT^A40^ADT_A39|M1|P|2.5||||||~ISO IR87||ISO 2022-1994\rEVN||20991231235959\r"
        "PID|0001||" + stays + "^^^^PI||||19610203|F\rMRG|" + gone + "^^^^PI\r");
  load(site_, everything());
  EXPECT_EQ(number(site_, "SELECT count(*) FROM patient_merge"), 1);
  EXPECT_EQ(rows_of(stays), 0) << "a refusal of one number is a refusal of the person";
  EXPECT_EQ(rows_of(gone), 0);
  expect_as_if_derived_anew();
}

}  // namespace
}  // namespace mimamori
