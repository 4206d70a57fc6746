#!/bin/bash
# Measures, on a PostgreSQL of its own that makes everything durable: each of the benches named, or all of them one after another.
# Each puts our figure beside the store's ceiling, the bound or the peer in the same run. What was measured stands in
# docs/performance.md.
#
#   scripts/bench.sh                all, some hours
#   scripts/bench.sh ingest orders  those
#
# MOTORPOOL_BENCH_SECS: seconds of each measurement of ingest (20). MOTORPOOL_REFEREES: a Python that has the peers of the planner
# (ortools, pyvrp, pyvroom, highspy); without it they are left out.
set -euo pipefail
cd "$(dirname "$0")/.."

package_of() { # of a bench; fails for none
    case $1 in
        ingest) echo motorpool ;;
        history | scope) echo fleet-db ;;
        units | orders | annual) echo web ;;
        matching | nearby | day | renewal) echo dispatch ;;
        tracker | gb32960) echo telematics ;;
        *)
            echo "bench: no bench is called $1; there are: ${all[*]}" >&2
            return 1
            ;;
    esac
}
all=(ingest history scope units orders annual matching nearby day renewal tracker gb32960)
[ $# -gt 0 ] || set -- "${all[@]}"
for name in "$@"; do
    package_of "$name" >/dev/null
done

scripts/install.sh demo
. scripts/env.sh
. scripts/postgres.sh
scripts/console.sh
for name in "$@"; do
    cargo bench --locked --no-run --package "$(package_of "$name")" --bench "$name"
done

trap stop_postgres EXIT
trap 'exit 130' INT TERM
start_postgres "$(mktemp -d /var/tmp/motorpool-bench.XXXXXX)"
# The server of the tests makes nothing durable; this one does, with room for its log as a service under load would have.
(
    cd /
    "${pg_run[@]}" pg_ctl --pgdata "$pg_dir/pg" --log "$pg_dir/log" --wait --silent restart --options \
        "-c listen_addresses= -c unix_socket_directories=$pg_dir -c max_connections=200 -c fsync=on -c synchronous_commit=on \
         -c full_page_writes=on -c wal_compression=lz4 -c shared_buffers=1GB -c max_wal_size=8GB \
         -c dynamic_shared_memory_type=mmap -c timezone=UTC"
)
for name in "$@"; do
    echo "== $name"
    cargo bench --locked --package "$(package_of "$name")" --bench "$name"
done
