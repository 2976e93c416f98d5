#!/usr/bin/env python3
"""constrained.py HEARTH [--pairs N] [--tokens N] [--schema FILE] [SERVE FLAG...]

What does a constraint cost in decode?  Starts `HEARTH serve` with the flags (-m FILE, or --synthetic
SHAPE) and asks for N pairs of answers, one free and one that must follow a schema, in turns: first the
one, then the other first.  Prints the speeds that the server logs, the median of the pairs' ratios
(with / without) and its 95 % interval by resampling.

The schema without --schema forces next to nothing: forced tokens would only make it look faster.
"""
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests'))
from clients.server import Server  # noqa: E402

SCHEMA = {'type': 'object', 'minProperties': 100, 'additionalProperties': {
    'anyOf': [{'type': 'string'}, {'type': 'number', 'minimum': 0}, {'type': 'boolean'},
              {'type': 'array', 'items': {'type': 'string', 'pattern': '^[a-z -]+$'}}]}}


def ask(server, schema, n_tokens, seed):
    body = {'model': 'any', 'max_tokens': n_tokens, 'temperature': 1, 'seed': seed,
            'messages': [{'role': 'user', 'content': 'Write on and on.'}]}
    if schema:
        body['response_format'] = {'type': 'json_schema',
                                   'json_schema': {'name': 'answer', 'schema': schema}}
    request = urllib.request.Request(server.base + '/v1/chat/completions',
                                     json.dumps(body).encode(),
                                     {'Content-Type': 'application/json'})
    n_before = len(speeds(server))
    urllib.request.urlopen(request, timeout=600).read()
    while len(speeds(server)) == n_before:
        time.sleep(0.01)
    n, speed = speeds(server)[-1]
    # An answer that ended early says little; another seed goes on for longer.
    return speed if n >= n_tokens or seed > 10**6 else ask(server, schema, n_tokens, seed + 10**5)


def speeds(server):
    found = re.findall(r'generated=(\d+) .*?decode=([\d.]+) t/s', server.read_log())
    return [(int(n), float(speed)) for n, speed in found]


def interval(ratios):
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(10000))
    return medians[250], medians[9750]


def main():
    options = {'--pairs': 10, '--tokens': 64, '--schema': None}
    hearth, arguments = sys.argv[1], sys.argv[2:]
    while arguments and arguments[0] in options:
        options[arguments[0]] = arguments[1]
        arguments = arguments[2:]
    schema = SCHEMA
    if options['--schema']:
        with open(options['--schema']) as file:
            schema = json.load(file)
    n_tokens = int(options['--tokens'])
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(hearth, folder, '--reasoning', 'off', *arguments)
        for constrained in (None, schema):  # the first of a kind also compiles and computes the prompt
            ask(server, constrained, n_tokens, 0)
        for pair in range(int(options['--pairs'])):
            order = (None, schema) if pair % 2 else (schema, None)
            speed = {bool(s): ask(server, s, n_tokens, pair) for s in order}
            ratios.append(speed[True] / speed[False])
            print(f'{speed[False]:8.2f} t/s free {speed[True]:8.2f} t/s constrained '
                  f'ratio {ratios[-1]:.3f}', flush=True)
        server.kill()
    low, high = interval(ratios)
    print(f'median ratio {statistics.median(ratios):.3f}, 95 % interval {low:.3f} to {high:.3f}, '
          f'{len(ratios)} pairs of {n_tokens} tokens')


main()
