"""Ember's mathematics: arch qwen35moe of GGUF, written for training.

Gated DeltaNet layers (chunked) with a gated full-attention layer every `interval` layers; a
mixture of experts with a shared expert in each.  Same formulas as the engine's: V head p uses K
head p mod Hk, norm weights are stored as they are, ssm_a is -exp(A_log).  The parameters bear the
GGUF's tensor names (with '_' for '.'), so export.py needs no table.

Rows hold several conversations one after another ("segments"); nothing flows between them.
"""

import dataclasses
import json
import math

import torch
import torch.nn.functional as F
from torch import nn

CHUNK = 64
FORGET = -30.0  # log-decay at the start of a segment: e^-30 of what was before stays


@dataclasses.dataclass
class Config:
    n_vocab: int = 6144
    n_model: int = 384
    n_layers: int = 12
    interval: int = 4  # every 4th layer has full attention
    n_heads: int = 6
    n_kv_heads: int = 2
    head_dim: int = 64
    rope_dims: int = 32
    rope_theta: float = 1e6
    k_heads: int = 4  # DeltaNet
    v_heads: int = 8
    state: int = 64
    conv: int = 4
    n_experts: int = 8
    n_experts_used: int = 2
    n_ff_expert: int = 64
    n_ff_shared: int = 256
    n_context: int = 32768
    eps: float = 1e-6

    @classmethod
    def load(cls, path, name):
        with open(path, encoding='utf-8') as file:
            return cls(**json.load(file)[name]['model'])

    def is_attention(self, i_layer):
        return (i_layer + 1) % self.interval == 0


def rms(x, weight, eps):
    x = x.float()
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def unit(x, eps):
    return x / x.norm(dim=-1, keepdim=True).clamp(min=eps)


class Norm(nn.Module):
    def __init__(self, n, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(n)), eps

    def forward(self, x):
        return rms(x, self.weight, self.eps).to(x.dtype)


def linear(n_in, n_out, scale=1.0):
    layer = nn.Linear(n_in, n_out, bias=False)
    nn.init.normal_(layer.weight, std=scale / math.sqrt(n_in))
    return layer


class Rows:
    """Where each token of a batch of rows stands: its segment and its position therein."""

    def __init__(self, segments):
        n = segments.shape[1]
        places = torch.arange(n, device=segments.device).expand_as(segments)
        self.starts = torch.ones_like(segments, dtype=torch.bool)
        self.starts[:, 1:] = segments[:, 1:] != segments[:, :-1]
        first = torch.where(self.starts, places, 0).cummax(1).values
        self.positions = places - first
        self.segments = segments
        # A single segment per row leaves the fast causal kernel free to be used.
        self.mask = None
        if bool((segments != segments[:, :1]).any()):
            same = segments[:, :, None] == segments[:, None, :]
            self.mask = (same & torch.ones(n, n, dtype=torch.bool, device=same.device).tril())[
                :, None
            ]
            if segments.device.type == 'cpu':  # the kernel there would convert it in each layer
                self.mask = torch.zeros(self.mask.shape).masked_fill_(~self.mask, -torch.inf)


SMALL = 0.04  # of what layers add at first; as large as the embedding, so that tokens stay visible


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.attn_q = linear(c.n_model, 2 * c.n_heads * c.head_dim)
        self.attn_k = linear(c.n_model, c.n_kv_heads * c.head_dim)
        self.attn_v = linear(c.n_model, c.n_kv_heads * c.head_dim)
        self.attn_q_norm, self.attn_k_norm = Norm(c.head_dim, c.eps), Norm(c.head_dim, c.eps)
        self.attn_output = linear(c.n_heads * c.head_dim, c.n_model, SMALL)
        self.points = False  # its first head learns to look at the token that comes next
        self.pointing = None

    def rotate(self, x, positions):
        half = self.c.rope_dims // 2
        divisors = self.c.rope_theta ** (torch.arange(half, device=x.device) / half)
        angles = positions[:, None, :, None].float() / divisors
        cos, sin = angles.cos(), angles.sin()
        a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
        return torch.cat([a * cos - b * sin, a * sin + b * cos, rest], -1)

    @staticmethod
    def share_on(wanted, q, k, mask):
        """Mean of -log(attention of one head that falls on `wanted` places), where there are any."""
        scores = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
        n = scores.shape[-1]
        if mask is None:
            mask = torch.ones(1, 1, n, n, dtype=torch.bool, device=scores.device).tril()
        mask = mask[:, 0]
        is_seen = mask if mask.dtype == torch.bool else mask == 0
        scores = scores.masked_fill(~is_seen, -torch.inf)
        places = wanted.any(-1)
        scores, wanted = scores[places], wanted[places]
        found = scores.masked_fill(~wanted, -torch.inf).logsumexp(-1)
        return (scores.logsumexp(-1) - found).mean()

    def forward(self, x, rows, cache=None):
        c, (n_rows, n, _) = self.c, x.shape
        q, gate = (
            self.attn_q(x).view(n_rows, n, c.n_heads, 2 * c.head_dim).transpose(1, 2).chunk(2, -1)
        )
        k = self.attn_k(x).view(n_rows, n, c.n_kv_heads, c.head_dim).transpose(1, 2)
        v = self.attn_v(x).view(n_rows, n, c.n_kv_heads, c.head_dim).transpose(1, 2)
        positions = rows.positions + (cache['n'] if cache else 0)
        q = self.rotate(self.attn_q_norm(q.float()), positions).to(v.dtype)
        k = self.rotate(self.attn_k_norm(k.float()), positions).to(v.dtype)
        mask, is_causal = rows.mask, rows.mask is None
        if cache is not None:
            if cache['n']:
                k, v = torch.cat([cache['k'], k], 2), torch.cat([cache['v'], v], 2)
                mask = torch.ones(n, k.shape[2], dtype=torch.bool, device=x.device).tril(cache['n'])
                is_causal = False
            cache['k'], cache['v'] = k, v
        if self.points and cache is None:
            self.pointing = self.share_on(rows.wanted, q[:, 0], k[:, 0], mask)
        k = k.repeat_interleave(c.n_heads // c.n_kv_heads, 1)
        v = v.repeat_interleave(c.n_heads // c.n_kv_heads, 1)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=is_causal)
        out = (out * gate.sigmoid()).transpose(1, 2).reshape(n_rows, n, -1)
        return self.attn_output(out)


def delta_rule(q, k, v, g, beta, state):
    """The gated delta rule in chunks, in f32.

    q, k, v: [rows, heads, n, D] with n a multiple of CHUNK, q scaled; g, beta: [rows, heads, n];
    state: [rows, heads, D, D], S[i][j] with i along k.  Returns the outputs and the state after."""
    n_rows, n_heads, n, d = q.shape
    shape = (n_rows, n_heads, n // CHUNK, CHUNK)
    q, k, v = (x.view(*shape, d) for x in (q, k, v))
    g, beta = g.view(shape).cumsum(-1), beta.view(shape)
    decay = (g[..., :, None] - g[..., None, :]).tril().exp().tril()  # [i, j]: from j to i
    a = (beta[..., None] * (k @ k.transpose(-1, -2)) * decay).tril(-1)
    right = torch.cat([beta[..., None] * v, (beta * g.exp())[..., None] * k], -1)
    eye = torch.eye(CHUNK, device=q.device)
    u, w = torch.linalg.solve_triangular(a + eye, right, upper=False, unitriangular=True).chunk(
        2, -1
    )
    inside = (q @ k.transpose(-1, -2)) * decay
    q_in = q * g.exp()[..., None]
    last = g[..., -1:]
    k_out = k * (last - g).exp()[..., None]
    outs = []
    for i in range(n // CHUNK):
        r = u[:, :, i] - w[:, :, i] @ state
        outs.append(q_in[:, :, i] @ state + inside[:, :, i] @ r)
        state = last[:, :, i].exp()[..., None] * state + k_out[:, :, i].transpose(-1, -2) @ r
    return torch.stack(outs, 2).view(n_rows, n_heads, n, d), state


class DeltaNet(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.kd, self.vd = c.k_heads * c.state, c.v_heads * c.state
        self.attn_qkv = linear(c.n_model, 2 * self.kd + self.vd)
        self.attn_gate = linear(c.n_model, self.vd)
        self.ssm_alpha, self.ssm_beta = linear(c.n_model, c.v_heads), linear(c.n_model, c.v_heads)
        self.ssm_conv1d = nn.Parameter(0.1 * torch.randn(2 * self.kd + self.vd, c.conv))
        self.a_log = nn.Parameter(torch.linspace(0.5, 8, c.v_heads).log())
        # Steps of 0.001 to 0.1, as softplus gives them.
        step = torch.linspace(math.log(1e-3), math.log(1e-1), c.v_heads).exp()
        self.ssm_dt = nn.Parameter(step + torch.log(-torch.expm1(-step)))
        self.ssm_norm = Norm(c.state, c.eps)
        self.ssm_out = linear(self.vd, c.n_model, SMALL)
        self.begin_as_memory()

    @torch.no_grad()
    def begin_as_memory(self):
        """Copying is most of the work, so layers begin near it: half of the V heads answer the last
        two tokens with what followed them before (keys are of the two before, values of this one),
        the others say which tokens came before.  Training moves all of it."""
        c = self.c
        q, k, v = self.attn_qkv.weight.split([self.kd, self.kd, self.vd])
        k.copy_(q)
        taps = self.ssm_conv1d.split([self.kd, self.kd, self.vd])
        taps[0][:, -1] += 1
        taps[0][:, -2] += 0.5
        k_taps, v_taps = taps[1].view(c.k_heads, c.state, c.conv), taps[2].view(-1, c.state, c.conv)
        for head in range(c.v_heads):
            recalls = head % 2 == 0 or c.k_heads == 1
            if head < c.k_heads:
                k_taps[head, :, -2 if recalls else -1] += 1
                k_taps[head, :, -3 if recalls else -2] += 0.5
            v_taps[head, :, -1 if recalls else -2] += 1
            if not recalls:
                v_taps[head, :, -3] += 0.5
            if recalls:
                rows = slice(head * c.state, (head + 1) * c.state)
                self.ssm_out.weight[:, rows] = SMALL * v[rows].T * math.sqrt(c.n_model / self.vd)
        self.attn_gate.weight.mul_(0.3)
        self.attn_gate.weight[:, 0] = 0.15  # column 0 reads a constant, see Ember

    def convolve(self, u, rows, cache):
        n, taps = u.shape[1], self.c.conv
        before = (
            cache['conv']
            if cache is not None and cache['n']
            else u.new_zeros(u.shape[0], taps - 1, u.shape[2])
        )
        padded = torch.cat([before, u], 1)
        if cache is not None:
            cache['conv'] = padded[:, n:]
        out = 0
        for back in range(taps):
            tap = padded[:, taps - 1 - back : taps - 1 - back + n]
            if back and cache is None:
                tap = tap * (rows.positions >= back)[..., None]
            out = out + tap * self.ssm_conv1d[:, taps - 1 - back].to(u.dtype)
        return F.silu(out)

    def forward(self, x, rows, cache=None):
        c, (n_rows, n, _) = self.c, x.shape
        mixed = self.convolve(self.attn_qkv(x), rows, cache).float()
        q, k, v = mixed.split([self.kd, self.kd, self.vd], -1)
        q, k = (unit(y.view(n_rows, n, c.k_heads, c.state), c.eps) for y in (q, k))
        v = v.view(n_rows, n, c.v_heads, c.state)
        times = c.v_heads // c.k_heads  # V head p uses K head p mod Hk
        q = q / math.sqrt(c.state)
        if times > 1:
            q, k = q.repeat(1, 1, times, 1), k.repeat(1, 1, times, 1)
        beta = self.ssm_beta(x).float().sigmoid()
        g = -self.a_log.exp() * F.softplus(self.ssm_alpha(x).float() + self.ssm_dt)
        state = x.new_zeros(n_rows, c.v_heads, c.state, c.state, dtype=torch.float32)
        if cache is None:
            g = torch.where(rows.starts[..., None], g + FORGET, g)
        elif cache['n']:
            state = cache['state']
        n_pad = -n % CHUNK  # padding has g = 0 and beta = 0: it changes nothing
        q, k, v = (F.pad(y, (0, 0, 0, 0, 0, n_pad)).transpose(1, 2) for y in (q, k, v))
        g, beta = (F.pad(y, (0, 0, 0, n_pad)).transpose(1, 2) for y in (g, beta))
        with torch.autocast(x.device.type, enabled=False):
            out, state = delta_rule(
                q.contiguous(),
                k.contiguous(),
                v.contiguous(),
                g.contiguous(),
                beta.contiguous(),
                state,
            )
        if cache is not None:
            cache['state'] = state
        out = rms(out[:, :, :n].transpose(1, 2), self.ssm_norm.weight, c.eps)
        out = out.reshape(n_rows, n, -1) * F.silu(self.attn_gate(x).float())
        return self.ssm_out(out.to(x.dtype))


class Experts(nn.Module):
    """Experts this small are computed all at once; the router's weights switch off those not
    chosen.
    """

    def __init__(self, c):
        super().__init__()
        self.c = c
        shape, std = (c.n_experts, c.n_ff_expert, c.n_model), 1 / math.sqrt(c.n_model)
        self.ffn_gate_inp = linear(c.n_model, c.n_experts)
        self.ffn_gate_exps = nn.Parameter(torch.randn(shape) * std)
        self.ffn_up_exps = nn.Parameter(torch.randn(shape) * std)
        self.ffn_down_exps = nn.Parameter(
            torch.randn(c.n_experts, c.n_model, c.n_ff_expert) * SMALL / math.sqrt(c.n_ff_expert)
        )
        self.ffn_gate_inp_shexp = linear(c.n_model, 1)
        self.ffn_gate_shexp = linear(c.n_model, c.n_ff_shared)
        self.ffn_up_shexp = linear(c.n_model, c.n_ff_shared)
        self.ffn_down_shexp = linear(c.n_ff_shared, c.n_model, SMALL)

    def forward(self, x):
        c = self.c
        logits = F.linear(x.float(), self.ffn_gate_inp.weight)
        top = logits.topk(c.n_experts_used, -1)
        weights = torch.zeros_like(logits).scatter(-1, top.indices, top.values.softmax(-1))
        # Even use of the experts: n * sum(share of tokens * mean probability) is 1 at best.
        share = (weights > 0).float().mean((0, 1)) / c.n_experts_used
        self.imbalance = c.n_experts * (share * logits.softmax(-1).mean((0, 1))).sum()
        hidden = F.silu(F.linear(x, self.ffn_gate_exps.flatten(0, 1))) * F.linear(
            x, self.ffn_up_exps.flatten(0, 1)
        )
        hidden = hidden.view(*x.shape[:2], c.n_experts, -1) * weights[..., None].to(hidden.dtype)
        routed = F.linear(hidden.flatten(2), self.ffn_down_exps.transpose(0, 1).flatten(1))
        shared = self.ffn_down_shexp(F.silu(self.ffn_gate_shexp(x)) * self.ffn_up_shexp(x))
        return routed + shared * self.ffn_gate_inp_shexp(x).sigmoid()


class Block(nn.Module):
    def __init__(self, c, i_layer):
        super().__init__()
        self.attn_norm = Norm(c.n_model, c.eps)
        self.post_attention_norm = Norm(c.n_model, c.eps)
        self.mix = Attention(c) if c.is_attention(i_layer) else DeltaNet(c)
        self.ffn = Experts(c)

    def forward(self, x, rows, cache=None):
        x = x + self.mix(self.attn_norm(x), rows, cache)
        return x + self.ffn(self.post_attention_norm(x))


COPIED = 0.2  # of what is found: as much as the token itself, once the gate has halved it
SHARP = 1.5  # of queries and keys: a found place stands out among hundreds


def orthonormal(n_rows, n_columns):
    """Rows of length one at right angles, as long as there are columns for it."""
    x = torch.randn(n_rows, n_columns)
    if n_rows > n_columns:
        return x / math.sqrt(n_columns)
    return torch.linalg.qr(x.T)[0].T


class Ember(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c.n_vocab, c.n_model)
        nn.init.normal_(self.token_embd.weight, std=SMALL)
        with torch.no_grad():
            self.token_embd.weight[:, 0] = 0.5  # a constant, in the place of biases
        self.blk = nn.ModuleList(Block(c, i) for i in range(c.n_layers))
        self.output_norm = Norm(c.n_model, c.eps)
        self.begin_copying()

    @torch.no_grad()
    def begin_copying(self):
        """Copying is most of the work, so training starts at it, as an induction head would do it:
        the last V head of the first layer tells each place of the two tokens before it, and two
        heads of the first attention layers look for the places after the token(s) here and pass on
        what stands there.  Training moves all of it."""
        c, n = self.c, self.n_shift()
        n_own = c.n_model - 2 * n  # channels of the token itself
        self.token_embd.weight[:, 1:n_own] *= 1.25
        self.token_embd.weight[:, n_own:] *= 0.25
        token = orthonormal(n, n_own - 1)  # how a token is named in these channels

        first, last = self.blk[0].mix, c.v_heads - 1
        _, _, v = first.attn_qkv.weight.split([first.kd, first.kd, first.vd])
        _, _, taps = first.ssm_conv1d.split([first.kd, first.kd, first.vd])
        rows = slice(last * c.state, (last + 1) * c.state)
        v, taps, out = v[rows], taps[rows], first.ssm_out.weight[:, rows]
        v.zero_()
        taps.zero_()
        out.zero_()
        for i in range(2):
            part = slice(i * n, (i + 1) * n)
            v[part, 1:n_own] = 0.3 * token  # small, where SiLU is nearly straight
            taps[part, -2 - i] = 1
            out[self.shift(i), part] = 0.05 * torch.eye(n)
        first.a_log[last], first.ssm_dt[last] = math.log(4), 1  # forgets at once

        for mix in [block.mix for block in self.blk if isinstance(block.mix, Attention)][:2]:
            self.begin_as_induction(mix, token)

    def n_shift(self):
        """Channels that say which token came before; as many say it of the one before that."""
        return min(self.c.state // 2, self.c.n_model // 5)

    def shift(self, i):
        end = self.c.n_model - i * self.n_shift()
        return slice(end - self.n_shift(), end)

    def begin_as_induction(self, mix, token):
        c, n = self.c, self.n_shift()
        n_own, free, group = c.n_model - 2 * n, c.head_dim - c.rope_dims, c.n_heads // c.n_kv_heads
        for head in range(min(2, c.n_kv_heads, c.n_heads - 1)):
            q = mix.attn_q.weight[2 * head * group * c.head_dim :][: c.head_dim]
            k = mix.attn_k.weight[head * c.head_dim :][: c.head_dim]
            v = mix.attn_v.weight[head * c.head_dim :][: c.head_dim]
            out = mix.attn_output.weight[:, head * group * c.head_dim :][:, : c.head_dim]
            q.mul_(0.1)
            k.mul_(0.1)
            here = min(n, free if head else 2 * free // 3)
            one = slice(c.rope_dims, c.rope_dims + here)
            q[one], k[one] = 0, 0
            mixed = orthonormal(here, n)
            q[one, 1:n_own], k[one, self.shift(0)] = mixed @ token, mixed
            if head == 0:  # the token before, too
                two = slice(c.rope_dims + here, c.head_dim)
                q[two], k[two] = 0, 0
                mixed = orthonormal(free - here, n)
                q[two, self.shift(0)], k[two, self.shift(1)] = mixed, mixed
            v.zero_()
            v[:, 1:n_own] = orthonormal(c.head_dim, n_own - 1)
            out.copy_(COPIED * v.T)
        mix.attn_q_norm.weight[c.rope_dims :] = SHARP
        mix.attn_k_norm.weight[c.rope_dims :] = SHARP

    def new_cache(self):
        return [{'n': 0} for _ in self.blk]

    def hidden(self, tokens, segments=None, caches=None, wanted=None):
        rows = Rows(torch.zeros_like(tokens) if segments is None else segments)
        rows.wanted = wanted
        for mix in self.pointers():
            mix.points = wanted is not None
        x = self.token_embd(tokens)
        for i, block in enumerate(self.blk):
            cache = caches[i] if caches else None
            x = block(x, rows, cache)
            if cache is not None:
                cache['n'] += tokens.shape[1]
        return self.output_norm(x)

    def forward(self, tokens, segments=None, caches=None):
        """Logits of all places; the embedding is the head."""
        return F.linear(self.hidden(tokens, segments, caches), self.token_embd.weight)

    def pointers(self):
        """The attention layers whose first head is taught to point: all but the first, which finds
        what follows the same tokens by itself."""
        return [block.mix for block in self.blk if isinstance(block.mix, Attention)][1:]

    def loss(self, tokens, segments, learned, balance=0.01, point=0.1):
        """Mean cross-entropy of the next tokens that are learned, plus what keeps experts evenly
        used and what teaches one head of the later attention layers to look at places where the
        next token stands already (nearly all that is said is copied)."""
        following = tokens.roll(-1, 1)
        says = learned.roll(-1, 1) & (segments.roll(-1, 1) == segments)
        says[:, -1] = False
        n = tokens.shape[1]
        before = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        sources = (following[:, :, None] == tokens[:, None, :]) & says[:, :, None] & before
        sources &= segments[:, :, None] == segments[:, None, :]
        hidden = self.hidden(tokens, segments, wanted=sources)[:, :-1]
        wanted = learned[:, 1:] & (segments[:, 1:] == segments[:, :-1])
        logits = F.linear(hidden[wanted], self.token_embd.weight).float()
        targets = tokens[:, 1:][wanted]
        entropy = F.cross_entropy(logits, targets)
        right = (logits.detach().argmax(-1) == targets).float().mean()
        imbalance = sum(block.ffn.imbalance for block in self.blk) / len(self.blk)
        pointing = sum(mix.pointing for mix in self.pointers()) / max(1, len(self.pointers()))
        self.shown = pointing.item() if torch.is_tensor(pointing) else 0.0
        return entropy + balance * imbalance + point * pointing, entropy.detach(), right

    def n_parameters(self):
        return sum(p.numel() for p in self.parameters())
