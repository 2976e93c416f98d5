#!/usr/bin/env python3
"""peer-llguidance.py TOKENS [N]: llguidance on what `maskbench DATA VOCAB --tokens TOKENS` measured.

The same schemas, vocabulary and tokens, the same times: one is a mask and taking the token, of the
thread's processor time; each schema cold, one thread.  Only the first N schemas when N is given.
Wants `pip install llguidance numpy` in an environment of its own.  A schema that llguidance refuses
does not pass and has no times.
"""
import ctypes
import json
import re
import sys
import time

import llguidance
import numpy

UNREACHABLE = b'\xff<unused>'  # tokens that are no text: special ones, for llguidance


# How the vocabulary's family (qwen2) cuts a text into words, in the terms of `re`.
WORDS = re.compile(r"'(?i:[sdmt]|ll|ve|re)|(?:[^\r\n\w]|_)?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*"
                   r"|\s*[\r\n]+|\s+(?!\S)|\s+")


class Vocabulary:
    """What llguidance asks of a tokenizer.  Where a text is forced it allows only the tokens that the
    tokenizer would cut it into, so they must be the model's own: pairs are merged by their ids, which
    in this vocabulary stand in the order of the merges."""

    def __init__(self, tokens):
        self.tokens = [bytes.fromhex(t) or UNREACHABLE for t in tokens]
        self.special_token_ids = [i for i, t in enumerate(tokens) if not t]
        self.eos_token_id = self.special_token_ids[0]
        self.bos_token_id = None
        self.ids = {text: i for i, text in enumerate(self.tokens) if text != UNREACHABLE}

    def __call__(self, text):
        text = text if isinstance(text, str) else bytes(text).decode('utf-8', 'surrogateescape')
        found = []
        for word in WORDS.findall(text):
            found += self.merge(word.encode('utf-8', 'surrogateescape'))
        return found

    def merge(self, word):
        parts = [word[i:i + 1] for i in range(len(word))]
        while len(parts) > 1:
            rank, at = min((self.ids.get(a + b, sys.maxsize), i)
                           for i, (a, b) in enumerate(zip(parts, parts[1:])))
            if rank == sys.maxsize:
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        return [self.ids[part] for part in parts if part in self.ids]


def times_line(name, times):
    us = numpy.sort(numpy.array(times, dtype=numpy.float64)) / 1000
    at = [us[int(share * (len(us) - 1))] for share in (0.5, 0.9, 0.99, 1)]
    return (f'{name} us: n {len(us)} avg {us.mean():.1f} p50 {at[0]:.1f} p90 {at[1]:.1f} '
            f'p99 {at[2]:.1f} max {at[3]:.1f}')


def main():
    with open(sys.argv[1]) as file:
        vocabulary = Vocabulary(json.loads(file.readline())['vocabulary'])
        lines = file.readlines()[:int(sys.argv[2]) if len(sys.argv) > 2 else None]
    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(vocabulary),
                                       n_vocab=len(vocabulary.tokens),
                                       slices=llguidance.LLTokenizer.json_slices())
    n_words = (len(vocabulary.tokens) + 31) // 32
    mask = numpy.zeros(n_words, dtype=numpy.int32)
    at = mask.ctypes.data_as(ctypes.c_void_p).value
    masks, compiles = [], []
    n_passed = n_refused = n_rejected = n_accepted = 0
    for line in lines:
        case = json.loads(line)
        passed = True
        for test in case['tests'] or [None]:
            start = time.thread_time_ns()
            try:
                grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(case['schema']))
                matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
                refused = matcher.is_error()
            except Exception:
                refused = True
            took = time.thread_time_ns() - start
            if test is case['tests'][0] if case['tests'] else True:
                compiles.append(took)
            if refused:
                n_refused += 1
                passed = False
                break
            if not test:
                break
            accepted = True
            for token in test['tokens']:
                start = time.thread_time_ns()
                matcher.unsafe_compute_mask_ptr(at, n_words * 4)
                accepted = bool(mask[token >> 5] >> (token & 31) & 1) and matcher.consume_token(token)
                if test['valid']:
                    masks.append(time.thread_time_ns() - start)
                if not accepted:
                    break
            accepted = accepted and matcher.is_accepting()
            n_rejected += test['valid'] and not accepted
            n_accepted += accepted and not test['valid']
            passed = passed and accepted == test['valid']
        n_passed += passed
    print(f'llguidance {llguidance.get_version()}')
    print(f'schemas {len(lines)} passing {n_passed} ({100 * n_passed / len(lines):.2f} %), '
          f'refused {n_refused}; valid rejected {n_rejected}, invalid accepted {n_accepted}')
    print(times_line('mask', masks))
    print(times_line('compile', compiles))


main()
