#!/usr/bin/env bash
# Loads one large claims file and one large E/F file into an empty site: records a second until they are durable in
# both layers, peak memory, and the processor time of each stage. Prints a Markdown table for docs/performance.md.
#
#   MIMAMORI=... WRITE_TABLES=... bench/tables.sh [LINES] [REPEATS]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
mimamori="${MIMAMORI:-$root/build/release/apps/mimamori/mimamori}"
write_tables="${WRITE_TABLES:-$root/build/release/bench/write_tables}"
lines="${1:-1000000}"
repeats="${2:-3}"
work="$(mktemp -d "${TMPDIR:-/tmp}/mimamori-bench-XXXXXX")"
trap 'rm -rf "$work"' EXIT

printf '\n| file | records | seconds (median of %s) | records/s | peak memory, MiB | receive, parse, append, settle, database (CPU s) |\n|---|---:|---:|---:|---:|---|\n' "$repeats"
for kind in claims ef; do
  written="$("$write_tables" "$kind" "$work/$kind" "$lines" | tail -n 1)"
  option="--dpc"
  [[ "$kind" == ef ]] || option="--claims"
  : >"$work/times"
  for ((i = 1; i <= repeats; i++)); do
    rm -rf "$work/site"
    "$mimamori" site init --dir "$work/site" >/dev/null
    /usr/bin/time -o "$work/time" -f '%e %M' \
      "$mimamori" site ingest --profile --dir "$work/site" "$option" "$work/$kind" >"$work/log"
    cat "$work/time" >>"$work/times"
  done
  stages="$(tail -n 5 "$work/log" | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $1 }')"
  sort -n "$work/times" | awk -v kind="$kind" -v n="$written" -v stages="$stages" '
    { seconds[NR] = $1; if ($2 > memory) memory = $2 }
    END { s = seconds[int((NR + 1) / 2)]; printf "| %s | %d | %.2f | %.0f | %.0f | %s |\n", kind, n, s, n / s, memory / 1024, stages }'
done
