"""The engine renders the generator's conversations to the very text that was trained on."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

import chat
from tasks.families import FAMILIES
from tasks.sample import HELD_OUT, sample

HERE = os.path.dirname(os.path.abspath(__file__))


def post(port, path, body):
    request = urllib.request.Request(
        f'http://127.0.0.1:{port}{path}',
        json.dumps(body).encode(),
        {'Content-Type': 'application/json'},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture(scope='module')
def port(hearth, files):
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        number = one.getsockname()[1]
    program = os.environ.get('HEARTH') or os.path.join(HERE, '..', 'build', 'hearth')
    server = subprocess.Popen(
        [program, 'serve', '-m', files['f32'], '--port', str(number), '-c', '4096'],
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{number}/health', timeout=5)
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, server.stderr.read().decode()
                time.sleep(0.2)
        yield number
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize('family', FAMILIES)
def test_engine_renders_what_is_trained(port, family):
    for i in range(4):
        conversation = sample(HELD_OUT, i, 500, family)
        while conversation['messages'][-1]['role'] == 'assistant':
            conversation['messages'].pop()
        shown = post(port, '/apply-template', chat.request_of(conversation))['prompt']
        assert shown == chat.text_of(conversation, opens_answer=True)
