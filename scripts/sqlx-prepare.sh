#!/bin/bash
# Writes .sqlx, the descriptions by which queries are checked without a database; with `check` it only compares.
# The macros write a description when they meet a real database, so the crate is checked against a throw-away one.
# SQLX_CARGO: how to check it; with `clippy --workspace` all lints come with it, and nothing is compiled twice.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/postgres.sh

if [ -z "${DATABASE_URL:-}" ] || [ "${1:-}" != check ]; then
    trap stop_postgres EXIT
    start_postgres "$(mktemp -d /tmp/motorpool-sqlx.XXXXXX)"
fi
database=sqlx_prepare_$$
pg=${DATABASE_URL/\/motorpool?//postgres?}
psql --quiet "$pg" --command "create database $database"
DATABASE_URL=${DATABASE_URL/\/motorpool?//$database?}
for migration in fleet-db/migrations/*.sql; do
    PGOPTIONS='--client-min-messages=warning' psql --quiet --set ON_ERROR_STOP=1 "$DATABASE_URL" --file "$migration" >/dev/null
done

new=$PWD/build/sqlx
rm -rf "$new"
mkdir -p "$new"
# Another time stamp is what makes cargo look at the crate again.
touch fleet-db/src/lib.rs
DATABASE_URL=$DATABASE_URL SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$new cargo ${SQLX_CARGO:-check --package fleet-db} --quiet --locked --all-targets ${SQLX_LINTS:-}
psql --quiet "$pg" --command "drop database $database"

if [ "${1:-}" = check ]; then
    diff --recursive --brief .sqlx "$new" || { echo "sqlx: .sqlx is not what the queries say; run: make sqlx" >&2; exit 1; }
else
    rm -rf .sqlx
    mv "$new" .sqlx
    echo "sqlx: $(ls .sqlx | wc -l) queries described in .sqlx"
fi
