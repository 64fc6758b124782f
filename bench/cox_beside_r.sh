#!/usr/bin/env bash
# Cox fits beside coxph.fit of R's package survival, on the same data in the same run, in turns. Prints a Markdown table
# for docs/performance.md.
#
#   COX_BESIDE_R=build/release/bench/cox_beside_r bench/cox_beside_r.sh [REPEATS]
#
# REPEATS 5 (medians). Needs Rscript with survival, the package `time`, and 120 MB in TMPDIR.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
program="${COX_BESIDE_R:-$root/build/release/bench/cox_beside_r}"
repeats="${1:-5}"

stop() {
  printf 'bench/cox_beside_r.sh: %s\n' "$*" >&2
  exit 1
}
[[ -x "$program" ]] || stop "there is no program at $program: ./run bench makes it"
command -v Rscript >/dev/null || stop "Rscript is missing: apt-get install r-base-core r-cran-survival"
[[ -x /usr/bin/time ]] || stop "/usr/bin/time is missing: apt-get install time"
[[ "$repeats" =~ ^[1-9][0-9]*$ ]] || stop "expected REPEATS as a number"

work="$(mktemp -d "${TMPDIR:-/tmp}/mimamori-bench-XXXXXX")"
trap 'rm -rf "$work"' EXIT
"$program" write "$work"

# In turns, so that a slow minute of the machine hits both.
"$program" time "$repeats" >"$work/ours-1"
Rscript "$root/bench/cox_beside_r.R" "$work" "$repeats" >"$work/theirs-1"
"$program" time "$repeats" >"$work/ours-2"
Rscript "$root/bench/cox_beside_r.R" "$work" "$repeats" >"$work/theirs-2"
/usr/bin/time -o "$work/memory" -f '%M' "$program" memory >"$work/input"

# The quicker of two medians: what else the machine did only ever adds.
quicker() {  # WHO NAME
  cat "$work/$1-1" "$work/$1-2" | awk -v name="$2" '$1 == name && (!best || $2 < best) { best = $2 } END { print best }'
}
estimate() { awk -v name="$2" '$1 == name { print $3 }' "$work/$1-1"; }
row() {  # TITLE NAME FITS
  awk -v title="$1" -v ours="$(quicker ours "$2")" -v theirs="$(quicker theirs "$2")" -v fits="$3" \
    -v a="$(estimate ours "$2")" -v b="$(estimate theirs "$2")" 'BEGIN {
      printf "| %s | %.4f | %.4f | %.1f | %.0f | %.0e |\n", title, ours, theirs, theirs / ours, fits / ours, (a > b ? a - b : b - a)
    }'
}
cat <<TEXT

$(nproc) cores ($(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)), $(Rscript -e 'cat(R.version$major, ".", R.version$minor, ", survival ", as.character(packageVersion("survival")), sep = "")'), $(date +%F), median of $repeats.

| fit | ours, s | coxph.fit, s | times as fast | fits/s | difference of the first coefficient |
|---|---:|---:|---:|---:|---:|
$(row 'Cox 1,000,000 x 10, Efron' large 1)
$(row 'Cox 100,000 x 10, Efron' small 1)
$(row '100 fits of 5,000 x 3, one thread' many 100)

Memory of 1,000,000 x 10: $(awk '{ printf "%.0f", $1 / 1048576 }' "$work/input") MiB of input, $(awk '{ printf "%.0f", $1 / 1024 }' "$work/memory") MiB at the peak of the whole process.
TEXT
