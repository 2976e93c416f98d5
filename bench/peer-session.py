#!/usr/bin/env python3
"""Recorded requests against servers side by side: what does each compute again on each turn?

    peer-session.py [OPTION...] --server NAME=COMMAND-OR-URL... FOLDER-OR-FILE...

      --server NAME=COMMAND  a server to start, with {port} where its port goes; or the address of one
                             that runs.  It must have llama-server's /metrics (there: --metrics).
      --grow CHARACTERS      so much more text in the first message of every request, the same in all:
                             recordings of short sessions at the depth of long ones
      --restart              ends and starts the servers before the last request of each folder
      --keep-slots           saves llama-server's slot 0 before that and restores it afterwards
                             (needs its --slot-save-path)
      --answer N             most tokens of an answer (8)

Each FOLDER's requests ({"url", "headers", "body"}, as `hearth bench --session` takes them) go to every
server, in order, to servers that were started for it.  Answers are the model's own while the next
request has the recorded ones: that costs every server the last answer and no more.

A request that is refused is sent again with the system messages between the others put into the user
message before, as clients do on such an error; the status is then told as "500, folded".
"""
import argparse
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

FILLER = 'notes of line {}: the clock shows {} past {}, which nobody had seen before line {}\n'


def get(url, timeout=600):
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return response.read().decode()


class Server:
    def __init__(self, name, how):
        self.name, self.how, self.process = name, how, None
        self.folds = False  # what it refused once is not sent to it again
        self.port = 0

    def start(self):
        if self.how.startswith('http'):
            self.base = self.how.rstrip('/')
            return
        if not self.port:
            with socket.socket() as free:
                free.bind(('127.0.0.1', 0))
                self.port = free.getsockname()[1]
        self.base = f'http://127.0.0.1:{self.port}'
        command = shlex.split(self.how.replace('{port}', str(self.port)))
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(1200):
            try:
                get(self.base + '/health', 5)
                return
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.5)
        sys.exit(f'{self.name} did not start')

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def n_computed(self):
        found = re.search(r'^llamacpp:prompt_tokens_total ([\d.e+]+)', get(self.base + '/metrics'),
                          re.M)
        if not found:
            sys.exit(f'{self.name} has no /metrics with llamacpp:prompt_tokens_total')
        return int(float(found.group(1)))

    def slot(self, action):
        post(f'{self.base}/slots/0?action={action}', {'filename': 'slot-0'},
             [('Content-Type', 'application/json')])


def post(url, body, headers):
    """Status and JSON of the answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=3600) as response:
            return response.status, json.loads(response.read() or b'{}')
    except urllib.error.HTTPError as error:
        error.read()
        return error.code, {}


def blocks(content):
    return [{'type': 'text', 'text': content}] if isinstance(content, str) else content


def fold_system(messages):
    folded = []
    for message in messages:
        if message['role'] == 'system' and folded and folded[-1]['role'] == 'user':
            folded[-1] = {'role': 'user',
                          'content': blocks(folded[-1]['content']) + blocks(message['content'])}
        else:
            folded.append(message)
    return folded


def grow(body, n_characters):
    """More text in the first message that is the user's."""
    messages = body.get('messages') or body.get('input')
    first = next((m for m in messages if m.get('role') == 'user'), None)
    if not first or not n_characters:
        return
    lines = ''.join(FILLER.format(i, i * 7 % 60, i * 5 % 24, i // 3)
                    for i in range(n_characters // 70))[:n_characters]
    kind = 'input_text' if 'input' in body else 'text'
    content = first['content']
    if isinstance(content, str):
        content = [{'type': kind, 'text': content}]
    first['content'] = content + [{'type': kind, 'text': lines}]


def n_prompt(answer):
    """Tokens of the prompt, as the answer's usage tells them in its dialect."""
    usage = answer.get('usage') or {}
    n = usage.get('input_tokens', usage.get('prompt_tokens', 0))
    return n + usage.get('cache_read_input_tokens', 0) + usage.get('cache_creation_input_tokens', 0)


def play(server, recording, options):
    """Cells of the table: status, prompt, reused, computed."""
    body = json.loads(json.dumps(recording['body']))
    body['stream'] = False
    body['max_output_tokens' if 'input' in body else 'max_tokens'] = options.answer
    grow(body, options.grow)
    headers = [(name, value) for name, value in recording['headers'] if name.lower() not in
               ('content-length', 'host', 'connection', 'accept-encoding')]
    before, status, told = server.n_computed(), 0, ''
    if not server.folds:
        status, answer = post(server.base + recording['url'], body, headers)
        told = str(status)
    if status != 200 and 'messages' in body:
        folded = dict(body, messages=fold_system(body['messages']))
        if server.folds or folded['messages'] != body['messages']:
            status, answer = post(server.base + recording['url'], folded, headers)
            told = (told + ', ' if told else '') + ('folded' if status == 200 else str(status))
            server.folds = status == 200
    if status != 200:
        return [told, '', '', '']
    computed, prompt = server.n_computed() - before, n_prompt(answer)
    return [told, f'{prompt:,}', f'{prompt - computed:,}', f'{computed:,}']


def files_of(path):
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith('.json')]


def recordings_of(path):
    found = []
    for name in files_of(path):
        with open(name) as file:
            recording = json.load(file)
        if isinstance(recording.get('body'), dict) and 'count_tokens' not in recording['url']:
            found.append((os.path.basename(name), recording))
    return found


def restart(servers, options):
    for server in servers:
        if options.keep_slots and server.process:
            server.slot('save')
        server.stop()
        server.start()
        if options.keep_slots:
            server.slot('restore')


def play_folder(path, servers, options):
    head = ' | '.join(f'{server.name} | prompt | reused | computed' for server in servers)
    print(f'\n{path}\n\n| request | {head} |\n|---{"|---" * 4 * len(servers)}|')
    recordings = recordings_of(path)
    for i, (name, recording) in enumerate(recordings):
        is_restarted = options.restart and i + 1 == len(recordings)
        if is_restarted:
            restart(servers, options)
        cells = [cell for server in servers for cell in play(server, recording, options)]
        print(f'| {name}{", after a restart" if is_restarted else ""} | {" | ".join(cells)} |',
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--server', action='append', required=True, metavar='NAME=COMMAND-OR-URL')
    parser.add_argument('--grow', type=int, default=0, metavar='CHARACTERS')
    parser.add_argument('--restart', action='store_true')
    parser.add_argument('--keep-slots', action='store_true')
    parser.add_argument('--answer', type=int, default=8, metavar='N')
    parser.add_argument('sessions', nargs='+')
    options = parser.parse_args()
    for path in options.sessions:
        servers = [Server(*named.split('=', 1)) for named in options.server]
        try:
            for server in servers:
                server.start()
            play_folder(path, servers, options)
        finally:
            for server in servers:
                server.stop()


main()
