# Warnings are errors in our own code; third-party headers come as SYSTEM.
add_library(mimamori_flags INTERFACE)
target_compile_options(mimamori_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Werror -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 is wrong about std::string and std::optional in these two at -O2 (GCC bugs 105329 and 80635).
  target_compile_options(mimamori_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # TRY is a statement expression, which both of our compilers know.
  target_compile_options(mimamori_flags INTERFACE -Wno-gnu-statement-expression -Wno-unknown-warning-option)
endif()
if(MIMAMORI_SANITIZE)
  string(REPLACE ";" "," sanitize_list "${MIMAMORI_SANITIZE}")
  add_compile_options(-fsanitize=${sanitize_list} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitize_list})
endif()
