#include "serve/center/bundle_file.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/limits.h"
#include "serve/network/files.h"
#include "transfer/bundle.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

namespace fs = std::filesystem;

/// Leaves room for the head around the messages.
constexpr std::size_t kMessageBytesMax = limits::kBundleHeadBytesMax / 2;

/// A folder for chunks that nobody may have announced; gone afterwards.
class WaitingRoom {
 public:
  explicit WaitingRoom(const fs::path& center) : folder_(center / ("import-" + random_hex(8))) {}
  ~WaitingRoom() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

}  // namespace

Result<BundleContents> import_package(Center& center, const fs::path& file) {
  const WaitingRoom room(center.folder().dir);
  TRY(make_private_folder(room.folder()));
  const ChunkFolder waiting(room.folder());
  const Bundle bundle = TRY(read_bundle(file, waiting));
  if (bundle.to != kCenterName || bundle.from == kCenterName) {
    return Error{ErrorCode::kInvalidInput, file.string() + ": expected a bundle from a site to the center"};
  }
  // A file says nothing of what the site has of the center, so none of that is asked.
  TRY(center.take_outbox(bundle.from, bundle.documents, 0, {}));
  BundleContents contents{.site = bundle.from, .messages = bundle.documents.size(), .chunks = 0};
  for (const std::string& chunk : bundle.chunks) {
    if (!center.may_store_chunk(bundle.from, chunk).ok()) continue;
    const std::string bytes = TRY(waiting.read(chunk));
    TRY(center.chunks().put(chunk, bytes));
    ++contents.chunks;
  }
  TRY(center.note(
      "bundle.imported", bundle.from,
      to_cbor({{"site", bundle.from}, {"messages", contents.messages}, {"chunks", contents.chunks}})));
  return contents;
}

Result<BundleContents> export_mailbox(Center& center, const std::string& site, const fs::path& file,
                                      const std::string& actor) {
  Bundle bundle{.from = std::string(kCenterName), .to = site, .documents = {}, .chunks = {}};
  const bool is_known = center.look([&](const CenterCore& core) {
    const CenterSite* member = core.find_site(site);
    if (member != nullptr) bundle.documents = member->mailbox.after(0, kMessageBytesMax);
    return member != nullptr;
  });
  if (!is_known) return Error{ErrorCode::kNotFound, "site: there is none of this name"};
  TRY(write_bundle(file, bundle, center.chunks()));
  const BundleContents contents{.site = site, .messages = bundle.documents.size(), .chunks = 0};
  TRY(center.note("bundle.exported", actor, to_cbor({{"site", site}, {"messages", contents.messages}})));
  return contents;
}

}  // namespace mimamori
