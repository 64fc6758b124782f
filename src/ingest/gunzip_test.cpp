#include "ingest/gunzip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>

#include "base/testing.h"

namespace mimamori {
namespace {

using namespace std::string_literals;

// gzip -9n of "one\ntwo\n".
const std::string kOneTwo =
    "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\xCB\xCF\x4B\xE5\x2A\x29\xCF\xE7\x02\x00\xE6\x0B\xBA\x12\x08\x00\x00\x00"s;

// Everything that comes out of pieces of the given size, read in steps of `step` bytes.
Result<std::string> unpacked(std::string_view packed, std::size_t piece_bytes, std::size_t step,
                             Gunzip::Options options = {}) {
  Gunzip gunzip(options);
  std::string plain;
  while (!packed.empty()) {
    gunzip.feed(packed.substr(0, piece_bytes));
    packed.remove_prefix(std::min(piece_bytes, packed.size()));
    while (true) {
      const std::size_t before = plain.size();
      TRY(gunzip.read(plain, step));
      if (plain.size() == before) break;
      EXPECT_LE(plain.size() - before, step);
    }
  }
  TRY(gunzip.finish());
  return plain;
}

// As zlib packs it; with a gzip header, or bare.
std::string packed(const std::string& plain, bool is_gzip_file) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, is_gzip_file ? 31 : -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string result(deflateBound(&stream, static_cast<uLong>(plain.size())) + 64, '\0');
  std::string input = plain;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

TEST(Gunzip, ReadsWhatGzipWrote) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      EXPECT_EQ(*unpacked(kOneTwo, piece, step), "one\ntwo\n");
    }
  }
}

TEST(Gunzip, MembersFollowOneAnotherAndPaddingIsIgnored) {
  EXPECT_EQ(*unpacked(kOneTwo + kOneTwo, 5, 100), "one\ntwo\none\ntwo\n");
  EXPECT_EQ(*unpacked(kOneTwo + std::string(512, '\0'), 600, 100), "one\ntwo\n");
}

TEST(Gunzip, ACutOffFileFails) {
  for (std::size_t size = 1; size < kOneTwo.size(); ++size) {
    EXPECT_THAT(unpacked(kOneTwo.substr(0, size), 5, 100), FailsWith(ErrorCode::kInvalidInput)) << size;
  }
  EXPECT_THAT(unpacked("", 5, 100), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Gunzip, ADamagedFileFails) {
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{2}, std::size_t{12}, std::size_t{21}, std::size_t{25}}) {
    std::string damaged = kOneTwo;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x55);
    EXPECT_THAT(unpacked(damaged, 5, 100), FailsWith(ErrorCode::kInvalidInput)) << place;
  }
  EXPECT_THAT(unpacked("person_id\n1\n", 5, 100), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Gunzip, StopsAtItsLimitAndNotBefore) {
  const std::string zeros = packed(std::string(1'000'000, '0'), true);
  ASSERT_LT(zeros.size(), 5'000U);
  EXPECT_EQ(unpacked(zeros, 500, 4096, {.plain_bytes_max = 1'000'000})->size(), 1'000'000U);
  EXPECT_THAT(unpacked(zeros, 500, 4096, {.plain_bytes_max = 999'999}), FailsWith(ErrorCode::kInvalidInput));
}

TEST(Gunzip, KnowsGzipByItsFirstBytes) {
  EXPECT_TRUE(is_gzip(kOneTwo));
  EXPECT_FALSE(is_gzip("person_id"));
  EXPECT_FALSE(is_gzip(kOneTwo.substr(0, 2)));
}

RC_GTEST_PROP(Gunzip, GivesBackWhatWasPackedInAnyPieces, (const std::string& text, bool is_gzip_file)) {
  const std::size_t piece = *rc::gen::inRange<std::size_t>(1, 50);
  const std::size_t step = *rc::gen::inRange<std::size_t>(1, 50);
  const std::string many = text + text + text + text;
  const Gunzip::Options options{.form = is_gzip_file ? Gunzip::Form::kGzip : Gunzip::Form::kDeflate};
  const Result<std::string> result = unpacked(packed(many, is_gzip_file), piece, step, options);
  RC_ASSERT(result.ok());
  RC_ASSERT(*result == many);
}

}  // namespace
}  // namespace mimamori
