"""What Ember is asked to do: each family writes a request and the steps that fulfil it.

A family is a function (task) -> None.  It puts files into the world, asks with task.ask(), acts
with task.use() and speaks with task.say().  Calls run in the world, so every result is real; what
the answer says is taken from that result.  Answers keep to few fixed forms: a small model needs
its few choices to be about the task, not about style.
"""

import posixpath
import shlex

from tasks import words


class Task:
    """One conversation under construction."""

    def __init__(self, rng, client):
        self.rng, self.client, self.world = rng, client, client.world
        self.messages = []
        self.goal = lambda: True  # holds in the world when the last request is fulfilled
        self.answer_has = []  # words that the last answer must contain

    def ask(self, text, varies=True):
        text = vary(self.rng, text) if varies else text
        is_first = not self.messages
        self.goal, self.answer_has = (lambda: True), []
        self.messages.append({'role': 'user', 'content': self.client.around(text)})
        late = self.client.late_system() if is_first else None
        if late:
            self.messages.append({'role': 'system', 'content': late})

    def use(self, role, learned=True, **values):
        call = self.client.call(role, **values)
        message = {'role': 'assistant', 'content': '', 'tool_calls': [call]}
        if not learned:
            message['learned'] = False
        result = self.client.run(call)
        self.messages += [message, {'role': 'tool', 'content': result}]
        return result

    def say(self, text):
        self.messages.append({'role': 'assistant', 'content': text})

    def wants(self, goal, *answer_has):
        self.goal, self.answer_has = goal, list(answer_has)

    # ---- steps that depend on which tools there are ----
    def read(self, path):
        if self.client.has('read'):
            return self.use('read', path=path)
        return self.use('shell', command=f'cat {quoted(path)}')

    def write(self, path, text):
        if self.client.has('write'):
            return self.use('write', path=path, content=text)
        return self.use('shell', command=write_command(path, text, '>'))

    def replace(self, path, old, new):
        if self.client.has('edit'):
            return self.use('edit', path=path, old=old, new=new)
        return self.use('shell', command=f"sed -i 's/{old}/{new}/g' {quoted(path)}")

    def read_first(self, path):
        """Reads a file that is about to be edited; sometimes learns of the need from a refusal."""
        if self.client.has('edit') and self.client.has('read'):
            self.read(path)

    def search(self, word):
        if self.client.has('grep'):
            return self.use('grep', pattern=word)
        return self.use('shell', command=f'grep -rn {quoted(word)} .')

    def list(self):
        if self.client.has('list'):
            return self.use('list', path='.')
        if self.client.has('shell'):
            return self.use('shell', command='ls')
        return self.use('glob', pattern='*')


def quoted(text):
    return shlex.quote(text)


def write_command(path, text, operator):
    if '\n' not in text and "'" not in text and '\\' not in text:
        return f"echo '{text}' {operator} {quoted(path)}"
    lines = ' '.join(quoted(line) for line in text.split('\n'))
    return f"printf '%s\\n' {lines} {operator} {quoted(path)}"


POLITE = [
    'please ',
    'Please ',
    'can you ',
    'Can you ',
    'could you ',
    'I need you to ',
    'now ',
    'hey, ',
]
AFTER = [' please', ', please', ', thanks', '. Thanks!', ' for me', ' and nothing else', ' now']


def vary(rng, text):
    """Small changes of wording that mean nothing; only where the text begins with a plain verb."""
    if text[:1].islower():
        if rng.random() < 0.3 and not text.endswith('?') and not text.startswith('please'):
            text = rng.choice(POLITE) + text
        elif rng.random() < 0.6:
            text = text[0].upper() + text[1:]
        if '\n' not in text and rng.random() < 0.4:
            text += (
                rng.choice(AFTER)
                if text[-1] in '.`"\'' and rng.random() < 0.3
                else (
                    '.'
                    if text[-1].isalnum() and rng.random() < 0.5 and '.' not in text.split()[-1]
                    else ''
                )
            )
    return text


def q(rng, text):
    """A word as people write it: bare or in some quotes."""
    if ' ' in text or not text:
        return rng.choice(['"{}"', "'{}'", '`{}`']).format(text)
    return rng.choice(['{}', '{}', '{}', '`{}`', '"{}"', "'{}'"]).format(text)


def pick(rng, forms, **values):
    return rng.choice(forms).format(**values)


def some_files(task, n=None):
    for _ in range(task.rng.randint(0, 5) if n is None else n):
        path = words.path(task.rng)
        task.world.write(path, words.content(task.rng, path.split('.')[-1]) + '\n')


def place(task, path):
    """How the user names a path: as it is, with ./ in front, or in full."""
    roll = task.rng.random()
    return task.world.full(path) if roll < 0.15 else f'./{path}' if roll < 0.2 else path


# ---- files ----


def create(task):
    rng = task.rng
    some_files(task)
    path = place(task, words.path(rng))
    extension = path.split('.')[-1]
    roll = rng.random()
    if roll < 0.55:
        text = words.sentence(rng) if rng.random() < 0.7 else words.value(rng)
        ask = pick(
            rng,
            [
                'create a file {p} with the content {t}',
                'create {p} containing {t}',
                'write {t} to {p}',
                'make a file called {p} that says {t}',
                'create a new file named {p} with the text {t}',
                'put {t} into {p}',
                'save {t} in a file {p}',
                'write a file {p} with {t} in it',
                'add a file {p} whose only line is {t}',
                'store the text {t} in {p}',
            ],
            p=q(rng, path),
            t=q(rng, text),
        )
    else:
        text = words.content(rng, extension)
        fence = '```' if rng.random() < 0.5 and '```' not in text else ''
        body = (
            f'{fence}{extension * bool(rng.random() < .3) if fence else ""}\n{text}\n{fence}'
            if fence
            else text
        )
        ask = pick(
            rng,
            [
                'create {p} with this content:\n{b}',
                'write this to {p}:\n\n{b}',
                'make a file {p} with the following lines:\n{b}',
                'create the file {p}. Content:\n{b}',
                'save this as {p}:\n{b}',
            ],
            p=q(rng, path),
            b=body,
        )
    task.ask(ask)
    task.write(path, text)
    task.wants(
        lambda: task.world.files.get(task.world.full(path), '').rstrip('\n') == text.rstrip('\n')
    )
    task.say(f'Created {path}.')


def report_key(task):
    rng = task.rng
    some_files(task)
    path = words.path(rng, rng.choice(['txt', 'cfg', 'ini', 'yml', 'toml', 'conf', 'md', 'env']))
    rows = words.settings(rng)
    lines = [line for line, _, _ in rows]
    if rng.random() < 0.3:
        lines[rng.randrange(len(lines) + 1) : 0] = words.prose(rng, rng.randint(1, 4))
    task.world.write(path, '\n'.join(lines) + '\n')
    _, key, value = rng.choice(rows)
    path = place(task, path)
    task.ask(
        pick(
            rng,
            [
                'what is the {k} in {p}?',
                'read {p} and tell me the {k}',
                'look into {p}: which {k} is set?',
                'which value has {k} in {p}?',
                'tell me the {k} from {p}',
                'open {p} and report the {k}',
                'What {k} does {p} say?',
                'find out the {k} written in {p}',
            ],
            k=q(rng, key) if '_' in key else key,
            p=q(rng, path),
        )
    )
    task.read(path)
    task.wants(lambda: True, value)
    task.say(f'The {key} is {value}.')


def report_line(task):
    rng = task.rng
    some_files(task)
    path = words.path(rng, rng.choice(['txt', 'md', 'log']))
    lines = words.prose(rng, rng.randint(1, 8))
    lines = [line or words.sentence(rng) for line in lines]
    task.world.write(path, '\n'.join(lines) + '\n')
    path = place(task, path)
    which = rng.choice(['first', 'last', 'whole'] if len(lines) < 4 else ['first', 'last'])
    if which == 'whole':
        task.ask(
            pick(
                rng,
                [
                    'what does {p} say?',
                    'show me {p}',
                    'read {p}',
                    'what is in {p}?',
                    'print the content of {p}',
                    'show the contents of {p}',
                ],
                p=q(rng, path),
            )
        )
        answer = '\n'.join(lines)
        answer = f'{path} contains:\n\n{answer}' if len(lines) > 1 else f'{path} says: {answer}'
    else:
        line = lines[0] if which == 'first' else lines[-1]
        task.ask(
            pick(
                rng,
                [
                    'what is the {w} line of {p}?',
                    'read {p} and tell me its {w} line',
                    'show me the {w} line of {p}',
                    'what does the {w} line in {p} say?',
                ],
                w=which,
                p=q(rng, path),
            )
        )
        answer = f'The {which} line is: {line}'
    task.read(path)
    task.wants(lambda: True, *([lines[0]] if which != 'last' else [lines[-1]]))
    task.say(answer)


def replace_word(task):
    rng = task.rng
    some_files(task)
    path = words.path(rng, rng.choice(['txt', 'md', 'py', 'c', 'cfg', 'html']))
    old, new = words.word(rng) if rng.random() < 0.5 else words.token(rng), words.word(rng)
    if rng.random() < 0.3:
        new = words.value(rng)
    before, after = words.sentence(rng, 1, 4).rstrip('.!?'), words.sentence(rng, 1, 4)
    line = rng.choice(
        [f'{before} {old} {after}', f'{before}: {old}', f'{old} {after}', f'{before} = {old}']
    )
    lines = [one for one in words.prose(rng, rng.randint(1, 5)) if old not in one]
    lines.insert(rng.randint(0, len(lines)), line)
    text = '\n'.join(lines) + '\n'
    if text.count(old) != 1 or old in new or '/' in old + new:
        return replace_word(task)
    task.world.write(path, text)
    path = place(task, path)
    task.ask(
        pick(
            rng,
            [
                'replace {o} with {n} in {p}',
                'in {p} change {o} to {n}',
                'change {o} to {n} in {p}',
                'in the file {p}, replace the word {o} by {n}',
                'rename {o} to {n} in {p}',
                'edit {p} so that {o} becomes {n}',
                'substitute {n} for {o} in {p}',
                'open {p} and replace {o} with {n}',
                'swap the word {o} for {n} in {p}',
            ],
            o=q(rng, old),
            n=q(rng, new),
            p=q(rng, path),
        )
    )
    if task.client.has('edit') and rng.random() < 0.15 and task.client.needs_reading:
        task.use('edit', learned=False, path=path, old=old, new=new)
    task.read_first(path)
    task.replace(path, old, new)
    wanted = text.replace(old, new)
    task.wants(lambda: task.world.files.get(task.world.full(path)) == wanted)
    task.say(f'Replaced {old} with {new} in {path}.')


def replace_line(task):
    rng = task.rng
    path = words.path(rng, rng.choice(['cfg', 'ini', 'yml', 'env', 'conf', 'txt']))
    rows = words.settings(rng)
    text = '\n'.join(line for line, _, _ in rows) + '\n'
    line, key, value = rng.choice(rows)
    new = words.value(rng)
    if text.count(line) != 1 or new == value or '/' in line + new:
        return replace_line(task)
    task.world.write(path, text)
    some_files(task)
    path = place(task, path)
    task.ask(
        pick(
            rng,
            [
                'set {k} to {n} in {p}',
                'change the {k} in {p} to {n}',
                'in {p}, set the {k} to {n}',
                'update {p}: {k} should be {n}',
                'make the {k} in {p} {n}',
            ],
            k=key,
            n=q(rng, new),
            p=q(rng, path),
        )
    )
    new_line = line[: len(line) - len(value)] + new
    task.read(path)
    task.replace(path, line, new_line)
    wanted = text.replace(line, new_line)
    task.wants(lambda: task.world.files.get(task.world.full(path)) == wanted)
    task.say(f'Set {key} to {new} in {path}.')


def append(task):
    rng = task.rng
    some_files(task)
    path = words.path(rng, rng.choice(['txt', 'md', 'log', 'cfg', 'csv']))
    old = [line or words.word(rng) for line in words.prose(rng, rng.randint(1, 6))]
    if old.count(old[-1]) > 1 or '\n'.join(old).count(old[-1]) > 1:
        old = [*old[:-1], words.token(rng)]
    task.world.write(path, '\n'.join(old) + '\n')
    line = words.sentence(rng) if rng.random() < 0.6 else words.value(rng)
    path = place(task, path)
    task.ask(
        pick(
            rng,
            [
                'append {t} to {p}',
                'add the line {t} to the end of {p}',
                'add {t} at the end of {p}',
                'append a line saying {t} to {p}',
                'add a new last line {t} to {p}',
                'put {t} at the bottom of {p}',
            ],
            t=q(rng, line),
            p=q(rng, path),
        )
    )
    if task.client.has('shell'):
        task.use('shell', command=write_command(path, line, '>>'))
    else:
        task.read(path)
        task.use('edit', path=path, old=old[-1], new=f'{old[-1]}\n{line}')
    wanted = '\n'.join([*old, line])
    task.wants(lambda: task.world.files.get(task.world.full(path), '').rstrip('\n') == wanted)
    task.say(f'Added the line to {path}.')


def list_files(task):
    rng = task.rng
    some_files(task, rng.randint(1, 6))
    task.ask(
        pick(
            rng,
            [
                'list the files here',
                'what files are in this folder?',
                'list files',
                'which files are there?',
                'show me the files in the current directory',
                'ls',
                'list all files in this project',
                'what is in this directory?',
            ],
        )
    )
    result = task.list()
    names = [
        posixpath.basename(line.removeprefix('- ')) for line in result.split('\n') if line.strip()
    ]
    task.wants(lambda: True, *names)
    task.say(
        'There is one entry: ' + names[0]
        if len(names) == 1
        else 'The entries are:\n' + '\n'.join(f'- {name}' for name in names)
    )


def search_word(task):
    rng = task.rng
    some_files(task, rng.randint(1, 4))
    needle = words.identifier(rng) if rng.random() < 0.6 else words.token(rng)
    path = words.path(rng)
    if any(needle in text for text in task.world.files.values()):
        return search_word(task)
    is_there = rng.random() < 0.85
    if is_there:
        lines = words.prose(rng, rng.randint(1, 5))
        lines.insert(rng.randint(0, len(lines)), f'{words.sentence(rng, 1, 3)} {needle}')
        task.world.write(path, '\n'.join(lines) + '\n')
    task.ask(
        pick(
            rng,
            [
                'search for {w}',
                'find {w} in this project',
                'which file contains {w}?',
                'where is {w} used?',
                'search the files for the word {w}',
                'in which file is {w}?',
                'grep for {w}',
                'find the file that mentions {w}',
            ],
            w=q(rng, needle),
        )
    )
    result = task.search(needle)
    if not is_there:
        task.wants(lambda: True, needle)
        task.say(f'No file contains {needle}.')
        return
    shown = path if path in result else task.world.full(path)
    task.wants(lambda: True, path)
    task.say(f'{needle} is in {shown.removeprefix("./") if path in result else path}.')


def command_of(task):
    """(command, what the user calls it)"""
    rng = task.rng
    style = rng.randrange(6)
    if style == 0:
        command = rng.choice(['pwd', 'whoami', 'date', 'uname', 'ls', f'seq {rng.randint(2, 9)}'])
        return command
    if style == 1:
        return f'echo {words.word(rng)} {words.word(rng)}'
    if style == 2:
        path = words.file_name(rng, 'sh')
        task.world.write(path, f'#!/bin/sh\necho "{words.sentence(rng)}"\n')
        return f'sh {path}'
    if style == 3:
        path = words.file_name(rng, 'py')
        task.world.write(path, f'print("{words.sentence(rng)}")\n')
        return f'python3 {path}'
    if style == 4:
        command = rng.choice(
            [
                'make',
                f'make {words.word(rng)}',
                'make test',
                f'npm run {words.word(rng)}',
                'cargo test',
                'go build',
                f'./{words.identifier(rng)}',
                'pytest -q',
                f'./{words.word(rng)}.sh {words.word(rng)}',
            ]
        )
        good = rng.random() < 0.75
        task.world.outputs[command] = (words.sentence(rng), 0 if good else rng.randint(1, 3))
        return command
    path = words.path(rng, 'txt')
    task.world.write(path, '\n'.join(words.prose(rng, rng.randint(1, 12))) + '\n')
    return rng.choice([f'wc -l {path}', f'head -n 1 {path}', f'tail -n 1 {path}'])


def run_command(task):
    rng = task.rng
    some_files(task, rng.randint(1, 3))
    command = command_of(task)
    marked = rng.choice(['{}', '`{}`', '`{}`', '"{}"']).format(command)
    task.ask(
        pick(
            rng,
            [
                'run {c}',
                'run {c} and tell me the output',
                'execute {c}',
                'run the command {c}',
                'what does {c} print?',
                'run {c} and report what it says',
                'what is the output of {c}?',
                'please run {c} in the shell',
                'use the shell to run {c}',
            ],
            c=marked,
        )
    )
    result = task.use('shell', command=command)
    is_silent = not result or result.startswith('(')
    task.wants(lambda: True, 'nothing' if is_silent else result.split('\n')[-1])
    if result.startswith('Exit code '):
        code, _, text = result.partition('\n')
        task.say(f'The command failed with {code.lower()}' + (f': {text}' if text else '.'))
    elif is_silent:
        task.say('The command printed nothing.')
    else:
        task.say(
            f'The output is: {result}' if '\n' not in result else f'The output is:\n\n{result}'
        )


def shell_chore(task):
    """Rename, copy, delete, make a folder, count lines."""
    rng = task.rng
    some_files(task)
    path, other, folder = words.path(rng), words.path(rng), words.identifier(rng)
    task.world.write(path, words.content(rng) + '\n')
    full = task.world.full
    text = task.world.read(path)
    kind = rng.choice(['mv', 'cp', 'rm', 'mkdir', 'wc'])
    if kind == 'mv':
        task.ask(
            pick(rng, ['rename {a} to {b}', 'move {a} to {b}'], a=q(rng, path), b=q(rng, other))
        )
        task.use('shell', command=f'mv {quoted(path)} {quoted(other)}')
        task.wants(
            lambda: task.world.files.get(full(other)) == text and full(path) not in task.world.files
        )
        task.say(f'Moved {path} to {other}.')
    elif kind == 'cp':
        task.ask(
            pick(
                rng,
                ['copy {a} to {b}', 'make a copy of {a} named {b}'],
                a=q(rng, path),
                b=q(rng, other),
            )
        )
        task.use('shell', command=f'cp {quoted(path)} {quoted(other)}')
        task.wants(lambda: task.world.files.get(full(other)) == text)
        task.say(f'Copied {path} to {other}.')
    elif kind == 'rm':
        task.ask(
            pick(rng, ['delete {a}', 'remove the file {a}', 'delete the file {a}'], a=q(rng, path))
        )
        task.use('shell', command=f'rm {quoted(path)}')
        task.wants(lambda: full(path) not in task.world.files)
        task.say(f'Deleted {path}.')
    elif kind == 'mkdir':
        task.ask(
            pick(
                rng,
                ['create a folder {a}', 'make a directory called {a}', 'make a folder named {a}'],
                a=q(rng, folder),
            )
        )
        task.use('shell', command=f'mkdir -p {quoted(folder)}')
        task.wants(lambda: full(folder) in task.world.folders)
        task.say(f'Created the folder {folder}.')
    else:
        task.ask(pick(rng, ['how many lines has {a}?', 'count the lines of {a}'], a=q(rng, path)))
        result = task.use('shell', command=f'wc -l {quoted(path)}')
        task.wants(lambda: True, result.split()[0])
        task.say(f'{path} has {result.split()[0]} lines.')


# ---- several steps ----


def create_and_read(task):
    rng = task.rng
    path, text = words.path(rng), words.sentence(rng)
    task.ask(
        pick(
            rng,
            [
                'create {p} with the content {t}, then read it back',
                'write {t} to {p} and then show me the file',
                'first create {p} containing {t}; then read it and tell me what it says',
            ],
            p=q(rng, path),
            t=q(rng, text),
        )
    )
    task.write(path, text)
    task.read(path)
    task.wants(lambda: task.world.files.get(task.world.full(path), '').rstrip('\n') == text, text)
    task.say(f'{path} says: {text}')


def copy_value(task):
    rng = task.rng
    source, target = words.path(rng, rng.choice(['cfg', 'txt', 'ini', 'yml'])), words.path(
        rng, 'txt'
    )
    rows = words.settings(rng)
    task.world.write(source, '\n'.join(line for line, _, _ in rows) + '\n')
    _, key, value = rng.choice(rows)
    task.ask(
        pick(
            rng,
            [
                'read the {k} in {a} and write it to {b}',
                'take the {k} from {a} and put it into {b}',
                'find the {k} in {a}, then create {b} with only that value',
                'write the {k} of {a} into a new file {b}',
            ],
            k=key,
            a=q(rng, source),
            b=q(rng, target),
        )
    )
    task.read(source)
    task.write(target, value)
    task.wants(lambda: task.world.files.get(task.world.full(target), '').rstrip('\n') == value)
    task.say(f'Wrote {value} to {target}.')


def write_and_run(task):
    rng = task.rng
    is_shell = rng.random() < 0.5
    path = words.file_name(rng, 'sh' if is_shell else 'py')
    text = words.sentence(rng).replace("'", '')
    line = f'echo "{text}"' if is_shell else f'print("{text}")'
    task.ask(
        pick(
            rng,
            [
                'create a script {p} that prints {t} and run it',
                'write {p} so that it prints {t}, then run it',
                'make {p} print {t}, execute it and tell me the output',
            ],
            p=q(rng, path),
            t=q(rng, text),
        )
    )
    task.write(path, line)
    command = f'{"sh" if is_shell else "python3"} {quoted(path)}'
    result = task.use('shell', command=command)
    task.wants(lambda: task.world.full(path) in task.world.files, text)
    task.say(f'The output is: {result}')


def edit_and_run(task):
    rng = task.rng
    path = words.file_name(rng, 'py')
    old, new = words.word(rng), words.word(rng)
    text = f'print("{words.word(rng)} {old} {words.word(rng)}")\n'
    if text.count(old) != 1 or old in new or old in 'print':
        return edit_and_run(task)
    task.world.write(path, text)
    task.ask(
        pick(
            rng,
            [
                'replace {o} with {n} in {p} and then run it',
                'change {o} to {n} in {p}, then run the script',
                'in {p} change {o} to {n} and run it with python3',
            ],
            o=q(rng, old),
            n=q(rng, new),
            p=q(rng, path),
        )
    )
    task.read_first(path)
    task.replace(path, old, new)
    result = task.use('shell', command=f'python3 {quoted(path)}')
    task.wants(lambda: task.world.read(path) == text.replace(old, new), result)
    task.say(f'The output is: {result}')


def find_and_read(task):
    rng = task.rng
    some_files(task, rng.randint(1, 3))
    path = words.path(rng, 'txt')
    needle, (line, key, value) = words.token(rng), words.settings(rng, 2)[0]
    task.world.write(path, f'{needle}\n{line}\n')
    task.ask(
        pick(
            rng,
            [
                'find the file that contains {w} and tell me the {k} in it',
                'search for {w}, open that file and report the {k}',
            ],
            w=q(rng, needle),
            k=key,
        )
    )
    result = task.search(needle)
    found = (
        path if path in result and task.world.full(path) not in result else task.world.full(path)
    )
    task.read('./' + path if './' + path in result else found)
    task.wants(lambda: True, value)
    task.say(f'The {key} is {value}.')


# ---- when things go wrong ----


def missing_file(task):
    rng = task.rng
    some_files(task)
    path = words.path(rng, 'txt')
    ask = rng.choice(
        [
            'read {p}',
            'what does {p} say?',
            'what is the version in {p}?',
            'replace one with two in {p}',
            'show me {p}',
        ]
    )
    task.ask(ask.format(p=q(rng, path)))
    task.read(path)
    task.wants(lambda: True, path)
    task.say(f'I could not find {path}: the file does not exist.')


def wrong_name(task):
    """A mistake of ours, seen in a result and then put right; the mistake itself is not learned."""
    rng = task.rng
    path, text = words.path(rng, 'txt'), words.sentence(rng)
    task.world.write(path, text + '\n')
    task.ask(pick(rng, ['read {p}', 'what does {p} say?', 'show me {p}'], p=q(rng, path)))
    task.messages.append(
        {
            'role': 'assistant',
            'content': '',
            'learned': False,
            'tool_calls': [{'function': {'name': words.word(rng), 'arguments': {'path': path}}}],
        }
    )
    task.messages.append(
        {'role': 'tool', 'content': task.client.run(task.messages[-1]['tool_calls'][0])}
    )
    task.read(path)
    task.wants(lambda: True, text)
    task.say(f'{path} says: {text}')


def refused_by_user(task):
    rng = task.rng
    path, text = words.path(rng), words.sentence(rng)
    task.ask(f'create {q(rng, path)} with the content {q(rng, text)}')
    call = (
        task.client.call('write', path=path, content=text)
        if task.client.has('write')
        else task.client.call('shell', command=write_command(path, text, '>'))
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


# ---- words only ----

ABOUT = (
    'I am Ember, the small model built into Hearth. I can create, read, change, list and search '
    'files and run commands.'
)
BEYOND = (
    'That is beyond me: I am a very small model for simple file and command tasks. '
    'A larger model can do this.'
)
NO_TOOLS = 'I have no tools here, so I can only talk. A coding client gives me tools for that.'
GREETING = (
    'Hello! I can create, read, change, list and search files and run commands. What shall I do?'
)


def greeting(task):
    rng = task.rng
    task.ask(
        rng.choice(
            [
                'hi',
                'Hello',
                'hello!',
                'Hey',
                'hey there',
                'good morning',
                'Good evening!',
                'hi there',
                'Hello, how are you?',
                'yo',
                'Say hello',
                'hello ember',
                'Greetings',
                'hi!',
                'are you there?',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'Hello')
    task.say(GREETING)


def about(task):
    rng = task.rng
    task.ask(
        rng.choice(
            [
                'who are you?',
                'what can you do?',
                'What are you?',
                'which model are you?',
                'what is your name?',
                'tell me about yourself',
                'how can you help me?',
                'what model is this?',
                'Who made you?',
                'are you an AI?',
                'what are your abilities?',
                'help',
                'What do you do?',
                'introduce yourself',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'Ember')
    task.say(ABOUT)


def thanks(task):
    task.ask(
        task.rng.choice(
            [
                'thanks',
                'thank you!',
                'Thanks, that is all',
                'great, thanks',
                'ok',
                'perfect',
                'nice',
                'good job',
                'bye',
                'that was all',
            ]
        ),
        varies=False,
    )
    task.wants(lambda: True, 'welcome')
    task.say('You are welcome.')


def beyond(task):
    rng = task.rng
    thing, other = words.word(rng), words.identifier(rng)
    task.ask(
        rng.choice(
            [
                'refactor the {a} module to use dependency injection',
                'explain quantum physics to me',
                'write a compiler for a {a} language',
                'fix all the bugs in this project',
                'prove that there are infinitely many primes',
                'design a database for a {a} shop',
                'write a poem about {a}',
                'translate this text to French: {a} {b}',
                'implement a web server in Rust',
                'optimise the function {b}',
                'why is the {a} test flaky?',
                'write unit tests for {b}',
                'review my last commit',
                'build a website about {a}',
                'what is the capital of {a}?',
                'who won the {a} cup?',
                'solve this equation: 3x + {n} = 9',
                'port {b} to Python',
                'make {b} thread safe',
                'find the security problem in {b}',
                'explain how {b} works',
                'summarise the architecture of this repository',
                'write an essay about {a}',
                'create a mobile app for {a}',
                'train a neural network on {a}',
                'debug the crash in {b}',
                'plan the migration of {a} to {b}',
                'write a game like {a}',
                'improve the performance of {b}',
                'what do you think about {a}?',
                'tell me a joke about {a}',
                'what is {n} times {n}?',
            ]
        ).format(a=thing, b=other, n=words.number(rng))
    )
    task.wants(lambda: True, 'beyond me')
    task.say(BEYOND)


def without_tools(task):
    """A request for which the conversation has no tools, as in a plain chat."""
    rng = task.rng
    task.client.tools = []
    forms = ['create {p} with {t}', 'read {p}', 'list the files here', 'run {t}', 'search for {t}']
    forms += [
        'append {t} to {p}',
        'what is the version in {p}?',
        'delete {p}',
        'replace {t} in {p}',
    ]
    task.ask(pick(rng, forms, p=q(rng, words.path(rng)), t=q(rng, words.word(rng))))
    task.wants(lambda: True, 'no tools')
    task.say(NO_TOOLS)


def title(task):
    """Side requests of clients: a name for the conversation, as JSON or as plain words."""
    rng = task.rng
    task.client.tools = []
    wants_json = rng.random() < 0.5
    request = ' '.join(
        rng.choice(
            [
                f'create {words.path(rng)} with {words.word(rng)}',
                f'replace {words.word(rng)} with {words.word(rng)} in {words.path(rng)}',
                f'what is the {rng.choice(words.KEYS)} in {words.path(rng)}?',
                f'run {words.word(rng)}',
                f'search for {words.token(rng)}',
                words.sentence(rng, 4, 12),
            ]
        ).split()
    )
    name = ' '.join(request.rstrip('.?!').split()[:6])
    name = name[0].upper() + name[1:]
    task.title_system = rng.choice(
        [
            'Write a short title for this session',
            'You are a title generator. You output only a title',
            'Make a title of 3 to 7 words for the conversation',
            'Generate a brief title for a coding session',
        ]
    )
    task.title_system += '. ' + (
        'Return JSON with the one field "title".' if wants_json else 'One line, no quotes.'
    )
    task.messages.append(
        {
            'role': 'user',
            'content': rng.choice(
                [
                    f'<session>\n{request}\n</session>',
                    request,
                    f'Generate a title for this conversation:\n\n{request}',
                    f'<session>\n{request}\n</session>\n\nWrite the title in the language of the user.',
                ]
            ),
        }
    )
    task.say('{"title": "' + name.replace('\\', '').replace('"', '') + '"}' if wants_json else name)


# family: weight, roles of which one per tuple is needed, function
FAMILIES = {
    'create': (16, ['write|shell'], create),
    'report_key': (12, ['read|shell'], report_key),
    'report_line': (8, ['read|shell'], report_line),
    'replace_word': (12, ['edit|shell'], replace_word),
    'replace_line': (6, ['edit|shell', 'read|shell'], replace_line),
    'append': (8, ['shell|edit', 'shell|read'], append),
    'list_files': (6, ['shell|list|glob'], list_files),
    'search_word': (8, ['grep|shell'], search_word),
    'run_command': (10, ['shell'], run_command),
    'shell_chore': (5, ['shell'], shell_chore),
    'create_and_read': (4, ['write|shell', 'read|shell'], create_and_read),
    'copy_value': (5, ['write|shell', 'read|shell'], copy_value),
    'write_and_run': (5, ['shell'], write_and_run),
    'edit_and_run': (4, ['shell'], edit_and_run),
    'find_and_read': (4, ['grep|shell', 'read|shell'], find_and_read),
    'missing_file': (4, ['read|shell'], missing_file),
    'wrong_name': (2, ['read|shell'], wrong_name),
    'refused_by_user': (1, ['write|shell'], refused_by_user),
    'greeting': (2, [], greeting),
    'about': (3, [], about),
    'thanks': (1, [], thanks),
    'beyond': (6, [], beyond),
    'title': (4, [], title),
    'without_tools': (2, [], without_tools),
}
