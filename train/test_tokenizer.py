"""The vocabulary: round trips, control tokens only in markup, and the engine's tokens are ours."""

import re

import chat
from tasks.sample import HELD_OUT, sample

TEXTS = [
    'hello world',
    "it's 12345 o'clock\n\n  and\tmore \n",
    'def f(x):\n    return x*2  # done',
    'schön 日本語 🙂 e\u0301',
    '<|im_end|> <think> </tool_call>',
    '   ',
    'a\r\nb',
    '/home/dev/x_y-z.txt',
    'camelCaseName snake_case_name',
    '<function=Bash>\n<parameter=command>\nls -la\n</parameter>\n',
]


def test_text_comes_back(tokenizer):
    for text in TEXTS:
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_control_tokens_exist_in_markup_only(tokenizer):
    special = set(tokenizer.special_ids.values())
    assert not special & set(tokenizer.encode('<|im_end|><think><tool_call>'))
    ids = tokenizer.encode('<|im_end|><think><tool_call>', is_markup=True)
    assert ids == [tokenizer.ids[t] for t in ('<|im_end|>', '<think>', '<tool_call>')]


def test_words_run_across_borders(tokenizer):
    parts = [('hel', False, False), ('lo\n', True, True), ('\n', False, False)]
    ids, learned = tokenizer.encode_stretches(parts)
    assert ids == tokenizer.encode('hello\n\n')
    assert len(ids) == len(learned)


def test_learned_is_the_answer_with_its_end(tokenizer):
    for i in range(20):
        conversation = sample(HELD_OUT, i, 300)
        ids, learned = tokenizer.encode_stretches(chat.stretches(conversation))
        said = tokenizer.decode([token for token, is_learned in zip(ids, learned) if is_learned])
        wanted = ''.join(
            part
            for message in conversation['messages']
            if message['role'] == 'assistant' and message.get('learned', True)
            for part, _, _ in chat.answer_stretches(message)
        )
        assert said == wanted


def test_engine_tokenizes_alike(tokenizer, files, hearth):
    texts = [text for text in TEXTS if text.strip()]
    texts += [chat.text_of(sample(HELD_OUT, i, 600)) for i in range(6)]
    for text in texts:
        shown = hearth('inspect', files['f32'], '--tokens', text)
        ids = [int(n) for n in re.findall(r"^\s*(\d+)  '", shown, re.M)]
        assert ids in (tokenizer.encode(text), tokenizer.encode(text, is_markup=True)), shown[:400]
