#!/bin/sh
# run.sh HEARTH FOLDER [SCENARIO...]: installs the pinned clients into FOLDER, once, and runs the
# scenarios of run.py.  Clients are programs of others: they get a home folder of their own.
set -e
here=$(dirname "$0")
hearth=$1 folder=$2
shift 2
mkdir -p "$folder"
if ! cmp -s "$here/package.json" "$folder/package.json"; then
    cp "$here/package.json" "$folder/package.json"
    (cd "$folder" && npm install --no-audit --no-fund --no-progress) || {
        rm -f "$folder/package.json"
        exit 1
    }
    # Some npm versions leave installation scripts to the user; these two fetch nothing.
    (cd "$folder/node_modules/@anthropic-ai/claude-code" && node install.cjs)
    (cd "$folder/node_modules/opencode-ai" && node postinstall.mjs)
fi
exec python3 "$here/run.py" "$hearth" "$folder" "$@"
