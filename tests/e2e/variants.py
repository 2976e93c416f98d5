"""Requests that nobody recorded: recordings with what other clients do to them, and by hand what
each official API takes or refuses.  Refusals have the dialect's form; none is the server's fault.
"""
import copy
import json
import os

from wire import CAPTURES, PATHS, cut_template, recordings

ANTHROPIC, CHAT, RESPONSES = PATHS
CACHE = {'type': 'ephemeral', 'ttl': '1h'}
IMAGE = {'type': 'image', 'source': {'type': 'base64', 'media_type': 'image/png', 'data': 'AAAA'}}
OPAQUE = {'input_schema', 'parameters', 'input', 'arguments', 'schema', 'function', 'custom',
          'source', 'image_url'}  # whose members are data, or told apart by what is in them


# ---- recordings, changed ----

def change_all(value, change):
    """`change` on each object that is not somebody's data, innermost first."""
    if isinstance(value, list):
        for item in value:
            change_all(item, change)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key not in OPAQUE:
                change_all(member, change)
        change(value)


def with_unknown_fields(body):
    change_all(body, lambda value: value.update(x_new={'a': [1, None]}, x_null=None))


def with_cache_control(body):
    change_all(body, lambda value: value.update(cache_control=CACHE))


def with_nulls(body):
    for key in ('stop', 'stop_sequences', 'temperature', 'top_p', 'top_k', 'seed', 'metadata',
                'response_format', 'tool_choice', 'logprobs', 'n', 'user', 'service_tier', 'text',
                'thinking', 'reasoning', 'instructions', 'output_config', 'parallel_tool_calls',
                'stream_options', 'previous_response_id', 'logit_bias', 'mcp_servers'):
        body.setdefault(key, None)


def without_options(body):
    for key in list(body):
        if key not in ('model', 'messages', 'input', 'max_tokens', 'max_output_tokens', 'system'):
            del body[key]


def items_of(body):
    return body.get('messages') or body.get('input') or []


def with_contents_turned(body):
    """Text as a list of one block, a list of one block as text."""
    kinds = {'user': 'input_text', 'assistant': 'output_text'} if 'input' in body else {}
    for item in items_of(body):
        content = item.get('content')
        if isinstance(content, str) and content and item.get('role') != 'tool':
            item['content'] = [{'type': kinds.get(item['role'], 'text'), 'text': content}]
        elif isinstance(content, list) and len(content) == 1 and 'text' in content[0]:
            item['content'] = content[0]['text']


def with_results_turned(body):
    """Text in front of tool results, results in the other order, pictures in them."""
    for item in items_of(body):
        content = item.get('content')
        if isinstance(content, list) and any(b.get('type') == 'tool_result' for b in content):
            content.reverse()
            content.insert(0, {'type': 'text', 'text': 'Look:'})
            for block in content[1:]:
                if block.get('type') == 'tool_result':
                    text = block.get('content')
                    block['content'] = [IMAGE, {'type': 'text', 'text': text}, IMAGE] \
                        if isinstance(text, str) else [IMAGE, *(text or [])]
        if item.get('type') == 'function_call_output' and isinstance(item['output'], str):
            item['output'] = [{'type': 'input_text', 'text': item['output']},
                              {'type': 'input_image', 'image_url': 'data:image/png;base64,AAAA'}]


def with_empty_lists(body):
    body.update(tools=[], stop_sequences=[], stop=[], include=[])
    body.pop('tool_choice', None)
    items_of(body).append({'role': 'user', 'content': []})


CHANGES = (with_unknown_fields, with_cache_control, with_nulls, without_options,
           with_contents_turned, with_results_turned, with_empty_lists)


def scenario_wire_changed(stage):
    """All recordings, each changed in all these ways, are still answered."""
    if not os.path.isdir(CAPTURES):
        stage.say(f'skipped: there are no recordings in {CAPTURES}')
        return
    server = stage.server(None, template=cut_template(stage))
    n_checked = 0
    for where, _, path, body in recordings():
        if path not in PATHS:
            continue
        for change in CHANGES:
            changed = copy.deepcopy(body)
            change(changed)
            changed.update({'max_output_tokens' if path == RESPONSES else 'max_tokens': 1,
                            'stream': n_checked % 2 == 0})
            status, text = server.post(path, changed)
            assert status == 200, f'{where} {change.__name__}: {status} {text[:300]}'
            n_checked += 1
    stage.say(f'{n_checked} requests')


# ---- by hand ----

def user(content):
    return {'role': 'user', 'content': content}


def said(content, **more):
    return {'role': 'assistant', 'content': content, **more}


USE = {'type': 'tool_use', 'id': 't', 'name': 'f', 'input': {}}
TOOL = {'name': 'f', 'input_schema': {'type': 'object', 'properties': {}}}
CALL = {'id': 'c', 'type': 'function', 'function': {'name': 'f', 'arguments': '{}'}}
FUNCTION = {'type': 'function', 'function': {'name': 'f'}}
PLAIN = {'type': 'function', 'name': 'f', 'parameters': {'type': 'object', 'properties': {}}}


def talk(*messages):
    return {'messages': list(messages)}


def result(content, **more):
    """A conversation with this content in a tool result."""
    block = {'type': 'tool_result', 'tool_use_id': 't', 'content': content, **more}
    return talk(user('q'), said([USE]), user([block]))


def items(*rest):
    return {'input': [user('q'), *rest, user('n')]}


# What a minimal request is changed by, and taken; then what is refused.
TAKEN = {
    ANTHROPIC: [
        *({'system': s} for s in ('', [], ['x'],
                                  [{'type': 'text', 'text': '', 'citations': None}])),
        *({'messages': m} for m in (
            [user([])], [user('')], [user(None)], [said('x')], [{'role': 'assistant'}],
            [user('a'), user('b'), said('c'), said('d'), user('e')],
            [user('q'), said('The answer is ')], [user('a'), {'role': 'system', 'content': 'x'}],
            [user([{'type': 'text'}])], [user([IMAGE])], [user([{'type': 'image'}])],
            [user([{'type': 'document', 'source': {'type': 'text', 'data': 'd'}, 'title': None}])],
            [user([{'type': 'tool_result', 'content': 'an orphan'}])],
        )),
        *(result(r) for r in ('', None, [], [IMAGE], ['x'], {'a': 1}, 5,
                              [{'type': 'search_result', 'source': 's', 'title': 't'}],
                              [{'type': 'text', 'text': 'a', 'cache_control': CACHE}, IMAGE],
                              [{'type': 'tool_reference', 'tool_name': 'f'}])),
        *(result('x', is_error=e) for e in (None, True, 'true', 1)),
        *(talk(user('q'), said([b]), user('n')) for b in (
            {'type': 'thinking', 'thinking': 'h'}, {'type': 'thinking', 'signature': None},
            {'type': 'redacted_thinking'}, {'type': 'container_upload', 'file_id': 'f'},
            {'type': 'server_tool_use', 'id': 's', 'name': 'web_search', 'input': {}},
            {'type': 'web_search_tool_result', 'tool_use_id': 's', 'content': {'error_code': 'x'}},
            {'type': 'tool_use', 'name': 'f'}, dict(USE, input=None), dict(USE, input=[1]),
            {'type': 'something new'})),
        *({'tools': [t]} for t in (
            TOOL, {'name': 'f'}, {'name': 'f', 'input_schema': None, 'description': None},
            {'type': 'bash_20250124', 'name': 'bash'}, {'type': 'mcp_toolset'},
            {'type': 'web_search_20250305', 'name': 'web_search', 'max_uses': 5},
            dict(TOOL, type='custom', strict=True, input_examples=[{}], allowed_callers=None))),
        *({'tools': [TOOL], 'tool_choice': c} for c in (
            {'type': 'auto', 'disable_parallel_tool_use': None}, {'type': 'none'}, {}, 'auto')),
        *({'thinking': t} for t in ({'type': 'adaptive', 'display': 'summarized'}, {}, 'enabled',
                                    {'type': 'enabled'}, {'type': 'enabled', 'budget_tokens': 0})),
        *({'output_config': c} for c in ({}, {'effort': None}, {'effort': 5}, {'format': None})),
        {'stop_sequences': ['']}, {'top_k': -1}, {'temperature': 1}, {'max_tokens': 4.0},
    ],
    CHAT: [
        *(talk({'role': role, 'content': c}, user('q')) for role in ('system', 'user', 'assistant')
          for c in ([], '', None, ['x'], [{'type': 'text'}], [{'type': 'image_url'}],
                    [{'type': 'image_url', 'image_url': 'http://x/y'}], [{'type': 'something new'}],
                    [{'type': 'text', 'text': 'x', 'cache_control': CACHE}],
                    [{'type': 'input_audio', 'input_audio': {'data': 'AA', 'format': 'wav'}}],
                    [{'type': 'file', 'file': {'file_id': 'x'}}])),
        *(talk(user('q'), said(None, tool_calls=c, refusal=None, audio=None, function_call=None),
               {'role': 'tool', 'tool_call_id': 'c', 'content': 'x'}) for c in (
            None, [], [CALL], [dict(CALL, index=0, id=None)], [{}],
            [dict(CALL, function={'name': 'f', 'arguments': {'a': 1}})],
            [dict(CALL, function={'name': 'f', 'arguments': None})],
            [{'id': 'c', 'type': 'custom', 'custom': {'name': 'f', 'input': 'x'}}])),
        talk(user('q'), {'role': 'tool', 'content': 'an orphan'}),
        *({'tools': [t]} for t in (FUNCTION, {'type': 'web_search'}, PLAIN,
                                   {'type': 'custom', 'custom': {'name': 'g', 'format': None}})),
        *({'tools': [FUNCTION], 'tool_choice': c} for c in (
            'auto', 'none', {}, {'type': 'allowed_tools', 'allowed_tools': {'mode': 'auto'}})),
        *({'response_format': f} for f in ({'type': 'text'}, {'type': 'json_object'},
                                           {'type': 'json_schema', 'json_schema': {'name': 'x'}})),
        {'stop': ''}, {'stop': []}, {'logit_bias': {}}, {'seed': -1}, {'stream_options': {}},
        {'reasoning_effort': 'xhigh'}, {'reasoning': {'effort': None}}, {'samplers': 'kt'},
        {'samplers': ['top_k', 5]}, {'mirostat': 2}, {'dynatemp_range': 0.5}, {'n': 2},
    ],
    RESPONSES: [
        {'input': ''}, {'input': []}, {'instructions': []}, {'truncation': 'auto'},
        *(items({'role': role, 'content': c, 'id': 'm', 'status': None}) for role in (
            'user', 'assistant', 'developer') for c in (
            '', [], None, ['x'], [None], [{'type': 'input_text'}], [{'type': 'something new'}],
            [{'type': 'input_image', 'image_url': None, 'file_id': 'f'}],
            [{'type': 'input_file', 'file_url': 'http://x'}])),
        *(items(i) for i in (
            {'type': 'reasoning'}, {'type': 'reasoning', 'summary': None, 'content': None},
            {'type': 'web_search_call', 'id': 'w'}, {'type': 'something new'}, {},
            {'type': 'local_shell_call', 'call_id': 'c', 'action': {'command': ['ls']}},
            {'type': 'function_call', 'call_id': 'c', 'name': 'f', 'arguments': None},
            {'type': 'function_call', 'name': 'f', 'arguments': 'broken'},
            {'type': 'function_call_output', 'output': None},
            {'type': 'custom_tool_call_output', 'call_id': 'c', 'output': [{'type': 'x'}]})),
        *({'tools': [t]} for t in (
            PLAIN, {'type': 'web_search'}, {}, {'type': 'namespace', 'name': 'n'},
            dict(PLAIN, parameters=None, strict=None),
            {'type': 'custom', 'name': 'g', 'format': {'type': 'grammar', 'syntax': 'regex',
                                                       'definition': '[a-z]+'}})),
        *({'tools': [PLAIN], 'tool_choice': c} for c in (
            'auto', 'none', {}, {'type': 'web_search'}, {'type': 'allowed_tools', 'mode': 'auto'})),
        *({'text': t} for t in ({}, {'format': None}, {'verbosity': 'low'})),
        *({'reasoning': r} for r in ({}, {'effort': None, 'summary': 'auto'})),
    ],
    '/completion': [
        *({'prompt': p} for p in ('', [], ['a', 'b'], [1, 2], [[1, 2], [3]], ['a', [1, 2]],
                                  [1, 'a', 2], [['a', 5], 'b'], {'prompt_string': 'x'})),
        *({key: None} for key in ('n_predict', 'stop', 'n_probs', 'grammar', 'json_schema', 'lora',
                                  'image_data', 'samplers', 'logit_bias', 'id_slot')),
        {'logit_bias': [[1, False], ['a', 1.5]]}, {'top_k': -5}, {'seed': -1}, {'grammar': ''},
    ],
}

REFUSED = {
    ANTHROPIC: [
        *({'messages': m} for m in (None, [], {}, [None], ['x'], [user(5)], [user([5])],
                                    [user([{'text': 'no type'}])], [{'content': 'x'}],
                                    [{'role': 'developer', 'content': 'x'}], [{'role': 'user'}])),
        {'system': 5}, {'system': {'type': 'text'}}, {'stop_sequences': 5}, {'stream': 'true'},
        {'max_tokens': '4'}, {'max_tokens': -1}, {'temperature': '0.5'}, {'tools': {}},
        {'tools': [None]}, {'tools': [{}]}, {'output_config': {'format': {'type': 'xml'}}},
        {'tools': [TOOL], 'tool_choice': {'type': 'tool', 'name': 'g'}},
    ],
    CHAT: [
        *({'messages': m} for m in (None, [], [None], [user(5)], [user({})],
                                    [{'role': 'king', 'content': 'x'}], [{'role': 'user'}])),
        {'max_tokens': '4'}, {'n': 0}, {'n': '2'}, {'top_logprobs': 21}, {'temperature': '1'},
        {'seed': '1'}, {'tools': {}}, {'tools': [None]}, {'tools': [{'type': 'function'}]},
        {'response_format': 'json'}, {'response_format': {'type': 'xml'}}, {'functions': {}},
        {'chat_template_kwargs': []}, {'mirostat': 3}, {'grammar': 'no grammar'},
        {'tools': [FUNCTION], 'tool_choice': {'type': 'function', 'function': {'name': 'g'}}},
    ],
    RESPONSES: [
        *({'input': i} for i in (None, 5, [None], ['x'], [{'role': 'king', 'content': 'x'}],
                                 [{'type': 'item_reference', 'id': 'x'}])),
        {'max_output_tokens': '4'}, {'stream': 'x'}, {'tools': {}}, {'tools': [None]},
        {'tools': [{'type': 'function'}]}, {'previous_response_id': 'r'},
    ],
    '/completion': [
        *({'prompt': p} for p in (None, 5, [1.5], [10**9], [-1], ['a', None])),
        {'n_probs': '5'}, {'samplers': {}}, {'grammar': 'no grammar'}, {'temperature': -1},
    ],
}
BASES = {
    ANTHROPIC: {'model': 'm', 'max_tokens': 2, **talk(user('hi'))},
    CHAT: {'model': 'm', 'max_tokens': 2, **talk(user('hi'))},
    RESPONSES: {'model': 'm', 'max_output_tokens': 2, 'input': 'hi'},
    '/completion': {'prompt': 'ab', 'n_predict': 2},
}


def check_refusal(path, body, status, text):
    error = json.loads(text)['error']
    assert status == 400 and len(error['message']) > 10, (path, body, status, text)
    assert (path == ANTHROPIC) == (json.loads(text).get('type') == 'error'), text


def scenario_wire_by_hand(stage):
    """What clients may leave out, set to null or write in another way; and what makes no sense."""
    server = stage.server(None, complaints=[r' 400 \d+ ms.* error="'])
    for path, base in BASES.items():
        for change in TAKEN[path]:
            for is_stream in (False, True):
                status, text = server.post(path, {'stream': is_stream, **base, **change})
                assert status == 200, (path, change, status, text[:300])
        for change in REFUSED[path]:
            body = {**base, **change}
            check_refusal(path, body, *server.post(path, body))
        check_refusal(path, None, *server.post(path, []))
    for change in TAKEN[ANTHROPIC]:
        status, text = server.post(ANTHROPIC + '/count_tokens', {**BASES[ANTHROPIC], **change})
        assert status == 200 and json.loads(text)['input_tokens'] >= 0, (change, text[:300])
