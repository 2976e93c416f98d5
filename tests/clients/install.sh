#!/bin/sh
# install.sh FOLDER: the pinned clients of package.json, into FOLDER/node_modules, once.
# Clients are programs of others: whoever runs them gives them a home folder of their own.
set -e
here=$(dirname "$0")
folder=$1
mkdir -p "$folder"
cmp -s "$here/package.json" "$folder/package.json" && exit 0
cp "$here/package.json" "$folder/package.json"
(cd "$folder" && npm install --no-audit --no-fund --no-progress) || {
    rm -f "$folder/package.json"
    exit 1
}
# Some npm versions leave installation scripts to the user; these two fetch nothing.
(cd "$folder/node_modules/@anthropic-ai/claude-code" && node install.cjs)
(cd "$folder/node_modules/opencode-ai" && node postinstall.mjs)
