"""Names, words and contents that were never written before.

Everything a task copies (paths, words, lines, values) is drawn from here, so that nothing can be
learned by heart: what is left to learn is where to copy from.
"""

ONSETS = (
    'b br c ch cl cr d dr f fl g gl gr h j k kl l m n p pl pr qu r s sc sh sk sl sp st str t th '
    'tr v w wh y z'
).split()
VOWELS = 'a e i o u ai ea ee ie oa oo ou'.split()
CODAS = [
    '',
    '',
    '',
    'b',
    'ck',
    'd',
    'ft',
    'g',
    'l',
    'lt',
    'm',
    'mp',
    'n',
    'nd',
    'ng',
    'nk',
    'nt',
    'p',
    'r',
    'rd',
    'rk',
    'rn',
    'rt',
    's',
    'sh',
    'st',
    't',
    'th',
    'x',
]
COMMON = (
    'alpha amber apple arrow autumn badge bank basic beacon berry birch blue board bread bridge '
    'bright brook cabin cable camera candle canvas carbon castle cedar chart cherry circle city '
    'clear cloud coast cobalt color copper coral corner cotton crane crystal current daily dawn '
    'delta desert dragon dream eagle early east echo ember engine event fabric falcon feather '
    'field final first flame flower forest fox frame frost garden gentle giant ginger glass '
    'gold grain grape green grey guard guide hammer harbor hazel heart hill honey house ice '
    'index indigo iron island ivory jade journal jungle kettle key kind king lake lamp laser '
    'layer leaf lemon level light lily linen lion list local logic lunar maple marble market '
    'matrix meadow metal mint mirror moon morning moss mountain music needle nest night noble '
    'north nova number ocean old olive onion open orange orbit order otter owl page paint paper '
    'peach pearl pepper piano pine pixel planet plum point pond prime pulse purple quartz queen '
    'quick quiet rabbit radar rain rapid raven record red report river robin rocket root rose '
    'round ruby salt sand scale sea season second shadow shell signal silent silver simple sky '
    'small smoke snow socket solar song south spark spice spring square stable star station '
    'steel stone storm stream street summer sun swift table tango tea teal tiger timber total '
    'tower trail train tree tulip turtle union valley value velvet violet vivid walnut warm '
    'water wave west wheat white wild willow wind window winter wolf wood yellow zebra zinc'
).split()
EXTENSIONS = (
    'txt md c h py js ts json yml yaml toml ini cfg conf sh html css csv log rs go java rb '
    'sql xml env'
).split()
FOLDERS = (
    'src lib docs data test tests config app notes scripts include assets build tools '
    'internal pkg cmd etc logs web static'
).split()
KEYS = (
    'name version port host timeout retries owner color size level mode user theme language limit '
    'region author title license path cache workers backend format status priority budget '
    'channel interval threads address currency depth'
).split()
FIRST_NAMES = (
    'Ada Alan Amir Anna Ben Carla Chen Dana Eva Farid Grace Hana Ivan Jane Kofi Lena Mira '
    'Nina Omar Paul Rosa Sven Tara Uma Vera Wen Yuki Zoe'
).split()


def invented(rng, n_min=1, n_max=3):
    return ''.join(
        rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)
        for _ in range(rng.randint(n_min, n_max))
    )


PIECES = []  # the vocabulary's own pieces, where it is known: each is to be copied now and then
PLAIN = []  # words of documentation, where there is some: they are spelled as people's words are


def pieced(rng):
    """A word as rare ones are spelled: pieces of the vocabulary, mostly of lower-case letters."""
    n, pieces = rng.choice([1, 1, 2, 2, 2, 3]), []
    while len(pieces) < n:
        piece = rng.choice(PIECES)
        if piece.islower() or rng.random() < 0.1:
            pieces.append(piece)
    return ''.join(pieces)


def word(rng):
    """One word, mostly of lower-case letters: common, plain, invented, or of pieces."""
    roll = rng.random()
    if PLAIN and roll < 0.25:
        return rng.choice(PLAIN)
    if PIECES and roll < 0.72:
        return pieced(rng)
    return rng.choice(COMMON) if roll < 0.75 else invented(rng, 1, 2)


def few(rng, n_min=1, n_max=3):
    return ' '.join(word(rng) for _ in range(rng.randint(n_min, n_max)))


def cased(rng, text):
    roll = rng.random()
    return text.capitalize() if roll < 0.15 else text.upper() if roll < 0.22 else text


def identifier(rng):
    parts = [word(rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    style = rng.randrange(4)
    if rng.random() < 0.12:
        parts.append(rng.choice(['{}', 'v{}', '0{}', '20{}', 'part{}']).format(rng.randint(1, 39)))
    elif rng.random() < 0.06:
        return rng.choice('_-').join(parts).upper()
    if style == 0:
        return '_'.join(parts)
    if style == 1:
        return parts[0] + ''.join(part.capitalize() for part in parts[1:])
    if style == 2:
        return '-'.join(parts)
    return ''.join(part.capitalize() for part in parts)


def number(rng):
    return str(
        rng.choice(
            [
                rng.randint(0, 9),
                rng.randint(10, 99),
                rng.randint(100, 9999),
                rng.randint(10000, 10**7),
            ]
        )
    )


def token(rng):
    """An odd string that can only be copied: a hash, a code, a mix."""
    style = rng.choice([0, 1, 1, 2, 3])
    if style == 0:
        return ''.join(rng.choice('0123456789abcdef') for _ in range(rng.randint(6, 16)))
    if style == 1:
        return f'{word(rng).upper()}-{number(rng)}'
    if style == 2:
        return ''.join(
            rng.choice('abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789')
            for _ in range(rng.randint(5, 12))
        )
    return f'{word(rng)}{number(rng)}{word(rng)}'


def value(rng):
    roll = rng.random()
    if roll < 0.3:
        return number(rng)
    if roll < 0.4:
        return f'{rng.randint(0, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 20)}'
    if roll < 0.5:
        return rng.choice(FIRST_NAMES) + (
            ' ' + invented(rng).capitalize() if rng.random() < 0.5 else ''
        )
    if roll < 0.6:
        return f'{invented(rng)}.{rng.choice(["org", "net", "local", "dev"])}'
    if roll < 0.7:
        return spoken(rng)
    return token(rng) if roll < 0.8 else word(rng)


def spoken(rng):
    """A word or what stands among words in notes: names, times, dates, sums, marks."""
    roll = rng.randrange(100)
    if roll < 50:
        return word(rng)
    if roll < 58:
        return name(rng)
    if roll < 64:
        return number(rng)
    if roll < 78:
        n, m = rng.randint(0, 59), rng.randint(1, 28)
        return rng.choice(
            [
                f'{n % 24}:{n:02}',
                f'{n % 24:02}:{n:02}',
                f'{rng.randint(1990, 2031)}-{n % 12 + 1:02}-{m:02}',
                f'{m}.{n % 12 + 1}.{rng.randint(1990, 2031)}',
                f'{m} {rng.choice(MONTHS)}',
                f'{rng.choice(MONTHS)} {m}',
                f'{n * m}.{n:02}',
                rng.choice('$€£') + f'{n * m}' + rng.choice(['', f'.{n:02}']),
                f'{n}%',
                f'{m} %',
                f'v{n % 10}.{m}',
                f'{n % 10}.{m}.{n % 7}',
                rng.choice('ABCDEFGHKLMNPRSTUVW') + str(n * m),
                f'#{n * m}',
                f'{m}x',
                f'{n}{rng.choice(["kg", "km", "cm", "h", "min", "st", "th", "l", "GB", "ms"])}',
            ]
        )
    if roll < 83:
        return word(rng) + "'s" if rng.random() < 0.4 else rng.choice(SHORTENED)
    if roll < 88:
        return rng.choice(['({})', '({} {})', '[{}]', '*{}*', '<{}>', '_{}_', '{}...']).format(
            word(rng), word(rng)
        )
    if roll < 94:
        return rng.choice(['{}/{}', '{}-{}', '{}+{}', '{}={}', '{}_{}', '{}@{}', '{}.{}']).format(
            word(rng), word(rng)
        )
    if roll < 97:
        return rng.choice(['Mr. ', 'Prof. ', 'St. ', 'No. ', 'Frau ', 'Mx ', 'Sir ']) + name(rng)
    return rng.choice(
        [
            f'{word(rng)}@{word(rng)}.org',
            f'https://{word(rng)}.net/{word(rng)}',
            f'{word(rng)}/{word(rng)}.txt',
            f'/{word(rng)}/{word(rng)}',
            f'-{word(rng)}',
            f'--{word(rng)}',
        ]
    )


def name(rng):
    return rng.choice(FIRST_NAMES) if rng.random() < 0.5 else invented(rng).capitalize()


MONTHS = 'Jan Feb Mar Apr May Jun Jul Sept Oct Nov Dec'.split()
SHORTENED = (
    "it's we're isn't I'll they've can't won't that's I'm you'd o'clock let's didn't".split()
)
JOINTS = [' '] * 14 + [', '] * 4 + [': '] * 3 + '. | - | & |; | + | = | / | -> |? |! '.split('|')


def note(rng, n_min=1, n_max=6):
    """A line as people jot it down."""
    text = spoken(rng)
    for _ in range(rng.randint(n_min, n_max) - 1):
        text += rng.choice(JOINTS) + spoken(rng)
    if rng.random() < 0.4:
        text = text[0].upper() + text[1:]
    return text + rng.choice(['', '', '', '', '.', '.', '!', '?'])


def sentence(rng, n_min=2, n_max=6):
    if rng.random() < 0.45:
        return note(rng, n_min, n_max)
    words = [word(rng) for _ in range(rng.randint(n_min, n_max))]
    if rng.random() < 0.15:
        words[rng.randrange(len(words))] = number(rng)
    text = ' '.join(words)
    if rng.random() < 0.5:
        text = text[0].upper() + text[1:] + rng.choice('...!?')
    return text


def file_name(rng, extension=None):
    extension = extension or rng.choice(EXTENSIONS)
    if extension not in ('py', 'sh') and rng.random() < 0.2:  # an ending, too, is to be copied
        extension = word(rng)[:6].lower()
    stem = (
        identifier(rng)
        if rng.random() < 0.8
        else rng.choice(
            [
                'main',
                'README',
                'notes',
                'index',
                'config',
                'test',
                'todo',
                'hello',
                'server',
                'utils',
            ]
        )
    )
    if rng.random() < 0.06:
        stem = rng.choice(['{}.{}', '{}.{}', '{}_{}', '{}{}', '.{}']).format(stem, word(rng))
    return f'{stem}.{extension}' if rng.random() < 0.96 else stem


def path(rng, extension=None):
    """A relative path, mostly without folders."""
    n_folders = rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 2])
    folders = [
        rng.choice(FOLDERS) if rng.random() < 0.6 else identifier(rng) for _ in range(n_folders)
    ]
    return '/'.join([*folders, file_name(rng, extension)])


def cwd(rng):
    user = rng.choice([word(rng), invented(rng), rng.choice(FIRST_NAMES).lower(), 'dev'])
    root = rng.choice(
        [
            f'/home/{user}',
            f'/Users/{user}',
            '/work',
            '/workspace',
            '/tmp',
            '/srv',
            f'/home/{user}/{word(rng)}',
            '/root',
            f'/tmp/{token(rng)}',
        ]
    )
    return f'{root}/{identifier(rng)}' if rng.random() < 0.9 else root


def code_lines(rng, extension):
    name, other = identifier(rng).replace('-', '_'), identifier(rng).replace('-', '_')
    text = sentence(rng)
    n, m = rng.randint(0, 99), rng.randint(2, 9)
    if extension == 'py':
        return rng.choice(
            [
                [f'def {name}({other}):', f'    return {other} * {m}', '', f'print({name}({n}))'],
                [f'{name} = {n}', f'print("{text}")'],
                [
                    'import sys',
                    '',
                    f'{name} = "{value(rng)}"',
                    f'for {other} in range({m}):',
                    f'    print({name})',
                ],
            ]
        )
    if extension in ('c', 'h'):
        return [
            '#include <stdio.h>',
            '',
            f'int {name}(int {other})',
            '{',
            f'    return {other} + {n};',
            '}',
            '',
            'int main(void)',
            '{',
            f'    printf("%d\\n", {name}({m}));',
            '    return 0;',
            '}',
        ][: rng.choice([6, 12])]
    if extension in ('js', 'ts'):
        return [
            f'const {name} = {n};',
            f'function {other}() {{',
            f'    return {name} + {m};',
            '}',
            f'console.log({other}());',
        ]
    if extension == 'sh':
        return ['#!/bin/sh', f'echo "{text}"']
    if extension in ('json',):
        return ['{', f'  "{name}": "{value(rng)}",', f'  "{other}": {n}', '}']
    return None


def settings(rng, n=None):
    """Lines like `port = 8080`, with what they say: [(line, key, value)]."""
    keys = rng.sample(KEYS, n or rng.randint(2, 7))
    keys = [key if rng.random() < 0.5 else rng.choice(['', f'{key}_']) + word(rng) for key in keys]
    mark = rng.choice(['=', ' = ', ': ', ': '])
    return [(f'{key}{mark}{v}', key, v) for key in keys for v in [value(rng)]]


def table(rng):
    """Lines of as many fields, the first of which differ."""
    mark = rng.choice([',', ',', ';', ' - ', ': ', ', ', ' | '])
    n_fields, n_lines = rng.randint(2, 4), rng.randint(2, 5)
    return [
        mark.join(rng.choice([word, name, number, value])(rng) for _ in range(n_fields))
        for _ in range(n_lines)
    ]


def prose(rng, n_lines):
    return [sentence(rng) if rng.random() < 0.88 else '' for _ in range(n_lines - 1)] + [
        sentence(rng)
    ]


def content(rng, extension=None, n_lines=None):
    """The text of a file, without a last newline."""
    lines = code_lines(rng, extension) if rng.random() < 0.8 else None
    if lines is None:
        roll = rng.random()
        if roll < 0.35:
            lines = [line for line, _, _ in settings(rng)]
        elif roll < 0.42:
            lines = table(rng)
        elif roll < 0.5 and extension in (None, 'md', 'txt'):
            lines = [f'# {sentence(rng, 1, 3)}', '', *prose(rng, rng.randint(1, 5))]
        else:
            lines = prose(rng, n_lines or rng.choice([1, 1, 2, 3, 4, 6]))
    return '\n'.join(lines)
