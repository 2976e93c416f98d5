"""Rows of packed conversations, made while training runs.

Row r of a stage is a function of (seed, stage, r): workers draw conversations into it until it is
full. A conversation too long for what is left begins the next row of its own accord (it is drawn
anew), so rows end in padding, which is a segment of its own and never learned.
"""

import torch
from torch.utils.data import DataLoader, Dataset

from chat import stretches
from tasks import filler, words
from tasks.sample import TRAIN, sample
from tokenizer import Tokenizer

N_FAILURES_MAX = 16  # conversations in a row that did not fit: the row is full


class RowSet(Dataset):
    def __init__(self, tokenizer_path, seed, stage, i_stage, first, n_rows):
        self.path, self.tokenizer = tokenizer_path, None
        self.seed, self.stage, self.i_stage, self.first, self.n_rows = (
            seed,
            stage,
            i_stage,
            first,
            n_rows,
        )

    def __len__(self):
        return self.n_rows

    def __getitem__(self, i):
        if self.tokenizer is None:
            self.tokenizer = Tokenizer.load(self.path)
            words.PIECES[:] = self.tokenizer.pieces()
            words.PLAIN[:] = filler.plain_words()
        return make_row(
            self.tokenizer,
            f'{TRAIN}/{self.seed}/{self.i_stage}/{self.first + i}',
            self.stage,
        )


def make_row(tokenizer, name, stage):
    """(tokens, segments, learned), each [stage['row']]."""
    size = stage['row']
    names = ('system', 'others', 'more', 'without_shell')
    draw = {key: stage[key] for key in names if key in stage}
    ids, segments, learned = [], [], []
    n_failures = i = n_segments = 0
    while n_failures < N_FAILURES_MAX and size - len(ids) > 64:
        one, flags = tokenizer.encode_stretches(stretches(sample(name, i, **draw)))
        i += 1
        if len(one) > size - len(ids):
            n_failures += 1
            continue
        n_failures = 0
        ids += one
        learned += flags
        segments += [n_segments] * len(one)
        n_segments += 1
    n_left = size - len(ids)
    return (
        torch.tensor(ids + [tokenizer.end] * n_left),
        torch.tensor(segments + [n_segments] * n_left),
        torch.tensor(learned + [False] * n_left),
    )


def batches(tokenizer_path, config, i_stage, first_step, seed, n_workers, others):
    """The batches of a stage from a step on: (tokens, segments, learned), each [rows, size]; of the
    rows of a step the part that this one of the `others` processes learns from."""
    stage = config['stages'][i_stage]
    n_rows = max(1, stage['tokens_per_step'] // stage['row'] // others.n)
    rows = RowSet(
        tokenizer_path,
        f'{seed}.{others.rank}' if others.rank else seed,
        stage,
        i_stage,
        first_step * n_rows,
        (stage['steps'] - first_step) * n_rows,
    )
    return DataLoader(
        rows,
        batch_size=n_rows,
        num_workers=n_workers,
        persistent_workers=False,
        prefetch_factor=4 if n_workers else None,
    )
