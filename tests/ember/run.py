#!/usr/bin/env python3
"""How many of sixty small jobs a real client does with Ember.

Usage: tests/ember/run.py --client claude-simple [--set 2] [--tasks N] [--model FILE] ...

Needs the program and the pinned clients (`make e2e-clients`).  Prints a table by family.  Writes all
it saw as JSON, and what failed as text to be read: what was asked, each call, the files and the
answer.  Set 2 is a blind examination: what failed there lies in a folder apart, and is printed only
with --show.  Exit status 0 says that the run went through, however many were solved, unless
--at-least says how many should be.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import sets  # noqa: E402
from clients.agents import AGENTS, Place, play  # noqa: E402
from clients.server import Server  # noqa: E402
from task import files_in, put_files  # noqa: E402


def options():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--client', choices=AGENTS, default='claude-simple')
    parser.add_argument('--tasks', type=int, default=60)
    parser.add_argument('--family', help='only these, with commas between')
    parser.add_argument('--set', choices=sets.SETS, default='2', help='of tasks (default: 2)')
    parser.add_argument('--seed', default='1')
    parser.add_argument('--model', help='a GGUF file; without it the built-in model')
    parser.add_argument('--jobs', type=int, default=2, help='clients at a time')
    parser.add_argument('--seconds', type=int, default=120, help='for one task at most')
    parser.add_argument('--at-least', type=int, default=0, help='solved tasks for exit status 0')
    parser.add_argument('--show', action='store_true', help='print what failed')
    parser.add_argument('--hearth', default=os.path.join(ROOT, 'build', 'hearth'))
    parser.add_argument('--clients', default=os.path.join(ROOT, 'build', 'e2e'))
    parser.add_argument('--out', help='a folder (default: build/ember-eval/set-SET, or blind-SET)')
    return parser.parse_args()


def perform(o, server, folder, i, task):
    """Plays one task in a folder of its own; returns what is written down of it."""
    place = Place(os.path.join(folder, str(i)))
    put_files(place.project, task.files)
    start = time.time()
    outcome = play(AGENTS[o.client], os.path.join(o.clients, 'node_modules', '.bin'), place,
                   server.base, task.prompt, seconds=o.seconds, calls_max=12)
    wrong = outcome.trouble or task.check(place.project, outcome.answer)
    seen = dict(task=i, family=task.family, prompt=task.prompt, solved=not wrong, wrong=wrong,
                seconds=round(time.time() - start, 2), answer=outcome.answer,
                steps=[step._asdict() for step in outcome.steps],
                before=task.files, wanted=task.wants, after=files_in(place.project))
    shutil.rmtree(place.folder, ignore_errors=True)
    return seen


def shorten(text, size):
    text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    text = text.replace('\n', '\\n')
    return text if len(text) <= size else text[:size] + '...'


def transcript(seen):
    """A failure as text."""
    lines = [f'[{seen["family"]}, task {seen["task"]}] {seen["prompt"]}',
             f'   wrong: {shorten(seen["wrong"], 300)}']
    for step in seen['steps'][:8]:
        mark = {'call': '>', 'result': '<', 'text': '"'}[step['kind']]
        name = step['name'] + ' ' if step['name'] else ''
        lines.append(f'   {mark} {name}{shorten(step["value"], 300)}')
    if len(seen['steps']) > 8:
        lines.append(f'   ... {len(seen["steps"]) - 8} more')
    for when in 'before', 'wanted', 'after':
        if when == 'before' or seen[when] != seen['before']:
            lines.append(f'   {when}: {shorten(seen[when], 600)}')
    return '\n'.join(lines) + '\n'


def print_table(all_seen):
    print('\n| family | solved | seconds a task | calls a task |\n|---|---|---|---|')
    families = {}
    for seen in all_seen:
        families.setdefault(seen['family'], []).append(seen)
    for name, group in [*families.items(), ('**all**', all_seen)]:
        calls = sum(step['kind'] == 'call' for seen in group for step in seen['steps'])
        print(f'| {name} | {sum(seen["solved"] for seen in group)} of {len(group)} '
              f'| {sum(seen["seconds"] for seen in group) / len(group):.1f} '
              f'| {calls / len(group):.1f} |')


def main():
    o = options()
    folder = tempfile.mkdtemp(prefix='ember-')
    wanted = o.family.split(',') if o.family else None
    drawn = [task for task in sets.draw_tasks(o.tasks, o.seed, o.set)
             if not wanted or task.family in wanted]
    flags = ['-m', o.model] if o.model else []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the server as well
    server = Server(o.hearth, os.path.join(folder, 'server'), '-c', '32768', *flags)
    start = time.time()
    try:
        with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
            all_seen = list(pool.map(lambda at: perform(o, server, folder, *at), enumerate(drawn)))
    finally:
        server.close()
    seconds = time.time() - start
    troubles = re.findall(r'.* (?:4\d\d|5\d\d) \d+ ms.*|.*failed=.*', server.read_log())
    n_solved = sum(seen['solved'] for seen in all_seen)
    failures = '\n'.join(transcript(seen) for seen in all_seen if not seen['solved'])
    if o.show:
        print(failures)
    print_table(all_seen)
    print(f'\n{o.client}, set {o.set}, seed {o.seed}: {n_solved} of {len(all_seen)} solved in '
          f'{seconds:.0f} s, {len(troubles)} requests refused or failed')
    blind = o.set in sets.BLIND
    out = o.out or os.path.join(ROOT, 'build', 'ember-eval', f'{"blind" if blind else "set"}-{o.set}')
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, o.client + '.json'), 'w') as file:
        json.dump(dict(client=o.client, set=o.set, seed=o.seed, model=o.model or 'built in',
                       solved=n_solved, seconds=round(seconds, 1), troubles=troubles[:20],
                       tasks=all_seen), file, indent=1, ensure_ascii=False)
    with open(os.path.join(out, o.client + '.failed.txt'), 'w') as file:
        file.write(failures)
    print(f'{"blind: not for whoever makes the model: " if blind else "what failed: "}'
          f'{os.path.relpath(file.name)}')
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(n_solved < o.at_least)


main()
