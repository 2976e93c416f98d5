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
HOW_TO_CALL = (
    '\n\nCall: <tool_call>\n<function=NAME>\n<parameter=KEY>\nVALUE\n</parameter>\n'
    '</function>\n</tool_call>'
)


def tool_line(tool):
    function = tool['function']
    schema = function.get('parameters') or {}
    required = schema.get('required') or []
    names = [name if name in required else name + '?' for name in schema.get('properties') or {}]
    description = (function.get('description') or '').strip()
    words = ': ' + description.split('\n')[0][:80] if description else ''
    return f'\n- {function["name"]}({", ".join(names)}){words}'


def value_text(value):
    if isinstance(value, str):
        return value
    # The four characters that Jinja's tojson escapes for HTML.
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    for char in '<>&\'':
        text = text.replace(char, f'\\u{ord(char):04x}')
    return text


def system_stretches(conversation):
    system, tools = conversation.get('system'), conversation.get('tools')
    if system is None and not tools:
        return
    yield '<|im_start|>system\n', True, False
    if system is not None:
        yield system.strip(), False, False
    if tools:
        yield ('\n\n' if system is not None else '') + '# Tools (? optional)', True, False
        for tool in tools:
            yield tool_line(tool), False, False
        yield HOW_TO_CALL, True, False
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
            yield message['content'].strip(), False, False
            yield '\n</tool_response>', True, False
            if i + 1 == len(messages) or messages[i + 1]['role'] != 'tool':
                yield '<|im_end|>\n', True, False
        else:
            yield f'<|im_start|>{role}\n', True, False
            yield message['content'].strip(), False, False
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
