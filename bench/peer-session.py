#!/usr/bin/env python3
"""Recorded requests against any server that has llama-server's /metrics: what is computed each turn?

    peer-session.py [--fold-system] [--answer N] [--start 'COMMAND'] URL FOLDER-OR-FILE...

Sends each recorded request ({"url", "headers", "body"}, as `hearth bench --session` takes them) with a
short answer and prints how many prompt tokens the server's own counter (llamacpp:prompt_tokens_total)
went up by.  The answers are the server's model's, the next request has the recorded ones: with a
reasoning model or random weights that costs every server the last answer, and no more.

--start runs the server first and ends it afterwards; with it each FOLDER gets a fresh one:
    peer-session.py --start 'llama-server -m FILE -c 65536 --metrics --port 8090' \\
        http://127.0.0.1:8090 FOLDER
    peer-session.py --start 'hearth serve -m FILE -c 65536 --port 8090' http://127.0.0.1:8090 FOLDER
--fold-system puts system messages between others into the user message before, for servers whose
template refuses them.
"""
import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request


def get(url, timeout=600):
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return response.read().decode()


def n_computed(base):
    found = re.search(r'^llamacpp:prompt_tokens_total ([\d.e+]+)', get(base + '/metrics'), re.M)
    if not found:
        sys.exit('the server has no /metrics with llamacpp:prompt_tokens_total (--metrics?)')
    return int(float(found.group(1)))


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


def send(base, recording, options):
    body = dict(recording['body'], stream=False)
    if options.fold_system and 'messages' in body and 'system' in body:
        body['messages'] = fold_system(body['messages'])
    body['max_output_tokens' if 'input' in body else 'max_tokens'] = options.answer
    headers = {name: value for name, value in recording['headers']
               if name.lower() not in ('content-length', 'host', 'connection', 'accept-encoding')}
    request = urllib.request.Request(base + recording['url'], json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=3600) as response:
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def wait_until_ready(base):
    for _ in range(1200):
        try:
            get(base + '/health', 5)
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    sys.exit('the server did not start')


def files_of(path):
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith('.json')]


def play(base, path, options):
    print(f'\n{path}\n\n| request | status | computed | s |\n|---|---|---|---|')
    for name in files_of(path):
        with open(name) as file:
            recording = json.load(file)
        body = recording.get('body')
        if not isinstance(body, dict) or 'count_tokens' in recording['url']:
            continue
        before, start = n_computed(base), time.time()
        status = send(base, recording, options)
        print(f'| {os.path.basename(name)} | {status} | {n_computed(base) - before} | '
              f'{time.time() - start:.1f} |', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--fold-system', action='store_true')
    parser.add_argument('--answer', type=int, default=8, metavar='N')
    parser.add_argument('--start', metavar='COMMAND')
    parser.add_argument('url')
    parser.add_argument('sessions', nargs='+')
    options = parser.parse_args()
    for path in options.sessions:
        server = None
        if options.start:
            server = subprocess.Popen(shlex.split(options.start), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        try:
            wait_until_ready(options.url)
            play(options.url, path, options)
        finally:
            if server:
                server.terminate()
                server.wait()


main()
