#!/bin/bash
# Builds the console (web/console/dist), unless nothing of it has changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

stamp() { # of every file that goes into the build
    find web/console -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    node --version
}

scripts/packages.sh
now=$(stamp)
if [ -f web/console/dist/index.html ] && [ "$now" = "$(cat build/console.stamp 2>/dev/null)" ]; then
    exit 0
fi
echo "console: building" >&2
(cd web/console && npm run --silent build)
echo "$now" >build/console.stamp
