#!/bin/bash
# Measures in one run: durable positions a second by MQTT beside the ceiling of the store, and the way from a device to the map.
# On a PostgreSQL of its own that makes everything durable. MOTORPOOL_BENCH_SECS: seconds of each measurement (20).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh demo
. scripts/env.sh
. scripts/postgres.sh
scripts/console.sh
cargo bench --locked --no-run --bench ingest

trap stop_postgres EXIT
trap 'exit 130' INT TERM
start_postgres "$(mktemp -d /var/tmp/motorpool-bench.XXXXXX)"
# The server of the tests makes nothing durable; this one does, with room for its log as a service under load would have.
(
    cd /
    "${pg_run[@]}" pg_ctl --pgdata "$pg_dir/pg" --log "$pg_dir/log" --wait --silent restart --options \
        "-c listen_addresses= -c unix_socket_directories=$pg_dir -c max_connections=200 -c fsync=on -c synchronous_commit=on
         -c full_page_writes=on -c wal_compression=lz4 -c shared_buffers=1GB -c max_wal_size=8GB
         -c dynamic_shared_memory_type=mmap -c timezone=UTC"
)
cargo bench --locked --bench ingest
