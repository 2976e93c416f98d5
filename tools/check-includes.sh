#!/bin/sh
# Fails when a file includes a folder that stands above its own in the house plan, or when something
# outside backend/ reaches into one backend's folder.
awk '
BEGIN {
    n = split("cli server api chat engine sample text model backend tensor hub base", order, " ")
    for (i = 1; i <= n; i++) rank[order[i]] = i
}
function complain(text) {
    print FILENAME (FNR > 1 ? ":" FNR : "") ": " text
    bad = 1
}
FNR == 1 {
    split(FILENAME, part, "/")
    own = part[2]
    if (!(own in rank))
        complain("folder " own " is not in the house plan")
}
/^#include "/ {
    split($2, quoted, "\"")
    split(quoted[2], to, "/")
    target = to[1]
    if (!(target in rank)) {
        if (target != "shaders")
            complain("include names no folder: " quoted[2])
        next
    }
    if (rank[target] < rank[own])
        complain(own "/ includes upwards: " quoted[2])
    if (target == "backend" && own != "backend" && (to[2] == "cpu" || to[2] == "vulkan"))
        complain("reaches into one backend: " quoted[2])
}
END {
    if (!bad)
        print "includes: all arrows point down"
    exit bad
}' $(find src -name '*.c' -o -name '*.h' | sort)
