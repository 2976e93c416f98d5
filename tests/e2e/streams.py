"""Is this stream of events well formed?  The rules of each dialect, event by event.

Each check takes the whole text of a stream, raises AssertionError with the place, and returns what
the stream said: its text, its thinking, its calls and how it ended.  A stream without its end is
said to be cut; whether it may be is the caller's to know.
"""
import json


class Answer:
    def __init__(self):
        self.text = self.thinking = ''
        self.calls = []  # (name, arguments as text)
        self.stop = None  # in the dialect's words
        self.usage = None
        self.is_cut = True


def split_events(text):
    """(event name or None, data as text) of each event; comments are dropped."""
    assert text.endswith('\n\n'), f'ends inside an event: {text[-100:]!r}'
    events = []
    for block in text[:-2].split('\n\n'):
        name, data = None, []
        for line in block.split('\n'):
            if line.startswith('event: '):
                name = line[7:]
            elif line.startswith('data: '):
                data.append(line[6:])
            else:
                assert line.startswith(':'), f'no line of a stream: {line!r}'
        if data:
            assert len(data) == 1, block
            events.append((name, data[0]))
    return events


def typed_events(text):
    events = []
    for name, data in split_events(text):
        event = json.loads(data)
        assert name == event['type'], f'{name} is said to be {event["type"]}'
        events.append(event)
    return events


def check_arguments(text, is_cut=False):
    if not is_cut:
        assert isinstance(json.loads(text or '{}'), dict), f'no object: {text}'


# ---- Anthropic ----

DELTAS = {'text': ('text_delta',), 'thinking': ('thinking_delta', 'signature_delta'),
          'tool_use': ('input_json_delta',)}
STARTS = {'text': {'text': ''}, 'thinking': {'thinking': ''}, 'tool_use': {'input': {}}}


def check_anthropic_block(events, i, index, answer):
    """One block from its start to its stop; the position behind it."""
    block = events[i]['content_block']
    kind = block['type']
    for key, value in STARTS[kind].items():
        assert block[key] == value, f'what stands in a start is lost: {block}'
    said = ''
    for i in range(i + 1, len(events)):
        event = events[i]
        if event['type'] in ('error', 'ping'):
            continue
        assert event['index'] == index, f'block {index} is open: {event}'
        if event['type'] == 'content_block_stop':
            break
        assert event['type'] == 'content_block_delta', event
        delta = event['delta']
        assert delta['type'] in DELTAS[kind], event
        if delta['type'] != 'signature_delta':
            said += next(value for key, value in delta.items() if key != 'type')
    else:
        return len(events)
    if kind == 'text':
        answer.text += said
    elif kind == 'thinking':
        answer.thinking += said
    else:
        assert block['id'] and block['name'], block
        answer.calls.append((block['name'], said))
    return i + 1


def check_anthropic(text):
    events = typed_events(text)
    answer = Answer()
    first = events[0]
    assert first['type'] == 'message_start', first
    message = first['message']
    assert message['content'] == [] and message['stop_reason'] is None, message
    assert message['role'] == 'assistant' and message['id'] and message['type'] == 'message'
    assert message['usage']['input_tokens'] >= 0 and message['usage']['output_tokens'] >= 0
    i, index = 1, 0
    while i < len(events) and events[i]['type'] == 'content_block_start':
        assert events[i]['index'] == index, events[i]
        i = check_anthropic_block(events, i, index, answer)
        index += 1
    if i >= len(events) or events[i]['type'] == 'error':
        return answer
    assert events[i]['type'] == 'message_delta', events[i]
    answer.stop = events[i]['delta']['stop_reason']
    answer.usage = events[i]['usage']
    assert answer.stop and answer.usage['output_tokens'] >= 0, events[i]
    assert [event['type'] for event in events[i + 1:]] == ['message_stop'], events[i + 1:]
    for _, arguments in answer.calls:
        check_arguments(arguments, answer.stop == 'max_tokens')
    assert bool(answer.calls) == (answer.stop == 'tool_use') or answer.stop == 'max_tokens'
    answer.is_cut = False
    return answer


# ---- chat completions ----

def check_chat(text):
    answer = Answer()
    calls, ids = {}, set()
    for _, data in split_events(text):
        assert answer.is_cut, 'something follows [DONE]'
        if data == '[DONE]':
            answer.is_cut = False
            continue
        chunk = json.loads(data)
        if 'error' in chunk:
            continue
        assert chunk['object'] == 'chat.completion.chunk' and chunk['created'] > 0, chunk
        ids.add(chunk['id'])
        if not chunk['choices']:
            answer.usage = chunk['usage']
        for choice in chunk['choices']:
            delta = choice['delta']
            if choice['index'] == 0:
                assert not answer.stop, f'something follows the end: {chunk}'
                answer.text += delta.get('content') or ''
                answer.thinking += delta.get('reasoning_content') or ''
                answer.stop = choice['finish_reason']
            for call in delta.get('tool_calls', []):
                key = (choice['index'], call['index'])
                kind = 'custom' if 'custom' in call else 'function'
                if key not in calls:
                    assert call['id'] and call['type'] == kind, call
                    calls[key] = [call[kind]['name'], '', kind]
                assert calls[key][2] == kind, call
                calls[key][1] += call[kind].get('input' if kind == 'custom' else 'arguments', '')
    assert len(ids) <= 1, ids
    assert list(calls) == sorted(calls), 'calls are mixed'
    if not answer.is_cut:
        assert answer.stop, 'no finish_reason'
        for _, arguments, kind in calls.values():
            if kind == 'function':
                check_arguments(arguments, answer.stop == 'length')
    answer.calls = [tuple(call[:2]) for call in calls.values()]
    if answer.usage:
        assert answer.usage['total_tokens'] == (answer.usage['prompt_tokens'] +
                                                answer.usage['completion_tokens'])
    return answer


# ---- responses ----

ITEM_ENDS = {'message': 'response.output_text.done', 'reasoning': 'response.reasoning_text.done',
             'function_call': 'response.function_call_arguments.done',
             'custom_tool_call': 'response.custom_tool_call_input.done'}


def content_of(item):
    """The deltas' text as the finished item holds it."""
    if item['type'] in ('message', 'reasoning'):
        return ''.join(part['text'] for part in item['content'])
    return item['input'] if item['type'] == 'custom_tool_call' else item['arguments']


def check_item(events, index, answer):
    """Everything between one item's added and done, both included."""
    added, done = events[0]['item'], events[-1]['item']
    kind = added['type']
    assert done['type'] == kind and done['id'] == added['id'], (added, done)
    said, ended = '', 0
    for event in events[1:-1]:
        assert event['output_index'] == index and event['item_id'] == added['id'], event
        if event['type'].endswith('.delta') and 'summary' not in event['type']:
            said += event['delta']
        ended += event['type'] == ITEM_ENDS[kind]
    assert ended == 1, f'{ended} ends of {kind}'
    assert said == content_of(done), (said, done)
    if kind == 'message':
        answer.text += said
    elif kind == 'reasoning':
        answer.thinking += said
    else:
        assert done['call_id'] and done['name'], done
        answer.calls.append((done['name'], said))
        if kind == 'function_call' and done['status'] == 'completed':
            check_arguments(said)


def check_responses(text):
    events = typed_events(text)
    answer = Answer()
    assert [e['sequence_number'] for e in events] == list(range(len(events))), 'numbers'
    assert events[0]['type'] == 'response.created', events[0]
    assert events[0]['response']['status'] == 'in_progress'
    i, index, items = 1, 0, []
    while i < len(events) and events[i]['type'] == 'response.in_progress':
        i += 1
    while i < len(events) and events[i]['type'] == 'response.output_item.added':
        assert events[i]['output_index'] == index, events[i]
        end = next((j for j in range(i, len(events))
                    if events[j]['type'] == 'response.output_item.done'), None)
        if end is None:
            return answer
        check_item([e for e in events[i:end + 1] if e['type'] != 'response.in_progress'], index,
                   answer)
        items.append(events[end]['item'])
        i, index = end + 1, index + 1
        while i < len(events) and events[i]['type'] == 'response.in_progress':
            i += 1
    if i >= len(events):
        return answer
    assert i == len(events) - 1, events[i:]
    last = events[i]
    assert last['type'] in ('response.completed', 'response.incomplete', 'response.failed'), last
    answer.stop, answer.usage = last['response']['status'], last['response'].get('usage')
    if answer.stop != 'failed':
        assert last['response']['output'] == items, 'the end tells other items'
        assert answer.usage['total_tokens'] == (answer.usage['input_tokens'] +
                                                answer.usage['output_tokens'])
    answer.is_cut = False
    return answer


CHECKS = {'/v1/messages': check_anthropic, '/v1/chat/completions': check_chat,
          '/v1/responses': check_responses}


# ---- shapes ----

def shape_of(value, prefix=''):
    """The paths of all keys in it."""
    if isinstance(value, dict):
        paths = set()
        for key, inner in value.items():
            paths |= {prefix + key} | shape_of(inner, prefix + key + '.')
        return paths
    if isinstance(value, list) and value:
        return set.union(*(shape_of(inner, prefix + '[].') for inner in value))
    return set()


def kind_of(event):
    """What kind of event it is: its type, and that of the block, delta or item in it."""
    inner = event.get('content_block') or event.get('delta') or event.get('item') or {}
    kind = inner.get('type') if isinstance(inner, dict) else None
    if 'choices' in event:
        delta = event['choices'][0]['delta'] if event['choices'] else {'usage': 0}
        kind = ','.join(sorted(key for key in delta if key != 'role'))
        if 'tool_calls' in delta:
            kind += ',first' if 'id' in delta['tool_calls'][0] else ',more'
    return event.get('type') or event.get('object'), kind


def shapes_in(text):
    """For each kind of event the keys that all events of the kind have."""
    found = {}
    for _, data in split_events(text):
        if data == '[DONE]':
            continue
        event = json.loads(data)
        shape = shape_of(event)
        kind = kind_of(event)
        found[kind] = found[kind] & shape if kind in found else shape
    return found
