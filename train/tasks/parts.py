"""Single things to ask for, which make a request alone or together with others.

A part is (request, whether a full stop may follow, do).  do() acts and returns a function that says
the closing words, for when nothing follows.
"""

import posixpath

from tasks import asks, words
from tasks.phrases import phrase, quoted_name as q, worded
from tasks.task import place, short_text, write_command


def part_create(task, path=None):
    rng = task.rng
    is_given = path is not None
    path = path or place(task, words.path(rng))
    if '/' in path and rng.random() < 0.6:
        task.world.folders.add(posixpath.dirname(task.world.full(path)))
    if rng.random() < 0.68 or is_given:
        text = short_text(rng)
        ask = worded(rng, asks.CREATE, text, p=q(rng, path))
    else:
        text = words.content(rng, path.split('.')[-1]).lstrip('\n')
        fence = '```' if rng.random() < 0.3 and '```' not in text else ''
        ask = phrase(
            rng, asks.CREATE_LONG, p=q(rng, path), b=f'{fence}\n{text}\n{fence}' if fence else text
        )

    def do():
        task.write(path, text)
        task.wants_file(path, text)
        return lambda: task.say(f'Created {path}.')

    return ask, not ask.endswith(text), do, path, text


def part_append(task, path, shown=None):
    rng = task.rng
    text = short_text(rng)
    ask = worded(rng, asks.APPEND, text, p=shown or q(rng, path))
    old = task.world.files.get(task.world.full(path), '')

    def do():
        old = task.world.files.get(task.world.full(path), '')
        if task.has_shell():
            task.run(write_command(path, text, '>>'))
        else:
            last = old.rstrip('\n').split('\n')[-1]
            task.use('read', path=path)
            task.use('edit', path=path, old=last, new=f'{last}\n{text}')
        task.wants_file(path, f'{old}{text}')
        return lambda: task.say(f'Added the line to {path}.')

    return ask, not ask.endswith(text), do


def part_read(task, path, forms=asks.READ):
    ask = phrase(task.rng, forms, p=q(task.rng, path))

    def do():
        result = task.read(path)
        return lambda: task.report(result, result.split('\n')[0])

    return ask, True, do


def part_replace(task, path, old, name=None):
    rng = task.rng
    new = words.value(rng) if rng.random() < 0.2 else words.few(rng, 1, 3)
    if rng.random() < 0.15:
        new = words.note(rng)
    while new == old or old in new:
        new = words.few(rng, 1, 2)
    shown = q(rng, old)
    ask = phrase(rng, asks.REPLACE, p=name or q(rng, path), o=shown, n=q(rng, new))
    # "substitute a for b" would turn the order round
    if ask.startswith(('substitute', 'replace', 'swap')):
        ask = ask.replace(f'{shown} for ', f'{shown} with ', 1)

    def do():
        text = task.world.files.get(task.world.full(path), '')
        task.replace(path, old, new)
        task.wants_file(path, text.replace(old, new))
        return lambda: task.say(f'Replaced {old} with {new} in {path}.')

    return ask, True, do, new
