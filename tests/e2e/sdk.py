"""The official SDKs of Anthropic and OpenAI for JavaScript; their checks are in the .mjs files."""
import os
import shutil

from stage import HERE, call

SCRIPT = f'''== say hello
Hello there.
== use the tool
{call('Bash', command='ls')}
'''


def run_checks(stage, name, server, n_least):
    shutil.copy(os.path.join(HERE, name), stage.clients)  # beside node_modules
    out = stage.run(['node', os.path.join(stage.clients, name), server.base])
    assert 'FAIL' not in out and out.count('ok ') >= n_least, out


def scenario_sdk(stage):
    server = stage.server(SCRIPT, complaints=['prompt is too long'])
    run_checks(stage, 'sdk.mjs', server, 9)
