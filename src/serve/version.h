#pragma once

namespace mimamori {
/// Of the program, as in results and packages; set by CMakeLists.txt.
inline constexpr const char* kProgramVersion = MIMAMORI_VERSION;
}  // namespace mimamori
