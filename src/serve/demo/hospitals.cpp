#include "serve/demo/hospitals.h"

#include <array>

#include "serve/demo/stopwatch.h"
#include "serve/demo/truth.h"
#include "serve/site_ingest.h"
#include "serve/words.h"
#include "synth/hospital.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// Every source that this hospital has of the same patients: its storage, its claims, its DPC files.
Result<IngestSummary> load_sources(const Site& site, const fs::path& files, const HospitalSummary& written,
                                   const DemoSettings& settings) {
  return ingest_site(site, {.ssmix2_root = written.storage_root,
                            .claims_root = files / "claims",
                            .dpc_root = files / "dpc",
                            .code_map = files / "code_map.csv",
                            .progress = settings.progress});
}

Result<HospitalSummary> write_files(const DemoHospital& hospital, const DemoSettings& settings,
                                    std::uint64_t seed, const fs::path& files) {
  HospitalOptions options = hospital_options(hospital.profile);
  options.seed = seed;
  options.patients = settings.patients;
  options.estimand_persons = 0;  // one large sample answers for all hospitals
  if (settings.progress) {
    options.progress = [&](int done, int total) { settings.progress("writing patients", done, total); };
  }
  return write_hospital(files, options);
}

/// What is told about a hospital's way of writing.
const char* manner_key(HospitalProfile profile) {
  switch (profile) {
    case HospitalProfile::kA: break;
    case HospitalProfile::kB: return "cli.demo.writes.b";
    case HospitalProfile::kC: return "cli.demo.writes.c";
  }
  return "cli.demo.writes.a";
}

}  // namespace

std::span<const DemoHospital> demo_hospitals() {
  static const std::array<DemoHospital, 3> all = {{
      {.site = "kiri-chuo",
       .name = {.ja = "霧中央病院", .en = "Kiri Central Hospital"},
       .profile = HospitalProfile::kA,
       .runs = {"sato", "佐藤 実"},
       .sends = {"mori", "森 由紀"}},
      {.site = "misaki",
       .name = {.ja = "岬病院", .en = "Misaki Hospital"},
       .profile = HospitalProfile::kB,
       .runs = {"suzuki", "鈴木 葵"},
       .sends = {"hayashi", "林 健"}},
      {.site = "aobadai",
       .name = {.ja = "青葉台医療センター", .en = "Aobadai Medical Center"},
       .profile = HospitalProfile::kC,
       .runs = {"tanaka", "田中 蓮"},
       .sends = {"ito", "伊藤 京子"}},
  }};
  return all;
}

Result<Site> write_and_load(const DemoHospital& hospital, const DemoSettings& settings, std::uint64_t seed) {
  const Stopwatch watch;
  settings.say("  " + hospital.name.ja + " / " + hospital.name.en);
  settings.say("    " + words(manner_key(hospital.profile)));
  const fs::path files = settings.out / (std::string(hospital.site) + "-files");
  const HospitalSummary written = TRY(write_files(hospital, settings, seed, files));
  const Site site = TRY(init_site(settings.out / hospital.site));
  const IngestSummary stored = TRY(load_sources(site, files, written, settings));
  settings.say("    " + words("cli.demo.records", {{"records", with_commas(stored.records)},
                                                   {"accepted", with_commas(stored.records_accepted)},
                                                   {"rejected", with_commas(stored.records_rejected)}}));
  const int checks = TRY(compare_counts(stored, written).at(hospital.site));
  settings.say(words("cli.demo.counts_equal", {{"checks", std::to_string(checks)}}));
  std::error_code failed;
  if (!settings.keep) fs::remove_all(files, failed);
  if (failed) return Error{ErrorCode::kIo, files.string() + ": cannot remove: " + failed.message()};
  settings.say(words("cli.demo.took", {{"seconds", watch.seconds()}}));
  return site;
}

}  // namespace mimamori
