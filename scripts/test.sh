#!/bin/bash
# Runs every test: formatting, lints, unit, property, store, port and HTTP tests, the console's own, and end to end in a browser.
# Goes on after a failure, ends with one summary line and status 1 when anything failed. Logs: build/test/.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh test
. scripts/env.sh
. scripts/postgres.sh

logs=$PWD/build/test
rm -rf "$logs"
mkdir -p "$logs"
trap stop_postgres EXIT
trap 'exit 130' INT TERM
started=$SECONDS
failed=()

step() { # step NAME COMMAND...: runs it, keeps what it says, and remembers whether it failed
    local name=$1 begun=$SECONDS
    shift
    echo "== $name"
    if "$@" >"$logs/$name.log" 2>&1; then
        echo "   ok, $((SECONDS - begun)) s"
    else
        failed+=("$name")
        echo "   FAILED, $((SECONDS - begun)) s; of build/test/$name.log what failed, and its end:"
        reasons "$logs/$name.log" | sed 's/^/   | /'
    fi
}
reasons() { # of a log: each failed test with what it said, then the last lines
    awk '/^---- .* stdout ----$/ { shown = 1; lines = 0 } /^failures:$/ { shown = 0 } shown && lines++ < 40' "$1"
    grep -E '^(test .* FAILED|error(:|\[).*|.*test failed, to rerun.*)$' "$1" | head -n 60 || true
    tail -n 25 "$1"
}
in_console() { (cd web/console && "$@"); }
without_network() { # nothing but the loopback, where a network of one's own may be made (as root)
    if unshare --net ip link set lo up 2>/dev/null; then
        unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
    else
        "$@"
    fi
}

echo "== database for the tests"
start_postgres "$(mktemp -d /tmp/motorpool-test.XXXXXX)"

step packages scripts/packages.sh
step console-lint in_console npm run --silent lint
step console-test in_console npm run --silent test
step console-build scripts/console.sh
step format cargo fmt --all --check
step build cargo build --workspace --locked --bins
# The journey from the serial line to the browser is made by itself, on a machine without any network.
journey=a_recorded_journey_reaches_the_map_and_can_be_played_back
step test cargo test --workspace --locked --no-fail-fast -- --skip "$journey"
step journey without_network cargo test --workspace --locked --offline --test e2e "$journey"
# Lints with a database at hand also show whether .sqlx still says what the queries say.
step lint env SQLX_CARGO="clippy --workspace" SQLX_LINTS="-- -D warnings" scripts/sqlx-prepare.sh check

count() { # the sum of the numbers before WORD in cargo's result lines
    { grep -h '^test result:' "$logs/test.log" "$logs/journey.log" || true; } | grep -o "[0-9]* $1" | awk '{ n += $1 } END { print n + 0 }'
}
console=$({ sed 's/\x1b\[[0-9;]*m//g' "$logs/console-test.log" | grep -o 'Tests .*passed' || true; } | grep -o '[0-9]* passed' | head -n 1)
took="$(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s"
summary="$(count passed) Rust tests passed, $(count failed) failed, console ${console:-0 passed}, $took"
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED (${failed[*]}): $summary"
    exit 1
fi
echo "ALL GREEN: $summary"
