"""The official SDKs of Anthropic and OpenAI for JavaScript; their checks are in the .mjs files."""
import os
import re
import shutil

from stage import HERE, call

PATCH = '*** Begin\n*** End'
SCRIPT = f'''== say hello
Hello there.
== think and use the tool
A tool is wanted.
</think>

I use it.

{call('Bash', command='ls')}
== use both tools
{call('Bash', command='pwd')}
{call('List')}
== the-listing
It lists.
== results-here
All read.
== just say it
Said.
== reason, then
A reason.
</think>

Said.
== ponder forever
{'Round and round it goes. ' * 400}
</think>

Never.
== tell the weather
{{"city": "Rome", "days": 3, "dry": true}}
== run the weather tool
{call('weather', city='Oslo', days=2, dry=False)}
== sunny-result
It will be sunny.
== patch and spawn
{call('apply_patch', input=PATCH)}
{call('agents__spawn')}
== count up
one two three four five six
== talk slowly
=: pace_ms 30
{'Word after word after word. ' * 40}
'''


def run_checks(stage, name):
    """The checks against a scripted server, one that samples, and one that wants a key."""
    expected = ['error="']  # refusals are asked for
    servers = (stage.server(SCRIPT, complaints=expected),
               stage.server(None, '--temp', '1', '--seed', '7', complaints=expected),
               stage.server(SCRIPT, '--api-key', 'secret', complaints=expected))
    for file in ('checks.mjs', name):
        shutil.copy(os.path.join(HERE, file), stage.clients)  # beside node_modules
    with open(os.path.join(HERE, name)) as file:
        n_checks = len(re.findall(r'^  async ', file.read(), re.M))
    out = stage.run(['node', os.path.join(stage.clients, name), *(s.base for s in servers)])
    failed = [line for line in out.splitlines() if line.startswith('FAIL')]
    assert not failed, '\n'.join(failed)
    assert len(re.findall(r'^ok ', out, re.M)) == n_checks, out
    return servers


def check_abort(server):
    """The one request that was given up stopped where it was."""
    left = server.wait_for(r'POST \S+ 200 \d+ ms (.*client left.*)').group(1)
    assert int(re.search(r'generated=(\d+)', left).group(1)) < 100, left


def scenario_sdk_anthropic(stage):
    scripted, _, _ = run_checks(stage, 'sdk_anthropic.mjs')
    check_abort(scripted)


def scenario_sdk_openai(stage):
    scripted, _, _ = run_checks(stage, 'sdk_openai.mjs')
    check_abort(scripted)
