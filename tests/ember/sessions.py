#!/usr/bin/env python3
"""Sessions of real clients with the built-in model: sessions.py HEARTH CLIENTS [CLIENT...]

Each client does a few jobs that the model is sure of, one after another in one folder.  What is
held against expectation: the files afterwards, and the server's log (no request refused or failed,
and what was computed for one turn serves the next).  Words are a matter of taste and not compared.
"""
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from clients.agents import AGENTS, Place, play  # noqa: E402
from clients.server import Server  # noqa: E402
from task import Task, put_files  # noqa: E402

FIRST = {'guests.txt': 'Odile\nTancred\n', 'server.conf': 'host = harbour\nport = 8412\n'}

# What is asked, and which files are different afterwards.
JOBS = {
    'claude-simple': [
        ('Create a file called todo.txt with the text "paint the boat".',
         {'todo.txt': 'paint the boat\n'}),
        ('Add the line "Ysolde" to guests.txt.', {'guests.txt': 'Odile\nTancred\nYsolde\n'}),
        ('Which files are in this folder?', {}),
    ],
    'claude-full': [('Create a file called todo.txt with the text "paint the boat".',
                     {'todo.txt': 'paint the boat\n'})],
    'opencode': [('Which files are in this folder?', {})],
    'codex': [('Put the words "paint the boat" into a new file named todo.txt.',
               {'todo.txt': 'paint the boat\n'})],
}


def session_in_the_terminal(hearth, clients):
    """`hearth run --tools`: what comes in on stdin is a message; without --yes nothing runs."""
    folder = os.path.join(clients, 'runs', 'ember-run')
    shutil.rmtree(folder, ignore_errors=True)
    put_files(folder, FIRST)
    files = dict(FIRST)

    def say(prompt, *flags):
        return subprocess.run([hearth, 'run', '--tools', *flags], cwd=folder, timeout=120, text=True,
                              input=prompt + '\n', stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout

    for prompt, changes in JOBS['claude-simple']:
        task = Task('session', prompt, files, {**files, **changes})
        said = say(prompt)
        wrong = Task('session', prompt, files, files).check(folder, said)
        assert not wrong and 'not run: nobody to ask' in said, f'{wrong}\n{said}'
        said = say(prompt, '--yes')
        wrong = task.check(folder, said)
        assert not wrong, f'{prompt}: {wrong}\n{said}'
        files = task.wants


def check_log(server):
    """Errors, and turns that had to compute again what the turn before them had."""
    log = server.read_log()
    troubles = re.findall(r'.* (?:4\d\d|5\d\d) \d+ ms.*|.*failed=.*', log)
    assert not troubles, troubles
    turns = server.turns()
    assert turns, 'no answers'
    assert sum(n_reused for _, n_reused in turns) > 0, turns


def session(client, hearth, clients):
    folder = os.path.join(clients, 'runs', 'ember-' + client)
    shutil.rmtree(folder, ignore_errors=True)
    place = Place(folder)
    server = Server(hearth, os.path.join(folder, 'server'))
    files = dict(FIRST)
    put_files(place.project, files)
    for prompt, changes in JOBS[client]:
        task = Task('session', prompt, files, {**files, **changes})
        outcome = play(AGENTS[client], os.path.join(clients, 'node_modules', '.bin'), place,
                       server.base, prompt)
        wrong = outcome.trouble or task.check(place.project, outcome.answer)
        assert not wrong, f'{prompt}: {wrong}\n{outcome.output[-3000:]}'
        files = task.wants
    check_log(server)
    server.close()


def main():
    hearth, clients = (os.path.abspath(path) for path in sys.argv[1:3])
    if subprocess.run([hearth, 'inspect'], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        print('skip built-in model: this program was built without models/ember.gguf')
        return
    failed = []
    for client in sys.argv[3:] or ['run', *JOBS]:
        start = time.time()
        try:
            if client == 'run':
                session_in_the_terminal(hearth, clients)
            else:
                session(client, hearth, clients)
            print(f'ok   built-in model, {client} ({time.time() - start:.0f} s)', flush=True)
        except Exception as error:  # a session's failure is told, the others go on
            failed.append(client)
            print(f'FAIL built-in model, {client}: {error}', flush=True)
    sys.exit(f'failed: {", ".join(failed)}' if failed else 0)


main()
