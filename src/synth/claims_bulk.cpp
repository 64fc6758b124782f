#include "synth/claims_bulk.h"

#include "synth/dpc_writer.h"

namespace mimamori {
namespace {

constexpr YearMonth kBilledIn = std::chrono::year{2024} / 1;
constexpr YearMonth kServiceMonth = std::chrono::year{2023} / 1;

class Lines {
 public:
  Lines(TextFiles& files, std::string path, std::string head)
      : files_(files), path_(std::move(path)), head_(std::move(head)) {}
  Result<void> add(const std::vector<std::string>& lines) {
    text_.clear();
    for (const std::string& line : lines) text_.append(line).append("\r\n");
    count += static_cast<std::int64_t>(lines.size());
    return files_.add(path_, head_, text_);
  }
  std::int64_t count = 0;

 private:
  TextFiles& files_;
  std::string path_;
  std::string head_;
  std::string text_;
};

// The whole stay moved into one month: the file of a month is what hospitals deliver.
void move_stay(const SimulatedPatient& patient, WrittenPatient& written) {
  const Date in = Date{kServiceMonth / 1} + Days{patient.number % 20};
  written.stay = WrittenPatient::Stay{.admitted_on = in, .discharged_on = in + Days{5}};
}

}  // namespace

Result<std::int64_t> write_bulk_claims(const std::filesystem::path& folder, std::int64_t lines,
                                       std::uint64_t seed) {
  TextFiles files = TRY(TextFiles::open(folder));
  const std::string path = "RECEIPTC.UKE";
  Lines out(files, path, "IR,1,99,1,0000017,,架空病院," + to_compact(kBilledIn) + ",00,\r\n");
  const RandomStream random = persons_stream(seed);
  std::int64_t payers = 0;
  std::int64_t points = 0;
  int claims = 0;
  for (int number = 0; out.count + 2 < lines; ++number) {
    const SimulatedPatient patient = simulate_patient(random, number);
    const Care care = care_of(seed, patient, bulk_patient(seed, patient));
    for (const Claim& claim : claims_of(care)) {
      if (claim.dpc()) continue;
      const ClaimHead head{.number = ++claims, .search_number = "", .exported_at = "20240105101500"};
      const ClaimLines made = claim_lines(claim, head);
      payers += made.payers;
      points += made.points;
      TRY(out.add(made.lines));
    }
  }
  TRY(out.add({"GO," + std::to_string(payers) + "," + std::to_string(points) + ",99"}));
  TRY(files.add(path, "", "\x1A"));
  TRY(files.flush());
  return out.count + 1;
}

Result<std::int64_t> write_bulk_ef(const std::filesystem::path& folder, std::int64_t rows,
                                   std::uint64_t seed) {
  TextFiles files = TRY(TextFiles::open(folder));
  Lines out(files, "EFn_990000017_2301.txt", ef_header(false) + "\r\n");
  const RandomStream random = persons_stream(seed);
  Counts counts;
  for (int number = 0; out.count < rows; ++number) {
    const SimulatedPatient patient = simulate_patient(random, number);
    WrittenPatient written = bulk_patient(seed, patient);
    move_stay(patient, written);
    const Care care = care_of(seed, patient, written);
    GroupNumbers numbers;
    TRY(out.add(inpatient_lines(care, "990000017", kServiceMonth, numbers, counts)));
  }
  TRY(files.flush());
  return out.count;
}

}  // namespace mimamori
