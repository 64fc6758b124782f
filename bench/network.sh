#!/usr/bin/env bash
# Times uploads beside curl, and waiting polls. $1: the folder of the release build.
set -euo pipefail
bench="${1:-build/release}/bench/network_bench"
command -v curl >/dev/null || { echo "bench/network.sh: curl is not here" >&2; exit 1; }
"$bench" upload 1024
"$bench" poll 1000
