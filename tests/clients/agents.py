"""Coding agents as people run them, told apart by name: how each is started against a local server,
and what it says it does while it works.

Each runs in a Place: a project folder and a home folder of its own, so that nobody's settings are
read or written.  Nothing here knows a model or a task.
"""
import collections
import json
import os
import signal
import subprocess
import threading

# What an agent did, as it told it.  kind: 'call' (name, value = arguments), 'result' (value = text),
# 'text' (value = what it said).
Step = collections.namedtuple('Step', 'kind name value')
Outcome = collections.namedtuple('Outcome', 'steps answer trouble output')


class Place:
    """A project folder and a home folder for one client at a time."""

    def __init__(self, folder, project=None):
        self.folder = os.path.abspath(folder)
        self.project = project or os.path.join(self.folder, 'project')
        self.home = os.path.join(self.folder, 'home')
        for path in (self.project, self.home, os.path.join(self.home, 'tmp')):
            os.makedirs(path, exist_ok=True)

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if k in ('PATH', 'TERM', 'LANG')}
        # As root, Claude Code skips permissions only where it is told to be in a sandbox.
        env.update(HOME=self.home, TMPDIR=os.path.join(self.home, 'tmp'), IS_SANDBOX='1', **more)
        return env


def _text_of(content):
    if isinstance(content, str):
        return content
    return ''.join(part.get('text', '') for part in content or [] if isinstance(part, dict))


class Claude:
    program = 'claude'

    def __init__(self, *flags, **environment):
        self.flags, self.variables = flags, environment

    def start(self, place, base, prompt, goes_on):
        """The command's arguments and environment."""
        arguments = ['--dangerously-skip-permissions', *self.flags,
                     '--output-format', 'stream-json', '--verbose']
        if goes_on:
            arguments.append('--continue')
        return [*arguments, '-p', prompt], place.environment(
            ANTHROPIC_BASE_URL=base, ANTHROPIC_AUTH_TOKEN='local', ANTHROPIC_MODEL='local',
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC='1', DISABLE_AUTOUPDATER='1',
            CLAUDE_CODE_MAX_CONTEXT_TOKENS='32768', **self.variables)

    def steps(self, event):
        """What one line of output says was done."""
        if event.get('type') not in ('assistant', 'user'):
            return
        content = event['message']['content']
        for part in content if isinstance(content, list) else []:
            if part['type'] == 'text' and event['type'] == 'assistant':
                yield Step('text', None, part['text'])
            elif part['type'] == 'tool_use':
                yield Step('call', part['name'], part['input'])
            elif part['type'] == 'tool_result':
                yield Step('result', None, _text_of(part['content']))


class OpenCode:
    program = 'opencode'

    def start(self, place, base, prompt, goes_on):
        model = {'name': 'local', 'limit': {'context': 32768, 'output': 4096}}
        provider = {'npm': '@ai-sdk/openai-compatible', 'name': 'local', 'models': {'local': model},
                    'options': {'baseURL': base + '/v1', 'apiKey': 'local'}}
        config = os.path.join(place.home, 'opencode.json')
        with open(config, 'w') as out:
            json.dump({'$schema': 'https://opencode.ai/config.json', 'model': 'local/local',
                       'provider': {'local': provider}, 'permission': 'allow'}, out)
        arguments = ['run', '--format', 'json', *(['--continue'] if goes_on else []), prompt]
        return arguments, place.environment(
            OPENCODE_CONFIG=config, OPENCODE_DISABLE_AUTOUPDATE='1', OPENCODE_DISABLE_MODELS_FETCH='1',
            OPENCODE_DISABLE_LSP_DOWNLOAD='1')

    def steps(self, event):
        part = event.get('part', {})
        if event.get('type') == 'text':
            yield Step('text', None, part['text'])
        elif event.get('type') == 'tool_use':
            state = part['state']
            yield Step('call', part['tool'], state.get('input', {}))
            yield Step('result', None, str(state.get('output') or state.get('error') or ''))


class Codex:
    program = 'codex'

    def start(self, place, base, prompt, goes_on):
        home = os.path.join(place.home, '.codex')
        os.makedirs(home, exist_ok=True)
        with open(os.path.join(home, 'config.toml'), 'w') as out:
            out.write('model = "local"\nmodel_provider = "local"\nmodel_context_window = 32768\n'
                      f'[model_providers.local]\nname = "local"\nbase_url = "{base}/v1"\n'
                      'wire_api = "responses"\nenv_key = "LOCAL_KEY"\n')
        arguments = ['exec', *(['resume', '--last'] if goes_on else []), '--json',
                     '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt]
        return arguments, place.environment(LOCAL_KEY='local', CODEX_HOME=home)

    def steps(self, event):
        item = event.get('item', {})
        if event.get('type') != 'item.completed':
            return
        if item['type'] == 'agent_message':
            yield Step('text', None, item['text'])
        elif item['type'] == 'command_execution':
            yield Step('call', 'exec_command', {'cmd': item['command']})
            yield Step('result', None, item.get('aggregated_output', ''))
        elif item['type'] in ('file_change', 'mcp_tool_call'):
            yield Step('call', item['type'], {k: v for k, v in item.items() if k != 'type'})


AGENTS = {
    'claude-simple': Claude(CLAUDE_CODE_SIMPLE='1'),
    'claude-tools': Claude('--tools', 'Bash,Read,Edit,Write,Grep,Glob'),
    'claude-full': Claude(),
    'opencode': OpenCode(),
    'codex': Codex(),
}


def _stop(process, reasons, reason):
    if process.poll() is None and not reasons:
        reasons.append(reason)
        os.killpg(process.pid, signal.SIGKILL)


def play(agent, bin_folder, place, base, prompt, *, goes_on=False, seconds=240, calls_max=30,
         watch=lambda step: None):
    """One prompt, from start to end.  `watch` gets each step as it happens.

    An agent that calls more than `calls_max` tools or takes longer than `seconds` is ended, which
    is the outcome's trouble, as is an exit status other than 0.
    """
    arguments, environment = agent.start(place, base, prompt, goes_on)
    program = os.path.abspath(os.path.join(bin_folder, agent.program))
    steps, lines, reasons = [], [], []
    with subprocess.Popen([program, *arguments], cwd=place.project, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace',
                          start_new_session=True) as process:
        timer = threading.Timer(seconds, _stop, (process, reasons, f'not done in {seconds} s'))
        timer.start()
        for line in process.stdout:
            lines.append(line)
            try:
                event = json.loads(line)
            except ValueError:
                continue
            for step in agent.steps(event) if isinstance(event, dict) else ():
                steps.append(step)
                watch(step)
            if sum(step.kind == 'call' for step in steps) > calls_max:
                _stop(process, reasons, f'more than {calls_max} calls')
        timer.cancel()
    if process.returncode and not reasons:
        reasons.append(f'{agent.program} ended with status {process.returncode}')
    answer = ''
    for step in steps:  # what was said after the last call
        answer = answer + step.value + '\n' if step.kind == 'text' else ''
    return Outcome(steps, answer.strip(), '; '.join(reasons), ''.join(lines))
