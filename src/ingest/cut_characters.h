#pragma once

#include <string>
#include <string_view>

namespace mimamori {

/// CP932 bytes of a message in which a two-byte character was cut before a field separator, mended so that
/// the separator survives. In CP932 the byte of '|' also ends characters (ポ, －), so that half a character
/// swallows the separator after it and every later field of the segment moves by one. Nothing in the bytes
/// tells; the segment does: where a field that must be a date, a number or a code is none, and would be one
/// if the separator were there, the lead byte before it is replaced by 0x80, which no encoding assigns and
/// decoding reports. A segment whose fields stand right is never changed. The length stays, so that places
/// stay true.
std::string mend_cut_characters(std::string_view cp932);

}  // namespace mimamori
