#!/bin/bash
# Load by JT/T 808: TERMINALS (77000) on several gateways over one database, as no process may have more descriptors than the system
# gives: first all connect at once, then they report for SECS (60) at RATE (15000) a second, then the network is cut for a fifth of
# the time and everybody comes back with a backlog. Prints one line for each process of terminals, and counts acknowledged and stored.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/postgres.sh

terminals=${TERMINALS:-77000} rate=${RATE:-15000} secs=${SECS:-60}
motorpool=${MOTORPOOL:-target/release/motorpool}
[ -x "$motorpool" ] || cargo build --locked --release --bin motorpool
ulimit -n "$(ulimit -Hn)"
# Each side of a connection is a descriptor of its process; a thousand are for everything else.
most=$(($(ulimit -n) - 1000))
processes=$(((terminals + most - 1) / most))
share=$(((terminals + processes - 1) / processes))
interval=$(awk -v t="$terminals" -v r="$rate" 'BEGIN { i = t / r; print (i < 1 ? 1 : i) }')
work=$(mktemp -d /var/tmp/motorpool-load.XXXXXX)
services=() running=()
finish() {
    [ ${#running[@]} -eq 0 ] || kill "${running[@]}" 2>/dev/null || true
    [ ${#services[@]} -eq 0 ] || kill "${services[@]}" 2>/dev/null || true
    wait
    stop_postgres
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

start_postgres "$(mktemp -d /var/tmp/motorpool-load-pg.XXXXXX)"
# The server of the tests makes nothing durable; this one does.
(
    cd /
    "${pg_run[@]}" pg_ctl --pgdata "$pg_dir/pg" --log "$pg_dir/log" --wait --silent restart --options \
        "-c listen_addresses= -c unix_socket_directories=$pg_dir -c max_connections=200 -c fsync=on -c synchronous_commit=on \
         -c full_page_writes=on -c wal_compression=lz4 -c shared_buffers=1GB -c max_wal_size=8GB \
         -c dynamic_shared_memory_type=mmap -c timezone=UTC"
) >/dev/null 2>&1
export PGHOST=$pg_dir PGUSER=postgres
createdb load
export MOTORPOOL__DATABASE__URL="postgres://$PGUSER@localhost/load?host=$PGHOST"
"$motorpool" migrate
psql -X -q -v ON_ERROR_STOP=1 -v n="$terminals" -d load <<'SQL'
insert into unit (id, name, level, region_code, created_at) values ('6d700000-0000-7000-8000-000000000001', '负载', 3, '330100', now());
insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
select md5('v' || i)::uuid, '浙L' || lpad(i::text, 6, '0'), '6d700000-0000-7000-8000-000000000001', 'emergency_support', 'petrol',
       '负载', 5, 'in_service', now() from generate_series(1, :n) as i;
insert into device (id, terminal_id, secret_sha256, protocol, model, created_at)
select md5('d' || i)::uuid, (13700000000 + i)::text, sha256('load'), 'jt808', 'load', now() from generate_series(1, :n) as i;
insert into device_binding (device_id, vehicle_id, during)
select md5('d' || i)::uuid, md5('v' || i)::uuid, '(,)' from generate_series(1, :n) as i;
SQL
seq 1 "$terminals" | awk '{ printf "%.0f,load\n", 13700000000 + $1 }' >"$work/devices.csv"

for number in $(seq "$processes"); do
    printf '[gateway]\nmqtt_listen = "127.0.0.1:0"\ngb32960_listen = "127.0.0.1:0"\njt808_listen = "127.0.0.1:%s"\n[ops]\nlisten = ""\n[log]\nfilter = "warn"\n' \
        $((17808 + number)) >"$work/$number.toml"
    "$motorpool" serve --only gateway --config "$work/$number.toml" >"$work/$number.log" &
    services+=($!)
    until grep -q '^ready' "$work/$number.log"; do kill -0 $! && sleep 0.2; done
done

cpu() { awk '{ n += $14 + $15 } END { print n / 100 }' $(printf '/proc/%s/stat ' "${services[@]}"); }
memory() { awk '/^VmRSS/ { n += $2 } END { print int(n / 1024) }' $(printf '/proc/%s/status ' "${services[@]}"); }
before=$(cpu)
empty=$(memory)
cut_from=$((secs * 2 / 5)) cut_to=$((secs * 3 / 5))
for number in $(seq "$processes"); do
    "$motorpool" simulate --protocol jt808 --vehicles "$share" --skip $(((number - 1) * share)) --devices "$work/devices.csv" \
        --connects-per-s 20000 --interval "$interval" --duration "$secs" --drain 120 \
        --outage "$cut_from,$cut_to" --to "127.0.0.1:$((17808 + number))" --report "$work/$number.jsonl" >"$work/$number.json" &
    running+=($!)
done
sleep $((cut_from - 1))
full=$(memory)
failed=0
for process in "${running[@]}"; do wait "$process" || failed=1; done
cat "$work"/*.json
acknowledged=$(cat "$work"/*.jsonl | wc -l)
stored=$(psql -X -At -d load -c 'select count(*) from vehicle_position')
echo "$terminals terminals, $processes gateways, one report in $interval s, network cut from $cut_from to $cut_to s"
echo "acknowledged $acknowledged, stored $stored; gateways $(awk -v a="$before" -v b="$(cpu)" 'BEGIN { print b - a }') s of processor time, $empty MB empty, $full MB with all connected"
[ "$failed" = 0 ] && [ "$acknowledged" = "$stored" ]
