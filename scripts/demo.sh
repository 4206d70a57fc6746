#!/bin/bash
# Installs what is missing, builds what has changed, and becomes the demo; Ctrl-C stops all of it.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh demo
. scripts/env.sh
scripts/console.sh
cargo build --release --locked --bins --package motorpool --package firmware-bridge

# The database of a demo started as root runs as user postgres, who must be able to get to it.
data=()
if [ "$(id -u)" = 0 ] && [[ " $* " != *" --data"* ]] && ! setpriv --reuid postgres --regid postgres --init-groups test -x "$PWD"; then
    data=(--data /var/lib/motorpool/demo)
fi
exec target/release/motorpool demo "${data[@]}" "$@"
