"""Whole conversations, each a function of its number: sample(seed, i, length).

The same number always gives the same conversation, so training can stop and resume anywhere,
workers need not talk to each other, and held-out conversations are those of another seed.
"""

import random

from tasks import filler, words
from tasks.clients import Client
from tasks.families import FAMILIES
from tasks.task import Task
from tasks.world import World

TRAIN, HELD_OUT = 'train', 'held-out'


def fits(client, needs):
    return all(any(client.has(role) for role in need.split('|')) for need in needs)


def draw_family(rng, client, without=()):
    names = [
        name
        for name, (_, needs, _) in FAMILIES.items()
        if name not in without and fits(client, needs)
    ]
    return rng.choices(names, [FAMILIES[name][0] for name in names])[0]


def date(rng):
    weekday = rng.choice(['Mon', 'Tue', 'Wed', 'Thu', 'Fri'])
    month, day = rng.choice(['Jan', 'Feb', 'Mar', 'Apr', 'May']), rng.randint(1, 28)
    hour, minute, year = rng.randint(0, 23), rng.randint(0, 59), rng.randint(2023, 2029)
    return f'{weekday} {month} {day} {hour:02}:{minute:02}:00 UTC {year}'


def draw_task(rng, family=None, budget=0, without_shell=0.1, others=20):
    """A task whose first request is of `family` (drawn if None), not yet begun."""
    world = World(words.cwd(rng))
    world.outputs['user'] = words.word(rng)
    world.date = date(rng)
    while True:
        client = Client(rng, world, budget, without_shell, others)
        if family is None or fits(client, FAMILIES[family][1]):
            return Task(rng, client)


def conversation_of(task, length):
    system = getattr(task, 'title_system', None) or task.client.system(length)
    return {'system': system, 'tools': task.client.tools, 'messages': task.messages}


def sample(seed, i, system=2000, family=None, others=20, more=2, without_shell=0.1):
    """A conversation with about `system` characters of system prompt, at most `others` tools that
    are not needed, of one request and at most `more`."""
    rng = random.Random(f'{seed}/{i}/{family}')
    task = draw_task(rng, family, system, without_shell, others)
    first = family or draw_family(rng, task.client)
    FAMILIES[first][2](task)
    if not FAMILIES[first][1] and rng.random() < 0.4:
        task.client.tools = []  # words need none
    n_more = min(more, rng.choice([0, 0, 0, 1, 2])) if task.client.tools else 0
    for _ in range(n_more):
        FAMILIES[draw_family(rng, task.client, ('title', 'without_tools'))][2](task)
    size = int(system * rng.random() ** 2) if rng.random() > 0.15 else 0
    return conversation_of(task, size)


def training_texts(n):
    """What the vocabulary is learned from: conversations and documentation."""
    from chat import stretches

    for i in range(n):
        yield from (
            text
            for text, is_markup, _ in stretches(sample(TRAIN, f'vocabulary/{i}', 1500))
            if not is_markup
        )
        yield '<function= <parameter= >\n\n</parameter>\n</function>\n'
    # Plain English by half: what people call things is to be spelled in few pieces.
    rng = random.Random('vocabulary')
    for _ in range(n // 2):
        yield filler.passage(rng, 3000)
