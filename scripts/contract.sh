#!/bin/bash
# Asks the running service whatever its own description allows, and some things it does not, by schemathesis: no answer may be
# a server error, and each must be as described. SECS seconds for each account (120).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
secs=${1:-120}
tool=$PWD/build/contract
if [ ! -x "$tool/bin/schemathesis" ]; then
    python3 -m venv "$tool" || { echo "contract: needs python3 with venv (apt-get install python3-venv)" >&2; exit 2; }
    "$tool/bin/pip" install --quiet --disable-pip-version-check 'schemathesis==4.32.5'
fi
cargo build --locked --bin motorpool
port=18100
data=$(mktemp -d /tmp/motorpool-contract.XXXXXX)
target/debug/motorpool demo --vehicles 40 --port $port --data "$data" >"$data.log" 2>&1 &
service=$!
trap 'kill $service 2>/dev/null; wait $service 2>/dev/null || true; rm -rf "$data" "$data.log"' EXIT
for _ in $(seq 120); do grep -q '^ready' "$data.log" && break; kill -0 $service || { cat "$data.log" >&2; exit 1; }; read -rt 1 <> <(:) || true; done
base=http://127.0.0.1:$port

token() { # of LOGIN: a token as a program has it
    local answer
    answer=$(curl --silent --fail --cookie-jar "$data/jar" --json "{\"login\":\"$1\",\"password\":\"Motorpool-demo-1\"}" "$base/api/v1/session")
    curl --silent --fail --cookie "$data/jar" --header "x-csrf-token: $(field csrf_token "$answer")" --json '{"name":"contract"}' "$base/api/v1/tokens" |
        { read -r answer; field token "$answer"; }
}
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[2])[sys.argv[1]])' "$@"; }

# What would sign the asker out is not asked, nor what is no plain request.
left_out=(sign_out end_session end_other_sessions revoke_token change_password open_live_channel)
failed=()
for login in admin manager inspector; do
    echo "== as $login"
    # In a folder of its own: the tool keeps notes where it runs.
    (cd "$data" && "$tool/bin/schemathesis" run "$OLDPWD/web/openapi.json" --origin "$base" --header "Authorization: Bearer $(token "$login")" \
        "${left_out[@]/#/--exclude-operation-id=}" --phases examples,coverage,fuzzing --max-time "$secs" --continue-on-failure --warnings off \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance) || failed+=("$login")
done
[ ${#failed[@]} -eq 0 ] || { echo "contract: FAILED as ${failed[*]}"; exit 1; }
echo "contract: every answer is as described, none is a server error"
