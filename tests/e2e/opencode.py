"""OpenCode: its own provider for compatible servers, and those of Anthropic and OpenAI."""
import json
import os
import re
import signal
import subprocess
import time

from stage import call, check_reuse, overlap

PATHS = {'@ai-sdk/openai-compatible': '/v1/chat/completions', '@ai-sdk/anthropic': '/v1/messages',
         '@ai-sdk/openai': '/v1/responses'}
COMPATIBLE = '@ai-sdk/openai-compatible'


def bash(command):
    return call('bash', command=command, description='Do it')


TOOLS = f'''=- make a file
A title
== make a file
The user wants a file.
</think>

I will make it.

{bash('echo forty-two > answer.txt && echo written')}
== written
The file is there.
== change the file
{call('edit', filePath='@PROJECT@/answer.txt', oldString='forty-two', newString='forty-three')}
== before editing
{call('read', filePath='@PROJECT@/answer.txt')}
== <content>
{call('edit', filePath='@PROJECT@/answer.txt', oldString='forty-two', newString='forty-three')}
== dit applied
It is changed.
'''


def configure(stage, server, npm=COMPATIBLE, n_context=32768, n_output=4096):
    stage.write('opencode.json', json.dumps({
        '$schema': 'https://opencode.ai/config.json', 'model': 'local/local-model',
        'provider': {'local': {
            'npm': npm, 'name': 'local',
            'options': {'baseURL': server.base + '/v1', 'apiKey': 'local'},
            'models': {'local-model': {
                'name': 'local-model', 'reasoning': True, 'tool_call': True,
                'limit': {'context': n_context, 'output': n_output}}}}}}))


def opencode(stage, *arguments, **options):
    return stage.run([os.path.join(stage.bin, 'opencode'), 'run', *arguments], **options)


def main_turns(server, path):
    """The turns of the conversation: titles are short and share nothing with it."""
    requests = [r for r in server.traced('request') if r['path'] == path]
    return [turn for turn in server.requests(path) if turn.get('prompt', 0) > 2500], [
        r for r in requests if r['body'].get('tools')]


def play_tools(stage, npm):
    server = stage.server(TOOLS)
    configure(stage, server, npm)
    out = opencode(stage, 'make a file for me')
    assert 'The file is there.' in out, out
    assert stage.file('answer.txt') == 'forty-two\n'
    out = opencode(stage, '--continue', 'now change the file')
    assert 'It is changed.' in out, out
    assert stage.file('answer.txt') == 'forty-three\n'
    turns, requests = main_turns(server, PATHS[npm])
    assert len(turns) == len(requests) >= 4, [turn['text'] for turn in turns]
    assert turns[-1]['stop'] == 'end'
    check_reuse(turns)
    return requests


def scenario_opencode(stage):
    """Turns of tools, then a second process that continues; thinking goes back and forth."""
    requests = play_tools(stage, COMPATIBLE)
    thoughts = [message.get('reasoning_content') for message in requests[-1]['body']['messages']
                if message['role'] == 'assistant']
    assert thoughts[0] == 'The user wants a file.', thoughts


def scenario_opencode_anthropic(stage):
    play_tools(stage, '@ai-sdk/anthropic')


def scenario_opencode_openai(stage):
    play_tools(stage, '@ai-sdk/openai')


def scenario_opencode_parallel(stage):
    """Three calls in one answer, one to a tool that there is not."""
    server = stage.server(f'''=- everything
A title
== everything at once
{bash('echo one > one.txt')}
{bash('echo two > two.txt && exit 3')}
{call('nonsense', path='x')}
== nonsense
Two of three went well.
== two.txt
Two of three went well.
''')
    configure(stage, server)
    out = opencode(stage, 'do everything at once')
    assert 'Two of three went well.' in out, out
    assert (stage.file('one.txt'), stage.file('two.txt')) == ('one\n', 'two\n')
    turns, requests = main_turns(server, PATHS[COMPATIBLE])
    assert [turn['stop'] for turn in turns] == ['calls', 'end'], turns
    results = [m for m in requests[-1]['body']['messages'] if m['role'] == 'tool']
    assert len(results) == 3, results


def interrupt(process, timeout_s):
    """Ctrl-C until it ends: while OpenCode waits for a program of its own, that one gets the signal."""
    end = time.time() + timeout_s
    while True:
        process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            assert time.time() < end, f'it did not end within {timeout_s} s'


def scenario_opencode_abort(stage):
    """Left in the middle of an answer, which would go on for minutes: the server stops at once, and
    the next try begins where it was."""
    server = stage.server('''=- long story
A title
== long story
=: pace_ms 60
''' + 'Once upon a time there was a file, and then another one. ' * 300 + '''
== once more
A short story.
''')
    configure(stage, server)
    process = stage.start([os.path.join(stage.bin, 'opencode'), 'run', 'tell me a long story'])
    path = PATHS[COMPATIBLE]
    server.wait_for_pieces(path, 40)
    interrupt(process, timeout_s=120)
    left = server.wait_for(r'POST \S+ 200 \d+ ms (.*client left.*)', seconds=10).group(1)
    assert int(re.search(r'generated=(\d+)', left).group(1)) < 300 * 10, left
    out = opencode(stage, '--continue', 'tell it once more')
    assert 'A short story.' in out, out
    turns, _ = main_turns(server, path)
    assert turns[-1]['reused'] >= turns[0]['prompt'] - 1, [turn['text'] for turn in turns]


def scenario_opencode_overflow(stage):
    """The context ends: the client sums up, be it that it counts or that it is told."""
    numbers = f"{bash('seq 1 900; echo round-ONE')}"
    server = stage.server(f'''=- summary
The user wants numbers; they were printed.
=- fill the context
A title
== fill the context
{numbers}
== round-ONE
{numbers.replace('ONE', 'TWO')}
== round-TWO
{numbers.replace('ONE', 'THREE')}
== round-THREE
All rounds are done.
== ontinue
All rounds are done.
''', '-c', '12288', complaints=['prompt is too long|context'])
    configure(stage, server, n_context=200000)  # more than there is: the server has to say so
    out = opencode(stage, 'fill the context')
    turns, requests = main_turns(server, PATHS[COMPATIBLE])
    refused = [turn for turn in turns + server.requests(PATHS[COMPATIBLE]) if turn['status'] == 400]
    assert refused, [turn['text'] for turn in turns]
    assert 'All rounds are done.' in out, out


def scenario_opencode_agents(stage):
    """Two subagents of one answer work at the same time."""
    def task(what):
        return call('task', description='Look', prompt=f'Find the {what} file',
                    subagent_type='general')
    server = stage.server(f'''=- two agents
A title
== two agents
{task('alpha')}
{task('beta')}
== Find the alpha
=: pace_ms 20
{bash('echo alpha-found')}
== Find the beta
=: pace_ms 20
{bash('echo beta-found')}
== alpha-found
Alpha is at the top.
== beta-found
Beta is at the bottom.
== Alpha is at the top
Alpha is above beta.
== Beta is at the bottom
Alpha is above beta.
''')
    configure(stage, server)
    out = opencode(stage, 'send two agents')
    assert 'Alpha is above beta.' in out, out
    chains = {}
    for request in server.traced('request'):
        text = json.dumps(request['body']['messages'][1])
        for name in ('alpha', 'beta'):
            if f'Find the {name}' in text:
                begin, end = server.span_of(request)
                chain = chains.setdefault(name, [begin, end])
                chain[1] = end
    assert overlap(chains['alpha'], chains['beta']), chains
