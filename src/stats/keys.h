#pragma once

// Keys that several methods share, so that they are named, explained and bounded alike. A method that needs
// one otherwise copies it and changes a field:  SpecKey key = keys::kTime; key.required = false;

#include "stats/spec.h"

namespace mimamori::keys {

inline const SpecKey kTime{
    .name = "time", .kind = KeyKind::kColumn, .words = "stats.key.time", .required = true};
inline const SpecKey kStart{.name = "start", .kind = KeyKind::kColumn, .words = "stats.key.start"};
inline const SpecKey kEvent{
    .name = "event", .kind = KeyKind::kColumn, .words = "stats.key.event", .required = true};
inline const SpecKey kOutcome{
    .name = "outcome", .kind = KeyKind::kColumn, .words = "stats.key.outcome", .required = true};
inline const SpecKey kCovariates{
    .name = "covariates", .kind = KeyKind::kColumns, .words = "stats.key.covariates"};
inline const SpecKey kFactors{.name = "factors", .kind = KeyKind::kFactors, .words = "stats.key.factors"};
inline const SpecKey kStrata{.name = "strata", .kind = KeyKind::kLevelColumns, .words = "stats.key.strata"};
inline const SpecKey kCluster{.name = "cluster", .kind = KeyKind::kLevelColumn, .words = "stats.key.cluster"};
inline const SpecKey kWeights{.name = "weights", .kind = KeyKind::kColumn, .words = "stats.key.weights"};
inline const SpecKey kOffset{.name = "offset", .kind = KeyKind::kOffset, .words = "stats.key.offset"};
inline const SpecKey kGroup{.name = "group", .kind = KeyKind::kLevelColumn, .words = "stats.key.group"};
inline const SpecKey kTimes{.name = "times", .kind = KeyKind::kNumbers, .words = "stats.key.times"};
inline const SpecKey kLevel{.name = "level",
                            .kind = KeyKind::kNumber,
                            .words = "stats.key.level",
                            .default_json = "0.95",
                            .least = 0,
                            .most = 1,
                            .open = true};
inline const SpecKey kPer{.name = "per",
                          .kind = KeyKind::kNumber,
                          .words = "stats.key.per",
                          .default_json = "1",
                          .least = 0,
                          .open = true};

}  // namespace mimamori::keys
