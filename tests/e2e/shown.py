"""What people are shown: commands to paste, and the demonstration."""
import os
import subprocess
import sys

from stage import HERE


def scenario_pasted_commands(stage):
    """What the server tells people to paste connects each client."""
    server = stage.server('==\nGreetings from the script.\n', '--welcome')
    with open(server.said) as said:
        commands = [line.strip() for line in said if line.startswith('    ')]
    endings = {'claude': " -p 'Hello'", 'opencode': " run 'Hello'", 'curl': ''}
    environment = stage.environment(CLAUDE_CODE_SIMPLE='1')  # the tokens here are short
    environment['PATH'] = stage.bin + os.pathsep + environment['PATH']
    for name, ending in endings.items():
        command, = [c for c in commands if c.startswith(name + ' ') or c.endswith(' ' + name)]
        done = subprocess.run(command + ending, shell=True, cwd=stage.project, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=240,
                              stderr=subprocess.STDOUT, text=True)
        assert 'Greetings from the script.' in done.stdout, (command, done.stdout)


def scenario_demo(stage):
    """The demonstration ends with status 0 when all files are right, and only then."""
    with open(os.path.join(HERE, 'demo.script')) as file:
        script = file.read()
    for text, status in (script, 0), (script.replace("Friday' >>", "Monday' >>"), 1):
        stage.write('script', text, stage.folder)
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, '..', 'ember', 'demo.py'), stage.hearth,
             stage.clients, '--', '--synthetic', 'tiny-qwen3', '--reasoning', 'off', '--replay',
             os.path.join(stage.folder, 'script')],
            timeout=500, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        stage.say(done.stdout[-3000:])
        assert done.returncode == status, done.returncode
