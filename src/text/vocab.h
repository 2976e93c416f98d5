// vocab.h - the tokens of a vocabulary: their bytes, their kinds, and which token has these bytes.
//
// The table that the parts of text/ share; others use tokenizer.h.  A token's bytes are what it
// stands for in a text: the file's byte-to-Unicode alphabet and U+2581 for space are undone once,
// here.  Does not change after vocab_init.
#ifndef HEARTH_TEXT_VOCAB_H
#define HEARTH_TEXT_VOCAB_H

#include "text/tokenizer.h"

enum vocab_model {
    VOCAB_BYTE_BPE, // "gpt2": merges over bytes, written in an alphabet of 256 characters
    VOCAB_SPM,      // "llama": SentencePiece, merges by score
    VOCAB_GEMMA4,   // "gemma4": merges over characters
};

enum vocab_flag {
    VOCAB_END = 1 << 0,     // ends a generation
    VOCAB_PADDING = 1 << 1, // a row that stands for nothing
};

struct vocab_slot {
    uint32_t tag;  // of the hash
    uint32_t next; // id + 1; 0 is free
};

struct vocab {
    enum vocab_model model;
    size_t n_tokens;
    unsigned char *kinds;   // enum token_kind
    unsigned char *flags;   // enum vocab_flag
    char *bytes;            // all tokens' bytes, one after another
    uint32_t *starts;       // [n_tokens + 1] into bytes
    token_id byte_ids[256]; // the token for a single byte, or TOKEN_NONE
    token_id unknown;       // or TOKEN_NONE
    struct vocab_slot *slots;
    size_t slot_mask;
};

enum err vocab_init(struct vocab *vocab, const struct gguf *gguf, enum vocab_model model,
                    struct error *error);
void vocab_release(struct vocab *vocab);

static inline struct str vocab_bytes(const struct vocab *vocab, token_id id)
{
    uint32_t start = vocab->starts[id];
    return (struct str){vocab->bytes + start, vocab->starts[id + 1] - start};
}

// The normal token of these bytes, or TOKEN_NONE: the only ones that ordinary text turns into, so
// that no text spells its way to a control token.
token_id vocab_find_normal(const struct vocab *vocab, struct str bytes);
// The same, but a control, user-defined or unused token first.
token_id vocab_find(const struct vocab *vocab, struct str bytes);

// Undoes the file's way of writing the bytes of normal tokens.  `out` has room for text.size bytes;
// returns how many there are.
size_t vocab_decode(const struct vocab *vocab, struct str text, char *out);

// A 64-bit hash of bytes; not against an adversary.
static inline uint64_t vocab_hash(struct str text)
{
    const uint64_t k = 0x9E3779B97F4A7C15u;
    const char *p = text.data;
    size_t n = text.size;
    uint64_t h = n * k, a = 0;
    for (; n > 8; n -= 8, p += 8) {
        memcpy(&a, p, 8);
        h = (h ^ a) * k;
        h ^= h >> 29;
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        a = (uint64_t)first << 32 | last;
    } else if (n) {
        a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
            (unsigned char)p[n - 1];
    }
    h = (h ^ a) * k;
    h ^= h >> 32;
    return h * k;
}

#endif
