"""Text that surrounds a task and means nothing for it.

Half is made of sentences of our own, half comes from the documentation of the Debian machine that
trains: READMEs, change logs and manual pages of packages under permissive licences.  Which files
were used, and under which licences, is written beside the training data by `python3 -m
tasks.filler LIST`. Without such files everything is made of our own sentences.
"""

import functools
import glob
import gzip
import json
import os
import re
import sys

from tasks import words

ROLES = [
    'You are a coding assistant.',
    'You help with software tasks in a terminal.',
    'You are an agent that works on files with tools.',
    'You are a helpful assistant.',
    'You are an interactive command line tool that helps with programming.',
    'Use the tools to do what the user asks.',
    'You are an agent in a shell. Be brief.',
]
SUBJECTS = [
    'the answer',
    'each file',
    'a command',
    'the user',
    'this tool',
    'the project',
    'every change',
    'a long output',
    'the test',
    'an error',
    'the path',
    'a commit',
    'your reply',
    'the plan',
]
ADVICE = [
    'should be short',
    'is shown as plain text',
    'must never be guessed',
    'may be missing',
    'can take a while',
    'is read before it is changed',
    'stays as it is unless asked',
    'needs care',
    'follows the style around it',
    'is not repeated',
    'comes first',
    'is optional',
    'belongs to the user',
    'should not be mentioned',
    'works from the current folder',
]
HEADINGS = [
    'Tone',
    'Rules',
    'Notes',
    'Style',
    'Tools',
    'Safety',
    'Files',
    'Output',
    'Context',
    'Limits',
]

PERMISSIVE = re.compile(
    r'\b(MIT|Expat|BSD-[234]-clause|BSD|ISC|Apache-2\.0|Apache License|public-domain|'
    r'Zlib|zlib|X11|curl|bzip2)\b'
)
OTHER = re.compile(r'\b(A?L?GPL|GFDL|CC-BY|MPL|EPL|Artistic|proprietary)', re.I)
FOLDER = '/usr/share/doc'
SIZE_MAX = 400_000  # bytes read of one file


def role_line(rng):
    return rng.choice(ROLES)


def short_line(rng):
    return f'{rng.choice(SUBJECTS).capitalize()} {rng.choice(ADVICE)}'


def own_passage(rng, size):
    lines, total = [], 0
    while total < size:
        roll = rng.random()
        if roll < 0.12:
            line = f'\n# {rng.choice(HEADINGS)}'
        elif roll < 0.5:
            line = f'- {short_line(rng)}.'
        elif roll < 0.9:
            line = ' '.join(
                f'{short_line(rng)}{rng.choice([".", ".", ", and"])}'
                for _ in range(rng.randint(1, 4))
            )
        else:
            line = words.sentence(rng, 6, 20)
        lines.append(line)
        total += len(line) + 1
    return '\n'.join(lines).strip()


def licence_of(package):
    """The licences a package's copyright file names, or None where one of them is not permissive."""
    try:
        with open(f'{FOLDER}/{package}/copyright', encoding='utf-8', errors='replace') as file:
            text = file.read(SIZE_MAX)
    except OSError:
        return None
    named = sorted(set(re.findall(r'^License:\s*(.+)$', text, re.M)))
    whole = ' '.join(named) if named else text
    if OTHER.search(whole) or not PERMISSIVE.search(whole):
        return None
    return ', '.join(named)[:120] or PERMISSIVE.search(text).group()


def manual_pages(package):
    try:
        with open(f'/var/lib/dpkg/info/{package}.list', encoding='utf-8') as file:
            paths = file.read().split('\n')
    except OSError:
        return []
    return [
        path for path in paths if path.startswith('/usr/share/man/man') and path.endswith('.gz')
    ]


def without_roff(text):
    text = re.sub(r'^[.\'](\\"|TH|de|ie|el|if|nr|ds|ta|ad|hy|so).*\n', '', text, flags=re.M)
    text = re.sub(r'^\.S[HS]\s+"?(.*?)"?$', r'\n\1', text, flags=re.M)
    text = re.sub(r'^\.[A-Za-z]+ ?', '', text, flags=re.M)
    text = re.sub(r'\\f[BIRP1-4]|\\&|\\/', '', text)
    return text.replace('\\-', '-').replace('\\(aq', "'").replace('\\e', '\\')


def read_text(path):
    opener = gzip.open if path.endswith('.gz') else open
    try:
        with opener(path, 'rb') as file:
            text = file.read(SIZE_MAX).decode('utf-8')
    except (OSError, UnicodeDecodeError, EOFError):
        return ''
    return without_roff(text) if '/man/' in path else text


@functools.cache
def sources():
    """[(path, licences)] of the files that may be used, in a fixed order."""
    found = []
    for package in sorted(os.listdir(FOLDER)) if os.path.isdir(FOLDER) else []:
        paths = [
            path
            for path in sorted(glob.glob(f'{FOLDER}/{package}/*'))
            if re.search(r'/(README|NEWS|FAQ|HACKING|INSTALL|THANKS|TODO|USAGE)[^/]*$', path)
            and os.path.isfile(path)
        ]
        paths += manual_pages(package)[:40]
        licence = licence_of(package) if paths else None
        if licence:
            found += [(path, licence) for path in paths[:60]]
    return found


@functools.cache
def texts():
    return [text for text in (read_text(path) for path, _ in sources()[:1500]) if len(text) > 400]


@functools.cache
def plain_words():
    """The words of that documentation, each once."""
    found = {}
    for text in texts():
        for word in re.findall(r'(?<![A-Za-z])[a-z]{3,11}(?![A-Za-z])', text):
            found[word] = found.get(word, 0) + 1
    return sorted(word for word, n in found.items() if n > 1)


def passage(rng, size):
    """About `size` characters; a cut of documentation or sentences of our own, or both."""
    if size < 200 or rng.random() < 0.4 or not texts():
        return own_passage(rng, size)
    parts, total = [], 0
    while total < size:
        text = rng.choice(texts())
        start = rng.randrange(max(1, len(text) - 200))
        start = text.find('\n', start) + 1
        part = text[start : start + min(size - total, rng.randint(200, 4000))].strip()
        parts.append(part)
        total += len(part) + 2
        if len(parts) > 500:
            break
    return '\n\n'.join(part for part in parts if part)


def main():
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        json.dump(
            [{'file': path, 'licences': licence} for path, licence in sources()], file, indent=1
        )
    print(
        f'{sys.argv[1]}: {len(sources())} files, '
        f'{sum(map(len, texts())) / 1e6:.1f} million characters'
    )


if __name__ == '__main__':
    main()
