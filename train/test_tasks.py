"""The tasks: every family's own steps fulfil its goal, the world behaves as a shell does."""

import pytest

import chat
import evaluate
from tasks.families import FAMILIES
from tasks.sample import HELD_OUT, TRAIN, sample
from tasks.world import World


class Script:
    """Plays the generator's own answers: a perfect model."""

    def __init__(self, reference):
        self.answers = [m for m in reference if m['role'] == 'assistant']

    def answer(self, _):
        text = ''.join(text for text, _, _ in chat.answer_stretches(self.answers.pop(0)))
        return chat.read_answer(text)


@pytest.mark.parametrize('family', FAMILIES)
def test_own_steps_fulfil_the_goal(family):
    for i in range(25):
        _, reference = evaluate.begin(family, i, 100)
        good, messages = evaluate.play(Script(reference), family, i, 100)
        assert good, messages


@pytest.mark.parametrize('family', [f for f in FAMILIES if f not in ('thanks', 'title')])
def test_a_greeting_fulfils_only_greetings(family):
    wrong = [{'role': 'assistant', 'content': 'Hello!'}]
    good = [evaluate.play(Script(wrong * 2), family, i, 0)[0] for i in range(10)]
    if family == 'greeting':
        assert all(good)
    else:  # a question about a word that the greeting happens to contain is possible, but rare
        assert sum(good) <= 1


def test_numbers_name_conversations():
    assert sample(TRAIN, 5, 500) == sample(TRAIN, 5, 500) != sample(HELD_OUT, 5, 500)


def test_contents_stand_in_the_request():
    """Nothing has to be known by heart: what is written was asked for in so many words."""
    for i in range(200):
        request, call = first_call(sample(TRAIN, i, 100, 'create'))
        for text in call['function']['arguments'].values():
            command, is_shell, rest = text.partition(" <<'EOF'\n")
            if is_shell:
                assert command.split('> ')[1].strip("'") in request
                text = rest.removesuffix('\nEOF')
            assert text in request or text == 'Run the command', (text, request)


def first_call(conversation):
    messages = conversation['messages']
    return next(
        (messages[0]['content'], *message['tool_calls'])
        for message in messages
        if message.get('tool_calls')
    )


def test_shell():
    world = World('/w', {'a.txt': 'one\ntwo\n', 'd/b.txt': 'two\n'})
    cases = [
        ('ls', ('a.txt\nd', 0)),
        ('cat a.txt', ('one\ntwo', 0)),
        ('wc -l a.txt', ('2 a.txt', 0)),
        ('head -n 1 a.txt', ('one', 0)),
        ('tail -1 a.txt', ('two', 0)),
        ('grep -rn two .', ('a.txt:2:two\nd/b.txt:1:two', 0)),
        ('grep -rl two .', ('a.txt\nd/b.txt', 0)),
        ('grep three a.txt', ('', 1)),
        ("echo 'x  y' > c && cat c", ('x  y', 0)),
        ('echo "a \\"q\\"" >> c; cat c', ('x  y\na "q"', 0)),
        ("printf '%s\\n' p q > e; cat e", ('p\nq', 0)),
        ('cat nope', ('cat: nope: No such file or directory', 1)),
        ('false && echo no', ('', 1)),
        ('mv c d/ && ls d', ('b.txt\nc', 0)),
        ('rm d/c; ls d', ('b.txt', 0)),
        ('pwd', ('/w', 0)),
        ("sed -i 's/two/2/g' a.txt; cat a.txt", ('one\n2', 0)),
        ('frob', ('sh: 1: frob: not found', 1)),
        ('mkdir -p n; ls', ('a.txt\nd\ne\nn', 0)),
        ("mkdir -p m && cat > m/h <<'EOF'\nit's\n$x\nEOF", ('', 0)),
        ("cat >> m/h <<'EOF'\nz\nEOF", ('', 0)),
        ('cat m/h', ("it's\n$x\nz", 0)),
        ('wc -l < m/h', ('3', 0)),
        ('wc -l < gone', ('sh: 1: cannot open gone: No such file', 2)),
        ("sed -i 's|\\(z[ =:]*\\).*|\\1: 7|' m/h; tail -n 1 m/h", ('z: 7', 0)),
        ("sed -i 's|it|(a)?|g' m/h; grep -i A m/h", ("(a)?'s", 0)),
        ("echo 'open", ('sh: 1: Syntax error: Unterminated quoted string', 2)),
    ]
    for command, wanted in cases:
        assert world.shell(command) == wanted, command
