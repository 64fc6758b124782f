#pragma once

#include "base/text2.h"
#include "ledger/log.h"

namespace mimamori {

/// What an entry of a site's ledger says, for people; never a value of a record.
Text2 site_entry_words(const Entry& entry);

}  // namespace mimamori
