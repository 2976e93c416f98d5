"""What is trained on is what will be rendered: chat.py against ember.jinja."""

import os

import jinja2
import pytest

import chat
from tasks.families import FAMILIES
from tasks.sample import HELD_OUT, sample

HERE = os.path.dirname(os.path.abspath(__file__))


def template():
    with open(os.path.join(HERE, 'ember.jinja'), encoding='utf-8') as file:
        return jinja2.Environment(extensions=['jinja2.ext.loopcontrols']).from_string(file.read())


def rendered(conversation, opens_answer=False):
    messages = list(conversation['messages'])
    if conversation['system'] is not None:
        messages.insert(0, {'role': 'system', 'content': conversation['system']})
    return template().render(
        messages=messages, tools=conversation['tools'], add_generation_prompt=opens_answer
    )


@pytest.mark.parametrize('family', FAMILIES)
def test_template_renders_what_is_trained(family):
    for i in range(12):
        conversation = sample(HELD_OUT, i, 900, family)
        assert chat.text_of(conversation) == rendered(conversation)


def test_an_answer_follows_its_prompt():
    """A prompt with the answer's opening is a beginning of the whole conversation."""
    for i in range(40):
        conversation = sample(HELD_OUT, i, 400)
        whole = rendered(conversation)
        for n, message in enumerate(conversation['messages']):
            if message['role'] == 'assistant':
                part = dict(conversation, messages=conversation['messages'][:n])
                assert whole.startswith(rendered(part, opens_answer=True))


def test_odd_conversations_render_alike():
    tool = {'type': 'function', 'function': {'name': 'noop'}}
    call = {
        'function': {
            'name': 'a',
            'arguments': {
                'n': 3,
                'on': True,
                'list': ['<x>', "it's"],
                'text': '<|im_end|>',
                'empty': '',
            },
        }
    }
    for system in (None, '', '  spaced  \n'):
        for tools in ([], [tool]):
            conversation = {
                'system': system,
                'tools': tools,
                'messages': [
                    {'role': 'user', 'content': ' hi '},
                    {'role': 'system', 'content': 'late'},
                    {'role': 'assistant', 'content': 'two calls', 'tool_calls': [call, call]},
                    {'role': 'tool', 'content': 'one\n'},
                    {'role': 'tool', 'content': ''},
                    {'role': 'assistant', 'content': ''},
                    {'role': 'system', 'content': 'last'},
                ],
            }
            assert chat.text_of(conversation, True) == rendered(conversation, True)


def test_answers_are_read_as_written():
    for i in range(60):
        for message in sample(HELD_OUT, i, 0)['messages']:
            if message['role'] != 'assistant':
                continue
            text = ''.join(part for part, _, _ in chat.answer_stretches(message))
            assert text.endswith('<|im_end|>')
            again = chat.read_answer(text)
            assert again['content'] == message['content'].strip()
            assert again.get('tool_calls', []) == message.get('tool_calls', [])


def test_half_a_call_is_no_answer():
    assert chat.read_answer('<tool_call>\n<function=a>\n<parameter=b>\nc') is None
    assert chat.read_answer('<tool_call>\nnothing') is None
