#!/bin/sh
# run.sh HEARTH FOLDER [SCENARIO...]: installs the pinned clients into FOLDER, once, and runs the
# scenarios of run.py.
set -e
here=$(dirname "$0")
hearth=$1 folder=$2
shift 2
sh "$here/../clients/install.sh" "$folder"
exec python3 "$here/run.py" "$hearth" "$folder" "$@"
