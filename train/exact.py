"""How many held-out conversations Ember would word exactly: each learned token its first choice.

Teacher-forced, so it is quick and can be watched during training; evaluate.py lets it act.
"""

import torch

from chat import stretches
from tasks import words
from tasks.families import FAMILIES
from tasks.sample import HELD_OUT, sample
from tokenizer import Tokenizer


class Exact:
    def __init__(self, tokenizer_path, stage, device, n_each=12):
        self.tokenizer, self.device, self.rows = Tokenizer.load(tokenizer_path), device, {}
        pieces, words.PIECES[:] = list(words.PIECES), self.tokenizer.pieces()
        draw = {key: stage[key] for key in ('others', 'without_shell') if key in stage}
        for family in FAMILIES:
            self.rows[family] = [self.row(family, i, draw) for i in range(n_each)]
        words.PIECES[:] = pieces

    def row(self, family, i, draw):
        one = sample(HELD_OUT, f'exact/{i}', 300, family, more=0, **draw)
        ids, learned = self.tokenizer.encode_stretches(stretches(one))
        return torch.tensor(ids), torch.tensor(learned)

    @torch.no_grad()
    def shares(self, model):
        return {family: self.share(model, rows) for family, rows in self.rows.items()}

    def share(self, model, rows):
        size = max(len(ids) for ids, _ in rows)
        tokens = torch.zeros(len(rows), size, dtype=torch.long)
        learned = torch.zeros(len(rows), size, dtype=torch.bool)
        for i, (ids, flags) in enumerate(rows):
            tokens[i, : len(ids)], learned[i, : len(ids)] = ids, flags
        tokens, learned = tokens.to(self.device), learned.to(self.device)[:, 1:]
        hidden = model.hidden(tokens)[:, :-1]
        right = torch.ones_like(learned)
        choices = (hidden[learned] @ model.token_embd.weight.T).argmax(-1)
        right[learned] = choices == tokens[:, 1:][learned]
        return right.all(1).float().mean().item()
