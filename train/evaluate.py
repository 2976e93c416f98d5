"""How many held-out tasks Ember fulfils: python3 evaluate.py --folder build/train/ember

Each task is played in the simulated world: the model sees the client's prompt, its calls run
there, and what counts is the world afterwards and the words of the last answer; not how it got
there.  Greedy, token by token.  With --server URL a running `hearth serve` answers instead of
PyTorch: what users get.
"""

import argparse
import json
import random
import urllib.request

import torch

import chat
from export import load
from tasks.families import FAMILIES
from tasks.sample import HELD_OUT, conversation_of, draw_task

N_TURNS_MAX = 6
N_TOKENS_MAX = 600


class Player:
    """Greedy decoding that keeps its state between the turns of one conversation."""

    def __init__(self, model, tokenizer, device):
        self.model, self.tokenizer, self.device = model, tokenizer, device
        self.reset()

    def reset(self):
        self.caches, self.seen = self.model.new_cache(), []

    @torch.no_grad()
    def read(self, ids):
        """Logits after the last of `ids`, of which the beginning may be known already."""
        if self.seen != ids[: len(self.seen)] or len(self.seen) >= len(ids):
            self.reset()
        new = torch.tensor([ids[len(self.seen) :]], device=self.device)
        self.seen = list(ids)
        hidden = self.model.hidden(new, caches=self.caches)[:, -1]
        return hidden @ self.model.token_embd.weight.T

    def answer(self, conversation):
        """The assistant's message, or None when it is no whole answer."""
        ids, _ = self.tokenizer.encode_stretches(chat.stretches(conversation, opens_answer=True))
        said = []
        while len(said) < N_TOKENS_MAX:
            token = self.read(ids + said).argmax().item()
            said.append(token)
            if token == self.tokenizer.end:
                break
        text = self.tokenizer.decode(said)
        return chat.read_answer(text) if said[-1] == self.tokenizer.end else None


class Server:
    """The same from the engine, over HTTP."""

    def __init__(self, url):
        self.url = url.rstrip('/') + '/v1/chat/completions'

    def answer(self, conversation):
        body = dict(chat.request_of(conversation), max_tokens=N_TOKENS_MAX)
        request = urllib.request.Request(
            self.url, json.dumps(body).encode(), {'Content-Type': 'application/json'}
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            choice = json.load(answer)['choices'][0]
        if choice['finish_reason'] not in ('stop', 'tool_calls'):
            return None
        message = {'role': 'assistant', 'content': (choice['message'].get('content') or '').strip()}
        calls = choice['message'].get('tool_calls') or []
        if calls:
            message['tool_calls'] = [
                {
                    'function': {
                        'name': call['function']['name'],
                        'arguments': {
                            key: chat.value_text(value)
                            for key, value in json.loads(call['function']['arguments']).items()
                        },
                    }
                }
                for call in calls
            ]
        return message


def begin(family, i, length):
    """The task as far as its first answer; what it wants of the world and of the last answer."""
    rng = random.Random(f'{HELD_OUT}/{family}/{i}')
    task = draw_task(rng, family)
    before = dict(task.world.files), set(task.world.folders), set(task.client.seen)
    # The family plays the task once to say its goal; then the world is put back to where it began.
    snapshot = {}
    say_ask = task.ask

    def ask(*args, **kwargs):
        say_ask(*args, **kwargs)
        snapshot.update(files=dict(task.world.files), folders=set(task.world.folders))

    task.ask = ask
    FAMILIES[family][2](task)
    files, folders = snapshot.get('files', before[0]), snapshot.get('folders', before[1])
    task.world.files.clear()
    task.world.files.update(files)
    task.world.folders.clear()
    task.world.folders.update(folders)
    task.client.seen.clear()
    n = next(i for i, m in enumerate(task.messages) if m['role'] == 'assistant')
    reference = task.messages[n:]
    del task.messages[n:]
    task.conversation = conversation_of(task, length)
    return task, reference


def same(reference, message):
    """Whether an answer is word for word the generator's own (side requests have no other goal)."""
    return reference[-1]['content'].strip() == message['content']


def play(player, family, i, length):
    """(is fulfilled, transcript)"""
    task, reference = begin(family, i, length)
    answers_refusal = family == 'refused_by_user'
    for _ in range(N_TURNS_MAX):
        message = player.answer(task.conversation)
        if message is None:
            return False, task.messages
        task.messages.append(message)
        if not message.get('tool_calls'):
            good = task.goal() and all(word in message['content'] for word in task.answer_has)
            return good and (family != 'title' or same(reference, message)), task.messages
        for call in message['tool_calls']:
            result = reference[1]['content'] if answers_refusal else task.client.run(call)
            task.messages.append({'role': 'tool', 'content': result})
    return False, task.messages


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument('--folder', help='of a checkpoint')
    where.add_argument('--server', help='such as http://127.0.0.1:8080')
    parser.add_argument('--tasks', type=int, default=40, help='per family')
    parser.add_argument('--length', type=int, default=1500, help='characters of system prompt')
    parser.add_argument('--families', nargs='*', default=list(FAMILIES))
    parser.add_argument('--failures', help='write transcripts of failed tasks here, as JSON lines')
    parser.add_argument('--out', help='write the figures here')
    o = parser.parse_args()
    if o.server:
        player = Server(o.server)
    else:
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        model, tokenizer = load(o.folder)
        player = Player(model.to(device), tokenizer, device)
    figures = {}
    failures = open(o.failures, 'w', encoding='utf-8') if o.failures else None
    for family in o.families:
        n_good = 0
        for i in range(o.tasks):
            good, messages = play(player, family, i, o.length)
            n_good += good
            if failures and not good:
                failures.write(
                    json.dumps({'family': family, 'task': i, 'messages': messages}) + '\n'
                )
                failures.flush()
        figures[family] = n_good / o.tasks
        print(f'{family:18} {n_good:4} of {o.tasks}', flush=True)
    figures['mean'] = sum(figures.values()) / len(figures)
    print(f'{"mean":18} {figures["mean"]:.3f}')
    if o.out:
        with open(o.out, 'w', encoding='utf-8') as file:
            json.dump(
                {'system_length': o.length, 'tasks_per_family': o.tasks, 'fulfilled': figures},
                file,
                indent=1,
            )


if __name__ == '__main__':
    main()
