#!/usr/bin/env python3
"""What does Claude Code's --resume find again, with its git status in the prompt and without?

    claude-resume.py HEARTH CLIENTS MODEL.gguf [FLAG...]

CLIENTS is the folder that `make e2e-clients` fills (build/e2e).  The real client, in a repository of
its own, reads a file of some thousands of tokens; then files come and two processes resume its
session, each after one more.  The answers are a script's, everything else is the model file's
(bench/peer-model.py makes a small one with a real vocabulary and template) and the server's, which
gets the flags.  Prints the log's figures for each request.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tests', 'e2e'))

import claude_code  # noqa: E402
from stage import Stage, call  # noqa: E402

SETTINGS = (('the status in the prompt', {}),
            ('CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS=1', claude_code.SAME_PROMPT),
            ('CLAUDE_CODE_SIMPLE=1', dict(CLAUDE_CODE_SIMPLE='1')),
            ('both variables', dict(CLAUDE_CODE_SIMPLE='1', **claude_code.SAME_PROMPT)))
PROCESSES = ('first, its call', 'first, its answer', 'resumed', 'resumed again')


def measure(hearth, clients, name, settings, model, flags):
    stage = Stage(hearth, clients, name)
    stage.write('notes.txt', ''.join(f'{i}: the clock shows {i * 7 % 60} past {i % 24}\n'
                                     for i in range(400)))
    read = call('Read', file_path='@PROJECT@/notes.txt') + '\n== past 23\n'
    script = claude_code.RESUME_SCRIPT.split('== written', 1)[1]
    server = stage.server(f'== make a file\n{read}{script.lstrip()}', *flags, model=model,
                          template=None)
    try:
        return claude_code.resumed_twice(stage, server, **claude_code.QUIET, **settings)
    finally:
        stage.close(has_failed=False)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    hearth, clients, model = (os.path.abspath(path) for path in sys.argv[1:4])
    print('| | process | prompt | reused | computed |\n|---|---|---|---|---|')
    for i, (name, settings) in enumerate(SETTINGS):
        turns = measure(hearth, clients, f'resume-{i}', settings, model, sys.argv[4:])
        for process, turn in zip(PROCESSES, turns):
            print(f'| {name} | {process} | {turn["prompt"]:,} | {turn["reused"]:,} | '
                  f'{turn["computed"]:,} |', flush=True)


main()
