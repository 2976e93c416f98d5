"""Trains Ember: python3 train.py --config ember --folder build/train/ember

Writes a checkpoint every --save-every steps and on Ctrl-C; the same command goes on from the last
one. Stages lengthen rows and system prompts.  bf16 on a GPU, f32 on a CPU.  --minutes makes
a whole run of that time: the learning rate falls to its end and each stage has its share.
"""

import argparse
import json
import os
import signal
import time

import torch
import torch.distributed as dist

from data import batches
from exact import Exact
from model import Config, Ember
from muon import Both

LAST_RATE = 0.02  # of the peak
FALL_FROM = 0.3  # of the run


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--config', default='ember')
    parser.add_argument(
        '--configs', default=os.path.join(os.path.dirname(__file__) or '.', 'config.json')
    )
    parser.add_argument(
        '--folder', required=True, help='tokenizer.json is here; checkpoints and log go here'
    )
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--workers', type=int, default=max(0, (os.cpu_count() or 1) - 1))
    parser.add_argument('--save-every', type=int, default=500)
    parser.add_argument('--log-every', type=int, default=20)
    parser.add_argument('--check-every', type=int, default=500, help='held-out answers; 0: never')
    parser.add_argument(
        '--minutes', type=float, default=0, help='stop after this long; 0: all stages'
    )
    parser.add_argument(
        '--rows-at-once', type=int, default=0, help='accumulate gradients over so many rows'
    )
    parser.add_argument('--stop-at', type=int, default=0, help='save and stop at this step')
    parser.add_argument('--compile', action='store_true')
    return parser.parse_args()


class Others:
    """The processes that share a run, each with its part of a step's rows; mostly there is one."""

    def __init__(self):
        self.n = int(os.environ.get('WORLD_SIZE', 1))
        self.rank = int(os.environ.get('RANK', 0))
        if self.n > 1:
            dist.init_process_group('gloo')

    def sums(self, *numbers):
        """Of what each process says."""
        total = torch.tensor(numbers, dtype=torch.float64)
        if self.n > 1:
            dist.all_reduce(total)
        return total.tolist()

    def add_up_gradients(self, model):
        if self.n == 1:
            return
        found = [p for p in model.parameters() if p.requires_grad]
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in found]
        total = torch.cat([part.reshape(-1) for part in parts])
        dist.all_reduce(total)
        for p, part in zip(found, total.split([p.numel() for p in found])):
            p.grad = part.view_as(p)


class Run:
    def __init__(self, o):
        self.o = o
        self.others = Others()
        with open(o.configs, encoding='utf-8') as file:
            self.config = json.load(file)[o.config]
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        torch.manual_seed(o.seed)
        self.model = Ember(Config(**self.config['model'])).to(self.device)
        c = self.config
        self.optimizer = Both(
            self.model, c['peak_rate'], c['adam_rate'], c['weight_decay'], self.device == 'cuda'
        )
        self.n_steps = sum(stage['steps'] for stage in self.config['stages'])
        self.step, self.seconds, self.n_tokens = 0, 0.0, 0
        self.wants_stop, self.exact = False, None
        self.loss = self.model.loss
        if o.compile:
            self.loss = torch.compile(self.model.loss)

    @property
    def checkpoint(self):
        return os.path.join(self.o.folder, 'checkpoint.pt')

    def resume(self):
        if not os.path.exists(self.checkpoint):
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state['model'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.step, self.seconds, self.n_tokens = state['step'], state['seconds'], state['n_tokens']
        print(f'going on at step {self.step}')

    def save(self):
        state = {
            'model': self.model.state_dict(),
            'optimizer': self.optimizer.state_dict(),
            'step': self.step,
            'seconds': self.seconds,
            'n_tokens': self.n_tokens,
            'config': self.config,
        }
        torch.save(state, self.checkpoint + '.new')
        os.replace(self.checkpoint + '.new', self.checkpoint)

    def progress(self):
        """0 to 1: the part of the run that is done, in steps or in the minutes granted."""
        steps = self.step / self.n_steps
        return max(steps, self.seconds / 60 / self.o.minutes) if self.o.minutes else steps

    def is_over(self):
        at_stop = self.o.stop_at and self.step >= self.o.stop_at
        return self.wants_stop or at_stop or self.progress() >= 1

    def rate(self):
        """Share of the peak rates: a short rise, a long stay, a straight fall."""
        warm = min(1.0, (self.step + 1) / self.config['warmup'])
        fall = min(1.0, (1 - min(1.0, self.progress())) / (1 - FALL_FROM))
        return warm * (LAST_RATE + (1 - LAST_RATE) * fall)

    def learn(self, tokens, segments, learned):
        """One step; the rows may be split to fit into memory.  Returns loss and share of right
        tokens.
        """
        n_at_once = self.o.rows_at_once or len(tokens)
        parts = [slice(i, i + n_at_once) for i in range(0, len(tokens), n_at_once)]
        total = right = 0.0
        n_learned, *_ = self.others.sums(learned.sum().item())
        for part in parts:
            share = learned[part].sum().item() / n_learned
            if not share:
                continue
            args = [x[part].to(self.device, non_blocking=True) for x in (tokens, segments, learned)]
            with torch.autocast(self.device, torch.bfloat16, enabled=self.device == 'cuda'):
                loss, entropy, hits = self.loss(*args)
            (loss * share).backward()
            total, right = total + entropy.item() * share, right + hits.item() * share
        self.others.add_up_gradients(self.model)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step(self.rate())
        return self.others.sums(total, right)

    def pass_time(self, seconds):
        """All processes see the same clock, and stop together."""
        seconds, stops = self.others.sums(seconds, self.wants_stop)
        self.seconds += seconds / self.others.n
        self.wants_stop = stops > 0

    def stage_at(self, step):
        for i, stage in enumerate(self.config['stages']):
            if step < stage['steps']:
                return i, step
            step -= stage['steps']
        return None, 0

    def leaves_stage(self, i_stage):
        """With --minutes each stage has its share of them; what is left of it is skipped."""
        end = sum(stage['steps'] for stage in self.config['stages'][: i_stage + 1])
        if self.step < end <= self.progress() * self.n_steps:
            self.step = end
        return self.step >= end

    def go(self):
        tokenizer = os.path.join(self.o.folder, 'tokenizer.json')
        log = open(os.path.join(self.o.folder, 'log.jsonl'), 'a', encoding='utf-8')
        while not self.is_over():
            i_stage, first = self.stage_at(self.step)
            if i_stage is None:
                break
            since = time.monotonic()
            for batch in batches(
                tokenizer, self.config, i_stage, first, self.o.seed, self.o.workers, self.others
            ):
                loss, right = self.learn(*batch)
                now = time.monotonic()
                self.pass_time(now - since)
                since = now
                self.step += 1
                self.n_tokens += batch[0].numel() * self.others.n
                if self.others.rank == 0:
                    self.tell(log, i_stage, loss, right)
                if self.o.check_every and self.step % self.o.check_every == 0:
                    since = time.monotonic()  # held-out answers are not learning
                if self.is_over() or self.leaves_stage(i_stage):
                    break
        if self.others.rank == 0:
            self.save()

    def tell(self, log, i_stage, loss, right):
        """The first process writes down how it goes."""
        if self.step % self.o.log_every == 0:
            self.report(log, i_stage, loss, right)
        if self.step % self.o.save_every == 0:
            self.save()
        if self.o.check_every and self.step % self.o.check_every == 0:
            self.check(log)

    def check(self, log):
        if self.exact is None:
            path = os.path.join(self.o.folder, 'tokenizer.json')
            self.exact = Exact(path, self.config['stages'][-1], self.device)
        shares = self.exact.shares(self.model)
        row = {'step': self.step, 'exact': shares, 'mean': sum(shares.values()) / len(shares)}
        log.write(json.dumps(row) + '\n')
        log.flush()
        print(f'exact {row["mean"]:.3f}', *(f'{k} {v:.2f}' for k, v in shares.items()), flush=True)

    def report(self, log, i_stage, loss, right):
        row = {
            'step': self.step,
            'stage': i_stage,
            'loss': round(loss, 4),
            'right': round(right, 4),
            'pointing': round(self.model.shown, 3),
            'rate': round(self.rate(), 4),
            'tokens': self.n_tokens,
            'tokens_per_s': round(self.n_tokens / self.seconds),
        }
        log.write(json.dumps(row) + '\n')
        log.flush()
        print(' '.join(f'{key} {value}' for key, value in row.items()), flush=True)


def main():
    o = parse()
    run = Run(o)
    print(f'{o.config}: {run.model.n_parameters()} parameters on {run.device}')
    run.resume()

    def stop(*_):
        run.wants_stop = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    run.go()
    norm = sum(p.detach().double().pow(2).sum().item() for p in run.model.parameters()) ** 0.5
    print(
        f'{run.step} steps, {run.n_tokens} tokens, {run.seconds / 3600:.2f} hours: '
        f'{run.checkpoint}, model of norm {norm:.9f}'
    )


if __name__ == '__main__':
    main()
