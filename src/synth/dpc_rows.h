#pragma once

// Lines of DPC files (reference/claims-dpc.md, section 2), in UTF-8, tab-separated, without ends.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "synth/claims_dpc.h"

namespace mimamori {

using DpcLines = std::vector<std::string>;
using Counts = std::map<std::string, std::int64_t>;

/// What every line of one person's stay or month of visits shares.
struct EfPerson {
  std::string facility;  // 9 digits
  std::string number;    // データ識別番号, 10 digits
  std::string third;     // discharge, or 00000000; outpatients: birth
  std::string fourth;    // admission; outpatients: the visit
  bool outpatient = false;
  const Care* care = nullptr;
};

/// Numbers the groups of a section: 0001, 0002, ... while it lives.
using GroupNumbers = std::map<std::string, int, std::less<>>;

/// E row and F rows of one unit. counts: groups, rows and what they are (synth/README.md).
void add_ef_group(const EfPerson& person, const CareUnit& unit, GroupNumbers& numbers, DpcLines& lines,
                  Counts& counts);
/// The SY rows of an outpatient.
void add_ef_diagnoses(const EfPerson& person, Date visited_on, DpcLines& lines, Counts& counts);
/// A line whose name holds a tab and which has therefore one column too many.
void add_ef_broken(const EfPerson& person, Date date, DpcLines& lines, Counts& counts);
/// D rows: one for each period of the bundled pay.
void add_d_rows(const EfPerson& person, const CareStay& stay, const BundledPay& pay, DpcLines& lines,
                Counts& counts);

/// How a stay stands in form 1.
struct Form1Group {
  bool child = false;      // repeats the diagnoses of the parent
  bool corrected = false;  // a later month's version: the weight was mended
};
void add_form1(const EfPerson& person, const CareStay& stay, Form1Group group, DpcLines& lines,
               Counts& counts);

std::string ef_header(bool outpatient);
std::string d_header();
std::string form1_header();

}  // namespace mimamori
