"""Random clients against a server with a tiny model, for MINUTES; its memory must stay flat.

    clients.py HEARTH MINUTES

Conversations in three dialects grow, fork and are left; clients go away in the middle of prefills and
answers, send what is no request, ask for tools and for JSON of ever other schemas; states go to a folder
on disk and come back.  Fails when an answer is no answer, when the server ends or hangs, or when it has
grown.

Memory is compared where nothing is under way: in rounds, after each of which the clients wait until the
model is put to sleep.  What the server then holds is what it never gives back: allocator's crumbs, its
lists, what answers were remembered (bounded, and about half a KiB each), and leaks.
"""
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HEARTH, MINUTES = sys.argv[1], float(sys.argv[2])
N_CLIENTS = 8
N_ROUNDS = 20
LEAK = 2, 1  # KiB a request and MiB besides that the server asleep may grow by
WORK = 16    # MiB that it may grow by at work: it depends on what happens to be under way
TOOLS = [{'name': 'Read', 'description': 'Reads a file.',
          'input_schema': {'type': 'object', 'properties': {'path': {'type': 'string'}},
                           'required': ['path']}}]
WORDS = 'the clock shows one hour too many when summer ends and nobody knows why it does'.split()
GARBAGE = [b'{', b'[]', b'{"messages":3}', b'\xff\xfe', b'{"messages":[{"role":"user"}]}',
           b'{"max_tokens":-1,"messages":[{"role":"x","content":{}}]}', b'[' * 100000]

failures, counts, lock = [], {}, threading.Lock()


class Gate:
    """Clients pass while it is open; whoever closes it waits for those inside."""

    def __init__(self):
        self.changed = threading.Condition()
        self.is_open, self.is_over, self.n_inside = False, False, 0

    def __enter__(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_open or self.is_over)
            self.n_inside += 1

    def __exit__(self, *_):
        with self.changed:
            self.n_inside -= 1
            self.changed.notify_all()

    def open(self):
        with self.changed:
            self.is_open = True
            self.changed.notify_all()

    def close(self):
        with self.changed:
            self.is_open = False
            self.changed.wait_for(lambda: self.n_inside == 0, 300)
            return self.n_inside == 0

    def end(self):
        with self.changed:
            self.is_over = True
            self.changed.notify_all()


gate = Gate()


def count(what):
    with lock:
        counts[what] = counts.get(what, 0) + 1


def text(rng, n):
    return ' '.join(rng.choice(WORDS) for _ in range(n))


def ask(port, path, body, rng, leaves=False):
    """Status and body; None when the client left before the end."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=300)
    try:
        connection.request('POST', path, body if isinstance(body, bytes) else json.dumps(body),
                           {'Content-Type': 'application/json'})
        if leaves:
            time.sleep(rng.random() * 0.3)
            return None, b''
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def schema_of(rng):
    """One of some hundred thousand: few are met twice."""
    names = [f'{rng.choice(WORDS)}_{rng.randrange(100)}' for _ in range(rng.randrange(1, 4))]
    kinds = [{'type': 'integer'}, {'enum': [text(rng, 2), text(rng, 1)]},
             {'type': 'array', 'items': {'type': 'string', 'maxLength': rng.randrange(1, 60)}}]
    return {'type': 'object', 'properties': {name: rng.choice(kinds) for name in names},
            'required': names[:1], 'additionalProperties': False}


def request_of(dialect, system, turns, rng):
    body = {'max_tokens': rng.choice([1, 4, 16, 40]), 'stream': rng.random() < 0.5, 'seed': 1}
    messages = [{'role': 'user' if i % 2 == 0 else 'assistant', 'content': turn}
                for i, turn in enumerate(turns)]
    if dialect == '/v1/messages':
        body.update(system=system, messages=messages)
        if rng.random() < 0.3:
            body['tools'] = TOOLS
    elif dialect == '/v1/chat/completions':
        body['messages'] = [{'role': 'system', 'content': system}] + messages
        if rng.random() < 0.3:
            body['response_format'] = {
                'type': 'json_schema',
                'json_schema': {'name': 'answer', 'schema': schema_of(rng), 'strict': True}}
    else:
        body['max_output_tokens'] = body.pop('max_tokens')
        body['input'] = [{'role': 'developer', 'content': system}] + messages
    return body


def play(port, dialect, system, turns, rng):
    """One request, and what the conversation is afterwards."""
    chance = rng.random()
    if chance < 0.03:
        status, body = ask(port, dialect, rng.choice(GARBAGE), rng)
        count('refused')
        if not 400 <= status < 500:
            raise ValueError(f'{status} for garbage: {body[:200]}')
        return
    leaves = chance < 0.15
    status, body = ask(port, dialect, request_of(dialect, system, turns, rng), rng, leaves)
    count('left' if leaves else str(status))
    if leaves:
        return
    too_long = status == 400 and (b'too long' in body or b'context_length' in body)
    if status not in (200, 429, 503, 529) and not too_long:
        raise ValueError(f'{status}: {body[:300]}')
    if too_long or len(turns) > 40:
        del turns[1:]
    elif chance < 0.25:
        del turns[rng.randrange(len(turns)) // 2 * 2 + 1:]  # a fork
    else:
        turns += [text(rng, 8), text(rng, rng.choice([3, 30, 200]))]


def client(port, number):
    rng = random.Random(number)
    conversations = []
    while not gate.is_over:
        if len(conversations) < 6 or rng.random() < 0.05:
            dialect = rng.choice(['/v1/messages', '/v1/chat/completions', '/v1/responses'])
            system = text(random.Random(rng.randrange(4)), 300)  # some share theirs
            conversations = conversations[-7:] + [(dialect, system, [text(rng, 20)])]
        dialect, system, turns = rng.choice(conversations)
        try:
            with gate:
                if not gate.is_over:
                    play(port, dialect, system, turns, rng)
        except Exception as error:  # noqa: BLE001: whatever it is, the run has failed
            failures.append(f'client {number}: {dialect}: {error!r}')
            return


def resident(pid):
    """MiB, without the mapped program and files."""
    with open(f'/proc/{pid}/status') as status:
        return int(re.search(r'RssAnon:\s+(\d+)', status.read()).group(1)) / 1024


def read(path):
    with open(path, errors='replace') as file:
        return file.read()


def wait_for(log, process):
    for _ in range(600):
        time.sleep(0.1)
        found = re.search(r'127\.0\.0\.1:(\d+)', read(log))
        if found:
            return int(found.group(1))
        if process.poll() is not None:
            break
    raise SystemExit('the server did not start:\n' + read(log))


def falls_asleep(log, n_before, process):
    for _ in range(600):
        if read(log).count('model unloaded') > n_before:
            return True
        if process.poll() is not None:
            break
        time.sleep(0.1)
    return False


def play_rounds(process, log):
    """(answers so far, MiB at work, MiB asleep) after each round."""
    rounds, until = [], time.time() + MINUTES * 60
    while time.time() < until and not failures:
        n_sleeps = read(log).count('model unloaded')
        gate.open()
        at_work = 0
        for _ in range(10):
            time.sleep(MINUTES * 60 / N_ROUNDS / 10)
            if process.poll() is not None:
                failures.append(f'the server ended with {process.returncode}')
                return rounds
            at_work = max(at_work, resident(process.pid))
        if not gate.close():
            failures.append('a request was not answered in 300 s')
        elif not falls_asleep(log, n_sleeps, process):
            failures.append('the model was not put to sleep')
        else:
            rounds.append((sum(counts.values()), at_work, resident(process.pid)))
            print('%6d requests, %6.1f MiB at work, %6.1f asleep' % rounds[-1], flush=True)
    return rounds


def judge(rounds):
    """Between the second quarter's median round and the last's."""
    n = len(rounds) // 4
    if n < 2:
        return print('too few rounds to tell growth')
    early, late = ([sorted(column)[n // 2] for column in zip(*part)]
                   for part in (rounds[n:2 * n], rounds[-n:]))
    n_requests, work, asleep = (after - before for before, after in zip(early, late))
    print(f'in {n_requests} requests {work:+.1f} MiB at work, {asleep:+.1f} asleep: '
          f'{asleep * 1024 / n_requests:.2f} KiB a request')
    if work > WORK or asleep > LEAK[0] * n_requests / 1024 + LEAK[1]:
        failures.append('the server has grown')


def main():
    folder = tempfile.mkdtemp(prefix='hearth-soak-')
    log = os.path.join(folder, 'log')
    process = subprocess.Popen(
        [HEARTH, 'serve', '--synthetic', 'tiny-qwen35moe', '--port', '0', '-c', '4096', '-np', '4',
         '--sleep-idle-seconds', '2', '--cache-dir', os.path.join(folder, 'cache'), '--cache-disk', '512'],
        stdout=open(log, 'w'), stderr=subprocess.STDOUT)
    try:
        port = wait_for(log, process)
        threads = [threading.Thread(target=client, args=(port, i)) for i in range(N_CLIENTS)]
        for thread in threads:
            thread.start()
        rounds = play_rounds(process, log)
        gate.end()
        for thread in threads:
            thread.join()
        print(', '.join(f'{n} x {what}' for what, n in sorted(counts.items())))
        judge(rounds)
        if not counts.get('200'):
            failures.append('no answers')
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            failures.append('the server did not stop')
        if failures:
            print('\n'.join(failures[:10]))
            print('\n'.join(read(log).splitlines()[-20:]))
        shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


main()
