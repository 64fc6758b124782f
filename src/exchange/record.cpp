#include "exchange/record.h"

#include <nlohmann/json.hpp>

#include "transfer/cbor.h"

namespace mimamori {

Record record_of(std::string kind, std::string actor, const Envelope& envelope) {
  return {.kind = std::move(kind), .actor = std::move(actor), .body = to_cbor(to_document(envelope))};
}

Result<Envelope> envelope_in(const Record& record) {
  const nlohmann::json document = TRY(from_cbor(record.body).at(record.kind));
  return envelope_of(document).at(record.kind);
}

}  // namespace mimamori
