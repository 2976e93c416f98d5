"""A conversation under construction: its world, its client, and the steps that are taken in it.

With a shell each step is one command, without one it is a call of a file tool.
"""

import posixpath
import re
import shlex

from tasks import words
from tasks.phrases import NAME_FIRST, varied
from tasks.world import NUMBERED


class Task:
    """One conversation under construction."""

    def __init__(self, rng, client):
        self.rng, self.client, self.world = rng, client, client.world
        self.messages = []
        self.goal = lambda: True  # holds in the world when the last request is fulfilled
        self.answer_has = []  # words that the last answer must contain

    def ask(self, text, varies=True, may_end=True):
        text = varied(self.rng, text, may_end) if varies else text.lstrip(NAME_FIRST)
        is_first = not self.messages
        self.goal, self.answer_has = (lambda: True), []
        self.messages.append({'role': 'user', 'content': self.client.around(text)})
        late = self.client.late_system() if is_first else None
        if late:
            self.messages.append({'role': 'system', 'content': late})

    def use(self, role, **values):
        call = self.client.call(role, **values)
        message = {'role': 'assistant', 'content': '', 'tool_calls': [call]}
        result = self.client.run(call)
        self.messages += [message, {'role': 'tool', 'content': result}]
        return self.client.output_of(result)

    def run(self, command):
        return self.use('shell', command=command)

    def say(self, text):
        self.messages.append({'role': 'assistant', 'content': text})

    def wants(self, goal, *answer_has):
        self.goal, self.answer_has = goal, list(answer_has)

    def wants_file(self, path, text, *answer_has):
        full = self.world.full(path)
        self.wants(
            lambda: self.world.files.get(full, '').rstrip('\n') == text.rstrip('\n'), *answer_has
        )

    def has_shell(self):
        return self.client.has('shell')

    # ---- steps: one shell command, or the file tools where there is no shell ----
    def read(self, path):
        return self.run(f'cat {quoted(path)}') if self.has_shell() else self.use('read', path=path)

    def write(self, path, text):
        if not self.has_shell():
            return self.use('write', path=path, content=text)
        result = self.run(write_command(path, text))
        if self.client.failed:  # the folder is not there
            folder = f'"$(dirname {quoted(path)})"'  # the path as it is: copying is what is safe
            result = self.run(f'mkdir -p {folder} && {write_command(path, text)}')
        return result

    def list(self, what=''):
        """Numbered, so that no two lines begin alike: names that end alike could not be told apart
        by a reader that looks for what follows the last few tokens."""
        return self.run(f'ls {what}'.strip() + NUMBERED)

    def replace(self, path, old, new):
        if self.has_shell():
            return self.run(f"sed -i 's|{old}|{new}|g' {quoted(path)}")
        self.use('read', path=path)
        return self.use('edit', path=path, old=old, new=new)

    def search(self, word):
        if self.has_shell():
            return self.run(f'grep -rn {pattern(word)} .')
        return self.use('grep', pattern=word)

    def report(self, result, *answer_has):
        """The closing words after a result that the user wants to hear."""
        if self.client.failed:
            self.wants(self.goal, *answer_has)
            return self.say(f'That did not work:\n{result}' if result else 'That did not work.')
        if not result:
            self.wants(self.goal, 'nothing')
            return self.say('It printed nothing.')
        self.wants(self.goal, *answer_has)
        return self.say(f'It says:\n{result}')


def quoted(text):
    return shlex.quote(text)


def write_command(path, text, operator='>'):
    return f"cat {operator} {quoted(path)} <<'EOF'\n{text}\nEOF"


def pattern(text):
    """Always in quotes: a small model need not foresee a space."""
    return "'" + text.replace("'", '.') + "'"


def some_files(task, n=None):
    for _ in range(task.rng.randint(0, 4) if n is None else n):
        path = words.path(task.rng)
        task.world.write(path, words.content(task.rng, path.split('.')[-1]) + '\n')


def place(task, path):
    """How the user names a path: as it is, with ./ in front, or in full."""
    roll = task.rng.random()
    return task.world.full(path) if roll < 0.1 else f'./{path}' if roll < 0.13 else path


def short_text(rng):
    roll = rng.random()
    return (
        words.sentence(rng) if roll < 0.7 else words.value(rng) if roll < 0.82 else words.few(rng)
    )


def unlike(task, make):
    """Draws until the text can stand in a sed pattern between bars and means itself."""
    while True:
        text = make(task.rng)
        if not re.search(r'[\\|&*\[\]^$\']', text):
            return text


def a_file(task, extensions='txt md log cfg csv'):
    """An existing text file, named as the user would."""
    rng = task.rng
    path = words.path(rng, rng.choice(extensions.split()))
    lines = [line or words.word(rng) for line in words.prose(rng, rng.randint(1, 4))]
    lines[-1] += f' {words.token(rng)}'  # once in the file, for tools that replace
    task.world.write(path, '\n'.join(lines) + '\n')
    return place(task, path)
