#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "base/text2.h"
#include "serve/demo/demo.h"
#include "serve/site.h"
#include "synth/hospital_options.h"

namespace mimamori {

struct DemoStaff {
  const char* login;
  const char* name;
};

/// An invented hospital, its way of writing, and the two people who decide there.
struct DemoHospital {
  const char* site;  // its name in the network, and of its folder
  Text2 name;
  HospitalProfile profile;
  DemoStaff runs;   // signs approval ①, to run the script
  DemoStaff sends;  // signs approval ②, to send the result
};
std::span<const DemoHospital> demo_hospitals();

/// Writes the hospital's files, loads them into a new site at folder/SITE and compares every count with what
/// was written. The files are removed afterwards, unless they are to be kept.
/// Errors  as write_hospital, init_site and ingest_site; kConflict: a count differs.
Result<Site> write_and_load(const DemoHospital& hospital, const DemoSettings& settings, std::uint64_t seed);

}  // namespace mimamori
