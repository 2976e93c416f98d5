"""How people ask: forms with choices, and the small changes of wording that mean nothing.

`[one|two|]` in a form is a choice, also inside another choice; {name} is filled in afterwards, so
names and contents are never read as choices.
"""

import re

CHOICE = re.compile(r'\[([^\[\]]*)\]')
BEFORE = (
    'please |Please |can you |Can you |could you |Could you please |would you |I need you to |'
    'I want you to |I would like you to |we need to |let us |quickly |first |now |hey, |ok, |'
    'next, |go ahead and |help me: |your task: |then '
).split('|')
VERBS = frozenset(
    'add append attach build call change check copy correct count create delete display drop duplicate '
    'edit erase execute extend fill find fix generate get give grep have insert launch let list locate '
    'look make modify move open output place print produce put read record remove rename replace report '
    'rewrite run save search see set show start store substitute swap take tell try turn update use view '
    'write'.split()
)
AFTER = ' please|, please|, thanks| now| for me|. Thanks!|. Thank you| right away| here'.split('|')


def chosen(rng, form):
    while True:
        form, n = CHOICE.subn(lambda match: rng.choice(match[1].split('|')), form)
        if not n:
            return re.sub(' +', ' ', form).strip()


NAME_FIRST = '\0'  # marks a request that begins with a name, which keeps its case


def phrase(rng, forms, **values):
    form = chosen(rng, rng.choice(forms))
    return NAME_FIRST * form.startswith('{') + form.format(**values)


def quoted_name(rng, text):
    """A name as people write it: bare or in some quotes."""
    marks = ['"{}"', '`{}`', '"{}"', '“{}”' if rng.random() < 0.2 else "'{}'"]
    if "'" in text:
        marks = marks[:3]
    if ' ' not in text and text:
        marks = ['{}'] * 4 + marks[1:]
    return rng.choice(marks).format(text)


def worded(rng, forms, text, **values):
    """A phrase whose {t} is the text to be written: in quotes, or now and then bare at the end."""
    form = chosen(rng, rng.choice(forms))
    is_bare = form.endswith('{t}') and rng.random() < 0.45
    return NAME_FIRST * form.startswith('{') + form.format(
        t=text if is_bare else quoted_name(rng, text), **values
    )


def varied(rng, text, may_end=True):
    """Politeness, capitals and full stops; only where the text begins with a plain verb."""
    if text.startswith(NAME_FIRST):
        text = text[1:]
    elif text[:1].islower():
        is_plain = text.split()[0] in VERBS and not text.endswith(('?', '!'))
        if rng.random() < 0.3 and is_plain:
            text = rng.choice(BEFORE) + text
        elif rng.random() < 0.6:
            text = text[0].upper() + text[1:]
    if may_end and not text.endswith(('?', '!', '.', ':', ')')):
        roll = rng.random()
        if roll < 0.12:
            text += rng.choice(AFTER)
        elif roll < 0.4:
            text += '.'
    return text
