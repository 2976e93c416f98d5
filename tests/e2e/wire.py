"""Every recorded request of the real clients gets a well-formed answer."""
import json
import os
import urllib.request

import streams
from stage import TEMPLATE, call

DATA = os.environ.get('HEARTH_TEST_DATA', '../shared')
CAPTURES = os.path.join(DATA, 'wire', 'captures')
PATHS = ('/v1/messages', '/v1/chat/completions', '/v1/responses')

# Whatever was asked: thinking where it is wanted, words, two calls where there are tools.
WITH_TOOLS = f'''I look first.
</think>

Two calls.

{call('@FIRST@', path='a/b', text='two "lines"')}
{call('@SECOND@')}
'''


def recordings():
    for folder, _, names in sorted(os.walk(CAPTURES)):
        for name in sorted(names):
            if name.endswith('.json') and 'accepted-responses' not in folder:
                with open(os.path.join(folder, name)) as file:
                    capture = json.load(file)
                where = os.path.relpath(os.path.join(folder, name), CAPTURES)
                yield where, capture['method'], capture['url'].split('?')[0], capture.get('body')


def accepted_shapes(path):
    """What all accepted streams of a dialect have in each kind of event."""
    prefix = {'/v1/messages': 'anthropic', '/v1/chat/completions': 'openai-chat',
              '/v1/responses': 'responses'}[path]
    found = {}
    folder = os.path.join(CAPTURES, 'accepted-responses')
    for name in os.listdir(folder):
        if name.startswith(prefix) and name.endswith('.sse') and 'minimal' not in name:
            with open(os.path.join(folder, name)) as file:
                for kind, shape in streams.shapes_in(file.read()).items():
                    found[kind] = found[kind] & shape if kind in found else shape
    return found


def tool_names(body):
    names = []
    for tool in body.get('tools') or []:
        if tool.get('type') == 'namespace':
            names += [f'{tool["name"]}__{inner["name"]}' for inner in tool['tools']]
        elif tool.get('name') or tool.get('function'):
            if not (tool.get('type') or '').startswith('web_search'):
                names.append(tool.get('name') or tool['function']['name'])
    return names


def check_whole(path, body, answer):
    """A body that did not come as a stream."""
    if path == '/v1/messages':
        assert answer['type'] == 'message' and answer['role'] == 'assistant'
        assert answer['stop_reason'] and answer['usage']['output_tokens'] > 0
        calls = [b for b in answer['content'] if b['type'] == 'tool_use']
        assert all(isinstance(b['input'], dict) and b['id'] and b['name'] for b in calls)
        kinds = [b['type'] for b in answer['content']]
    elif path == '/v1/chat/completions':
        choice = answer['choices'][0]
        assert answer['object'] == 'chat.completion' and choice['finish_reason']
        calls = choice['message'].get('tool_calls') or []
        for one in calls:
            streams.check_arguments(one['function']['arguments'])
        kinds = [choice['message']['role']]
        assert answer['usage']['total_tokens'] > 0
    else:
        assert answer['object'] == 'response' and answer['status'] == 'completed'
        calls = [i for i in answer['output'] if i['type'].endswith('call')]
        kinds = [i['type'] for i in answer['output']]
        assert answer['usage']['total_tokens'] > 0
    assert kinds and answer['id'] and answer['model'] == body['model'], answer
    return len(calls)


def lacking(wanted, shape):
    """The keys that are missing; an empty list has none to miss, and items are looked at alone."""
    wanted = {key for key in wanted if not key.startswith('response.output.')}
    empty = {key for key in shape if not any(other.startswith(key + '.') for other in shape)}
    return {key for key in wanted - shape
            if not any(key.startswith(list_key + '.[]') for list_key in empty)}


def check_recording(server, shapes, where, path, body):
    n_tools = len(tool_names(body))
    kind = 'stream' if body.get('stream') else 'whole'
    for is_stream in (True, False):
        status, text = server.post(path, dict(body, stream=is_stream))
        assert status == 200, f'{where} ({kind}): {status} {text[:300]}'
        if is_stream:
            answer = streams.CHECKS[path](text)
            assert not answer.is_cut and answer.usage or path == PATHS[1], where
            n_calls = len(answer.calls)
            for event, shape in streams.shapes_in(text).items():
                lacks = lacking(shapes[path].get(event, set()), shape)
                assert not lacks, f'{where}: {event} lacks {sorted(lacks)}'
        else:
            n_calls = check_whole(path, body, json.loads(text))
        if n_tools > 1 and body.get('max_tokens') != 1:
            assert n_calls == 2, f'{where}: {n_calls} calls'


def cut_template(stage):
    """The beginning of each text is enough: this is about requests and answers, not prompts."""
    with open(TEMPLATE) as file:
        text = file.read()
    assert 'content | trim -' in text
    path = os.path.join(stage.folder, 'cut.jinja')
    with open(path, 'w') as file:
        file.write(text.replace('content | trim -', '(content | trim)[:200] -')
                   .replace('part.text -', 'part.text[:200] -'))
    return path


def scenario_wire(stage):
    """All recordings, streamed and not; the streams have the shape that the clients accepted."""
    if not os.path.isdir(CAPTURES):
        stage.say(f'skipped: there are no recordings in {CAPTURES}')
        return
    shapes = {path: accepted_shapes(path) for path in PATHS}
    template = cut_template(stage)
    by_tools = {}
    for where, method, path, body in recordings():
        tools = tuple(tool_names(body)[:2]) if body else ()
        by_tools.setdefault(tools if len(tools) == 2 else (), []).append(
            (where, method, path, body))
    n_checked = 0
    for tools, rows in sorted(by_tools.items()):
        script = '==\n' + (WITH_TOOLS.replace('@FIRST@', tools[0]).replace('@SECOND@', tools[1])
                           if tools else 'I see.\n</think>\n\nThis is the answer.\n')
        server = stage.server(script, '--sse-ping-interval', '1', template=template)
        for where, method, path, body in rows:
            if path in PATHS:
                check_recording(server, shapes, where, path, body)
            elif path.endswith('/count_tokens'):
                status, text = server.post(path, body)
                assert status == 200 and json.loads(text)['input_tokens'] > 0, where
            else:
                check_get(server, where, method, path)
            n_checked += 1
    assert n_checked > 70, n_checked
    stage.say(f'{n_checked} recordings')


def check_get(server, where, method, path):
    headers = {'anthropic-version': '2023-06-01'}
    request = urllib.request.Request(server.base + path, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200, where
        if method == 'GET':
            assert json.loads(answer.read())['data'], where
