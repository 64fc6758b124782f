#pragma once

// Keys that only regressions have.

#include "stats/spec.h"

namespace mimamori::keys {

inline const SpecKey kGlmVariance{.name = "variance",
                                  .kind = KeyKind::kChoice,
                                  .words = "stats.key.glm_variance",
                                  .choices = {"model", "sandwich", "sandwich_small_sample"}};
inline const SpecKey kIntercept{
    .name = "intercept", .kind = KeyKind::kFlag, .words = "stats.key.intercept", .default_json = "true"};
inline const SpecKey kProfileInterval{.name = "interval",
                                      .kind = KeyKind::kChoice,
                                      .words = "stats.key.profile_interval",
                                      .default_json = "\"wald\"",
                                      .choices = {"wald", "profile"}};

}  // namespace mimamori::keys
