"""The sets of sixty tasks: which there are, and drawing from them.

'dev' and 'dev-3' are for looking at what goes wrong while a model is made; '1' was held out, until its phrasings
were read; '2' is a blind examination and only counts (see set_2.py).
"""
import set_1
import set_2
import set_3

SETS = {
    'dev': lambda i, seed: set_1.draw(i, seed, 'dev'),
    'dev-rare': lambda i, seed: set_1.draw(i, seed, 'dev', 'rare'),
    '1': set_1.draw,
    '1-rare': lambda i, seed: set_1.draw(i, seed, words='rare'),
    '2': set_2.draw,
    'dev-3': set_3.draw,
}
BLIND = ('2',)
PER_FAMILY = 6


def draw_tasks(n, seed, name):
    """The first n tasks of a seed, going round the families."""
    return [SETS[name](i, seed) for i in range(n)]
