"""A hearth server of one's own: on a free port, waited for, stopped, and started again."""
import atexit
import os
import re
import signal
import subprocess
import time


class Server:
    """Runs `hearth serve` with a log and a trace in `folder` until close().

    What one run remembers must not help the next, so nothing is kept on disk but where flags say so.
    """

    def __init__(self, hearth, folder, *flags):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.log = os.path.join(folder, 'log')
        if '--cache-dir' not in flags:
            flags += ('--no-disk-cache',)
        self.command = [hearth, 'serve', '--log-file', self.log, *flags]
        self.traces = []  # one for each start
        self.said = os.path.join(folder, 'stdout')
        self.port = 0
        atexit.register(Server.kill, self)  # whatever ends this program ends the server
        self.start()

    def start(self):
        """The first time on any free port, then on the same one: clients know no other."""
        self.traces.append(os.path.join(self.folder, f'trace-{len(self.traces)}.jsonl'))
        with open(self.said, 'w') as said:
            self.process = subprocess.Popen(
                [*self.command, '--port', str(self.port), '--trace', self.traces[-1]], stdout=said)
        try:
            n = len(self.traces)
            listening = r'.*listening on http://127\.0\.0\.1:(\d+)'
            self.port = int(self.wait_for('(?s)' + listening * n).group(n))
            self.wait_for('(?s)' + '.*model loaded' * n)
        except BaseException:
            Server.kill(self)
            raise
        self.base = f'http://127.0.0.1:{self.port}'

    def wait_for(self, pattern, seconds=120):
        """The match, once the log has one."""
        for _ in range(seconds * 20):
            found = re.search(pattern, self.read_log())
            if found:
                return found
            if self.process.poll() is not None:
                raise AssertionError(f'the server ended with status {self.process.returncode}')
            time.sleep(0.05)
        raise AssertionError(f'the log never said {pattern}')

    def read_log(self):
        if not os.path.exists(self.log):
            return ''
        with open(self.log) as log:
            return log.read()

    def turns(self):
        """(tokens of the prompt, of which reused) for each answer, in order."""
        found = re.findall(r'reused ([\d,]+) of ([\d,]+) tokens', self.read_log())
        return [(int(n_prompt.replace(',', '')), int(n_reused.replace(',', '')))
                for n_reused, n_prompt in found]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, 'the server did not drain'
