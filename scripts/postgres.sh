# Sourced: start_postgres DIR starts a PostgreSQL with PostGIS of its own for the tests, reached through a unix socket alone;
# stop_postgres stops it and removes it. As root it runs as user postgres.

start_postgres() {
    pg_dir=$1
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    PATH=${pg_bin:+$pg_bin:}$PATH
    pg_run=()
    mkdir -p "$pg_dir"
    if [ "$(id -u)" = 0 ]; then
        pg_run=(setpriv --reuid postgres --regid postgres --init-groups)
        chown postgres:postgres "$pg_dir"
        chmod 700 "$pg_dir"
    fi
    (
        cd /
        "${pg_run[@]}" initdb --pgdata "$pg_dir/pg" --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync
        # Nothing here outlives the tests, so nothing is made durable.
        "${pg_run[@]}" pg_ctl --pgdata "$pg_dir/pg" --log "$pg_dir/log" --wait --silent start --options \
            "-c listen_addresses= -c unix_socket_directories=$pg_dir -c max_connections=200 -c fsync=off -c full_page_writes=off \
             -c synchronous_commit=off -c shared_buffers=128MB -c max_wal_size=2GB -c dynamic_shared_memory_type=mmap -c timezone=UTC"
        # Every test has a database of its own; made from this template it has PostGIS already.
        psql --quiet --host "$pg_dir" --username postgres --dbname template1 --command 'create extension postgis' \
            --command 'create extension btree_gist'
        psql --quiet --host "$pg_dir" --username postgres --dbname postgres --command 'create database motorpool'
    ) >"$pg_dir.log" 2>&1 || { tail -n 20 "$pg_dir.log" >&2; return 1; }
    export DATABASE_URL="postgres://postgres@localhost/motorpool?host=$pg_dir"
}

stop_postgres() {
    [ -n "${pg_dir:-}" ] || return 0
    (cd / && "${pg_run[@]}" pg_ctl --pgdata "$pg_dir/pg" --mode immediate --wait --silent stop) >/dev/null 2>&1 || true
    rm -rf "$pg_dir" "$pg_dir.log"
}
