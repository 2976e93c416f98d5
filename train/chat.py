"""From a conversation to the text Ember reads, in stretches.

A stretch is (text, is_markup, is_learned).  Control tokens exist in markup only, so a file that
contains the words of a control token stays a file; what the model is to say is learned, all else is
only read.  The joined text equals ember.jinja's rendering, which test_chat.py checks: change both.

A conversation is {"system": text or None, "tools": [...], "messages": [...]} with tools and
messages as OpenAI's API has them, arguments as dicts.  An assistant message with "learned": False
is one the model should not imitate (a mistake it recovers from).
"""

import copy
import json

OPENING = '<|im_start|>assistant\n<think>\n\n</think>\n\n'
SYSTEM_MAX, ASKED_MAX, RESULT_MAX = 300, 6000, 2000  # characters that are read


def tool_line(tool):
    function = tool['function']
    required = (function.get('parameters') or {}).get('required') or []
    return f'\n- {function["name"]}({", ".join(required)})'


def is_note(tag):
    return '-' in tag or '_' in tag


def without_notes(text, n_max):
    """The text without a client's blocks in tags of several words at its beginning and end."""
    rest = text.strip()
    for _ in range(4):
        line = rest.split('\n')[0].strip()
        close = f'</{line[1:-1]}>'
        if line.startswith('<') and line.endswith('>') and is_note(line[1:-1]) and close in rest:
            rest = rest.partition(close)[2].strip()
        line = rest.split('\n')[-1].strip()
        opening = f'<{line[2:-1]}>\n'
        if line.startswith('</') and line.endswith('>') and is_note(line[2:-1]):
            if opening in rest:
                rest = rest.rpartition(opening)[0].strip()
    return rest[:n_max] or text.strip()[:100]


def value_text(value):
    if isinstance(value, str):
        return value
    # The four characters that Jinja's tojson escapes for HTML.
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    for char in '<>&\'':
        text = text.replace(char, f'\\u{ord(char):04x}')
    return text


def system_stretches(conversation):
    """With tools only their lines; without, how the system prompt begins."""
    system, tools = conversation.get('system'), conversation.get('tools')
    if tools:
        yield '<|im_start|>system\nTools:', True, False
        for tool in tools:
            yield tool_line(tool), False, False
        yield '<|im_end|>\n', True, False
    elif system is not None:
        yield '<|im_start|>system\n', True, False
        yield system.strip()[:SYSTEM_MAX], False, False
        yield '<|im_end|>\n', True, False


def answer_stretches(message):
    """What stands between OPENING and the newline that follows the end of the turn."""
    learned = message.get('learned', True)
    said = (message.get('content') or '').strip()
    if said:
        yield said, False, learned
    for i, call in enumerate(message.get('tool_calls') or []):
        function = call['function']
        gap = '\n' if i else '\n\n' if said else ''
        yield gap + '<tool_call>\n<function=', True, learned
        yield function['name'], False, learned
        yield '>\n', True, learned
        for key, value in function['arguments'].items():
            yield '<parameter=', True, learned
            yield key, False, learned
            yield '>\n', True, learned
            yield value_text(value), False, learned
            yield '\n</parameter>\n', True, learned
        yield '</function>\n</tool_call>', True, learned
    yield '<|im_end|>', True, learned


def stretches(conversation, opens_answer=False):
    yield from system_stretches(conversation)
    messages = conversation['messages']
    for i, message in enumerate(messages):
        role = message['role']
        if role == 'assistant':
            yield OPENING, True, False
            yield from answer_stretches(message)
            yield '\n', True, False
        elif role == 'tool':
            if i == 0 or messages[i - 1]['role'] != 'tool':
                yield '<|im_start|>user', True, False
            yield '\n<tool_response>\n', True, False
            yield without_notes(message['content'], RESULT_MAX), False, False
            yield '\n</tool_response>', True, False
            if i + 1 == len(messages) or messages[i + 1]['role'] != 'tool':
                yield '<|im_end|>\n', True, False
        elif role == 'system':
            if not conversation.get('tools'):
                yield '<|im_start|>system\n', True, False
                yield message['content'].strip()[:SYSTEM_MAX], False, False
                yield '<|im_end|>\n', True, False
        elif role == 'user':
            yield '<|im_start|>user\n', True, False
            yield without_notes(message['content'], ASKED_MAX), False, False
            yield '<|im_end|>\n', True, False
    if opens_answer:
        yield OPENING, True, False


def text_of(conversation, opens_answer=False):
    return ''.join(text for text, _, _ in stretches(conversation, opens_answer))


def request_of(conversation):
    """The conversation as a client sends it to /v1/chat/completions."""
    messages, ids, n_calls = copy.deepcopy(conversation['messages']), [], 0
    for message in messages:
        message.pop('learned', None)
        if message['role'] == 'tool':
            message['tool_call_id'] = ids.pop(0)
        for call in message.get('tool_calls') or []:
            ids.append(f'call_{n_calls}')
            n_calls += 1
            call.update(id=ids[-1], type='function')
            call['function']['arguments'] = json.dumps(call['function']['arguments'])
    if conversation['system'] is not None:
        messages.insert(0, {'role': 'system', 'content': conversation['system']})
    request = {'model': 'ember', 'messages': messages}
    if conversation['tools']:
        request['tools'] = conversation['tools']
    return request


def read_answer(text):
    """What Ember said, back to an assistant message; None for calls that do not parse."""
    said, *calls = text.removesuffix('<|im_end|>').split('<tool_call>\n')
    message = {'role': 'assistant', 'content': said.strip()}
    if not calls:
        return message
    message['tool_calls'] = []
    for call in calls:
        head, found, rest = call.partition('>\n')
        if not head.startswith('<function=') or not found:
            return None
        arguments = {}
        while rest.startswith('<parameter='):
            key, found, rest = rest[len('<parameter=') :].partition('>\n')
            value, closed, rest = rest.partition('\n</parameter>\n')
            if not found or not closed:
                return None
            arguments[key] = value
        if not rest.startswith('</function>\n</tool_call>'):
            return None
        message['tool_calls'].append(
            {'function': {'name': head[len('<function=') :], 'arguments': arguments}}
        )
    return message
