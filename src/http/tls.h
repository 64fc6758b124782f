#pragma once

// Inside http/ only.

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/server.h"

namespace mimamori {

/// A listener's TLS: no tickets and no session cache, so that each connection shows its
/// certificate anew; no renegotiation.  Errors  kInvalidInput.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(const TlsSettings& settings);

}  // namespace mimamori
