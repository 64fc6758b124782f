#!/usr/bin/env bash
# Ingest beside `tar` on the same tree in the same run, and seconds and peak memory of each stage from a
# synthetic hospital to the report. Prints a Markdown table for docs/performance.md.
#
#   MIMAMORI=build/release/apps/mimamori/mimamori bench/ingest.sh [PATIENTS] [REPEATS]
#
# PATIENTS 2000, REPEATS 5 (medians are printed). Needs the package `time` and room in TMPDIR: about half
# a megabyte per patient at most.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
mimamori="${MIMAMORI:-$root/build/release/apps/mimamori/mimamori}"
patients="${1:-2000}"
repeats="${2:-5}"

stop() {
  printf 'bench/ingest.sh: %s\n' "$*" >&2
  exit 1
}
[[ -x "$mimamori" ]] || stop "there is no program at $mimamori: ./run build makes it"
[[ -x /usr/bin/time ]] || stop "/usr/bin/time is missing: apt-get install time"
[[ "$patients" =~ ^[1-9][0-9]*$ && "$repeats" =~ ^[1-9][0-9]*$ ]] || stop "expected PATIENTS and REPEATS as numbers"

work="$(mktemp -d "${TMPDIR:-/tmp}/mimamori-bench-XXXXXX")"
trap 'rm -rf "$work"' EXIT

# Runs a stage; adds "SECONDS KIB" to its list of measurements. What it says goes to a log.
measure() {  # NAME COMMAND...
  local name="$1"
  shift
  printf '%s … ' "$name" >&2
  /usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/$name.log" 2>&1 || {
    tail -n 5 "$work/$name.log" >&2
    stop "$name failed"
  }
  tee -a "$work/$name.times" <"$work/time" >&2
}

# The median of one column of a stage's measurements.
median() {  # NAME COLUMN
  awk -v column="$2" '{ print $column }' "$work/$1.times" | sort -n |
    awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

row() {  # TITLE NAME [FILES]
  local seconds kib rate="–"
  seconds="$(median "$2" 1)"
  kib="$(median "$2" 2)"
  if [[ -n "${3:-}" ]]; then rate="$(awk -v f="$3" -v s="$seconds" 'BEGIN { printf "%.0f", f / (s > 0 ? s : 0.01) }')"; fi
  printf '| %s | %s | %s | %s |\n' "$1" "$seconds" "$(awk -v k="$kib" 'BEGIN { printf "%.0f", k / 1024 }')" "$rate"
}

hospital="$work/hospital"
measure synth "$mimamori" synth hospital --out "$hospital" --patients "$patients" --seed 1
tree="$(find "$hospital" -maxdepth 1 -type d -name 'ssmix2*' | head -n 1)"
[[ -n "$tree" ]] || stop "no SS-MIX2 tree in what synth wrote"
code_map="$(find "$hospital" -maxdepth 1 -name '*code*map*.csv' | head -n 1)"
files="$(find "$tree" -type f | wc -l)"
bytes="$(find "$tree" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')"

# Both read the same warm cache, in turns, so that a slow minute of the machine hits both.
tar cf - -C "$tree" . | cat >/dev/null
for ((i = 1; i <= repeats; i++)); do
  # shellcheck disable=SC2016 # $1 is for the inner shell
  measure tar bash -c 'tar cf - -C "$1" . | cat >/dev/null' - "$tree"
  rm -rf "$work/site"
  "$mimamori" site init --dir "$work/site" >/dev/null
  measure ingest "$mimamori" site ingest --dir "$work/site" --ssmix2 "$tree" ${code_map:+--code-map "$code_map"}
  measure again "$mimamori" site ingest --dir "$work/site" --ssmix2 "$tree" ${code_map:+--code-map "$code_map"}
  measure study "$mimamori" study run --dir "$work/site" --script "$root/examples/a-vs-b.yaml" --out "$work/study"
done

cat <<TEXT

$patients patients, $files files, $((bytes / 1000000)) MB; $(nproc) cores ($(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)), $(date +%F), median of $repeats.

| stage | seconds | peak memory, MiB | files/s |
|---|---:|---:|---:|
$(row 'synth hospital (tree and 10⁶-person truth)' synth)
$(row 'tar cf - TREE \| cat >/dev/null' tar "$files")
$(row 'site ingest, empty site' ingest "$files")
$(row 'site ingest, same tree again' again "$files")
$(row 'study run' study)

Ingest reads at $(awk -v t="$(median tar 1)" -v i="$(median ingest 1)" 'BEGIN { printf "%.3f", t / i }') of tar's rate. Site folder: $(du -sm "$work/site" | cut -f1) MB.
TEXT
