"""Byte-level BPE with the qwen35 splitter: training, encoding, saving.

    python3 tokenizer.py --size 6144 --out build/train/tokenizer.json

The file holds what the GGUF needs: the tokens as GPT-2 spells bytes, their kinds and the merges.
"""

import argparse
import collections
import heapq
import json

import regex

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4

# Names and kinds as in Qwen3.6's files.  Ids: these come last, as there.
SPECIALS = [
    ('<|endoftext|>', CONTROL),
    ('<|im_start|>', CONTROL),
    ('<|im_end|>', CONTROL),
    ('<tool_call>', USER_DEFINED),
    ('</tool_call>', USER_DEFINED),
    ('<tool_response>', USER_DEFINED),
    ('</tool_response>', USER_DEFINED),
    ('<think>', USER_DEFINED),
    ('</think>', USER_DEFINED),
]

SPLITTER = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|"
    r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def byte_letters():
    """GPT-2's letter for each byte: printable ones stand for themselves, others follow U+0100."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, n_other = {}, 0
    for byte in range(256):
        letters[byte] = chr(byte if byte in plain else 256 + n_other)
        n_other += byte not in plain
    return letters


LETTERS = byte_letters()
ABOVE_ASCII = {letter for byte, letter in LETTERS.items() if byte >= 128}


def words_of(text):
    return (match.group() for match in SPLITTER.finditer(text))


def spell(word):
    return ''.join(LETTERS[byte] for byte in word.encode())


def may_merge(pair):
    """Letters join letters, spaces join spaces, nothing else: so a word or a name has the same
    tokens after a space, a quote or a slash, and copying is token by token."""
    left, right = pair[0][-1], pair[1][0]
    return (is_letter(left) and is_letter(right)) or left == right == LETTERS[32]


def is_letter(symbol):
    return symbol.isascii() and symbol.isalpha() or symbol in ABOVE_ASCII


class PairCounts:
    """How often each pair of symbols stands in the words, kept up to date merge by merge."""

    def __init__(self, words):
        self.words = [(list(spell(word)), n) for word, n in words.items()]
        self.counts = collections.Counter()
        self.places = collections.defaultdict(set)
        for i, (symbols, n) in enumerate(self.words):
            self.count(i, symbols, n)
        self.heap = [(-n, pair) for pair, n in self.counts.items()]
        heapq.heapify(self.heap)

    def count(self, i, symbols, n):
        for pair in filter(may_merge, zip(symbols, symbols[1:])):
            self.counts[pair] += n
            self.places[pair].add(i)

    def best(self):
        """The most frequent pair, ties by spelling, or None; stale heap entries are renewed."""
        while self.heap:
            n, pair = heapq.heappop(self.heap)
            if self.counts[pair] == -n and n < -1:
                return pair
            if 1 < self.counts[pair] < -n:
                heapq.heappush(self.heap, (-self.counts[pair], pair))
        return None

    def merge(self, pair):
        changed = set()
        for i in self.places.pop(pair):
            symbols, n = self.words[i]
            for old in filter(may_merge, zip(symbols, symbols[1:])):
                self.counts[old] -= n
                changed.add(old)
            symbols[:] = merged(symbols, pair)
            self.count(i, symbols, n)
            changed.update(filter(may_merge, zip(symbols, symbols[1:])))
        for one in changed:
            if self.counts[one] > 1:
                heapq.heappush(self.heap, (-self.counts[one], one))
        self.counts[pair] = 0


def merged(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(pair[0] + pair[1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(texts, size):
    words = collections.Counter()
    for text in texts:
        words.update(words_of(text))
    tokens = sorted(LETTERS.values())
    known, merges = set(tokens), []
    counts = PairCounts(words)
    while len(tokens) < size - len(SPECIALS):
        pair = counts.best()
        if pair is None:
            raise SystemExit(f'the texts are too few for {size} tokens: {len(tokens)} found')
        counts.merge(pair)
        merges.append(pair)
        if pair[0] + pair[1] not in known:  # two merges may spell the same token
            known.add(pair[0] + pair[1])
            tokens.append(pair[0] + pair[1])
    return {
        'tokens': tokens + [text for text, _ in SPECIALS],
        'kinds': [NORMAL] * len(tokens) + [kind for _, kind in SPECIALS],
        'merges': [' '.join(pair) for pair in merges],
    }


class Tokenizer:
    def __init__(self, data):
        self.data = data
        self.tokens = data['tokens']
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.ranks = {tuple(m.split(' ')): rank for rank, m in enumerate(data['merges'])}
        special = [text for text, _ in SPECIALS]
        self.specials = regex.compile('|'.join(map(regex.escape, sorted(special, key=len)[::-1])))
        self.special_ids = {text: self.ids[text] for text in special}
        self.end = self.ids['<|im_end|>']
        self.bytes = {letter: byte for byte, letter in LETTERS.items()}
        self.words = {}

    @classmethod
    def load(cls, path):
        with open(path, encoding='utf-8') as file:
            return cls(json.load(file))

    def __len__(self):
        return len(self.tokens)

    def pieces(self):
        """The tokens that are words or parts of words in letters of ASCII."""
        return [token for token in self.tokens if token.isascii() and token.isalpha()]

    def encode_word(self, word):
        ids = self.words.get(word)
        if ids is not None:
            return ids
        symbols = list(spell(word))
        while len(symbols) > 1:
            pairs = set(zip(symbols, symbols[1:]))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, 1 << 30))
            if best not in self.ranks:
                break
            symbols = merged(symbols, best)
        ids = [self.ids[symbol] for symbol in symbols]
        if len(self.words) < 200_000:
            self.words[word] = ids
        return ids

    def encode(self, text, is_markup=False):
        return self.encode_stretches([(text, is_markup, False)])[0]

    def encode_stretches(self, stretches):
        """Ids and, for each, whether it is learned: true when its first byte is.

        Control tokens are found in markup only; ordinary words run across borders."""
        ids, learned, text, flags = [], [], '', []

        def flush():
            nonlocal text
            at = 0
            for word in words_of(text):
                word_ids = self.encode_word(word)
                ids.extend(word_ids)
                learned.extend(self.flags_of(word, word_ids, flags, at))
                at += len(word)
            text = ''
            flags.clear()

        for part, is_markup, is_learned in stretches:
            at = 0
            for match in self.specials.finditer(part) if is_markup else ():
                text += part[at : match.start()]
                flags.extend([is_learned] * (match.start() - at))
                flush()
                ids.append(self.special_ids[match.group()])
                learned.append(is_learned)
                at = match.end()
            text += part[at:]
            flags.extend([is_learned] * (len(part) - at))
        flush()
        return ids, learned

    def flags_of(self, word, word_ids, flags, at):
        end = at + len(word)
        if len(word_ids) == 1 or flags[at] == flags[end - 1]:
            return [flags[at]] * len(word_ids)
        of_byte = [flags[at + i] for i, char in enumerate(word) for _ in char.encode()]
        out, first = [], 0
        for i in word_ids:
            out.append(of_byte[first])
            first += len(self.tokens[i])
        return out

    def decode(self, ids):
        out = bytearray()
        for i in ids:
            token = self.tokens[i]
            out += (
                token.encode()
                if token in self.special_ids
                else bytes(self.bytes[letter] for letter in token)
            )
        return out.decode(errors='replace')


def main():
    from tasks.sample import training_texts

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--size', type=int, default=6144)
    parser.add_argument('--texts', type=int, default=6000, help='how many conversations')
    parser.add_argument('--out', required=True)
    o = parser.parse_args()
    data = train(training_texts(o.texts), o.size)
    with open(o.out, 'w', encoding='utf-8') as file:
        json.dump(data, file, ensure_ascii=False)
    print(f'{o.out}: {len(data["tokens"])} tokens, {len(data["merges"])} merges')


if __name__ == '__main__':
    main()
