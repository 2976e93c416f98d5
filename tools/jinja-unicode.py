#!/usr/bin/env python3
"""Prints src/chat/jinja_unicode.inc: the character classes and case mappings of Python's str, from
the interpreter's own tables (Unicode 14 in Python 3.11), as {first, last, step[, delta]} rows.

    python3 tools/jinja-unicode.py > src/chat/jinja_unicode.inc
"""
import sys
import unicodedata

CHARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def runs(points, steps):
    """Sorted numbers as (first, last, step) runs, step one of `steps`."""
    i = 0
    while i < len(points):
        best = (1, steps[0])
        for step in steps:
            n = 1
            while i + n < len(points) and points[i + n] == points[i] + n * step:
                n += 1
            best = max(best, (n, step), key=lambda b: (b[0], -b[1]))
        n, step = best
        if n == 1:
            step = 1
        yield points[i], points[i + n - 1], step
        i += n


def emit(kind, name, rows):
    def number(x):
        if isinstance(x, list):
            return "{%s}" % ", ".join(map(number, x))
        return "0x%x" % x if x >= 0 else "-0x%x" % -x

    rows = [", ".join(map(number, row)) for row in rows]
    print(f"static const struct {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        cell = " {%s}," % row
        if len(line) + len(cell) > 100:
            print(line)
            line = "   "
        line += cell
    print(line)
    print("};")


def emit_class(name, test):
    emit("char_range", name, runs([c for c in CHARS if test(chr(c))], (1, 2)))


def emit_mapping(name, mapping):
    by_delta = {}
    for c in CHARS:
        to = mapping(chr(c))
        if len(to) == 1 and ord(to) != c:
            by_delta.setdefault(ord(to) - c, []).append(c)
    rows = [(a, b, s, d) for d, points in by_delta.items() for a, b, s in runs(points, (1, 2))]
    rows.sort()
    kept, last = [], -1      # runs of step 2 may interleave with others; split those that do
    for a, b, s, d in rows:
        kept += [(a, b, s, d)] if a > last else [(x, x, 1, d) for x in range(a, b + 1, s)]
        last = max(last, b)
    flat = sorted(kept)
    while any(x[1] >= y[0] for x, y in zip(flat, flat[1:])):
        out = []
        for i, (a, b, s, d) in enumerate(flat):
            if i + 1 < len(flat) and b >= flat[i + 1][0]:
                out += [(x, x, 1, d) for x in range(a, b + 1, s)]
            else:
                out.append((a, b, s, d))
        flat = sorted(out)
    emit("case_range", name, flat)


def emit_special(name, mapping):
    rows = []
    for c in CHARS:
        to = mapping(chr(c))
        if len(to) > 1:
            to = [ord(x) for x in to]
            rows.append([c, to + [0] * (3 - len(to))])
    emit("case_special", name, rows)


print("// Written by tools/jinja-unicode.py from Python %d.%d, Unicode %s: data, not code."
      % (sys.version_info[0], sys.version_info[1], unicodedata.unidata_version))
emit_class("space_ranges", str.isspace)
emit_class("alpha_ranges", str.isalpha)
emit_class("decimal_ranges", str.isdecimal)
emit_class("digit_ranges", str.isdigit)
emit_class("numeric_ranges", str.isnumeric)
emit_class("lower_ranges", str.islower)
emit_class("upper_ranges", str.isupper)
emit_class("title_ranges", lambda c: unicodedata.category(c) == "Lt")
emit_class("ignorable_ranges",  # skipped when looking for the context of a final sigma
           lambda c: ("a\u03a3" + c + "a").lower()[1] == "\u03c3" and
           ("a\u03a3" + c).lower()[1] == "\u03c2")
emit_class("unprintable_ranges", lambda c: not c.isprintable())
emit_mapping("to_upper", str.upper)
emit_mapping("to_lower", str.lower)
emit_mapping("to_title", str.title)
emit_special("to_upper_special", str.upper)
emit_special("to_lower_special", str.lower)
emit_special("to_title_special", str.title)
