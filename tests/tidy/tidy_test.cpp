// First each rule with a planted violation and its lawful neighbor, then every rule over this checkout.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>

#include "base/testing.h"
#include "tidy/rules.h"
#include "tidy/source_text.h"

namespace mimamori::tidy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A small checkout that a test fills.
class Checkout {
 public:
  Checkout() { add("src/LAYERS", "# comment\nbase:\nmodel: base\nstore: base model\napps: base model\n"); }
  Checkout& add(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((scratch_.path() / path).parent_path());
    std::ofstream(scratch_.path() / path, std::ios::binary) << text;
    return *this;
  }
  [[nodiscard]] const std::filesystem::path& root() const { return scratch_.path(); }

 private:
  ScratchFolder scratch_;
};

/// The TRY rule on one function body.
Violations on_body(const std::string& body) {
  Checkout checkout;
  checkout.add("src/store/x.cpp", "Result<int> f() {\n" + body + "\n}\n");
  return try_inside_expressions(checkout.root());
}

TEST(CodeOf, BlanksCommentsAndLiteralsAndKeepsLines) {
  EXPECT_EQ(code_of("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_of("a /* b\n c */ d"), "a     \n      d");
  EXPECT_EQ(code_of(R"(f("x\"y", 'z');)"), R"(f("    ", ' ');)");
  EXPECT_EQ(code_of("n = 1'000'000; g()"), "n = 1'000'000; g()");
  EXPECT_EQ(code_of("s = R\"q(a\"b)q\"; g()"), "s =          \"; g()");
}

TEST(Layers, AnIncludeThatIsNotListedIsFound) {
  Checkout checkout;
  checkout.add("src/model/a.cpp", "#include \"base/date.h\"\n#include \"model/a.h\"\n#include <vector>\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()), IsEmpty());
  checkout.add("src/model/b.cpp", "#include \"base/date.h\"\n#  include \"store/database.h\"\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()),
              ElementsAre("src/model/b.cpp:2: src/LAYERS does not let model include store"));
}

TEST(Layers, TheProgramIsALayerToo) {
  Checkout checkout;
  checkout.add("apps/mimamori/main.cpp", "#include \"command.h\"\n#include \"model/a.h\"\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()), IsEmpty());
  checkout.add("apps/mimamori/site.cpp", "#include \"store/database.h\"\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()),
              ElementsAre(HasSubstr("does not let apps include store")));
}

TEST(Layers, AnIncludeWithoutItsFolderIsFound) {
  Checkout checkout;
  checkout.add("src/model/a.cpp", "#include \"a.h\"\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()), ElementsAre(HasSubstr("\"model/a.h\"")));
}

TEST(Layers, OnlyTheStoreIncludesDuckDb) {
  Checkout checkout;
  checkout.add("src/store/a.cpp", "#include <duckdb.h>\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()), IsEmpty());
  checkout.add("src/model/a.cpp", "#include <duckdb.h>\n");
  EXPECT_THAT(includes_outside_layers(checkout.root()), ElementsAre(HasSubstr("src/model/a.cpp:1")));
}

TEST(Layers, ACircleIsFound) {
  Checkout checkout;
  EXPECT_THAT(circles_in_layers(checkout.root()), IsEmpty());
  checkout.add("src/LAYERS", "base: store\nmodel: base\nstore: model\n");
  EXPECT_THAT(circles_in_layers(checkout.root()), testing::Contains(HasSubstr("base reaches itself")));
}

TEST(Layers, AFolderWithoutALineOfItsOwnIsFound) {
  Checkout checkout;
  checkout.add("src/LAYERS", "model: base\n");
  EXPECT_THAT(circles_in_layers(checkout.root()), ElementsAre(HasSubstr("base has no line")));
}

TEST(Try, AWholeInitializerAssignmentOrStatementIsLawful) {
  EXPECT_THAT(on_body("const int a = TRY(g());"), IsEmpty());
  EXPECT_THAT(on_body("const std::map<int, int> a =\n    TRY(g([&](int x) { return x; }));"), IsEmpty());
  EXPECT_THAT(on_body("const auto [a, b] = TRY(g());"), IsEmpty());
  EXPECT_THAT(on_body("file.rows = TRY(g());"), IsEmpty());
  EXPECT_THAT(on_body("switch (x) {\ncase 1:\n  TRY(g());\n}"), IsEmpty());
  EXPECT_THAT(on_body("g();\nTRY(h(1, \")\"));"), IsEmpty());
  EXPECT_THAT(on_body("if (x) TRY(h());"), IsEmpty());
  EXPECT_THAT(on_body("if (x > 0) a = TRY(h());\nelse TRY(k());"), IsEmpty());
  EXPECT_THAT(on_body("for (int i = 0; i < n; ++i) TRY(h(i));"), IsEmpty());
  EXPECT_THAT(on_body("for (const auto& x : xs) text += TRY(h(x));"), IsEmpty());
  EXPECT_THAT(on_body("// return f(TRY(x))\nauto s = \"TRY(x)\";"), IsEmpty());
  EXPECT_THAT(on_body("RETRY(x) + 1;"), IsEmpty());
}

TEST(Try, APartOfALargerExpressionIsFound) {
  for (const char* body :
       {"return TRY(g());", "h(TRY(g()));", "const int a = 1 + TRY(g());", "const int a = TRY(g()) + 1;",
        "const int a = TRY(g()).size();", "const A a{TRY(g())};", "const A a{.x = TRY(g()), .y = 1};",
        "for (int x : TRY(g())) {}", "for (int x : TRY(g())) h();", "for (int i = 0; i < TRY(g()); ++i) h();",
        "if (TRY(g())) {}", "const int a = b = TRY(g());", "const int a = x ? TRY(g()) : 0;",
        "a = x ? 0 : TRY(g());", "TRY(h(TRY(g())));"}) {
    EXPECT_THAT(on_body(body), ElementsAre(HasSubstr("src/store/x.cpp:2"))) << body;
  }
}

TEST(Sources, AHeaderWithoutPragmaOnceIsFound) {
  Checkout checkout;
  checkout.add("src/base/a.h", "#pragma once\n").add("src/base/b.h", "// no guard\n");
  EXPECT_THAT(headers_without_pragma_once(checkout.root()), ElementsAre(HasSubstr("src/base/b.h")));
}

TEST(Sources, AFileOfSixHundredLinesIsFound) {
  Checkout checkout;
  checkout.add("src/base/a.cpp", std::string(599, '\n')).add("src/base/b.cpp", std::string(600, '\n'));
  EXPECT_THAT(long_files(checkout.root()), ElementsAre(HasSubstr("src/base/b.cpp: 600 lines")));
}

TEST(Sources, ANolintWithoutAReasonIsFound) {
  Checkout checkout;
  checkout.add("src/base/a.cpp", "int a;  // NOLINT: implicit\nint b;  // NOLINT(some-check): because\n");
  EXPECT_THAT(nolint_without_reason(checkout.root()), IsEmpty());
  checkout.add("src/base/b.cpp", "int a;  // NOLINT\n")
      .add("src/base/c.cpp", "int b;  // NOLINT(some-check)\n");
  EXPECT_THAT(nolint_without_reason(checkout.root()),
              ElementsAre(HasSubstr("b.cpp:1"), HasSubstr("c.cpp:1")));
}

TEST(Sources, AnUnderscoreInATestNameIsFound) {
  Checkout checkout;
  checkout.add("src/base/a_test.cpp", "TEST(Date, ReadsALeapDay) { a_b(); }\n");
  EXPECT_THAT(underscores_in_test_names(checkout.root()), IsEmpty());
  checkout.add("src/base/b_test.cpp", "\nTEST(Date, Reads_a_leap_day) {}\n");
  EXPECT_THAT(underscores_in_test_names(checkout.root()), ElementsAre(HasSubstr("b_test.cpp:2")));
}

TEST(Sources, ATestThatIsNotBuiltIsFound) {
  Checkout checkout;
  checkout.add("src/base/CMakeLists.txt", "add_module(base TESTS a_test.cpp)\n")
      .add("src/base/a_test.cpp", "");
  EXPECT_THAT(tests_not_built(checkout.root()), IsEmpty());
  checkout.add("src/base/forgotten_test.cpp", "");
  EXPECT_THAT(tests_not_built(checkout.root()), ElementsAre(HasSubstr("src/base/forgotten_test.cpp")));
}

TEST(Sources, ATestOfASubfolderIsNamedWithItAndAGlobTakesTheRest) {
  Checkout checkout;
  checkout.add("src/serve/CMakeLists.txt", "add_module(serve TESTS center/a_test.cpp)\n")
      .add("src/serve/center/a_test.cpp", "")
      .add("src/stats/CMakeLists.txt", "file(GLOB stats_tests CONFIGURE_DEPENDS *_test.cpp)\n")
      .add("src/stats/b_test.cpp", "");
  EXPECT_THAT(tests_not_built(checkout.root()), IsEmpty());
  checkout.add("src/serve/site/a_test.cpp", "").add("src/stats/deep/b_test.cpp", "");
  EXPECT_THAT(tests_not_built(checkout.root()),
              ElementsAre(HasSubstr("src/serve/site/a_test.cpp"), HasSubstr("src/stats/deep/b_test.cpp")));
}

TEST(Sources, AFolderWithoutAReadmeIsFound) {
  Checkout checkout;
  checkout.add("src/base/a.h", "").add("src/base/README.md", "# base\n").add("src/model/a.h", "");
  EXPECT_THAT(folders_without_readme(checkout.root()), ElementsAre(HasSubstr("src/model")));
}

TEST(Types, OneNameInTwoHeadersIsFound) {
  Checkout checkout;
  checkout.add(
      "src/base/a.h",
      "namespace mimamori {\nstruct Place {\n  struct Row { int x; };\n  enum class Kind { kA };\n};\n"
      "enum class Side : int { kLeft };\nclass Table;\ntemplate <class T>\nclass Box { T x; };\n"
      "template <>\nclass Box<int> {};\n}\n");
  checkout.add("src/model/b.h",
               "namespace mimamori {\nclass [[nodiscard]] Table final : public Base<int> {\n public:\n"
               "  struct Row {};\n  enum class Kind { kB };\n};\nstruct Place;\nPlace f();\n"
               "inline int g() { struct Side { int x; }; return 0; }\n"
               "namespace other { struct Place {}; }\n}\n#define M struct Place {\n");
  EXPECT_THAT(types_defined_twice(checkout.root()), IsEmpty());
  checkout.add("src/store/c.h",
               "namespace mimamori {\nstruct Place { int y; };\nenum class Side { kUp };\n}\n");
  checkout.add("src/store/d.h", "namespace mimamori {\ntemplate <typename T>\nstruct Box final {};\n}\n");
  EXPECT_THAT(
      types_defined_twice(checkout.root()),
      ElementsAre("src/store/c.h:2: Place is defined at src/base/a.h:2 too; expected a name of its own",
                  HasSubstr("src/store/c.h:3: Side"), HasSubstr("src/store/d.h:3: Box")));
}

TEST(Types, OutsideAnUnnamedNamespaceOfASourceFileIsFound) {
  Checkout checkout;
  checkout.add(
      "src/base/a.cpp",
      "namespace mimamori {\nnamespace {\nstruct A {};\n}\nstruct Outer::Inside {\n  struct B {};\n};\n"
      "void f(int x = int{1}) {\n  struct C { int x; };\n  struct stat info {};\n}\n"
      "struct D;\nstatic const struct D kD = {1};\n}\n");
  EXPECT_THAT(types_outside_unnamed_namespaces(checkout.root()), IsEmpty());
  checkout
      .add("src/base/b.cpp", "namespace mimamori {\nnamespace {\nint f() { return 1; }\n}\nstruct A {};\n}\n")
      .add("apps/c.cpp", "enum E { kA };\n");
  EXPECT_THAT(types_outside_unnamed_namespaces(checkout.root()),
              ElementsAre(HasSubstr("apps/c.cpp:1: E"), HasSubstr("src/base/b.cpp:5: A stands outside")));
}

TEST(Texts, TheSameKeysAndPlaceholdersAreLawful) {
  Checkout checkout;
  checkout.add("text/ja/site.json", R"({"a": "{count}件を{place}に", "b": "終わり"})");
  checkout.add("text/en/site.json", R"({"a": "{place}: {count} files", "b": "done"})");
  EXPECT_THAT(texts_that_differ(checkout.root()), IsEmpty());
}

TEST(Texts, AKeyInOneLanguageOnlyIsFound) {
  Checkout checkout;
  checkout.add("text/ja/site.json", R"({"a": "あ", "b": "い"})")
      .add("text/en/site.json", R"({"a": "a", "c": "c"})");
  EXPECT_THAT(texts_that_differ(checkout.root()),
              ElementsAre(HasSubstr("in English too: b"), HasSubstr("in Japanese too: c")));
}

TEST(Texts, APlaceholderThatDiffersIsFound) {
  Checkout checkout;
  checkout.add("text/ja/site.json", R"({"a": "{count}件"})")
      .add("text/en/site.json", R"({"a": "{counts} files"})");
  EXPECT_THAT(texts_that_differ(checkout.root()), ElementsAre(HasSubstr("same placeholders")));
}

TEST(Texts, AKeyThatComesTwiceOrIsEmptyIsFound) {
  Checkout checkout;
  checkout.add("text/ja/a.json", R"({"a": "あ", "a": "い"})").add("text/en/a.json", R"({"a": "a"})");
  EXPECT_THAT(texts_that_differ(checkout.root()), ElementsAre(HasSubstr("the key once: a")));
  checkout.add("text/ja/a.json", R"({"a": ""})").add("text/en/a.json", R"({"a": ""})");
  EXPECT_THAT(texts_that_differ(checkout.root()),
              ElementsAre(HasSubstr("expected a text for a"), HasSubstr("expected a text for a")));
}

TEST(Texts, AKeyOfTwoAreasIsFound) {
  Checkout checkout;
  for (const char* path : {"text/ja/a.json", "text/ja/b.json", "text/en/a.json"})
    checkout.add(path, R"({"k": "x"})");
  EXPECT_THAT(texts_that_differ(checkout.root()),
              ElementsAre(HasSubstr("text/ja/b.json: k is in a.json too")));
}

TEST(Texts, ACallWithAnUnknownKeyIsFound) {
  Checkout checkout;
  checkout.add("text/ja/a.json", R"({"a.known": "あ"})");
  checkout.add("src/base/a.cpp", "f(catalogue(\"a.known\"));\nf(catalogue(\"a.\" + id));\n");
  EXPECT_THAT(texts_that_are_missing(checkout.root()), IsEmpty());
  checkout.add("src/base/b.cpp", "\nf(catalogue(\"a.unknown\"));\n");
  EXPECT_THAT(texts_that_are_missing(checkout.root()),
              ElementsAre("src/base/b.cpp:2: expected a text for a.unknown"));
}

struct Rule {
  const char* name;
  Violations (*check)(const std::filesystem::path&);
};

/// Without this GoogleTest would print the bytes of the pointers, different in every run.
void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }  // NOLINT: GoogleTest's own name

class ThisCheckout : public testing::TestWithParam<Rule> {};

TEST_P(ThisCheckout, KeepsTheRule) { EXPECT_THAT(GetParam().check(MIMAMORI_SOURCE_DIR), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(
    Tidy, ThisCheckout,
    testing::Values(
        Rule{"IncludesFollowLayers", includes_outside_layers}, Rule{"LayersHaveNoCircle", circles_in_layers},
        Rule{"TryStandsAlone", try_inside_expressions},
        Rule{"HeadersBeginWithPragmaOnce", headers_without_pragma_once}, Rule{"FilesAreShort", long_files},
        Rule{"NolintGivesItsReason", nolint_without_reason},
        Rule{"TestNamesAreSentences", underscores_in_test_names}, Rule{"EveryTestIsBuilt", tests_not_built},
        Rule{"EveryFolderHasAReadme", folders_without_readme},
        Rule{"TypesHaveOneHeader", types_defined_twice},
        Rule{"TypesOfSourceFilesAreUnnamed", types_outside_unnamed_namespaces},
        Rule{"LanguagesAgree", texts_that_differ}, Rule{"EveryTextExists", texts_that_are_missing}),
    [](const auto& rule) { return std::string(rule.param.name); });

}  // namespace
}  // namespace mimamori::tidy
