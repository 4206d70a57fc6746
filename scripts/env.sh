# Sourced by the other scripts: the Node to use, and builds that need no database.
if [ -x build/node/bin/node ]; then
    PATH=$PWD/build/node/bin:$PATH
    export PATH
fi
export SQLX_OFFLINE=true
export npm_config_update_notifier=false
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
