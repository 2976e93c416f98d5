"""A terminal for a client that wants one: a pty whose screen is read as text."""
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import fcntl

ESCAPE, ENTER, CONTROL_C = '\x1b', '\r', '\x03'
STEPS = re.compile(r'\x1b\[(\d*)C')  # the cursor steps over what is blank
MARKS = re.compile(r'\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|'
                   r'\x1b[()][A-Z0-9]|\x1b[=>78]')


class Terminal:
    def __init__(self, stage, command, **environment):
        self.stage = stage
        self.bytes = b''
        self.n_seen = 0  # of the text: expect() looks behind what it found before
        self.fd, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 140, 0, 0))
        self.process = subprocess.Popen(
            command, cwd=stage.project, env=stage.environment(**environment), stdin=inner,
            stdout=inner, stderr=inner, start_new_session=True)
        os.close(inner)

    def text(self):
        text = self.bytes.decode(errors='replace')
        text = STEPS.sub(lambda m: ' ' * int(m.group(1) or 1), text)
        return MARKS.sub('', text)

    def _read(self, timeout_s):
        ready, _, _ = select.select([self.fd], [], [], timeout_s)
        if not ready:
            return
        try:
            self.bytes += os.read(self.fd, 65536)
        except OSError:  # the other side is closed
            time.sleep(timeout_s)

    def expect(self, pattern, timeout_s=180):
        """Waits for a pattern, behind what was found before."""
        end = time.time() + timeout_s
        while time.time() < end:
            text = self.text()
            found = re.search(pattern, text[self.n_seen:])
            if found:
                self.n_seen += found.end()
                return found
            self._read(0.1)
        self.stage.say(self.text()[-4000:])
        raise AssertionError(f'the screen never showed {pattern}')

    def rest(self, duration_s):
        """Goes on reading, so that the client can go on writing."""
        end = time.time() + duration_s
        while time.time() < end:
            self._read(0.05)

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def type(self, text):
        """Types a line as a person would: the client takes a burst of keys for pasted text."""
        for key in text:
            self.send(key)
            self.rest(0.01)
        self.rest(0.3)
        self.send(ENTER)

    def close(self, timeout_s=60):
        """The exit status of a client that was told to end."""
        end = time.time() + timeout_s
        while self.process.poll() is None and time.time() < end:
            self._read(0.1)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.stage.say(self.text()[-4000:])
            raise AssertionError('the client did not end')
        os.close(self.fd)
        return self.process.returncode
