"""Calls that are drawn at random: every one that is told as whole follows its schema."""
import concurrent.futures
import glob
import json
import os
import subprocess
import urllib.request

from stage import HERE, TEMPLATE, clients
from wire import CAPTURES, DATA

BENCH = os.path.join(HERE, '..', '..', 'bench')
SETS = {  # of tools: the clients' own, each asked for in the client's own way
    'claude-code-2.1.197/interactive/02-prompt1.json': '/v1/messages',
    'opencode-1.18.33/multi-run/02-first-run-turn1.json': '/v1/chat/completions',
    'codex-0.169.0/compaction/01-last-before-compaction.json': '/v1/responses',
}
CLIENTS = sorted({where.split('/')[0] for where in SETS})
N_CALLS = 50
N_TOKENS_MAX = 300


def read_chat(answer):
    choice, = answer['choices']
    reason = choice['finish_reason']
    calls = [c['function'] for c in choice['message'].get('tool_calls') or []]
    if reason == 'length' and calls:
        try:
            json.loads(calls[-1]['arguments'])
        except ValueError:  # as far as it got
            calls.pop()
    return reason, [(c['name'], json.loads(c['arguments'])) for c in calls]


def ask(path, tools, seed):
    """The request, and how to read (reason, calls) out of its answer."""
    body = {'model': 'random', 'tools': tools, 'temperature': 1, 'seed': seed}
    if path == '/v1/messages':
        body.update(max_tokens=N_TOKENS_MAX, tool_choice={'type': 'any'},
                    messages=[{'role': 'user', 'content': f'Go on, {seed}.'}])
        return body, lambda a: (a['stop_reason'], [
            (b['name'], b['input']) for b in a['content'] if b['type'] == 'tool_use'])
    if path == '/v1/chat/completions':
        body.update(max_tokens=N_TOKENS_MAX, tool_choice='required',
                    messages=[{'role': 'user', 'content': f'Go on, {seed}.'}])
        return body, read_chat
    body.update(max_output_tokens=N_TOKENS_MAX, tool_choice='required', input=f'Go on, {seed}.')
    return body, lambda a: (a['status'], [
        (c['name'], json.loads(c['arguments'])) for c in a['output']
        if c['type'] == 'function_call' and c['status'] == 'completed'])


def schemas_of(tools):
    for tool in tools:
        function = tool.get('function') or tool
        schema = function.get('input_schema') or function.get('parameters')
        if schema and function.get('name'):
            yield function['name'], schema


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(),
                                     {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.load(answer)


def validate(stage, lines):
    """Validates what callwalk would print."""
    done = subprocess.run(
        ['node', os.path.join(BENCH, 'callwalk.mjs')], input=''.join(lines), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        env={**os.environ, 'AJV_FOLDER': os.path.abspath(stage.clients)})
    stage.say(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-3000:]


def draw_calls(stage, server, where, path):
    with open(os.path.join(CAPTURES, where)) as file:
        tools = json.load(file)['body']['tools']
    lines = [json.dumps({'set': where, 'tool': name, 'schema': schema}) + '\n'
             for name, schema in schemas_of(tools)]
    known = {name for name, _ in schemas_of(tools)}

    def draw(seed):
        body, read = ask(path, tools, seed)
        return read(post(server.base + path, body))

    n_whole = n_cut = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for reason, calls in pool.map(draw, range(N_CALLS)):
            whole = reason in ('tool_use', 'tool_calls', 'completed')
            assert whole or reason in ('max_tokens', 'length', 'incomplete'), reason
            n_whole += whole
            n_cut += not whole
            lines += [json.dumps({'set': where, 'dialect': path, 'tool': name,
                                  'arguments': arguments}) + '\n'
                      for name, arguments in calls if name in known]
    stage.say(f'{where}: {n_whole} answers ended in calls, {n_cut} were cut')
    assert n_whole and n_whole + n_cut == N_CALLS, (n_whole, n_cut)
    validate(stage, lines)


def scenario_random_weights(stage):
    """A model of random weights that must call: valid calls, right reasons, no failures."""
    # What closes a text or a value is made likelier: else nearly all calls would be cut.
    closers = [f'{ord(c)}+{bias}' for c, bias in (('"', 3), ('}', 3), (']', 3))]
    flags = [flag for closer in closers for flag in ('--logit-bias', closer)]
    server = clients.server.Server(
        stage.hearth, os.path.join(stage.folder, 'server'), '--synthetic', 'tiny-qwen35moe',
        '--chat-template-file', TEMPLATE, '--dialect', 'qwen3', '--ctx-size', '32768', *flags)
    try:
        for where, path in SETS.items():
            draw_calls(stage, server, where, path)
    finally:
        server.kill()


def scenario_random_walks(stage):
    """Walks over the masks of all families' calls, with a real vocabulary."""
    vocabulary = os.path.join(DATA, 'data', 'vocab', 'ggml-vocab-qwen2-built.gguf')
    schemas = os.path.join(DATA, 'data', 'maskbench', 'dev.jsonl')
    if not os.path.exists(vocabulary):
        stage.say('there is no vocabulary to walk with')
        return
    walker = os.path.join(os.path.dirname(stage.hearth), 'bench', 'callwalk')
    for paths, n_walks in (([os.path.join(CAPTURES, s) for s in SETS], 33), ([schemas], 2)):
        done = subprocess.run([walker, vocabulary, *paths, '--walks', str(n_walks), '--schemas',
                               '60'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=600)
        stage.say(done.stderr[-2000:])
        assert done.returncode == 0, done.stderr[-2000:]
        validate(stage, [done.stdout])


def scenario_recorded_calls(stage):
    """What all clients' models called, as each family writes it, is taken token by token."""
    vocabulary = os.path.join(DATA, 'data', 'vocab', 'ggml-vocab-qwen2-built.gguf')
    if not os.path.exists(vocabulary):
        stage.say('there is no vocabulary to read with')
        return
    walker = os.path.join(os.path.dirname(stage.hearth), 'bench', 'callwalk')
    paths = [path for client in CLIENTS
             for path in sorted(glob.glob(os.path.join(CAPTURES, client, '*', '*.json')))
             if 'tool-errors' not in path]  # those are wrong on purpose
    done = subprocess.run([walker, vocabulary, *paths, '--recorded', '1'], text=True, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    stage.say(done.stderr[-2000:])
    assert done.returncode == 0 and ' 0 failures' in done.stderr, done.stderr[-2000:]
