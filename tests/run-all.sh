#!/usr/bin/env bash
# The whole proof: builds Release once, runs the unit, property and simulation tests, then the conformance tests, which start the built
# node and drive it with real clients. Ends with one line, "N passed, N failed, N skipped", and a non-zero code if anything failed.
#
#   KAFKA_HOME=DIR         folder of a real Apache Kafka with its `kafka` script: also runs its tools on us, and compares answers
#   ACTORS_FUZZ_MINUTES=N  the in-memory fuzzer of Kafka's requests goes on for that long (each round prints ACTORS_FUZZ_SEED=)
#   ACTORS_KILL_ROUNDS=N   more kill -9 rounds than the 200 of every run
#   ZOOKEEPER_PEER=HOST:PORT  a fresh ZooKeeper 3.9 with TTL znodes to compare with, in place of Debian's 3.8; for one mode at a time
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0 skipped=0
began=$SECONDS

step() { echo; echo "== $* (at $((SECONDS - began)) s)"; }

# Adds up what one test run printed, in either of the console logger's two forms. A run that failed without a failed test (a crash, a
# hang) counts as one failure.
count() { # LOG EXIT-CODE NAME
  local log=$1 code=$2 name=$3 before=$failed
  passed=$((passed + $(sum "$log" Passed)))
  failed=$((failed + $(sum "$log" Failed)))
  skipped=$((skipped + $(sum "$log" Skipped)))
  if [ "$code" -ne 0 ] && [ "$failed" -eq "$before" ]; then
    echo "$name ended with code $code" >&2
    failed=$((failed + 1))
  fi
}
sum() { # LOG WORD: "Failed!  - Failed:     0, Passed:     3, Skipped: ..." or, on lines of their own, "     Passed: 3"
  sed -nE "s/^(Passed|Failed|Skipped)!.*[ -]$2: +([0-9]+),.*/\2/p; s/^ +$2: ([0-9]+)\$/\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'
}

give_up() { echo "$1" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

step "clients"
bash tests/install-clients.sh || give_up "a client of the tests is missing"

step "build"
dotnet build Actors.sln -c Release -v quiet || give_up "the build failed"

step "unit, property and simulation tests"
code=0
dotnet test Actors.sln -c Release --no-build 2>&1 | tee "$logs/plain" || code=$?
count "$logs/plain" "$code" "dotnet test"

step "allocation gate of the hot path"
code=0
dotnet run --project tests/Benchmarks -c Release --no-build -- gate 2>&1 | tee "$logs/gate" || code=$?
sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/     Passed: \1\n     Failed: \2/p' "$logs/gate" > "$logs/gate-sum"
count "$logs/gate-sum" "$code" "the allocation gate"

step "docker-compose.yml"
if docker-compose -f docker-compose.yml config -q; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
fi

step "conformance: real clients against the real process"
code=0
dotnet test tests/Conformance -c Release --no-build --logger "console;verbosity=detailed" -- xUnit.Explicit=only 2>&1 |
  tee "$logs/conformance" || code=$?
count "$logs/conformance" "$code" "conformance"

# What failed, once more at the very end, where a log that was cut off at its beginning still has it: each failed test's name and the
# first lines of its error, each name once.
failures() { # LOG...
  awk -v each=15 -v all=80 '
    /^ *Failed [^ ].*\[[<0-9].*\]$/ || /^FAILED / { left = seen[$0]++ ? 0 : each }
    /^ *(Passed|Skipped) [^ ].*\[[<0-9].*\]$/ || /^ok / || /^ *Stack Trace:/ || /^(Passed|Failed|Skipped)! / || /^Test Run / || /^\[xUnit/ { left = 0 }
    left > 0 { left--; if (++printed <= all) print }
    END { if (printed > all) print "(" printed - all " more lines above)" }' "$@"
}
if [ "$failed" -gt 0 ]; then
  step "failed"
  failures "$logs/plain" "$logs/gate" "$logs/conformance"
fi

echo
echo "took $((SECONDS - began)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
