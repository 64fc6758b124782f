#pragma once

#include <string_view>

#include "model/received.h"

namespace mimamori {

/// Reads one file of an SS-MIX2 standardized storage.
///
///   relative_path   from the root of the storage, '/' between, the file name included
///   bytes           the whole content as it lies on the disk
///
/// Never fails: the status of the answer says what became of the file, in this order of precedence.
///   kNotOurs      a file of the operating system or an editor
///   kRejected     file name, folder, bytes or message structure are unusable
///   kNotCurrent   condition flag 0 or 2; parsed for its type, no record
///   kRejected     another patient (ssmix2.md problem 13), not production (22), a message type that does not
///                 fit the folder, or a segment missing that its records need
///   kWithdrawn    a cancel message in a live file
///   kNotRead      a data type that no edited table takes yet
///   kAccepted     its records follow; an order with ORC-1 CA stays among them, with order_action "CA"
/// No sentence of its error or findings holds a value of the record.
ParsedFile read_ssmix2_file(std::string_view relative_path, std::string_view bytes);

}  // namespace mimamori
