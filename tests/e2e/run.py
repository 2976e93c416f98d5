#!/usr/bin/env python3
"""Real clients against a real server whose answers come from a script.

Usage: run.py HEARTH FOLDER [SCENARIO...]

FOLDER holds the clients (npm install of package.json beside this file) and what the runs leave
behind.  The model is a tiny one of random weights: prompts are rendered, tokenised, computed and
cached as always, only the choice of tokens is the script's.
"""
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from clients.agents import AGENTS, Place, play  # noqa: E402
from clients.server import Server  # noqa: E402

HEARTH = os.path.abspath(sys.argv[1])
FOLDER = os.path.abspath(sys.argv[2])
BIN = os.path.join(FOLDER, 'node_modules', '.bin')


class Scripted(Server):
    """A server whose answers a script gives, and the project folder that the script speaks of."""

    def __init__(self, name, script, *flags):
        folder = os.path.join(FOLDER, 'runs', name)
        shutil.rmtree(folder, ignore_errors=True)
        self.place = Place(folder)
        self.project = self.place.project
        subprocess.run(['git', 'init', '-q', self.project], check=True)
        with open(os.path.join(HERE, script)) as source:
            text = source.read().replace('@PROJECT@', self.project)
        path = os.path.join(folder, 'script')
        with open(path, 'w') as out:
            out.write(text)
        super().__init__(HEARTH, folder, '--synthetic', 'tiny-qwen3', '--reasoning', 'off',
                         '--replay', path, *flags)

    def file(self, name):
        with open(os.path.join(self.project, name)) as file:
            return file.read()

    def play(self, client, prompt, **options):
        """The client's answer to one prompt."""
        outcome = play(AGENTS[client], BIN, self.place, self.base, prompt, **options)
        print(outcome.output[-3000:])
        return outcome


def scenario_claude_code():
    """Several turns of tools, then a second process that continues the conversation."""
    server = Scripted('claude-code', 'tools.script')
    outcome = server.play('claude-simple', 'Please make a file for me')
    assert 'It says forty-two.' in outcome.answer, outcome
    assert server.file('answer.txt') == 'forty-two\n'
    outcome = server.play('claude-simple', 'Now change the file', goes_on=True)
    assert 'Changed.' in outcome.answer, outcome
    assert server.file('answer.txt') == 'forty-three\n'
    turns = server.turns()
    assert len(turns) == 5, turns
    for (n_before, _), (n_prompt, n_reused) in zip(turns, turns[1:3]):
        assert n_reused >= n_before, turns  # nothing of the turn before is computed again
    assert turns[4][1] >= turns[3][0], turns
    server.close()


def scenario_claude_code_tools():
    """Six of the client's own tools, described in full."""
    server = Scripted('claude-code-tools', 'tools.script')
    outcome = server.play('claude-tools', 'Please make a file for me')
    assert 'It says forty-two.' in outcome.answer, outcome
    turns = server.turns()
    assert turns[1][1] >= turns[0][0], turns
    server.close()


def scenario_claude_code_overflow():
    """A prompt that does not fit is answered in the words the client acts upon."""
    server = Scripted('claude-code-overflow', 'tools.script', '-c', '4096')
    server.play('claude-tools', 'Please make a file for me')
    assert re.search(r'prompt is too long: \d+ tokens > \d+ maximum', server.read_log())
    server.close()


def scenario_opencode():
    server = Scripted('opencode', 'opencode.script', '-np', '2')
    outcome = server.play('opencode', 'make a file for me')
    assert 'The file is there.' in outcome.answer, outcome
    assert server.file('answer.txt') == 'forty-two\n'
    server.close()


def scenario_codex():
    server = Scripted('codex', 'codex.script')
    outcome = server.play('codex', 'make a file for me')
    assert 'The file is there.' in outcome.answer, outcome
    assert server.file('answer.txt') == 'forty-two\n'
    turns = server.turns()
    assert turns[1][1] >= turns[0][0], turns
    server.close()


def scenario_pasted_commands():
    """What the server tells people to paste connects each client."""
    server = Scripted('pasted', 'greeting.script', '--welcome')
    with open(server.said) as said:
        commands = [line.strip() for line in said if line.startswith('    ')]
    endings = {'claude': " -p 'Hello'", 'opencode': " run 'Hello'", 'curl': ''}
    environment = server.place.environment(CLAUDE_CODE_SIMPLE='1')  # the tokens here are short
    environment['PATH'] = BIN + os.pathsep + environment['PATH']
    for name, ending in endings.items():
        command, = [c for c in commands if c.startswith(name + ' ') or c.endswith(' ' + name)]
        done = subprocess.run(command + ending, shell=True, cwd=server.project, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=240,
                              stderr=subprocess.STDOUT, text=True)
        assert 'Greetings from the script.' in done.stdout, (command, done.stdout)
    server.close()


def scenario_demo():
    """The demonstration ends with status 0 when all files are right, and only then."""
    folder = os.path.join(FOLDER, 'runs', 'demo')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, 'demo.script')) as file:
        script = file.read()
    for text, status in (script, 0), (script.replace('Ysolde >>', 'Ysolda >>'), 1):
        path = os.path.join(folder, 'script')
        with open(path, 'w') as out:
            out.write(text)
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, '..', 'ember', 'demo.py'), HEARTH, FOLDER, '--',
             '--synthetic', 'tiny-qwen3', '--reasoning', 'off', '--replay', path],
            timeout=500, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(done.stdout[-3000:])
        assert done.returncode == status, done.returncode


def scenario_sdk():
    server = Scripted('sdk', 'sdk.script')
    shutil.copy(os.path.join(HERE, 'sdk.mjs'), FOLDER)
    done = subprocess.run(['node', os.path.join(FOLDER, 'sdk.mjs'), server.base], timeout=240,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout[-3000:])
    assert 'FAIL' not in done.stdout and done.stdout.count('ok ') >= 9
    server.close()


def main():
    scenarios = {name[len('scenario_'):]: run for name, run in globals().items()
                 if name.startswith('scenario_')}
    wanted = sys.argv[3:] or list(scenarios)
    failed = []
    for name in wanted:
        print(f'== {name}', flush=True)
        start = time.time()
        try:
            scenarios[name]()
            print(f'ok   {name} ({time.time() - start:.0f} s)', flush=True)
        except Exception as error:  # a scenario's failure is told, the others go on
            failed.append(name)
            print(f'FAIL {name}: {error}', flush=True)
    sys.exit(f'failed: {", ".join(failed)}' if failed else 0)


main()
