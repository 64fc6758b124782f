#include "serve/console/mailbox_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "serve/network/files.h"
#include "transfer/bundle.h"
#include "transfer/cbor.h"

namespace mimamori {
namespace {

/// Leaves room for the head around the messages.
constexpr std::size_t kMessageBytesMax = limits::kBundleHeadBytesMax / 2;

/// The last message that the center must have: the announcement of the last package that it has accepted.
std::int64_t known_to_center(const SiteCore& core) {
  for (std::int64_t seq = core.sent().size(); seq > 0; --seq) {
    const Result<Message> message = message_of(core.sent().at(seq));
    if (!message.ok() || message->content.type != kDeliveryType) continue;
    const Result<Delivery> delivery = delivery_of(message->content);
    const SiteRequest* request = delivery.ok() ? core.find(delivery->request_hash) : nullptr;
    if (request != nullptr && request->receipt &&
        request->receipt->package_hash == delivery->sealed.package_hash)
      return seq;
  }
  return 0;
}

Bundle bundle_for_center(const SiteCore& core) {
  Bundle bundle{.from = core.site(), .to = std::string(kCenterName), .documents = {}, .chunks = {}};
  bundle.documents = core.sent().after(known_to_center(core), kMessageBytesMax);
  for (const SiteRequest& request : core.requests()) {
    if (request.progress.state != RequestState::kSending) continue;
    for (const std::string& chunk : request.progress.sealed->chunks) {
      if (std::ranges::find(bundle.chunks, chunk) == bundle.chunks.end()) bundle.chunks.push_back(chunk);
    }
  }
  return bundle;
}

}  // namespace

Result<MailboxContents> export_mailbox(SiteAgent& agent, const std::filesystem::path& file) {
  const Bundle bundle = agent.look([](const SiteCore& core) { return bundle_for_center(core); });
  TRY(write_bundle(file, bundle, agent.chunks()));
  const MailboxContents contents{.messages = bundle.documents.size(), .chunks = bundle.chunks.size()};
  TRY(agent.note("mailbox.exported", "operator",
                 to_cbor({{"messages", contents.messages}, {"chunks", contents.chunks}})));
  return contents;
}

Result<MailboxContents> import_mailbox(SiteAgent& agent, const std::filesystem::path& file) {
  // The center sends no chunks; whatever a file brings does not stay.
  const std::filesystem::path room = agent.folder().dir / ("import-" + random_hex(8));
  TRY(make_private_folder(room));
  const Result<Bundle> read = read_bundle(file, ChunkFolder(room));
  std::error_code ignored;
  std::filesystem::remove_all(room, ignored);
  if (!read.ok()) return read.error();
  const Bundle& bundle = *read;
  if (bundle.from != kCenterName || bundle.to != agent.settings().site) {
    return Error{ErrorCode::kInvalidInput,
                 file.string() + ": expected messages from the center to this site"};
  }
  TRY(agent.take_messages(bundle.documents));
  const MailboxContents contents{.messages = bundle.documents.size(), .chunks = 0};
  TRY(agent.note("mailbox.imported", "operator", to_cbor({{"messages", contents.messages}})));
  return contents;
}

}  // namespace mimamori
