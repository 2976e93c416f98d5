"""A hearth server of one's own: on a free port, waited for, stopped."""
import atexit
import os
import re
import signal
import subprocess
import sys
import time


class Server:
    """Runs `hearth serve` with a log and a trace in `folder` until close().

    What one run remembers must not help the next, so nothing is kept on disk but where flags say so.
    """

    def __init__(self, hearth, folder, *flags):
        os.makedirs(folder, exist_ok=True)
        self.log = os.path.join(folder, 'log')
        self.trace = os.path.join(folder, 'trace.jsonl')
        if '--cache-dir' not in flags:
            flags += ('--no-disk-cache',)
        self.said = os.path.join(folder, 'stdout')
        with open(self.said, 'w') as said:
            self.process = subprocess.Popen(
                [hearth, 'serve', '--port', '0', '--log-file', self.log, '--trace', self.trace,
                 *flags], stdout=said)
        # Whatever ends this program ends the server.
        atexit.register(self.kill)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            self.port = int(self.wait_for(r'listening on http://127\.0\.0\.1:(\d+)'))
            self.wait_for(r'(model loaded)')
        except BaseException:
            self.kill()
            raise
        self.base = f'http://127.0.0.1:{self.port}'

    def wait_for(self, pattern, seconds=20):
        for _ in range(seconds * 20):
            found = re.search(pattern, self.read_log())
            if found:
                return found.group(1)
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
