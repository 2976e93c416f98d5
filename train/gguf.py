"""Writes a GGUF file (v3): keys, then tensors as F32 or Q8_0."""

import struct

import numpy as np

ALIGNMENT = 32
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TENSOR_F32, TENSOR_Q8_0 = 0, 8


def string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


def value(kind, item):
    forms = {U32: '<I', I32: '<i', F32: '<f', BOOL: '<?'}
    return string(item) if kind == STRING else struct.pack(forms[kind], item)


def q8_0(array):
    """Blocks of 32: scale max|x|/127 as f16, then the rounded quotients."""
    blocks = array.reshape(-1, 32).astype(np.float32)
    scale = np.abs(blocks).max(1) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse[:, None]
    whole = np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)  # halves away from zero
    out = np.empty(len(blocks), dtype=[('scale', '<f2'), ('items', 'i1', 32)])
    out['scale'], out['items'] = scale, whole
    return out.tobytes()


class Writer:
    def __init__(self):
        self.keys, self.tensors = [], []

    def put(self, key, kind, item):
        self.keys.append(string(key) + struct.pack('<I', kind) + value(kind, item))

    def put_array(self, key, kind, items):
        self.keys.append(
            string(key)
            + struct.pack('<IIQ', ARRAY, kind, len(items))
            + b''.join(value(kind, item) for item in items)
        )

    def add(self, name, array, as_q8_0=False):
        """The last axis of `array` is the tensor's first dimension."""
        array = np.ascontiguousarray(array, dtype=np.float32)
        kind, data = (TENSOR_Q8_0, q8_0(array)) if as_q8_0 else (TENSOR_F32, array.tobytes())
        self.tensors.append((name, array.shape[::-1], kind, data))

    def save(self, path):
        head = struct.pack('<4sIQQ', b'GGUF', 3, len(self.tensors), len(self.keys)) + b''.join(
            self.keys
        )
        offset = 0
        for name, shape, kind, data in self.tensors:
            head += string(name) + struct.pack('<I', len(shape))
            head += b''.join(struct.pack('<Q', n) for n in shape) + struct.pack('<IQ', kind, offset)
            offset += len(data) + -len(data) % ALIGNMENT
        with open(path, 'wb') as file:
            file.write(head + bytes(-len(head) % ALIGNMENT))
            for _, _, _, data in self.tensors:
                file.write(data + bytes(-len(data) % ALIGNMENT))
            return file.tell()
