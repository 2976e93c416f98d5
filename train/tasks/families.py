"""What Ember is asked to do: each family writes a request and the steps that fulfil it.

A family is a function (task) -> None.  It puts files into the world, asks with task.ask(), acts
with task.use() and speaks with task.say().  Calls run in the world, so every result is real; what
the answer says is taken from that result.  There is one way to do each thing: with a shell one
command, without one the file tools.  Answers keep to few fixed forms: a small model needs its few
choices to be about the task, not about style.
"""

import posixpath
import re

from tasks import asks, words
from tasks.commands import a_script, command_of, some_output
from tasks.parts import part_append, part_create, part_read, part_replace
from tasks.phrases import NAME_FIRST, phrase, quoted_name as q
from tasks.talk import about, beyond, greeting, thanks, title, without_tools
from tasks.task import (
    a_file,
    pattern,
    place,
    quoted,
    short_text,
    some_files,
    unlike,
    write_command,
)

# ---- files ----


def create(task):
    some_files(task)
    ask, may_end, do, _, _ = part_create(task)
    task.ask(ask, may_end=may_end)
    do()()


def create_empty(task):
    some_files(task)
    path = words.path(task.rng)
    folder = posixpath.dirname(path)
    if folder:
        task.world.folders.add(task.world.full(folder))
    task.ask(phrase(task.rng, asks.EMPTY, p=q(task.rng, path)))
    task.run(f'touch {quoted(path)}')
    files, full = task.world.files, task.world.full(path)
    task.wants(lambda: files.get(full) == '')
    task.say(f'Created {path}.')


def read_file(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path = words.path(rng)
    task.world.write(path, words.content(rng, path.split('.')[-1], rng.choice([1, 2, 4])) + '\n')
    ask, may_end, do = part_read(task, place(task, path))
    task.ask(ask, may_end=may_end)
    do()()


def facts(rng):
    """Lines with facts: settings, or sentences such as "The color of the boat is red."."""
    if rng.random() < 0.6:
        return words.settings(rng)
    keys = [
        words.few(rng, 1, 2) if rng.random() < 0.6 else rng.choice(words.KEYS) for _ in range(3)
    ]
    rows = []
    if rng.random() < 0.25:  # of people or things, one to a line
        mark, kind = rng.choice([' - ', ': ', ', ', ',', ' = ', ' -> ']), rng.choice(['n', 'w'])
        make = words.name if kind == 'n' else words.word
        keys = list(dict.fromkeys(make(rng) for _ in range(rng.randint(2, 6))))
        values = [rng.choice([words.number, words.value, words.spoken])(rng) for _ in keys]
        return [(f'{key}{mark}{v}', key, v) for key, v in zip(keys, values)]
    for key in dict.fromkeys(keys):
        value = words.value(rng) if rng.random() < 0.7 else words.few(rng, 1, 3)
        form = phrase(
            rng,
            asks.FACT,
            k='{k}',
            v='{v}',
        )
        rows.append((form.replace('{k}', key).replace('{v}', value), key, value))
    return rows


def report_key(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path = words.path(rng, rng.choice(['txt', 'cfg', 'ini', 'yml', 'toml', 'conf', 'md', 'env']))
    rows = facts(rng)
    lines = [line for line, _, _ in rows]
    if rng.random() < 0.3:
        lines[rng.randrange(len(lines) + 1) : 0] = words.prose(rng, rng.randint(1, 3))
    task.world.write(path, '\n'.join(lines) + '\n')
    _, key, value = rng.choice(rows)
    path = place(task, path)
    asked = key
    if rng.random() < 0.05 and '_' not in key:
        asked = words.few(rng, 1, 2)  # no such word in the file: then it is read whole
    shown = q(rng, asked) if rng.random() < 0.2 else asked
    task.ask(phrase(rng, asks.KEY, k=shown, p=q(rng, path)))
    if not task.has_shell():
        result = task.read(path)
    else:
        result = task.run(f'grep -i {pattern(asked)} {quoted(path)}')
        if not result or task.client.failed:
            result = task.read(path)
    task.report(result, value)


def report_line(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path = words.path(rng, rng.choice(['txt', 'md', 'log', 'csv']))
    lines = [line or words.sentence(rng) for line in words.prose(rng, rng.randint(1, 8))]
    task.world.write(path, '\n'.join(lines) + '\n')
    path = place(task, path)
    which = rng.choice(['first', 'last', 'count'])
    task.ask(phrase(rng, asks.COUNT if which == 'count' else asks.LINE, w=which, p=q(rng, path)))
    if not task.has_shell():
        task.read(path)
        answer = str(len(lines)) if which == 'count' else lines[0 if which == 'first' else -1]
        return task.report(answer, answer)
    command = {'first': 'head -n 1', 'last': 'tail -n 1', 'count': 'wc -l <'}[which]
    result = task.run(f'{command} {quoted(path)}')
    return task.report(result, result)


def replace_word(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path = words.path(rng, rng.choice(['txt', 'md', 'py', 'c', 'cfg', 'html']))
    is_line = rng.random() < 0.2
    old = unlike(task, lambda r: words.few(r, 1, 4) if r.random() < 0.8 else words.token(r))
    if is_line:
        old = unlike(task, words.note)
    lines = [one for one in words.prose(rng, rng.randint(0, 4)) if old not in one]
    before, after = words.sentence(rng, 1, 4).rstrip('.!?'), words.sentence(rng, 1, 4)
    line = rng.choice([f'{before} {old} {after}', f'{before}: {old}', f'{old} {after}', old])
    line = old if is_line else line
    lines.insert(rng.randint(0, len(lines)), line)
    text = '\n'.join(lines) + '\n'
    if text.count(old) != 1:
        return replace_word(task)
    task.world.write(path, text)
    ask, may_end, do, new = part_replace(task, place(task, path), old)
    if re.search(r"[\\|&']", new):
        return replace_word(task)
    task.ask(ask, may_end=may_end)
    do()()


def replace_line(task):
    rng = task.rng
    path = words.path(rng, rng.choice(['cfg', 'ini', 'yml', 'env', 'conf', 'txt']))
    rows = words.settings(rng)
    text = '\n'.join(line for line, _, _ in rows) + '\n'
    line, key, value = rng.choice(rows)
    new = unlike(task, words.value)
    if text.count(key) != 1 or new == value or '|' in line:
        return replace_line(task)
    task.world.write(path, text)
    some_files(task, rng.randint(0, 2))
    path = place(task, path)
    shown = q(rng, key) if rng.random() < 0.2 else key
    task.ask(phrase(rng, asks.SET, k=shown, n=q(rng, new), p=q(rng, path)))
    new_line = line[: len(line) - len(value)] + new
    if task.has_shell():
        task.run(rf"sed -i 's|\({key}[ =:]*\).*|\1{new}|' {quoted(path)}")
    else:
        task.replace(path, line, new_line)
    task.wants_file(path, text.replace(line, new_line))
    return task.say(f'Set {key} to {new} in {path}.')


def append(task):
    some_files(task, task.rng.randint(0, 2))
    ask, may_end, do = part_append(task, a_file(task))
    task.ask(ask, may_end=may_end)
    do()()


def list_files(task):
    rng = task.rng
    kind = rng.choice(words.EXTENSIONS) if rng.random() < 0.6 else None  # names that end alike
    for _ in range(rng.randint(1, 8)):
        task.world.write(
            words.file_name(rng, kind if rng.random() < 0.7 else None), words.word(rng) + '\n'
        )
    if kind and task.has_shell() and task.world.find(f'*.{kind}') and rng.random() < 0.25:
        ending = rng.choice(['.', '', '.', '*.']) + kind
        task.ask(phrase(rng, asks.LIST_ENDING, e=ending))
        result = task.list(f'*.{kind}')
        return task.report(result, *result.split('\n'))
    folder = None
    if rng.random() < 0.3 and task.has_shell():
        folder = rng.choice(words.FOLDERS) if rng.random() < 0.5 else words.identifier(rng)
        for _ in range(rng.randint(1, 4)):
            name = words.file_name(rng, kind if rng.random() < 0.7 else None)
            task.world.write(f'{folder}/{name}', words.word(rng) + '\n')
    task.ask(phrase(rng, asks.LIST_FOLDER, p=q(rng, folder)) if folder else phrase(rng, asks.LIST))
    if task.has_shell():
        result = task.list(quoted(folder) if folder else '')
    elif task.client.has('list'):
        result = task.use('list', path='.')
    else:
        result = task.use('glob', pattern='*')
    task.report(result, *result.split('\n'))


def search_word(task):
    rng = task.rng
    for _ in range(rng.randint(0, 3)):
        task.world.write(words.path(rng), words.sentence(rng) + '\n')
    needle = words.identifier(rng) if rng.random() < 0.6 else words.token(rng)
    path = words.path(rng)
    if any(needle in text for text in task.world.files.values()):
        return search_word(task)
    is_there = rng.random() < 0.85
    if is_there:
        lines = words.prose(rng, rng.randint(1, 4))
        lines.insert(rng.randint(0, len(lines)), f'{words.sentence(rng, 1, 3)} {needle}')
        task.world.write(path, '\n'.join(lines) + '\n')
    task.ask(phrase(rng, asks.SEARCH, w=q(rng, needle)))
    result = task.search(needle)
    if not is_there:
        task.wants(lambda: True, needle)
        return task.say(f'No file contains {needle}.')
    return task.report(result, path)


def run_command(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    if rng.random() < 0.35:
        path, command = a_script(task)
        if rng.random() < 0.6:
            task.ask(phrase(rng, asks.RUN_SCRIPT, p=q(rng, path)))
            result = task.run(command)
            return task.report(result, result.split('\n')[-1])
        if command.startswith('sh') and rng.random() < 0.4:
            command = rng.choice(['ba', './', 'source ', '. ']) + command
            command = command if command.startswith('ba') else command.replace('sh ', '', 1)
            task.world.outputs[command] = (some_output(rng), 0)
    else:
        command = command_of(task)
    marked = rng.choice(['{}', '{}', '`{}`', '`{}`', '"{}"']).format(command)
    ask = phrase(rng, asks.RUN, c=marked)
    task.ask(ask, may_end=not ask.endswith(command))
    result = task.run(command)
    return task.report(result, result.split('\n')[-1])


def shell_chore(task):
    """Rename, copy, delete, make a folder."""
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path, other = words.path(rng), words.file_name(rng)
    kind = rng.choice(list(asks.CHORES))
    if kind == 'mkdir':
        nested = f'{words.word(rng)}/{words.word(rng)}'
        path = words.identifier(rng) if rng.random() < 0.7 else nested
    else:
        task.world.write(path, words.content(rng) + '\n')
    text, full = task.world.files.get(task.world.full(path)), task.world.full
    path = place(task, path)
    task.ask(phrase(rng, asks.CHORES[kind], a=q(rng, path), b=q(rng, other)))
    files = task.world.files
    a, b = quoted(path), quoted(other)
    task.run({'mv': f'mv {a} {b}', 'cp': f'cp {a} {b}', 'rm': f'rm {a}'}.get(kind, f'mkdir -p {a}'))
    if kind == 'mv':
        task.wants(lambda: files.get(full(other)) == text and full(path) not in files)
        task.say(f'Moved {path} to {other}.')
    elif kind == 'cp':
        task.wants(lambda: files.get(full(other)) == text)
        task.say(f'Copied {path} to {other}.')
    elif kind == 'rm':
        task.wants(lambda: full(path) not in files)
        task.say(f'Deleted {path}.')
    else:
        task.wants(lambda: full(path) in task.world.folders)
        task.say(f'Created the folder {path}.')


# ---- several steps ----


def joined(rng, requests):
    text = requests[0][0]
    for i, (ask, _) in enumerate(requests[1:]):
        join = rng.choice(asks.JOINS)
        if not requests[i][1]:
            join = '\n' + rng.choice(['Then ', 'After that, ', 'Next, ', 'then '])
        text += join + ask.lstrip(NAME_FIRST)
    if rng.random() < 0.15 and text[:1].islower():
        text = 'first ' + text
    if len(requests) == 3 and rng.random() < 0.2:
        text = '\n'.join(f'{i}. {ask.lstrip(NAME_FIRST)}' for i, (ask, _) in enumerate(requests, 1))
    return text


CHAINS = [
    'create read',
    'create append',
    'create append read',
    'create list',
    'create create',
    'create move',
    'create replace read',
    'create create list',
    'create append append',
    'append read',
    'append replace',
    'replace read',
    'replace append',
    'append count',
    'append last',
    'create append count',
    'create count',
    'create append last',
    'replace replace',
    'create replace',
    'create append append read',
]


class Chain:
    """Two or three things with one file; each method gives a part of the request."""

    def __init__(self, task):
        self.task, self.rng = task, task.rng
        self.path = None  # of the file in question
        self.old = None  # a word in it
        self.is_named = False  # in the request

    def begin_with_a_file(self):
        self.path = a_file(self.task)
        text = self.task.world.read(self.path)
        self.old = text.split()[-1]

    def create(self):
        is_first = self.path is None
        path = words.path(self.rng) if is_first else words.file_name(self.rng)
        ask, may_end, do, self.path, text = part_create(self.task, path)
        self.old = self.rng.choice(text.split())
        self.is_named = True
        return ask, may_end, do

    def named(self):
        """The file, of which there was talk."""
        if self.rng.random() < 0.4 or not self.is_named:
            self.is_named = True
            return q(self.rng, self.path)
        return self.rng.choice(
            ['it', 'it', 'it', 'the file', 'that file', 'the same file', 'this file']
        )

    def append(self):
        return part_append(self.task, self.path, self.named())

    def count(self):
        ask = phrase(self.rng, asks.THEN_COUNT)
        return self.line_asked(ask, 'wc -l <')

    def last(self):
        w = self.rng.choice(['first', 'last'])
        ask = phrase(self.rng, asks.THEN_LINE, w=w)
        return self.line_asked(ask, 'tail -n 1' if w == 'last' else 'head -n 1')

    def line_asked(self, ask, command):
        task, path = self.task, self.path

        def do():
            result = task.run(f'{command} {quoted(path)}')
            return lambda: task.report(result, result)

        return ask, True, do

    def read(self):
        return part_read(self.task, self.path, asks.BACK)

    def replace(self):
        *part, new = part_replace(self.task, self.path, self.old, self.named())
        is_plain = not re.search(r"[\\|&*\[\]^$'.?!]", self.old) and not re.search(r"[\\|&']", new)
        self.old = new
        return part if is_plain else None

    def list(self):
        task = self.task

        def do():
            result = task.list()
            return lambda: task.report(result, *result.split('\n'))

        return phrase(self.rng, asks.LIST), True, do

    def move(self):
        task, path, other = self.task, self.path, words.file_name(self.rng)
        ask = phrase(self.rng, asks.MOVE_IT, a=path, b=q(self.rng, other))

        def do():
            files, full = task.world.files, task.world.full
            task.run(f'mv {quoted(path)} {quoted(other)}')
            task.wants(lambda: full(other) in files and full(path) not in files)
            return lambda: task.say(f'Moved {path} to {other}.')

        return ask, True, do


def chain(task):
    some_files(task, task.rng.randint(0, 1))
    names, one = task.rng.choice(CHAINS).split(), Chain(task)
    if names[0] != 'create':
        one.begin_with_a_file()
    parts = [getattr(one, name)() for name in names]
    if None in parts:  # a word that a pattern would not take for itself
        return chain(task)
    task.ask(joined(task.rng, [part[:2] for part in parts]), may_end=parts[-1][1])
    for _, _, do in parts:
        close = do()
    return close()


def pair(task):
    """Two files in one sentence."""
    rng = task.rng
    paths, texts = [words.file_name(rng) for _ in range(2)], [short_text(rng) for _ in range(2)]
    if paths[0] == paths[1] or '/' in ''.join(paths):
        return pair(task)
    some_files(task, rng.randint(0, 1))
    shown = {'p': paths[0], 'p2': paths[1], 't': q(rng, texts[0]), 't2': q(rng, texts[1])}
    task.ask(phrase(rng, asks.PAIR, **shown), may_end=False)
    for path, text in zip(paths, texts):
        task.write(path, text)
    full, files = task.world.full, task.world.files
    task.wants(
        lambda: all(files.get(full(p), '').strip() == t.strip() for p, t in zip(paths, texts))
    )
    return task.say(f'Created {paths[1]}.')


def write_and_run(task):
    rng = task.rng
    is_shell = rng.random() < 0.5
    path = words.file_name(rng, 'sh' if is_shell else 'py')
    text = words.sentence(rng).replace("'", '')
    line = f'echo "{text}"' if is_shell else f'print("{text}")'
    program = 'sh' if is_shell else 'python3'
    if rng.random() < 0.3:
        ask = phrase(rng, asks.CREATE, p=path, t=f'`{line}`')
    else:
        ask = phrase(rng, asks.SCRIPT, p=q(rng, path), t=q(rng, text))
    task.ask(joined(rng, [(ask, True), (phrase(rng, asks.RUN_IT, p=path, i=program), True)]))
    task.write(path, line)
    result = task.run(f'{program} {quoted(path)}')
    task.wants(lambda: task.world.full(path) in task.world.files)
    task.report(result, text)


def edit_and_run(task):
    rng = task.rng
    path = words.file_name(rng, 'py')
    old = words.word(rng)
    text = f'print("{words.word(rng)} {old} {words.word(rng)}")\n'
    ask, _, do, new = part_replace(task, path, old)
    if text.count(old) != 1 or old in 'print' or re.search(r"[\\|&'\"]", new):
        return edit_and_run(task)
    task.world.write(path, text)
    task.ask(joined(rng, [(ask, True), (phrase(rng, asks.RUN_IT, p=path, i='python3'), True)]))
    do()
    result = task.run(f'python3 {quoted(path)}')
    return task.report(result, result)


def copy_value(task):
    rng = task.rng
    source = words.path(rng, rng.choice(['cfg', 'txt', 'ini', 'yml']))
    target = words.file_name(rng, 'txt')
    rows = words.settings(rng)
    _, key, value = rng.choice(rows)
    if sum(key in line for line, _, _ in rows) > 1:
        return copy_value(task)
    task.world.write(source, '\n'.join(line for line, _, _ in rows) + '\n')
    task.ask(phrase(rng, asks.VALUE, k=key, a=q(rng, source), b=q(rng, target)))
    if task.has_shell():
        task.run(f'grep -i {pattern(key)} {quoted(source)}')
    else:
        task.read(source)
    task.write(target, value)
    task.wants_file(target, value)
    return task.say(f'Created {target}.')


def find_and(task):
    """A file known by a word in it is edited or shown."""
    rng = task.rng
    for _ in range(rng.randint(0, 2)):
        task.world.write(words.path(rng), words.sentence(rng) + '\n')
    path = words.path(rng)
    old = unlike(task, lambda r: words.word(r) if r.random() < 0.7 else words.token(r))
    new = unlike(task, lambda r: words.few(r, 1, 2))
    lines = words.prose(rng, rng.randint(0, 2))
    lines.append(f'{words.few(rng, 1, 2)} {old}')
    text = '\n'.join(lines) + '\n'
    if text.count(old) != 1 or any(old in one for one in task.world.files.values()) or old in path:
        return find_and(task)
    task.world.write(path, text)
    edits = rng.random() < 0.6
    task.ask(phrase(rng, asks.FIND_EDIT if edits else asks.FIND_READ, o=q(rng, old), n=q(rng, new)))
    result = task.search(old)
    found = result.split(':')[0] if task.has_shell() else task.world.full(path)
    if not edits:
        result = task.read(found)
        return task.report(result, result.split('\n')[0])
    task.replace(found, old, new)
    task.wants_file(path, text.replace(old, new))
    return task.say(f'Replaced {old} with {new} in {found}.')


def copy_file(task):
    rng = task.rng
    path, other = words.path(rng), words.file_name(rng)
    task.world.write(path, words.content(rng) + '\n')
    task.ask(phrase(rng, asks.COPY, a=q(rng, path), b=q(rng, other)))
    text = task.world.read(path)
    task.run(f'cp {quoted(path)} {quoted(other)}')
    task.wants_file(other, text)
    task.say(f'Copied {path} to {other}.')


# ---- when things go wrong ----


def missing_file(task):
    rng = task.rng
    some_files(task, rng.randint(0, 2))
    path = words.path(rng)
    ask, _, do = part_read(task, path)
    task.ask(ask)
    do()()
    task.wants(lambda: True, path)


def refused_by_user(task):
    rng = task.rng
    ask, may_end, _, path, text = part_create(task)
    task.ask(ask, may_end=may_end)
    call = (
        task.client.call('shell', command=write_command(path, text))
        if task.has_shell()
        else task.client.call('write', path=path, content=text)
    )
    task.messages += [
        {'role': 'assistant', 'content': '', 'tool_calls': [call]},
        {
            'role': 'tool',
            'content': rng.choice(
                [
                    'The user refused this tool use. Stop and wait for the user.',
                    'The user does not want to proceed with this tool use. It was rejected.',
                    'Error: the user rejected permission to use this tool.',
                ]
            ),
        },
    ]
    task.wants(lambda: True, 'did not')
    task.say('You declined that, so I did not do it. What would you like instead?')


# family: weight, roles of which one per tuple is needed, function
FAMILIES = {
    'create': (18, ['write|shell'], create),
    'create_empty': (2, ['shell'], create_empty),
    'read_file': (10, ['read|shell'], read_file),
    'report_key': (12, ['read|shell'], report_key),
    'report_line': (5, ['read|shell'], report_line),
    'replace_word': (16, ['edit|shell', 'read|shell'], replace_word),
    'replace_line': (8, ['edit|shell', 'read|shell'], replace_line),
    'append': (14, ['shell|edit', 'shell|read'], append),
    'list_files': (12, ['shell|list|glob'], list_files),
    'search_word': (9, ['grep|shell'], search_word),
    'run_command': (12, ['shell'], run_command),
    'shell_chore': (6, ['shell'], shell_chore),
    'chain': (30, ['shell'], chain),
    'pair': (4, ['shell'], pair),
    'write_and_run': (3, ['shell'], write_and_run),
    'edit_and_run': (2, ['shell'], edit_and_run),
    'copy_value': (2, ['write|shell', 'read|shell'], copy_value),
    'find_and': (11, ['shell|grep', 'shell|edit', 'shell|read'], find_and),
    'copy_file': (5, ['shell'], copy_file),
    'missing_file': (2, ['read|shell'], missing_file),
    'refused_by_user': (1, ['write|shell'], refused_by_user),
    'greeting': (4, [], greeting),
    'about': (4, [], about),
    'thanks': (1, [], thanks),
    'beyond': (10, [], beyond),
    'title': (1, [], title),
    'without_tools': (1, [], without_tools),
}
