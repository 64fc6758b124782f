#include "serve/synth_hospital.h"

#include "serve/words.h"
#include "synth/hospital.h"

namespace mimamori {

Result<std::string> synth_hospital(const SynthSettings& settings) {
  HospitalOptions options = hospital_options(settings.profile);
  options.seed = settings.seed;
  options.patients = settings.patients;
  options.estimand_persons = settings.estimand_persons;
  if (settings.progress) {
    options.progress = [&settings](int done, int total) {
      settings.progress("writing patients", done, total);
    };
  }
  const HospitalSummary summary = TRY(write_hospital(settings.out, options));
  return words("cli.synth.done", {{"patients", with_commas(summary.patients)},
                                  {"files", with_commas(summary.files)},
                                  {"root", summary.storage_root.string()},
                                  {"code_map", (settings.out / "code_map.csv").string()},
                                  {"truth", (settings.out / "truth.json").string()}}) +
         "\n";
}

}  // namespace mimamori
