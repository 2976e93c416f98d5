"""Codex: sessions of shell commands, patches, tools in namespaces, a resumed session."""
import json
import os
import re

from stage import call, check_reuse

PATH = '/v1/responses'
TOOLS = f'''== make a file
The user wants a file.
</think>

I will make it.

{call('exec_command', cmd='echo forty-two > answer.txt && echo written')}
== written
The file is there.
== change the file
{call('exec_command', cmd="sed -i s/two/three/ answer.txt && cat answer.txt")}
{call('exec_command', cmd="echo beside > beside.txt && echo made-beside")}
== forty-three
It is changed.
'''


def configure(stage, server, model='local-model', more=''):
    stage.write('.codex/config.toml', f'''model = "{model}"
model_provider = "local"
{more}
[model_providers.local]
name = "local"
base_url = "{server.base}/v1"
wire_api = "responses"
env_key = "LOCAL_KEY"
''', stage.home)


def codex(stage, *arguments, **options):
    return stage.run([os.path.join(stage.bin, 'codex'), 'exec', *arguments],
                     LOCAL_KEY='local', CODEX_HOME=os.path.join(stage.home, '.codex'), **options)


FREE = ('--json', '--dangerously-bypass-approvals-and-sandbox')


def scenario_codex(stage):
    """Commands, two of them in one answer; another process resumes; thinking goes along."""
    server = stage.server(TOOLS)
    configure(stage, server)
    out = codex(stage, *FREE, 'make a file for me')
    assert 'The file is there.' in out, out
    assert stage.file('answer.txt') == 'forty-two\n'
    out = codex(stage, 'resume', '--last', *FREE, 'now change the file')
    assert 'It is changed.' in out, out
    assert (stage.file('answer.txt'), stage.file('beside.txt')) == ('forty-three\n', 'beside\n')
    turns = server.requests(PATH)
    assert [turn['stop'] for turn in turns] == ['calls', 'end', 'calls', 'end'], turns
    check_reuse(turns)
    items = server.traced('request')[-1]['body']['input']
    assert any(item['type'] == 'reasoning' for item in items), [item['type'] for item in items]
    used = [event['usage'] for event in map(json.loads, re.findall(r'^{.*}$', out, re.M))
            if event['type'] == 'turn.completed']
    assert used and used[-1]['cached_input_tokens'] > used[-1]['input_tokens'] / 2, out


def scenario_codex_patch(stage):
    """A model name that the client knows gets a free-form tool: the patch comes as it is."""
    patch = '''*** Begin Patch
*** Update File: main.c
@@
-    return a - b;
+    return a + b;
*** End Patch'''
    stage.write('main.c', 'int add(int a, int b)\n{\n    return a - b;\n}\n')
    server = stage.server(f'''== mend it
{call('apply_patch', input=patch)}
== Success
It is mended.
''')
    configure(stage, server, 'gpt-5.5')
    out = codex(stage, *FREE, 'please mend it')
    assert 'It is mended.' in out, out
    assert 'return a + b;' in stage.file('main.c')
    turns = server.requests(PATH)
    assert [turn['stop'] for turn in turns] == ['calls', 'end'], turns
    check_reuse(turns)
    items = {item['type']: item for item in server.traced('request')[-1]['body']['input']}
    assert items['custom_tool_call']['input'] == patch, items['custom_tool_call']


def scenario_codex_namespace(stage):
    """A tool in a namespace is called by both names; its agent is a second conversation."""
    server = stage.server(f'''== ask an agent
{call('@SPAWN@', message='Count the files', task_name='count')}
== Count the files
There are three.
== agent_id
{call('@WAIT@', targets=[])}
==
The agent was asked.
'''.replace('@SPAWN@', 'multi_agent_v1__spawn_agent').replace(
    '@WAIT@', 'multi_agent_v1__wait_agent'))
    configure(stage, server)
    out = codex(stage, *FREE, 'please ask an agent')
    assert 'The agent was asked.' in out, out
    items = server.traced('request')[-1]['body']['input']
    calls = [item for item in items if item['type'] == 'function_call']
    assert calls and calls[0]['namespace'] == 'multi_agent_v1', calls
    outputs = json.dumps([i for i in items if i['type'] == 'function_call_output'])
    assert 'unsupported call' not in outputs, outputs


def scenario_codex_errors(stage):
    """Calls that make no sense, and a command that fails: the turn goes on."""
    server = stage.server(f'''== try it
{call('nonsense', path='x')}
== unsupported
{call('exec_command', wrong='x')}
== missing field
{call('exec_command', cmd='exit 7')}
== 7
I give up.
''')
    configure(stage, server)
    out = codex(stage, *FREE, 'please try it')
    assert 'I give up.' in out, out
    check_reuse(server.requests(PATH))


def scenario_codex_overflow(stage):
    """The context ends: the client is told by the code that it knows, and the turn ends."""
    def fill(n):
        return call('exec_command', cmd=f'seq 1 900; echo round-{n}', max_output_tokens=20000)
    server = stage.server(f'''== fill the context
{fill(1)}
== round-1
{fill(2)}
== round-2
{fill(3)}
== round-3
{fill(4)}
''', '-c', '16384', complaints=['too long|context'])
    configure(stage, server)
    out = codex(stage, *FREE, 'fill the context')
    assert 'ran out of room' in out, out
    assert server.requests(PATH)[-1]['status'] == 400


def scenario_codex_compaction(stage):
    """Told its limits, the client has the conversation summed up in time and goes on."""
    def fill(n):
        return call('exec_command', cmd=f'seq 1 900; echo round-{n}', max_output_tokens=20000)
    server = stage.server(f'''== CONTEXT CHECKPOINT COMPACTION
The user wants rounds of numbers.
== fill the context
{fill(1)}
== round-1
{fill(2)}
== round-2
{fill(3)}
== round-3
All rounds are done.
==
All rounds are done.
''')
    configure(stage, server, more='model_context_window = 20000\n'
                                  'model_auto_compact_token_limit = 13000')
    out = codex(stage, *FREE, 'fill the context')
    assert 'All rounds are done.' in out, out
    asked = [r for r in server.traced('request')
             if 'CONTEXT CHECKPOINT COMPACTION' in json.dumps(r['body']['input'][-1])]
    assert asked, 'no summary was asked for'
