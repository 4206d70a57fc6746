#!/bin/bash
# Kills the service and PostgreSQL at random moments under load, so many times (20), and compares what was acknowledged with what
# is stored; the same test as in `make test`, which kills four times. MOTORPOOL_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
export MOTORPOOL_KILLS=${1:-20}
exec cargo test --locked --test kill storm -- --nocapture
