#!/usr/bin/env python3
"""A picture of a terminal: terminal-picture.py RECORD PICTURE.svg ['$ COMMAND']

RECORD is text with colours as terminals take them (demo.py --record writes one).  With COMMAND,
the picture begins with what was typed.
"""
import re
import sys
from xml.sax.saxutils import escape

FONT, LINE, MARGIN, BAR = 13, 18, 16, 30
LETTER = FONT * 0.602  # width of one in a monospaced font
COLUMNS_MIN = 80
STYLES = {'0': '', '1': 'b', '2': 'd', '31': 'r', '32': 'g', '36': 'c'}
HEAD = '''<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" height="{h:.0f}" \
viewBox="0 0 {w:.0f} {h:.0f}">
<style>
text {{ font: {font}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d8dee9; \
white-space: pre }}
.b {{ fill: #ffffff; font-weight: bold }} .d {{ fill: #7b8496 }} .r {{ fill: #ff7b72 }}
.g {{ fill: #7ee787 }} .c {{ fill: #79c0ff }}
</style>
<rect width="{w:.0f}" height="{h:.0f}" rx="8" fill="#161b22"/>
<circle cx="18" cy="16" r="5" fill="#ff5f57"/><circle cx="36" cy="16" r="5" fill="#febc2e"/>\
<circle cx="54" cy="16" r="5" fill="#28c840"/>
'''


def spans(line):
    """One line as (class, text) pieces."""
    style = ''
    for i, piece in enumerate(re.split(r'\033\[(\d+)m', line)):
        if i % 2:
            style = STYLES.get(piece, '')
        elif piece:
            yield style, piece


def picture(lines):
    lines = [list(spans(line)) for line in lines]
    columns = max([COLUMNS_MIN] + [sum(len(text) for _, text in line) for line in lines])
    out = [HEAD.format(w=columns * LETTER + 2 * MARGIN, h=BAR + LINE * len(lines) + MARGIN,
                       font=FONT)]
    for i, line in enumerate(lines):
        if not line:
            continue
        text = ''.join(f'<tspan class="{style}">{escape(part)}</tspan>' if style else escape(part)
                       for style, part in line)
        out.append(f'<text x="{MARGIN}" y="{BAR + LINE * (i + 1) - 4}" xml:space="preserve">'
                   f'{text}</text>\n')
    return ''.join(out) + '</svg>\n'


def main():
    with open(sys.argv[1]) as record:
        lines = record.read().rstrip('\n').split('\n')
    if len(sys.argv) > 3:
        lines.insert(0, '\033[2m$\033[0m ' + sys.argv[3])
    with open(sys.argv[2], 'w') as out:
        out.write(picture(lines))


main()
