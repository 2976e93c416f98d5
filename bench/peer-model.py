#!/usr/bin/env python3
"""The weights of one GGUF file with the vocabulary of another and a template: a file for peers.

    peer-model.py WEIGHTS.gguf VOCABULARY.gguf TEMPLATE.jinja OUT.gguf

What servers reuse of a prompt depends on its tokens and on the kind of model, not on the weights'
size: a hybrid model of a few layers with a real vocabulary and the published template shows it in
seconds (docs/design/cache.md).  Both vocabularies must have as many tokens.  The pre-tokenizer stays
that of the weights' file.
"""
import struct
import sys

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY = 8, 9
KEPT = 'tokenizer.ggml.pre'
TEMPLATE = 'tokenizer.chat_template'


class Reader:
    def __init__(self, path):
        with open(path, 'rb') as file:
            self.bytes = file.read()
        self.at = 4

    def take(self, n):
        self.at += n
        return self.bytes[self.at - n:self.at]

    def number(self, form):
        return struct.unpack('<' + form, self.take(struct.calcsize('<' + form)))[0]

    def skip_value(self, kind):
        if kind == STRING:
            self.take(self.number('Q'))
        elif kind == ARRAY:
            kind, n = self.number('I'), self.number('Q')
            for _ in range(n if kind == STRING else 0):
                self.take(self.number('Q'))
            self.take(n * SIZES.get(kind, 0))
        else:
            self.take(SIZES[kind])


def read(path):
    """Settings as {key: bytes of type and value}, number of tensors, bytes of the tensors' table, data."""
    reader = Reader(path)
    version, n_tensors, n_settings = reader.number('I'), reader.number('Q'), reader.number('Q')
    assert version == 3, f'{path}: GGUF of version {version}'
    settings = {}
    for _ in range(n_settings):
        key = reader.take(reader.number('Q')).decode()
        start = reader.at
        reader.skip_value(reader.number('I'))
        settings[key] = reader.bytes[start:reader.at]
    start = reader.at
    for _ in range(n_tensors):
        reader.take(reader.number('Q'))
        reader.take(8 * reader.number('I') + 12)
    table = reader.bytes[start:reader.at]
    return settings, n_tensors, table, reader.bytes[-(-reader.at // 32) * 32:]


def text(value):
    return struct.pack('<Q', len(value)) + value


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    settings, n_tensors, table, data = read(sys.argv[1])
    vocabulary = read(sys.argv[2])[0]
    with open(sys.argv[3], 'rb') as file:
        template = file.read()
    merged = {key: value for key, value in settings.items()
              if not key.startswith('tokenizer.') or key == KEPT}
    merged.update({key: value for key, value in vocabulary.items()
                   if key.startswith('tokenizer.') and key != KEPT})
    merged[TEMPLATE] = struct.pack('<I', STRING) + text(template)
    with open(sys.argv[4], 'wb') as out:
        out.write(b'GGUF' + struct.pack('<IQQ', 3, n_tensors, len(merged)))
        for key, value in merged.items():
            out.write(text(key.encode()) + value)
        out.write(table)
        out.write(bytes(-out.tell() % 32))
        out.write(data)


main()
