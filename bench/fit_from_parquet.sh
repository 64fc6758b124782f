#!/usr/bin/env bash
# From a Parquet file to the estimate: `mimamori stats fit` with a Cox model of simulation A (10 covariates), the whole
# process, seconds and peak memory. Prints a Markdown table for docs/performance.md.
#
#   MIMAMORI=... WRITE_PARQUET=... bench/fit_from_parquet.sh [REPEATS]
#
# REPEATS 5 (medians). Needs the package `time` and 100 MB in TMPDIR.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
mimamori="${MIMAMORI:-$root/build/release/apps/mimamori/mimamori}"
writer="${WRITE_PARQUET:-$root/build/release/bench/write_parquet}"
repeats="${1:-5}"

stop() {
  printf 'bench/fit_from_parquet.sh: %s\n' "$*" >&2
  exit 1
}
[[ -x "$mimamori" && -x "$writer" ]] || stop "no programs at $mimamori and $writer: ./run bench makes them"
[[ -x /usr/bin/time ]] || stop "/usr/bin/time is missing: apt-get install time"
[[ "$repeats" =~ ^[1-9][0-9]*$ ]] || stop "expected REPEATS as a number"

work="$(mktemp -d "${TMPDIR:-/tmp}/mimamori-bench-XXXXXX")"
trap 'rm -rf "$work"' EXIT

cat >"$work/spec.json" <<'JSON'
{"method": "cox_ph", "time": "days", "event": "event",
 "covariates": ["x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10"]}
JSON

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

row() {  # PERSONS EVENTS
  local table="$work/$1.parquet" input i
  input="$("$writer" "$table" "$1")"
  cat "$table" >/dev/null  # warm
  : >"$work/seconds"
  : >"$work/processor"
  : >"$work/kib"
  for ((i = 1; i <= repeats; i++)); do
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' "$mimamori" stats fit "$work/spec.json" --data "$table" >"$work/answer"
    awk '{ print $1 }' "$work/time" >>"$work/seconds"
    awk '{ print $2 + $3 }' "$work/time" >>"$work/processor"
    awk '{ print $4 }' "$work/time" >>"$work/kib"
  done
  # Timing other data, or a failure, would mean nothing.
  grep -Eq "\"events\": $2(\.0)?,?\$" "$work/answer" || stop "expected $2 events in the answer"
  awk -v n="$1" -v file="$(stat -c %s "$table")" -v input="$input" -v s="$(median "$work/seconds")" \
    -v cpu="$(median "$work/processor")" -v kib="$(median "$work/kib")" 'BEGIN {
      printf "| %d x 10 | %.0f | %.0f | %.2f | %.2f | %.0f |\n", n, file / 1048576, input / 1048576, s, cpu, kib / 1024
    }'
}

cat <<TEXT

$(nproc) cores ($(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)), $(date +%F), median of $repeats.

| rows | file, MiB | columns in memory, MiB | seconds | processor seconds | peak memory, MiB |
|---|---:|---:|---:|---:|---:|
$(row 100000 2007)
$(row 1000000 19690)
TEXT
