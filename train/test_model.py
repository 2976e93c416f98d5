"""The mathematics: chunks equal single steps, conversations in one row do not meet, files agree."""

import copy
import json

import torch

from data import make_row

TOKENS = [5, 99, 300, 7, 7, 401, 12, 630, 1, 2, 3, 250] * 12


def test_steps_equal_chunks(model):
    tokens = torch.tensor([TOKENS])
    with torch.no_grad():
        whole, caches = model(tokens), model.new_cache()
        parts = [model(tokens[:, :70], caches=caches)]
        parts += [model(tokens[:, i : i + 1], caches=caches) for i in range(70, len(TOKENS))]
    assert (torch.cat(parts, 1) - whole).abs().max() < 1e-3


def test_delta_rule_is_the_recurrence():
    from model import delta_rule

    torch.manual_seed(3)
    q, k, v = (torch.randn(1, 2, 128, 8) for _ in range(3))
    k = k / k.norm(dim=-1, keepdim=True)
    g, beta = -torch.rand(1, 2, 128), torch.rand(1, 2, 128)
    out, last = delta_rule(q, k, v, g, beta, torch.zeros(1, 2, 8, 8))
    for h in range(2):
        state = torch.zeros(8, 8)
        for t in range(128):
            state = state * g[0, h, t].exp()
            r = beta[0, h, t] * (v[0, h, t] - state.T @ k[0, h, t])
            state = state + torch.outer(k[0, h, t], r)
            assert torch.allclose(state.T @ q[0, h, t], out[0, h, t], atol=1e-4)
        assert torch.allclose(state, last[0, h], atol=1e-4)


def test_conversations_of_a_row_do_not_meet(model):
    one, two = torch.tensor([TOKENS[:50]]), torch.tensor([TOKENS[3:100]])
    segments = torch.tensor([[0] * 50 + [1] * 97])
    with torch.no_grad():
        row = model(torch.cat([one, two], 1), segments)
        assert (row[:, :50] - model(one)).abs().max() < 1e-3
        assert (row[:, 50:] - model(two)).abs().max() < 1e-3


def test_rows_can_be_made_again(tokenizer):
    first, again = (make_row(tokenizer, 'x/3', {'row': 1024, 'system': 200}) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, again))
    tokens, segments, learned = first
    assert len(tokens) == 1024 and 0 < learned.sum() < 700 and segments.max() > 0


def logprobs(hearth, path):
    ids = ','.join(map(str, TOKENS))
    shown = json.loads(
        hearth(
            'eval', path, '--logprobs', '--tokens', ids, '--positions', '0,5,64,-1', '--top', '640'
        )
    )
    return shown["logprobs_after"]


def distances(model, shown):
    """How far apart the log-probabilities are, of tokens that are not hopeless."""
    with torch.no_grad():
        ours = model(torch.tensor([TOKENS]))[0].log_softmax(-1)
    return torch.tensor(
        [
            abs(ours[int(place), token].item() - logp)
            for place, row in shown.items()
            for token, logp in row
            if logp > -12
        ]
    )


def in_eight_bits(model):
    """A copy whose matrices went through Q8_0."""
    import numpy as np
    import gguf

    copy_of = copy.deepcopy(model)
    for p in copy_of.parameters():
        if p.ndim >= 2 and p.shape[-1] % 32 == 0:
            blocks = np.frombuffer(
                gguf.q8_0(p.detach().numpy()), [('scale', '<f2'), ('items', 'i1', 32)]
            )
            numbers = blocks['scale'][:, None].astype(np.float32) * blocks['items']
            p.data = torch.tensor(numbers).view_as(p)
    return copy_of


def test_engine_agrees_in_f32(model, files, hearth):
    assert distances(model, logprobs(hearth, files['f32'])).max() < 1e-3


def test_engine_agrees_in_q8_0(model, files, hearth):
    """What is left are the activations, of eight bits too; a wrong scale or order is far off."""
    far = distances(in_eight_bits(model), logprobs(hearth, files['q8_0']))
    assert far.mean() < 0.1 and far.max() < 1


def test_training_starts_at_copying():
    """A model that has learned nothing looks at the place after the same token, and says what it
    finds there; one without the beginning would be right once in a thousand times."""
    import os
    from model import Config, Ember

    torch.manual_seed(1)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'config.json')
    model = Ember(Config.load(path, 'core')).eval()
    words = torch.randperm(4000)[:40] + 50
    with torch.no_grad():
        choices = model(torch.cat([words, words])[None])[0, 41:79].argmax(-1)
    assert (choices == words[2:]).float().mean() > 0.5


def test_pointing_counts_attention_on_the_wanted():
    from model import Attention

    q, k = torch.tensor([[[0.0, 0], [8, 0]]]), torch.tensor([[[0.0, 0], [1, 0]]])
    wanted = torch.tensor([[[False, False], [False, True]]])  # the second place, on itself
    lost = -torch.tensor(-8 / 2**0.5).neg().sigmoid().log()
    assert torch.isclose(Attention.share_on(wanted, q, k, None), lost, atol=1e-5)
    wanted[0, 0, 0] = True  # the first can but look at itself: nothing is lost there
    assert torch.isclose(Attention.share_on(wanted, q, k, None), lost / 2, atol=1e-5)
