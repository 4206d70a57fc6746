#!/bin/bash
# Puts the console's npm packages in place, unless they are.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

mkdir -p build
now="$(sha256sum <web/console/package-lock.json) $(node --version)"
if [ -d web/console/node_modules ] && [ "$now" = "$(cat build/packages.stamp 2>/dev/null)" ]; then
    exit 0
fi
echo "console: fetching packages" >&2
(cd web/console && npm ci --no-audit --no-fund --loglevel=error)
echo "$now" >build/packages.stamp
