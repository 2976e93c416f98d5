#!/usr/bin/env python3
"""Real clients against a real server whose answers come from a script.

Usage: run.py HEARTH FOLDER [SCENARIO...]

FOLDER holds the clients (npm install of package.json beside this file) and what the runs leave
behind: runs/SCENARIO has the server's log and trace, the client's home and its project.  A
scenario is a function of a Stage in one of the modules below; its docstring says what holds.
"""
import concurrent.futures
import os
import resource
import signal
import sys
import threading
import time
import traceback

import calls
import claude_code
import claude_terminal
import codex
import opencode
import sdk
import shown
import slow
import variants
import wire
from stage import Stage

MODULES = (slow, claude_code, claude_terminal, opencode, codex, sdk, shown, wire, variants, calls)
N_AT_ONCE = 3  # on two cores: clients spend much of their time starting up


def find_scenarios():
    found = {}
    for module in MODULES:
        for name, run in vars(module).items():
            if name.startswith('scenario_'):
                found[name[len('scenario_'):]] = (run, module is slow)
    return found


class Runner:
    def __init__(self, hearth, folder):
        self.hearth, self.folder = hearth, folder
        self.failed = []
        self.lock = threading.Lock()

    def play(self, name, run):
        start = time.time()
        stage = Stage(self.hearth, self.folder, name)
        error = None
        try:
            run(stage)
        except Exception:  # a scenario's failure is told, the others go on
            error = traceback.format_exc(limit=-3)
        try:
            stage.close(error is not None)
        except Exception:
            error = traceback.format_exc(limit=-3)
        with self.lock:
            if error:
                self.failed.append(name)
                print(f'== {name}')
                print('\n'.join(stage.said))
                print(error)
            state = 'FAIL' if error else 'ok  '
            print(f'{state} {name} ({time.time() - start:.0f} s)', flush=True)


def main():
    scenarios = find_scenarios()
    wanted = sys.argv[3:] or list(scenarios)
    unknown = [name for name in wanted if name not in scenarios]
    if unknown:
        sys.exit(f'no scenario {", ".join(unknown)}; there are: {", ".join(scenarios)}')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the servers as well
    runner = Runner(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    start = time.time()
    # What waits for minutes waits beside the rest.
    with concurrent.futures.ThreadPoolExecutor(len(wanted)) as waiting, \
            concurrent.futures.ThreadPoolExecutor(N_AT_ONCE) as working:
        for name in wanted:
            run, is_slow = scenarios[name]
            (waiting if is_slow else working).submit(runner.play, name, run)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f'{len(wanted) - len(runner.failed)} of {len(wanted)} scenarios in '
          f'{time.time() - start:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time')
    sys.exit(f'failed: {", ".join(runner.failed)}' if runner.failed else 0)


if __name__ == '__main__':
    main()
