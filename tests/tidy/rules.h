#pragma once

// The house rules that a compiler does not know. Each function looks at a checkout (the folder that
// holds src/, apps/, text/ …) and returns its violations as sentences "file:line: what was expected",
// in the order of the paths; an empty list means that the rule holds.

#include <filesystem>
#include <string>
#include <vector>

namespace mimamori::tidy {

using Violations = std::vector<std::string>;

/// Every #include "folder/…" under src/ and apps/ is allowed by src/LAYERS; quoted includes name their
/// folder; only store/ includes a DuckDB header.
Violations includes_outside_layers(const std::filesystem::path& root);
/// The arrows of src/LAYERS run one way.
Violations circles_in_layers(const std::filesystem::path& root);

/// TRY stands on its own: a whole initializer, a whole assignment or a whole statement.
Violations try_inside_expressions(const std::filesystem::path& root);
/// Headers begin with #pragma once.
Violations headers_without_pragma_once(const std::filesystem::path& root);
/// Source files stay under 600 lines.
Violations long_files(const std::filesystem::path& root);
/// A NOLINT gives its reason: "NOLINT: why" or "NOLINT(check): why".
Violations nolint_without_reason(const std::filesystem::path& root);
/// Test names read as sentences: no underscores in TEST(Suite, Name).
Violations underscores_in_test_names(const std::filesystem::path& root);
/// Every x_test.cpp under src/ is named in its folder's CMakeLists.txt, or it would never run.
Violations tests_not_built(const std::filesystem::path& root);
/// Every folder of src/ that holds something opens with a README.md.
Violations folders_without_readme(const std::filesystem::path& root);

/// No two headers of src/ define a type of one name in one namespace: a program that holds both may take the
/// one for the other, and no compiler or linker has to say so.
Violations types_defined_twice(const std::filesystem::path& root);
/// For the same reason a .cpp defines its types in an unnamed namespace, or as a member (Outer::Inner).
Violations types_outside_unnamed_namespaces(const std::filesystem::path& root);

/// text/ja and text/en hold the same files, keys and {placeholders}; no key twice, no text empty.
Violations texts_that_differ(const std::filesystem::path& root);
/// Every catalogue("key") in the sources has a text.
Violations texts_that_are_missing(const std::filesystem::path& root);

}  // namespace mimamori::tidy
