"""The optimizer: Muon for the matrices of the layers, AdamW for everything else.

Muon makes each update a matrix whose singular values are near one (five steps of a Newton-Schulz
iteration; coefficients from Keller Jordan's description of Muon, 2024), which needs about half the
tokens of AdamW at this size.  Matrices of one shape are iterated together.
"""

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(x, n_steps=5):
    """About U V' of each matrix's U S V'; x: [n, rows, columns]."""
    a, b, c = COEFFICIENTS
    is_tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if is_tall else x
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(n_steps):
        square = x @ x.transpose(1, 2)
        x = a * x + (b * square + c * square @ square) @ x
    return x.transpose(1, 2) if is_tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(params, {'lr': lr, 'momentum': momentum, 'weight_decay': weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = {}
            for p in group['params']:
                if p.grad is None:
                    continue
                state = self.state[p]
                if 'mean' not in state:
                    state['mean'] = torch.zeros_like(p)
                state['mean'].lerp_(p.grad, 1 - group['momentum'])
                update = p.grad.lerp(state['mean'], group['momentum'])  # Nesterov
                # Experts are matrices of their own.
                parts = update if update.ndim == 3 else update[None]
                shapes.setdefault(parts.shape[1:], []).append((p, parts))
            for shape, rows in shapes.items():
                updates = orthogonal(torch.cat([parts for _, parts in rows]))
                size = max(1, shape[0] / shape[1]) ** 0.5
                for p, parts in rows:
                    p.mul_(1 - group['lr'] * group['weight_decay'])
                    p.add_(updates[: len(parts)].view_as(p), alpha=-group['lr'] * size)
                    updates = updates[len(parts) :]


CONVOLUTION = 4  # times AdamW's rate: its few taps decide what a key is made of


class Both:
    """Two optimizers that look like one; rates are given as shares of their peaks."""

    def __init__(self, model, peak_rate, adam_rate, weight_decay, fused):
        named = list(model.named_parameters())
        taps = [p for name, p in named if 'conv1d' in name]
        matrices = [p for name, p in named if is_muons(name, p)]
        others = [p for name, p in named if not is_muons(name, p) and 'conv1d' not in name]
        groups = [
            {'params': others, 'peak': adam_rate},
            {'params': taps, 'peak': adam_rate * CONVOLUTION},
        ]
        self.parts = [
            Muon([{'params': matrices, 'peak': peak_rate}], peak_rate, weight_decay=weight_decay),
            torch.optim.AdamW(groups, adam_rate, betas=(0.9, 0.95), weight_decay=0.0, fused=fused),
        ]

    def step(self, share):
        for part in self.parts:
            for group in part.param_groups:
                group['lr'] = group['peak'] * share
            part.step()
            part.zero_grad(set_to_none=True)

    def state_dict(self):
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states):
        for part, state in zip(self.parts, states):
            part.load_state_dict(state)


def is_muons(name, p):
    """Matrices inside layers; not the embedding, router, gates of one row and convolution."""
    apart = ('token_embd', 'ffn_gate_inp', 'ssm_alpha', 'ssm_beta', 'conv1d')
    return p.ndim >= 2 and not any(part in name for part in apart)
