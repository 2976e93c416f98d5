#!/usr/bin/env python3
"""Real clients against a real server whose answers come from a script.

Usage: run.py HEARTH FOLDER [SCENARIO...]

FOLDER holds the clients (npm install of package.json beside this file) and what the runs leave
behind.  The model is a tiny one of random weights: prompts are rendered, tokenised, computed and
cached as always, only the choice of tokens is the script's.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HEARTH = os.path.abspath(sys.argv[1])
FOLDER = os.path.abspath(sys.argv[2])
BIN = os.path.join(FOLDER, 'node_modules', '.bin')


class Server:
    """A server in a scenario's own folder; its log tells what was reused."""

    def __init__(self, name, script, *flags):
        self.folder = os.path.join(FOLDER, 'runs', name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.project = os.path.join(self.folder, 'project')
        os.makedirs(self.project)
        subprocess.run(['git', 'init', '-q', self.project], check=True)
        with open(os.path.join(HERE, script)) as source:
            text = source.read().replace('@PROJECT@', self.project)
        self.script = os.path.join(self.folder, 'script')
        with open(self.script, 'w') as out:
            out.write(text)
        self.log = os.path.join(self.folder, 'log')
        self.trace = os.path.join(self.folder, 'trace.jsonl')
        self.process = subprocess.Popen(
            [HEARTH, 'serve', '--synthetic', 'tiny-qwen3', '--port', '0', '--log-file', self.log,
             '--reasoning', 'off', '--replay', self.script, '--trace', self.trace, *flags])
        self.port = self.wait_for(r'listening on http://127\.0\.0\.1:(\d+)')
        self.wait_for(r'(model loaded)')
        self.base = f'http://127.0.0.1:{self.port}'

    def wait_for(self, pattern):
        for _ in range(200):
            if os.path.exists(self.log):
                found = re.search(pattern, self.read_log())
                if found:
                    return found.group(1)
            time.sleep(0.05)
        raise AssertionError(f'the log never said {pattern}')

    def read_log(self):
        with open(self.log) as log:
            return log.read()

    def file(self, name):
        with open(os.path.join(self.project, name)) as file:
            return file.read()

    def run(self, command, **environment):
        env = {k: v for k, v in os.environ.items() if k in ('PATH', 'TERM', 'LANG')}
        env.update(HOME=self.folder, IS_SANDBOX='1', **environment)
        done = subprocess.run(command, cwd=self.project, env=env, timeout=240,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        print(done.stdout[-3000:])
        return done.stdout

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, 'the server did not drain'


def claude(server, *arguments, **environment):
    return server.run(
        [os.path.join(BIN, 'claude'), '--dangerously-skip-permissions', *arguments],
        ANTHROPIC_BASE_URL=server.base, ANTHROPIC_AUTH_TOKEN='local', ANTHROPIC_MODEL='local-model',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC='1', DISABLE_AUTOUPDATER='1',
        CLAUDE_CODE_MAX_CONTEXT_TOKENS='32768', **environment)


def reused(log):
    found = re.findall(r'reused ([\d,]+) of ([\d,]+) tokens', log)
    return [(int(n_prompt.replace(',', '')), int(n_reused.replace(',', '')))
            for n_reused, n_prompt in found]


def scenario_claude_code():
    """Several turns of tools, then a second process that continues the conversation."""
    server = Server('claude-code', 'tools.script')
    out = claude(server, '-p', 'Please make a file for me', CLAUDE_CODE_SIMPLE='1')
    assert 'It says forty-two.' in out, out
    assert server.file('answer.txt') == 'forty-two\n'
    out = claude(server, '-p', '--continue', 'Now change the file', CLAUDE_CODE_SIMPLE='1')
    assert 'Changed.' in out, out
    assert server.file('answer.txt') == 'forty-three\n'
    turns = reused(server.read_log())
    assert len(turns) == 5, turns
    for (n_before, _), (n_prompt, n_reused) in zip(turns, turns[1:3]):
        assert n_reused >= n_before, turns  # nothing of the turn before is computed again
    assert turns[4][1] >= turns[3][0], turns
    server.close()


def scenario_claude_code_tools():
    """Six of the client's own tools, described in full."""
    server = Server('claude-code-tools', 'tools.script')
    out = claude(server, '--tools', 'Bash,Read,Edit,Write,Grep,Glob', '-p',
                 'Please make a file for me')
    assert 'It says forty-two.' in out, out
    turns = reused(server.read_log())
    assert turns[1][1] >= turns[0][0], turns
    server.close()


def scenario_claude_code_overflow():
    """A prompt that does not fit is answered in the words the client acts upon."""
    server = Server('claude-code-overflow', 'tools.script', '-c', '4096')
    claude(server, '--tools', 'Bash,Read,Edit,Write,Grep,Glob', '-p', 'Please make a file for me')
    assert re.search(r'prompt is too long: \d+ tokens > \d+ maximum', server.read_log())
    server.close()


def scenario_opencode():
    server = Server('opencode', 'opencode.script', '-np', '2')
    config = os.path.join(server.project, 'opencode.json')
    with open(config, 'w') as out:
        out.write('{"$schema":"https://opencode.ai/config.json","model":"local/local-model",'
                  '"provider":{"local":{"npm":"@ai-sdk/openai-compatible","name":"local",'
                  '"options":{"baseURL":"%s/v1","apiKey":"local"},'
                  '"models":{"local-model":{"name":"local-model",'
                  '"limit":{"context":32768,"output":4096}}}}}}' % server.base)
    out = server.run([os.path.join(BIN, 'opencode'), 'run', 'make a file for me'])
    assert 'The file is there.' in out, out
    assert server.file('answer.txt') == 'forty-two\n'
    server.close()


def scenario_codex():
    server = Server('codex', 'codex.script')
    home = os.path.join(server.folder, '.codex')
    os.makedirs(home)
    with open(os.path.join(home, 'config.toml'), 'w') as out:
        out.write('model = "local-model"\nmodel_provider = "local"\n'
                  '[model_providers.local]\nname = "local"\nbase_url = "%s/v1"\n'
                  'wire_api = "responses"\nenv_key = "LOCAL_KEY"\n' % server.base)
    out = server.run([os.path.join(BIN, 'codex'), 'exec', '--json',
                      '--dangerously-bypass-approvals-and-sandbox', 'make a file for me'],
                     LOCAL_KEY='local', CODEX_HOME=home)
    assert 'The file is there.' in out, out
    assert server.file('answer.txt') == 'forty-two\n'
    turns = reused(server.read_log())
    assert turns[1][1] >= turns[0][0], turns
    server.close()


def scenario_sdk():
    server = Server('sdk', 'sdk.script')
    shutil.copy(os.path.join(HERE, 'sdk.mjs'), FOLDER)
    out = server.run(['node', os.path.join(FOLDER, 'sdk.mjs'), server.base])
    assert 'FAIL' not in out and out.count('ok ') >= 9, out
    server.close()


def main():
    scenarios = {name[len('scenario_'):]: run for name, run in globals().items()
                 if name.startswith('scenario_')}
    wanted = sys.argv[3:] or list(scenarios)
    failed = []
    for name in wanted:
        print(f'== {name}', flush=True)
        start = time.time()
        try:
            scenarios[name]()
            print(f'ok   {name} ({time.time() - start:.0f} s)', flush=True)
        except Exception as error:  # a scenario's failure is told, the others go on
            failed.append(name)
            print(f'FAIL {name}: {error}', flush=True)
    sys.exit(f'failed: {", ".join(failed)}' if failed else 0)


main()
