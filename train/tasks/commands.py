"""Commands and scripts that somebody may want to have run, and what they print."""

from tasks import words
from tasks.task import quoted

PROGRAMS = (
    'make|make {w}|npm run {w}|cargo test|git {w}|./{i}|{w} --{w} {w}|./{w}.sh {w}|git log --oneline|pytest -q|'
    'docker ps|du -sh {w}|df -h|uptime|node {i}.js|go run {w}.go|bash {i}.sh|python3 -m {w}|echo $HOME|'
    'sort {w}.txt|sort -u {i}.csv|grep -c {w} {w}.txt|cut -d, -f{n} {w}.csv|date +%Y|ls -a|find . -name {w}|'
    'sed -n {n}p {w}.txt|nl {w}.md|uniq {w}.log|cat {w} {w}|{w} {w}|{w}|{w} -{l} {w}|{w} -{l}{l} {w}.{w}|'
    "python3 -c 'print({n})'|echo $(({n}+{n}))|test -f {w}.txt; echo $?|{w} {w}/{i}.txt|file {i}|diff {w} {w}|"
    'tr a-z A-Z < {w}.txt|rev {i}.txt|basename {w}/{w}.txt|expr {n} + {n}|stat {w}|which {w}|env|id -u|hostname'
).split('|')


def some_output(rng):
    if rng.random() < 0.15:
        return ''
    return '\n'.join(words.sentence(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))


def some_program(task):
    rng = task.rng
    command = rng.choice(PROGRAMS)
    while '{' in command:
        value = {'w': words.word, 'i': words.identifier, 'n': words.number}
        value['l'] = lambda r: r.choice('abcdefhlnqrstvx')
        at = command.index('{')
        command = command[:at] + value[command[at + 1]](rng) + command[at + 3 :]
    task.world.outputs[command] = (some_output(rng), 0 if rng.random() < 0.8 else rng.randint(1, 3))
    return command


def command_of(task):
    rng = task.rng
    style = rng.randrange(5)
    if style == 0:
        return rng.choice(['pwd', 'whoami', 'date', 'uname', 'ls', f'seq {rng.randint(2, 9)}'])
    if style == 1:
        return f'echo {words.few(rng, 1, 4)}'
    if style in (2, 3):
        return some_program(task)
    path = words.path(rng)
    task.world.write(path, '\n'.join(words.prose(rng, rng.randint(1, 6))) + '\n')
    return rng.choice(
        ['wc -l {}', 'head -n 2 {}', 'tail -n 1 {}', 'wc -w {}', 'cat {}', 'head -1 {}']
    ).format(path)


def a_script(task):
    """The path of a script and the command that runs it."""
    rng = task.rng
    is_shell = rng.random() < 0.6
    path = words.path(rng, 'sh' if is_shell else 'py')
    command = f'{"sh" if is_shell else "python3"} {quoted(path)}'
    if rng.random() < 0.5:
        text = words.sentence(rng).replace('"', '')
        task.world.write(path, f'#!/bin/sh\necho "{text}"\n' if is_shell else f'print("{text}")\n')
    else:
        task.world.write(path, words.content(rng, 'sh' if is_shell else 'py') + '\n')
        task.world.outputs[command] = (some_output(rng), 0 if rng.random() < 0.85 else 1)
    return path, command
