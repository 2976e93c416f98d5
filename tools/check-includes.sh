#!/bin/sh
# Fails when a file includes a folder that stands above its own in the house plan, or when something
# outside backend/ reaches into one backend's folder.
awk '
BEGIN {
    n = split("cli server api chat engine sample text model backend tensor hub base", order, " ")
    for (i = 1; i <= n; i++) rank[order[i]] = i
}
FNR == 1 { split(FILENAME, part, "/"); own = part[2]; if (!(own in rank)) { print FILENAME ": folder " own " is not in the house plan"; bad = 1 } }
/^#include "/ {
    split($2, quoted, "\""); split(quoted[2], to, "/"); target = to[1]
    if (!(target in rank)) { if (target != "shaders") { print FILENAME ":" FNR ": include names no folder: " quoted[2]; bad = 1 }; next }
    if (rank[target] < rank[own]) { print FILENAME ":" FNR ": " own "/ includes upwards: " quoted[2]; bad = 1 }
    if (target == "backend" && own != "backend" && (to[2] == "cpu" || to[2] == "vulkan")) { print FILENAME ":" FNR ": reaches into one backend: " quoted[2]; bad = 1 }
}
END { if (!bad) print "includes: all arrows point down"; exit bad }' $(find src -name '*.c' -o -name '*.h' | sort)
