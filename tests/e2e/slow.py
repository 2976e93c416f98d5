"""A prompt that takes longer than the 300 s after which each client gives up on silence."""
import json

import claude_code
import codex
import opencode
import streams
from stage import call, check_reuse

WAIT_S = 320


def check_patience(server, path):
    """One request, which was waited for, and one more: none was dropped and sent again."""
    turns = [turn for turn in server.requests(path) if turn.get('prompt', 0) > 2000]
    assert [turn['stop'] for turn in turns] == ['calls', 'end'], [turn['text'] for turn in turns]
    assert turns[0]['ms'] > WAIT_S * 1000, turns[0]
    check_reuse(turns)


def slowly(script, head):
    assert head in script
    return script.replace(head, f'{head}\n=: wait_s {WAIT_S}', 1)


def scenario_slow_claude_code(stage):
    server = stage.server(slowly(f'''== make a file
{claude_code.bash_makes_file()}
== written
It was worth the wait.
''', '== make a file'))
    out = claude_code.claude(stage, server, '-p', 'Please make a file for me', timeout_s=700,
                             **claude_code.QUIET)
    assert 'It was worth the wait.' in out, out
    check_patience(server, '/v1/messages')


def scenario_slow_claude_thinking(stage):
    """The same where thinking comes first: the open block is one of thinking."""
    server = stage.server(slowly(f'''== make a file
Hm.
</think>

{claude_code.bash_makes_file()}
== written
It was worth the wait.
''', '== make a file'))
    out = claude_code.claude(stage, server, '--tools', 'Bash,Read,Edit,Write', '-p',
                             'Please make a file for me', timeout_s=700, **claude_code.QUIET)
    assert 'It was worth the wait.' in out, out
    check_patience(server, '/v1/messages')


def scenario_slow_opencode(stage):
    server = stage.server(slowly(opencode.TOOLS, '\n== make a file'))
    opencode.configure(stage, server)
    out = opencode.opencode(stage, 'make a file for me', timeout_s=700)
    assert 'The file is there.' in out, out
    check_patience(server, opencode.PATHS[opencode.COMPATIBLE])


def scenario_slow_codex(stage):
    server = stage.server(slowly(codex.TOOLS, '== make a file'))
    codex.configure(stage, server)
    out = codex.codex(stage, *codex.FREE, 'make a file for me', timeout_s=700)
    assert 'The file is there.' in out, out
    check_patience(server, codex.PATH)


def scenario_slow_silence(stage):
    """Without signs of life the client gives up and asks again without a stream: it gets the answer
    that was in the making."""
    server = stage.server(slowly(f'''== make a file
{claude_code.bash_makes_file()}
== written
It was worth the wait.
''', '== make a file'), '--sse-ping-interval', '3600')
    out = claude_code.claude(stage, server, '-p', 'Please make a file for me', timeout_s=700,
                             **claude_code.LEAN)
    assert 'It was worth the wait.' in out, out
    turns = claude_code.turns_of(server)
    joined = [turn for turn in turns if 'joined a running prefill' in turn['text']]
    assert len(joined) == 1 and ' stream' not in joined[0]['text'], [t['text'] for t in turns]
    assert any('client left during prefill' in turn['text'] for turn in turns)
    assert joined[0]['ms'] < (WAIT_S - 290) * 1000, joined[0]


def scenario_slow_call(stage):
    """The answer stands still in the middle of a call's arguments."""
    head = '== make a file'
    server = stage.server(slowly(f'''{head}
{claude_code.bash_makes_file()}
== written
It was worth the wait.
''', head).replace(f'wait_s {WAIT_S}\n', f'wait_s {WAIT_S}\n=: wait_at 45\n'))
    out = claude_code.claude(stage, server, '-p', 'Please make a file for me', timeout_s=700,
                             **claude_code.LEAN)
    assert 'It was worth the wait.' in out, out
    turns = claude_code.turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'end'], [turn['text'] for turn in turns]
    check_beats(server, 'partial_json')


def check_beats(server, piece):
    """Empty pieces of a block, of that kind, came as often as clients need them."""
    events = [event for entry in server.traced('answer')
              for event in streams.typed_events(entry['text'])]
    beats = [event for event in events if event['type'] == 'content_block_delta' and
             event['delta'].get(piece) == '']
    assert len(beats) >= WAIT_S / 10 - 3, f'{len(beats)} beats'


def count_tokens(stage, text):
    server = stage.server(None)
    status, answer = server.post('/tokenize', {'content': text})
    server.close()
    assert status == 200, answer
    return len(json.loads(answer)['tokens'])


def scenario_slow_between_calls(stage):
    """The answer stands still between two calls, where no block of its own is open; what keeps the
    client waiting there is nothing to the conversation."""
    calls = [call('Bash', command=f'echo {name} > {name}.txt && echo written', description='Write')
             for name in ('one', 'two')]
    first = f'Hm.\n</think>\n\n{calls[0]}'
    server = stage.server(f'''== make two files
=: wait_s {WAIT_S}
=: wait_at {count_tokens(stage, first)}
{first}
{calls[1]}
== written
It was worth the wait.
''')
    out = claude_code.claude(stage, server, '-p', 'Please make two files for me', timeout_s=700,
                             **claude_code.LEAN)
    assert 'It was worth the wait.' in out, out
    assert stage.file('one.txt') == 'one\n' and stage.file('two.txt') == 'two\n'
    turns = claude_code.turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'end'], [turn['text'] for turn in turns]
    check_reuse(turns)
    check_beats(server, 'text')
