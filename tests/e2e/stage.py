"""A scenario's stage: a folder of its own, servers on a tiny model, and clients that talk to them.

Prompts are rendered, tokenised, computed and cached as always; only the choice of tokens is the
script's.  After each scenario the server's log is looked at as well: whatever went wrong there
and was not announced fails the scenario.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import streams

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import clients.server  # noqa: E402
from clients.agents import Place  # noqa: E402

TEMPLATE = os.path.join(HERE, 'short.jinja')


class Stage:
    """Where one scenario plays.  `said` is what it has to tell when it fails."""

    def __init__(self, hearth, folder, name):
        self.hearth = hearth
        self.bin = os.path.join(folder, 'node_modules', '.bin')
        self.clients = folder
        self.folder = os.path.join(folder, 'runs', name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.place = Place(self.folder)
        self.project, self.home = self.place.project, self.place.home
        self.said = []
        self.servers = []
        subprocess.run(['git', 'init', '-q', self.project], check=True)

    def say(self, text):
        self.said.append(text)

    def server(self, script, *flags, **options):
        return Server(self, script, *flags, **options)

    def path(self, name):
        return os.path.join(self.project, name)

    def file(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def write(self, name, text, folder=None):
        path = os.path.join(folder or self.project, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)

    def environment(self, **more):
        return self.place.environment(**{'TERM': 'xterm-256color', **more})

    def start(self, command, **environment):
        return subprocess.Popen(command, cwd=self.project, env=self.environment(**environment),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def run(self, command, timeout_s=480, **environment):
        """What the client printed, both streams; its exit status is the scenario's to judge."""
        process = self.start(command, **environment)
        try:
            out, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            self.say(out[-3000:])
            raise AssertionError(f'{command[0]} was not done after {timeout_s} s')
        self.say(f'$ {" ".join(command)}\n{out[-3000:]}')
        return out

    def close(self, has_failed):
        for server in self.servers:
            if has_failed:
                self.say(server.read_log())
            if has_failed:
                server.kill()
            elif server.process.poll() is None:
                server.close()
        if not has_failed:
            for server in self.servers:
                server.check_log()
                server.check_streams()


class Server(clients.server.Server):
    """hearth serve on a stage, its answers a script's.  `model`: a synthetic one's name, or a file."""

    def __init__(self, stage, script, *flags, model='tiny-qwen35', template=TEMPLATE,
                 complaints=()):
        folder = os.path.join(stage.folder, f'server-{len(stage.servers)}')
        os.makedirs(folder)
        stage.servers.append(self)
        self.complaints = list(complaints)  # patterns of log lines that are part of the scenario
        self.n_killed = 0
        if script is not None:  # else answers are sampled
            path = os.path.join(folder, 'script')
            with open(path, 'w') as out:
                out.write(script.replace('@PROJECT@', stage.project))
            flags += ('--replay', path)
        if template:
            flags += ('--chat-template-file', template)
        source = ('-m', model) if os.path.exists(model) else ('--synthetic', model)
        super().__init__(stage.hearth, folder, *source, *flags)

    def kill(self):
        self.n_killed += self.process.poll() is None
        super().kill()

    def settle(self, seconds=30):
        """Until every request read since the last start is over: a client may end before the last
        line about it is written, and leave requests behind whose end the server has yet to see."""
        def n_open():
            last = len(self.traces) - 1
            read = [entry for entry in self.traced('request') if entry['call'][0] == last]
            told = self.read_log().rpartition('listening on')[2]
            return len(read) - len(re.findall(r'^\S+ \S+ POST \S+ \d+ \d+ ms', told, re.M))

        end = time.time() + seconds
        while n_open() > 0 and self.process.poll() is None:
            assert time.time() < end, f'{n_open()} requests were not over after {seconds} s'
            time.sleep(0.1)

    def requests(self, path=None, client=None):
        """Requests in order of their ends, as the log tells them, once all are over."""
        self.settle()
        pattern = r'^\S+ \S+ (GET|HEAD|POST) (\S+) (\d+) (\d+) ms(.*)$'
        found = []
        for method, where, status, ms, rest in re.findall(pattern, self.read_log(), re.M):
            notes = dict(re.findall(r' (\w+)=("[^"]*"|\S+)', rest))
            counts = re.search(r'reused ([\d,]+) of ([\d,]+) tokens', rest)
            if counts:
                numbers = [int(number.replace(',', '')) for number in counts.groups()]
                notes['reused'], notes['prompt'] = numbers
                notes['computed'] = notes['prompt'] - notes['reused']
            for name in {'generated', 'prompt'} & set(notes):
                notes[name] = int(notes[name])
            notes.update(method=method, path=where, status=int(status), ms=int(ms), text=rest)
            if (not path or where == path) and (not client or notes.get('client') == client):
                found.append(notes)
        return found

    def traced(self, what):
        """Trace entries of a kind, in order: "request" (parsed), "prompt", "sampled", "answer"."""
        found = []
        for i_start, path in enumerate(self.traces):
            with open(path) as trace:
                for line in trace:
                    if not line.endswith('\n'):
                        break  # just being written
                    entry = json.loads(line)
                    if entry['what'] == what:
                        entry['call'] = (i_start, entry['call'])
                        if what == 'request':
                            entry['body'] = json.loads(entry['text'])
                        found.append(entry)
        return found

    def span_of(self, request):
        """When a traced request came and when its answer was over, or its reader gone."""
        self.settle()
        times = [e['time'] for e in self.traced('answer') + self.traced('sampled')
                 if e['call'] == request['call']]
        return request['time'], max(times)

    def n_pieces(self, path):
        return sum(entry['path'] == path for entry in self.traced('answer'))

    def wait_for_pieces(self, path, n, timeout_s=120):
        """Until so many pieces of answers went out: something is being said right now."""
        end = time.time() + timeout_s
        while self.n_pieces(path) < n:
            assert time.time() < end, f'{path} said nothing'
            time.sleep(0.1)

    def post(self, path, body, timeout_s=120):
        """Status and text of the answer."""
        headers = {'content-type': 'application/json', 'anthropic-version': '2023-06-01'}
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def check_log(self):
        for line in self.read_log().splitlines():
            if re.search(r' (error|failed)="| 5\d\d \d+ ms|aborted|ssert', line):
                if not any(re.search(pattern, line) for pattern in self.complaints):
                    raise AssertionError(f'the server said: {line}')


    def check_streams(self):
        """Every stream that went out was well formed; one without an end had lost its reader."""
        answers = {}
        for entry in self.traced('answer'):
            key = (entry['call'], entry['path'])
            answers[key] = answers.get(key, '') + entry['text']
        n_cut = 0
        for (_, path), text in answers.items():
            if path in streams.CHECKS and text.startswith(('event:', 'data:')):
                n_cut += streams.CHECKS[path](text).is_cut
        n_left = len(re.findall('client left', self.read_log())) + self.n_killed
        assert n_cut <= n_left, f'{n_cut} streams without an end, {n_left} readers left'


def check_reuse(turns, slack=0):
    """Each turn computes nothing that the turn before it had, its answer included."""
    for before, after in zip(turns, turns[1:]):
        known = before['prompt'] + before['generated'] - 1  # the last token was never computed
        assert after['reused'] >= known - slack, (before['text'], after['text'])


def overlap(first, second):
    """Whether two spans of time do."""
    return first[0] < second[1] and second[0] < first[1]


def in_background(run, *arguments):
    """Runs a function on a thread; join() of the result gives its value or raises its error."""
    result = {}

    def work():
        try:
            result['value'] = run(*arguments)
        except BaseException as error:  # handed to whoever joins
            result['error'] = error

    thread = threading.Thread(target=work)
    thread.start()

    def join():
        thread.join()
        if 'error' in result:
            raise result['error']
        return result['value']

    return join


def call(name, **arguments):
    """A tool call as the model of these stages writes it."""
    text = ''
    for key, value in arguments.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        text += f'<parameter={key}>\n{shown}\n</parameter>\n'
    return f'<tool_call>\n<function={name}>\n{text}</function>\n</tool_call>'


def hermes_call(name, **arguments):
    """The same as models write it that have no form of their own."""
    return f'<tool_call>\n{json.dumps({"name": name, "arguments": arguments})}\n</tool_call>'
