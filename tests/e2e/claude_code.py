"""Claude Code in print mode: sessions over several processes, subagents, whatever goes wrong."""
import json
import os
import re
import time

from stage import call, check_reuse, hermes_call, in_background, overlap

def bash_makes_file(form=call):
    return form('Bash', command='echo forty-two > answer.txt && echo written',
                description='Write the file')


def tools_script(form=call):
    answer = '@PROJECT@/answer.txt'
    return f'''== make a file
I will make it.

{bash_makes_file(form)}
== written
Now I look at it.

{form('Read', file_path=answer)}
== forty-two
It says forty-two.
== change the file
{form('Edit', file_path=answer, old_string='forty-two', new_string='forty-three')}
== has been updated
Changed.
== what did you do
I made a file and changed it.
'''


def environment(server, **more):
    return dict(ANTHROPIC_BASE_URL=server.base, ANTHROPIC_AUTH_TOKEN='local',
                ANTHROPIC_MODEL='local-model', DISABLE_AUTOUPDATER='1', DISABLE_TELEMETRY='1',
                CLAUDE_CODE_MAX_CONTEXT_TOKENS='32768', **more)


QUIET = dict(CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC='1')  # no title requests
LEAN = dict(CLAUDE_CODE_SIMPLE='1', **QUIET)                # three tools, a short prompt
# The state of files stands in the system prompt: without it a second process has the same one.
SAME_PROMPT = dict(CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS='1')


def claude(stage, server, *arguments, allows_all=True, timeout_s=480, **more):
    program = [os.path.join(stage.bin, 'claude')]
    if allows_all:
        program.append('--dangerously-skip-permissions')
    return stage.run([*program, *arguments], timeout_s, **environment(server, **more))


def turns_of(server):
    return server.requests('/v1/messages', 'claude-cli')


def results_in(request):
    """The tool results of a request's newest user message, by the name of the tool called."""
    names, results = {}, {}
    for message in request['body']['messages']:
        for block in message['content'] if isinstance(message['content'], list) else []:
            if block['type'] == 'tool_use':
                names[block['id']] = block['name']
            elif block['type'] == 'tool_result':
                results.setdefault(names[block['tool_use_id']], []).append(block)
    return results


def scenario_claude_code(stage):
    """Turns of tools; then other processes continue the conversation, the last or a named one."""
    server = stage.server(tools_script())
    options = dict(**LEAN, **SAME_PROMPT)
    out = claude(stage, server, '-p', '--output-format', 'json', 'Please make a file for me',
                 **options)
    told = json.loads(out[out.index('{'):])
    assert told['result'] == 'It says forty-two.', out
    assert stage.file('answer.txt') == 'forty-two\n'
    out = claude(stage, server, '-p', '--continue', 'Now change the file', **options)
    assert 'Changed.' in out, out
    assert stage.file('answer.txt') == 'forty-three\n'
    out = claude(stage, server, '-p', '--resume', told['session_id'], 'So what did you do?',
                 **options)
    assert 'I made a file and changed it.' in out, out
    turns = turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'calls', 'end', 'calls', 'end', 'end']
    assert len({turn['session'] for turn in turns}) == 1
    check_reuse(turns)


RESUME_SCRIPT = f'''== make a file
{bash_makes_file()}
== written
I made it.
== what now
Nothing.
== what else
Nothing else.
'''


def resumed_twice(stage, server, *flags, **options):
    """A session in a repository that makes a file, then two processes that resume it by its id, a
    new file before each: the turns, of which the first two are the first process'."""
    stage.run(['git', '-c', 'user.name=A', '-c', 'user.email=a@localhost', 'commit', '-q',
               '--allow-empty', '-m', 'Start'])
    out = claude(stage, server, '-p', 'Please make a file', '--output-format', 'json', *flags,
                 **options)
    session = json.loads(out[out.index('{'):])['session_id']
    for i, (prompt, said) in enumerate((('So what now?', 'Nothing.'),
                                        ('And what else?', 'Nothing else.'))):
        stage.write(f'more-{i}.txt', 'more\n')
        out = claude(stage, server, '-p', prompt, '--resume', session, *flags, **options)
        assert said in out, out
    turns = turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'end', 'end', 'end'], turns
    return turns


def scenario_claude_resume_git(stage):
    """A git status that has changed parts a resumed session from what it was.  What comes before is
    reused but for a mark's distance, the conversation behind it is not."""
    turns = resumed_twice(stage, stage.server(RESUME_SCRIPT), '--tools', 'Bash', **QUIET)
    check_reuse(turns[:2])
    for turn, file in zip(turns[2:], ('more-0.txt', 'more-1.txt')):
        position, now = re.search(r'first difference at ([\d,]+): ".*" -> "(.*?)" prefill',
                                  turn['text']).groups()
        position = int(position.replace(',', ''))
        assert f'?? {file}' in now, now
        assert position - 512 - 64 <= turn['reused'] <= position, turn['text']
        assert position < turns[0]['prompt'] - 100, turn['text']


def scenario_claude_resume_without_git(stage):
    """With the status left out of the prompt a resumed session computes its new message alone."""
    turns = resumed_twice(stage, stage.server(RESUME_SCRIPT), '--tools', 'Bash', **QUIET,
                          **SAME_PROMPT)
    check_reuse(turns)
    assert all(turn['computed'] < 100 for turn in turns[1:]), turns


def scenario_claude_parallel_tools(stage):
    """Four calls in one answer, one of which fails; results come back in any order."""
    server = stage.server(f'''== everything at once
{call('Bash', command='echo one > one.txt && echo made-one', description='First')}
{call('Read', file_path='@PROJECT@/missing.txt')}
{call('Bash', command='echo two > two.txt && exit 3', description='Second')}
{call('Write', file_path='@PROJECT@/three.txt', content='three')}
== made-one
Two of four went well.
''')
    out = claude(stage, server, '--tools', 'Bash,Read,Edit,Write', '-p',
                 'Please do everything at once', **QUIET)
    assert 'Two of four went well.' in out, out
    assert (stage.file('one.txt'), stage.file('two.txt')) == ('one\n', 'two\n')
    assert stage.file('three.txt') == 'three'
    turns = turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'end']
    check_reuse(turns)
    results = results_in(server.traced('request')[-1])
    assert [len(results[name]) for name in ('Bash', 'Read', 'Write')] == [2, 1, 1], results
    assert results['Read'][0]['is_error'], results
    assert sum(bool(result.get('is_error')) for result in results['Bash']) == 1, results


def scenario_claude_thinking(stage):
    """Thinking comes back with its signature and is what it was: nothing is computed again."""
    server = stage.server(f'''== make a file
The user wants  a file ("answer.txt").

So: echo.
</think>

I will make it.

{bash_makes_file()}
== written
It is there; I should look.
</think>

{call('Read', file_path='@PROJECT@/answer.txt')}
== forty-two
Good.
</think>

It says forty-two.
== sure
I am.
</think>

Quite sure.
''')
    options = dict(**LEAN, **SAME_PROMPT)
    out = claude(stage, server, '-p', 'Please make a file for me', **options)
    assert 'It says forty-two.' in out, out
    out = claude(stage, server, '-p', '--continue', 'Are you sure?', **options)
    assert 'Quite sure.' in out, out
    turns = turns_of(server)
    assert len(turns) == 4, turns
    check_reuse(turns)
    prompts = [entry['text'] for entry in server.traced('prompt')]
    sampled = [entry['text'] for entry in server.traced('sampled')]
    for before, said, after in zip(prompts, sampled, prompts[1:]):
        assert after.startswith(before + said), (before[-300:], said, after[len(before):])
    history = server.traced('request')[-1]['body']['messages']
    blocks = [block for message in history if message['role'] == 'assistant'
              for block in message['content'] if block['type'] == 'thinking']
    assert [block['thinking'] for block in blocks] == [
        'The user wants  a file ("answer.txt").\n\nSo: echo.', 'It is there; I should look.',
        'Good.'], blocks
    assert len({block['signature'] for block in blocks}) == 3 and all(
        block['signature'] for block in blocks)


def agents_script():
    def agent(prompt):
        return call('Agent', description='Look', prompt=prompt, subagent_type='general-purpose')
    return f'''=- two agents
=: wait_s 20
{{"title": "Two agents"}}
== send two agents
I send them.

{agent('Find the alpha file')}
{agent('Find the beta file')}
== Find the alpha
=: pace_ms 20
{call('Bash', command='sleep 1; echo alpha-found', description='Look')}
== Find the beta
=: pace_ms 20
{call('Bash', command='sleep 1; echo beta-found', description='Look')}
== alpha-found
Alpha is at the top.
== beta-found
Beta is at the bottom.
== Alpha is at the top
Alpha is above beta.
== Beta is at the bottom
Alpha is above beta.
'''


def scenario_claude_agents(stage):
    """Two subagents work at the same time while the main conversation waits; so does a title."""
    server = stage.server(agents_script())
    out = claude(stage, server, '-p', 'Please send two agents at once to find both files')
    assert 'Alpha is above beta.' in out, out
    turns = turns_of(server)
    requests = [entry for entry in server.traced('request') if entry['path'] == '/v1/messages']
    of_agents = [r for r in requests if 'cc_is_subagent' in json.dumps(r['body']['system'])]
    titles = [r for r in requests if not r['body'].get('tools')]
    assert len(of_agents) == 4 and len(titles) == 1, [len(of_agents), len(titles)]
    assert len(requests) == 7, len(requests)  # and two of the main conversation
    main = next(r for r in requests if r not in of_agents + titles)
    assert overlap(server.span_of(titles[0]), server.span_of(main)), 'the title came alone'
    # Each agent's second request computes only what its tool said.
    second = [turn for turn in turns if turn.get('reused', 0) > turn.get('computed', 0)]
    assert len(second) >= 3, [turn['text'] for turn in turns]
    chains = {}
    for request in of_agents:
        first = json.dumps(request['body']['messages'][0])
        begin, end = server.span_of(request)
        chain = chains.setdefault('alpha' in first, [begin, end])
        chain[1] = end
    assert overlap(chains[True], chains[False]), chains
    results = results_in(requests[-1])['Agent']
    assert len(results) == 2 and not any(result.get('is_error') for result in results), results


def scenario_claude_guide(stage):
    """The flags that a guide for another server gives, one conversation at a time: nothing waits
    for what waits for it."""
    flags = ('-ngl 999 -t 2 -c 32768 -b 1024 -ub 1024 --parallel 1 -fa on --jinja --keep 1024 '
             '--cache-type-k q8_0 --cache-type-v q8_0 --swa-full --no-context-shift '
             '--reasoning off --mlock --no-mmap').split()
    server = stage.server(agents_script(), *flags)
    out = claude(stage, server, '-p', 'Please send two agents at once to find both files')
    assert 'Alpha is above beta.' in out, out
    log = server.read_log()
    assert 'swa_full is not supported by this model, it will be disabled' in log, log
    assert 'n_parallel = 1' in log, log


def scenario_claude_denied(stage):
    """A tool that nobody allowed is refused, which the model is told; the session goes on."""
    server = stage.server(f'''== make a file
{call('Write', file_path='@PROJECT@/answer.txt', content='forty-two')}
== permission
I may not write. Shall I look instead?
== look instead
{call('Read', file_path='@PROJECT@/seen.txt')}
== twenty-one
It says twenty-one.
''')
    stage.write('seen.txt', 'twenty-one\n')
    options = dict(**QUIET, **SAME_PROMPT)
    tools = ('--tools', 'Read,Write', '-p')
    out = claude(stage, server, *tools, 'Please make a file for me', allows_all=False, **options)
    assert 'I may not write.' in out, out
    assert not os.path.exists(stage.path('answer.txt'))
    out = claude(stage, server, '--continue', *tools, 'Then look instead', allows_all=False,
                 **options)
    assert 'It says twenty-one.' in out, out
    turns = turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls', 'end', 'calls', 'end'], turns
    check_reuse(turns)
    denied = results_in(server.traced('request')[1])['Write'][0]
    assert denied['is_error'] is True, denied


def scenario_claude_tool_errors(stage):
    """Calls that cannot be run become errors that the model reads; the turn goes on."""
    server = stage.server(f'''== try it
{call('Nonsense', path='x')}
== No such tool
{call('Read', offset=3)}
== InputValidationError
{call('Edit', file_path='@PROJECT@/no.txt', old_string='a', new_string='b')}
== does not exist
{call('Bash', command='exit 7', description='Fail')}
== Exit code 7
I give up.
''')
    out = claude(stage, server, '-p', 'Just try it', **LEAN)
    assert 'I give up.' in out, out
    turns = turns_of(server)
    assert [turn['stop'] for turn in turns] == ['calls'] * 4 + ['end'], turns
    check_reuse(turns)


def scenario_claude_whole_prompt(stage):
    """Tools described in full, in words, by the template that most files without one get."""
    server = stage.server(tools_script(hermes_call), template=None)
    out = claude(stage, server, '--tools', 'Agent,Bash,Edit,Glob,Grep,Read,WebFetch,Write', '-p',
                 'Please make a file for me', **QUIET)
    assert 'It says forty-two.' in out, out
    turns = turns_of(server)
    assert turns[0]['prompt'] > 12000, turns[0]
    check_reuse(turns)


def scenario_claude_context(stage):
    """/context is counted, at once and without a single generated token."""
    server = stage.server('==\nHello.\n')
    out = claude(stage, server, '-p', '/context', **QUIET)
    counts = server.requests('/v1/messages/count_tokens')
    assert len(counts) >= 3, server.read_log()
    assert all(count['status'] == 200 and count['prompt'] > 0 for count in counts), counts
    assert max(count['ms'] for count in counts) < 2000, counts
    assert not turns_of(server), 'something was generated'
    assert re.search(r'\d', out), out


SUMMARY = '''<analysis>Rounds of numbers.</analysis>
<summary>The user wants the context to be filled in rounds; this was done.</summary>'''


def scenario_claude_compaction(stage):
    """A conversation outgrows the context: told so in numbers, the client sums up and goes on."""
    def fill(n):
        return call('Bash', command=f'seq 1 550; echo round-{n}', description='Numbers')
    server = stage.server(f'''== CRITICAL: Respond with TEXT ONLY
{SUMMARY}
== fill the context
{fill(1)}
== round-1
{fill(2)}
== round-2
{fill(3)}
== round-3
{fill(4)}
== round-4
All rounds are done.
== Continue the conversation
All rounds are done.
== still know
You wanted rounds.
''', '-c', '10240', complaints=['prompt is too long'])
    options = dict(**LEAN, **SAME_PROMPT)
    out = claude(stage, server, '-p', 'Please fill the context', **options)
    assert 'All rounds are done.' in out, out
    turns = turns_of(server)
    refused = [turn for turn in turns if turn['status'] == 400]
    assert refused and re.search(r'prompt is too long: \d+ tokens > 8960 maximum',
                                 refused[0]['error']), turns
    requests = server.traced('request')
    newest = [json.dumps(request['body']['messages'][-1]) for request in requests]
    summaries = [i for i, text in enumerate(newest) if 'CRITICAL: Respond with TEXT ONLY' in text]
    assert summaries, 'no summary was asked for'
    # The summary's request begins like the conversation, as far as it still fits.
    done = [turn for turn in turns if turn['status'] == 200]
    summary = next(turn for i, turn in enumerate(turns) if i == summaries[-1])
    assert summary['reused'] > done[0]['prompt'], summary['text']
    out = claude(stage, server, '-p', '--continue', 'Do you still know what I wanted?', **options)
    assert 'You wanted rounds.' in out, out
    assert turns_of(server)[-1]['prompt'] < done[-1]['prompt'] + 1000


def scenario_claude_large_file(stage):
    """A file so large that the client has its tokens counted before it shows them."""
    stage.write('large.txt', ('the ' * 20 + '\n') * 340)
    server = stage.server(f'''== read the large
{call('Read', file_path='@PROJECT@/large.txt')}
== the the
It is long.
''')
    out = claude(stage, server, '-p', 'Please read the large file', **LEAN)
    assert 'It is long.' in out, out
    counts = server.requests('/v1/messages/count_tokens')
    assert counts and all(count['status'] == 200 for count in counts), server.read_log()
    assert max(count['prompt'] for count in counts) > 10000, counts
    check_reuse(turns_of(server))


def scenario_claude_web_search(stage):
    """A search is a request with a server's tool, which a model here answers in words."""
    server = stage.server(f'''== look it up
{call('WebSearch', query='height of the Eiffel tower')}
== Perform a web search
The tower is 330 m high.
== 330 m
It is 330 m high.
''')
    out = claude(stage, server, '--tools', 'WebSearch', '-p', 'Please look it up', **QUIET)
    assert 'It is 330 m high.' in out, out
    sides = [r for r in server.traced('request')
             if any(tool.get('type', '').startswith('web_search') for tool in r['body']['tools'])]
    assert len(sides) == 1


def scenario_claude_schema(stage):
    """An answer in a form that the person gave; the client has a tool for it."""
    schema = {'type': 'object', 'properties': {'answer': {'type': 'integer'}},
              'required': ['answer']}
    server = stage.server(f'''== how many
{call('StructuredOutput', answer=42)}
==
Done.
''')
    out = claude(stage, server, '-p', '--output-format', 'json', '--json-schema',
                 json.dumps(schema), 'Say how many', **LEAN)
    told = json.loads(out[out.index('{'):])
    assert told['structured_output'] == {'answer': 42}, out


def scenario_claude_base_too_long(stage):
    """Not even the first prompt fits: the person reads why."""
    server = stage.server(tools_script(), '-c', '4096', complaints=['prompt is too long'])
    out = claude(stage, server, '-p', 'Please make a file for me', **QUIET)
    assert re.search(r'[Pp]rompt is too long', out) and '3584' in out, out


def scenario_claude_restart(stage):
    """The server ends and comes back, in order and without, between turns and inside an answer."""
    server = stage.server(f'''== be patient
{call('Bash', command='sleep 5; echo slept-one', description='Wait')}
== slept-one
{call('Bash', command='sleep 5; echo slept-two', description='Wait')}
== slept-two
=: pace_ms 40
{'I am going to think about this at length. ' * 9}
</think>

{call('Bash', command='echo done-three', description='Go on')}
== done-three
All went well.
''', complaints=['aborted', 'Loading model'])  # it may ask while the model is loaded
    join = in_background(lambda: claude(stage, server, '-p', 'Please be patient', **LEAN))
    server.wait_for(r'(?s)(stop=calls.*){1}')
    server.close()
    server.start()
    server.wait_for(r'(?s)(stop=calls.*){2}')
    time.sleep(1)  # the end of the answer is logged before it has left
    server.kill()
    time.sleep(1)
    server.start()
    server.wait_for_pieces('/v1/messages', 20 + server.n_pieces('/v1/messages'))
    server.kill()
    server.start()
    out = join()
    assert 'All went well.' in out, out
    assert turns_of(server)[-1]['stop'] == 'end'


def scenario_claude_memory(stage):
    """A server that comes back, and a model that was put to sleep, go on from what is on disk."""
    server = stage.server(tools_script(), '--cache-dir', os.path.join(stage.folder, 'cache'),
                          '--sleep-idle-seconds', '2')
    options = dict(**LEAN, **SAME_PROMPT)
    out = claude(stage, server, '-p', 'Please make a file for me', **options)
    assert 'It says forty-two.' in out, out
    server.close()
    server.start()
    out = claude(stage, server, '-p', '--continue', 'Now change the file', **options)
    assert 'Changed.' in out, out
    server.wait_for('model unloaded')
    out = claude(stage, server, '-p', '--continue', 'So what did you do?', **options)
    assert 'I made a file and changed it.' in out, out
    turns = turns_of(server)
    assert len(turns) == 6, turns
    for i in (3, 5):  # the first after the restart, and after the sleep
        assert turns[i]['reused'] > turns[i]['computed'], turns[i]['text']
