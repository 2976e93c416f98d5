"""Random clients against a server with a tiny model, for MINUTES; its memory must stay flat.

    clients.py HEARTH MINUTES

Conversations in three dialects grow, fork and are left; clients go away in the middle of prefills and
answers, send what is no request, ask for tools and counts; the model sleeps and wakes, states go to a
folder on disk and come back.  Fails when an answer is no answer, when the server ends or hangs, or when
it has grown after the first third of the time.
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
GROWTH, SLACK = 1.10, 100  # of the resident size; MiB of pages, states and answers not there yet
TOOLS = [{'name': 'Read', 'description': 'Reads a file.',
          'input_schema': {'type': 'object', 'properties': {'path': {'type': 'string'}},
                           'required': ['path']}}]
WORDS = 'the clock shows one hour too many when summer ends and nobody knows why it does'.split()
GARBAGE = [b'{', b'[]', b'{"messages":3}', b'\xff\xfe', b'{"messages":[{"role":"user"}]}',
           b'{"max_tokens":-1,"messages":[{"role":"x","content":{}}]}', b'[' * 100000]

failures, counts, lock = [], {}, threading.Lock()


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
    else:
        body['max_output_tokens'] = body.pop('max_tokens')
        body['input'] = [{'role': 'developer', 'content': system}] + messages
    return body


def client(port, number, until):
    rng = random.Random(number)
    conversations = []
    while time.time() < until:
        if len(conversations) < 6 or rng.random() < 0.05:
            dialect = rng.choice(['/v1/messages', '/v1/chat/completions', '/v1/responses'])
            system = text(random.Random(rng.randrange(4)), 300)  # some share theirs
            conversations = conversations[-7:] + [(dialect, system, [text(rng, 20)])]
        dialect, system, turns = rng.choice(conversations)
        chance = rng.random()
        try:
            if chance < 0.03:
                status, body = ask(port, dialect, rng.choice(GARBAGE), rng)
                count('refused')
                if not 400 <= status < 500:
                    raise ValueError(f'{status} for garbage: {body[:200]}')
                continue
            leaves = chance < 0.15
            status, body = ask(port, dialect, request_of(dialect, system, turns, rng), rng, leaves)
            count('left' if leaves else str(status))
            if leaves:
                continue
            too_long = status == 400 and (b'too long' in body or b'context_length' in body)
            if status not in (200, 429, 503, 529) and not too_long:
                raise ValueError(f'{status}: {body[:300]}')
            if too_long or len(turns) > 40:
                del turns[1:]
            elif chance < 0.25:
                del turns[rng.randrange(len(turns)) // 2 * 2 + 1:]  # a fork
            else:
                turns += [text(rng, 8), text(rng, rng.choice([3, 30, 200]))]
            if chance > 0.995:
                time.sleep(3)  # long enough for the model to fall asleep when all do
        except Exception as error:  # noqa: BLE001: whatever it is, the run has failed
            failures.append(f'client {number}: {dialect}: {error!r}')
            return


def resident(pid):
    with open(f'/proc/{pid}/status') as status:
        return int(re.search(r'VmRSS:\s+(\d+)', status.read()).group(1)) / 1024


def wait_for(log, process):
    for _ in range(600):
        time.sleep(0.1)
        found = re.search(r'127\.0\.0\.1:(\d+)', open(log).read())
        if found:
            return int(found.group(1))
        if process.poll() is not None:
            break
    raise SystemExit('the server did not start:\n' + open(log).read())


def main():
    folder = tempfile.mkdtemp(prefix='hearth-soak-')
    log = os.path.join(folder, 'log')
    process = subprocess.Popen(
        [HEARTH, 'serve', '--synthetic', 'tiny-qwen35moe', '--port', '0', '-c', '4096', '-np', '4',
         '--sleep-idle-seconds', '2', '--cache-dir', os.path.join(folder, 'cache'), '--cache-disk', '512'],
        stdout=open(log, 'w'), stderr=subprocess.STDOUT)
    try:
        port = wait_for(log, process)
        start = time.time()
        until = start + MINUTES * 60
        threads = [threading.Thread(target=client, args=(port, i, until)) for i in range(N_CLIENTS)]
        for thread in threads:
            thread.start()
        sizes = []
        while any(thread.is_alive() for thread in threads):
            time.sleep(min(2, MINUTES * 2))
            if process.poll() is not None:
                failures.append(f'the server ended with {process.returncode}')
                break
            sizes.append((time.time() - start, resident(process.pid)))
        for thread in threads:
            thread.join()
        early = [size for at, size in sizes if at < MINUTES * 20]
        late = [size for at, size in sizes if at >= MINUTES * 20]
        print(', '.join(f'{n} x {what}' for what, n in sorted(counts.items())))
        print(f'resident: at most {max(early or [0]):.1f} MiB in the first third, '
              f'{max(late or [0]):.1f} MiB after')
        if early and late and max(late) > GROWTH * max(early) + SLACK:
            failures.append('the server has grown')
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
            print(''.join(open(log, errors='replace').readlines()[-20:]))
        shutil.rmtree(folder)
    sys.exit(1 if failures else 0)


main()
