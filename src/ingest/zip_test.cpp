#include "ingest/zip.h"

#include <gtest/gtest.h>

#include <string>

#include "base/testing.h"
#include "ingest/gunzip.h"

namespace mimamori {
namespace {

// Written by Python 3.11's zipfile: the folder "a/", "a/one.csv" (40 times x and a line feed, packed),
// "two.txt"
// ("two" and a line feed, stored), the comment "hello".
constexpr std::string_view kArchive =
    "504b03041400000000000000210000000000000000000000000002000000612f504b030414000000080000002100feee"
    "ae8f070000002900000009000000612f6f6e652e637376aba8200e700100504b03041400000000000000210074081796"
    "04000000040000000700000074776f2e74787474776f0a504b0102140314000000000000002100000000000000000000"
    "000000020000000000000000001000000000000000612f504b0102140314000000080000002100feeeae8f0700000029"
    "000000090000000000000000000000800120000000612f6f6e652e637376504b01021403140000000000000021007408"
    "1796040000000400000007000000000000000000000080014e00000074776f2e747874504b050600000000030003009c"
    "00000077000000050068656c6c6f";

std::string archive() {
  std::string bytes;
  for (std::size_t i = 0; i < kArchive.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(kArchive.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(Zip, ListsFilesWithTheirContent) {
  const std::string bytes = archive();
  ASSERT_TRUE(is_zip(bytes));
  const auto entries = zip_entries(bytes);
  ASSERT_THAT(entries, Succeeds());
  ASSERT_EQ(entries->size(), 2U);
  const ZipEntry& packed = entries->at(0);
  EXPECT_EQ(packed.path, "a/one.csv");
  EXPECT_EQ(packed.plain_bytes, 41U);
  ASSERT_TRUE(packed.is_packed);
  Gunzip gunzip({.form = Gunzip::Form::kDeflate});
  gunzip.feed(packed.content);
  std::string plain;
  ASSERT_THAT(gunzip.read(plain, 1000), Succeeds());
  EXPECT_THAT(gunzip.finish(), Succeeds());
  EXPECT_EQ(plain, std::string(40, 'x') + "\n");
  EXPECT_EQ(entries->at(1).path, "two.txt");
  EXPECT_FALSE(entries->at(1).is_packed);
  EXPECT_EQ(entries->at(1).content, "two\n");
  EXPECT_EQ(entries->at(1).crc32, 2518091892U);  // zlib.crc32(b'two\n')
}

TEST(Zip, ACutOffArchiveFails) {
  const std::string bytes = archive();
  for (std::size_t size = 0; size + 5 < bytes.size();
       ++size) {  // without its comment it would still be whole
    EXPECT_THAT(zip_entries(std::string_view(bytes).substr(0, size)), FailsWith(ErrorCode::kInvalidInput))
        << size;
  }
  EXPECT_FALSE(is_zip("person_id,gender_concept_id"));
}

TEST(Zip, WhatIsNotOfferedIsSaid) {
  const auto with = [](std::size_t place, char value) {
    std::string bytes = archive();
    bytes[place] = value;
    return bytes;
  };
  const std::string plain = archive();
  const std::size_t entry = plain.find("PK\x01\x02", plain.find("PK\x01\x02") + 1);
  const std::size_t end = plain.find("PK\x05\x06");
  EXPECT_THAT(zip_entries(with(entry + 8, 1)), FailsWith(ErrorCode::kUnsupported));    // encrypted
  EXPECT_THAT(zip_entries(with(entry + 10, 12)), FailsWith(ErrorCode::kUnsupported));  // bzip2
  EXPECT_THAT(zip_entries(with(end + 4, 1)), FailsWith(ErrorCode::kUnsupported));      // several volumes
  EXPECT_THAT(zip_entries(with(entry + 42, 1)), FailsWith(ErrorCode::kInvalidInput));  // a wrong place
}

TEST(Zip, NoByteOfTheArchiveCanHurt) {
  const std::string plain = archive();
  for (std::size_t place = 0; place < plain.size(); ++place) {
    for (const char value : {'\0', '\xFF', '\x80'}) {
      std::string bytes = plain;
      bytes[place] = value;
      const auto entries = zip_entries(bytes);
      if (!entries.ok()) continue;
      for (const ZipEntry& entry : *entries) EXPECT_LE(entry.content.size(), bytes.size());
    }
  }
}

}  // namespace
}  // namespace mimamori
