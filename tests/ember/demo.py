#!/usr/bin/env python3
"""Claude Code at work with the built-in model: eight small jobs in a scratch folder.

Usage: demo.py HEARTH CLIENTS [--record FILE] [-- FLAG...]

Shows each call of a tool and what became of the files, and ends with status 0 only if all of them
are as they should be.  The client gets a home folder of its own: nobody's settings are touched.
--record writes what was shown to a file as well, for tools/terminal-picture.py.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from clients.agents import AGENTS, Place, play  # noqa: E402
from clients.server import Server  # noqa: E402
from task import Task, files_in, put_files  # noqa: E402

BOLD, DIM, GREEN, RED, CYAN, PLAIN = (f'\033[{n}m' for n in ('1', '2', '32', '31', '36', '0'))

FIRST = {
    'notes.txt': 'Call Sarah about the invoice\nOrder new chairs\n',
    'app.conf': 'host = localhost\nport = 8080\ndebug = false\n',
    'hello.sh': 'echo The server is up\n',
}

# What is asked, which files are different afterwards, and what the answer must say.
JOBS = [
    ('What files are in this folder?', {}, tuple(FIRST)),
    ('Create a file todo.txt with the line "Write the release notes".',
     {'todo.txt': 'Write the release notes\n'}, ()),
    ('What port is set in app.conf?', {}, ('8080',)),
    ('Add the line "Book a room for Friday" to notes.txt.',
     {'notes.txt': 'Call Sarah about the invoice\nOrder new chairs\nBook a room for Friday\n'}, ()),
    ('Replace Sarah with Alice in notes.txt.',
     {'notes.txt': 'Call Alice about the invoice\nOrder new chairs\nBook a room for Friday\n'}, ()),
    ('Which file contains the word invoice?', {}, ('notes.txt',)),
    ('Run `sh hello.sh` and tell me what it prints.', {}, ('The server is up',)),
    ('Create greet.sh with the line `echo "Good morning"`. Then run it.',
     {'greet.sh': 'echo "Good morning"\n'}, ('Good morning',)),
]


class Screen:
    """The terminal, and a record of what went there."""

    def __init__(self, record):
        self.colours = sys.stdout.isatty() or bool(record)
        self.record = open(record, 'w') if record else None

    def line(self, text=''):
        if self.record:
            self.record.write(text + '\n')
        if not sys.stdout.isatty():
            for mark in (BOLD, DIM, GREEN, RED, CYAN, PLAIN):
                text = text.replace(mark, '')
        print(text, flush=True)


def shorten(text, size=86):
    text = ' '.join(text.split())
    return text if len(text) <= size else text[:size - 3] + '...'


def show_step(screen, project):
    """Calls as Claude Code shows them; paths are told from the project on."""
    def show(step):
        if step.kind == 'call':
            values = [str(value) for key, value in step.value.items()
                      if key not in ('description', 'replace_all')]
            words = ', '.join(values).replace(project + '/', '')
            screen.line(f'  {CYAN}{step.name}{PLAIN}({shorten(words)})')
        elif step.kind == 'result':
            screen.line(f'    {DIM}{shorten(step.value.replace(project + "/", ""))}{PLAIN}')
        else:
            screen.line(f'  {shorten(step.value)}')
    return show


def options():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('hearth')
    parser.add_argument('clients')
    parser.add_argument('--record')
    end = sys.argv.index('--') if '--' in sys.argv else len(sys.argv)
    o = parser.parse_args(sys.argv[1:end])
    o.flags = sys.argv[end + 1:]  # hearth serve's
    return o


def open_server(o, folder):
    try:
        return Server(o.hearth, os.path.join(folder, 'server'), *o.flags)
    except AssertionError as error:  # the server has said why
        sys.exit(f'demo: {error}')


def perform(o, screen, server, place):
    """All jobs, one after another in one folder; how many went well."""
    n_right, files = 0, dict(FIRST)
    put_files(place.project, files)
    for prompt, changes, says in JOBS:
        screen.line(f'\n{BOLD}> {prompt}{PLAIN}')
        task = Task('demo', prompt, files, {**files, **changes}, says)
        outcome = play(AGENTS['claude-simple'], os.path.join(o.clients, 'node_modules', '.bin'),
                       place, server.base, prompt, seconds=60, calls_max=8,
                       watch=show_step(screen, place.project))
        wrong = outcome.trouble or task.check(place.project, outcome.answer)
        for path in changes:
            text = files_in(place.project).get(path, '(not there)')
            screen.line(f'  {DIM}{path}:{PLAIN} {shorten(" / ".join(text.splitlines()))}')
        screen.line(f'  {RED}wrong: {shorten(wrong)}{PLAIN}' if wrong else f'  {GREEN}right{PLAIN}')
        n_right += not wrong
        # One mistake shall not spoil the jobs after it.
        files = task.wants
        if wrong:
            shutil.rmtree(place.project)
            put_files(place.project, files)
    return n_right


def main():
    o = options()
    folder = tempfile.mkdtemp(prefix='hearth-demo-')
    screen = Screen(o.record)
    try:
        server = open_server(o, folder)
        place = Place(folder, os.path.join(folder, 'project'))
        screen.line(f'{DIM}hearth serve on {server.base}, Claude Code in {place.project}{PLAIN}')
        start = time.time()
        n_right = perform(o, screen, server, place)
        seconds = time.time() - start
        turns = server.turns()
        n_prompt, n_reused = (sum(turn[i] for turn in turns) for i in (0, 1))
        server.close()
        screen.line(f'\n{n_right} of {len(JOBS)} jobs right in {seconds:.0f} s: {len(turns)} answers, '
                    f'{100 * n_reused // max(1, n_prompt)} % of {n_prompt:,} prompt tokens reused')
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(n_right != len(JOBS))


main()
