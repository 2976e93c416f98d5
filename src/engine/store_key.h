// store_key.h - what a file of the disk cache is called after.
//
// What a model leaves in its pages and states at a position depends on the model and on every token up
// to there, so that is what is hashed: the model first, then the tokens in chunks of
// STORE_CHUNK_TOKENS, each chunk's key made of the key before it and its own tokens.  Two prompts that
// begin alike have the same keys until the chunk in which they part.  SHA-256, cut to 128 bits: who
// finds another conversation with the same key by chance or on purpose has broken it.
#ifndef HEARTH_ENGINE_STORE_KEY_H
#define HEARTH_ENGINE_STORE_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "backend/backend.h"
#include "base/token.h"

enum {
    STORE_CHUNK_PAGES = 4,
    STORE_CHUNK_TOKENS = STORE_CHUNK_PAGES * KV_PAGE_TOKENS,
    STORE_KEY_SIZE = 16,
    STORE_KEY_TEXT = 2 * STORE_KEY_SIZE + 1,
};

struct store_key {
    uint8_t bytes[STORE_KEY_SIZE];
};

struct store_model {      // what tells one model from another
    const char *name;     // for people; not part of the key
    uint64_t fingerprint; // gguf_fingerprint(): header, tensor table, samples of the weights
    uint64_t file_size;   // bytes, all parts
    int64_t file_time_s;  // when the file was last written; 0: not from a file
};

static inline bool store_key_equal(const struct store_key *a, const struct store_key *b)
{
    return memcmp(a->bytes, b->bytes, STORE_KEY_SIZE) == 0;
}

// The key in front of the first token: the model, the types of K and V, the shapes of pages and states,
// the ropes, the backend's kernels and this build of the program, each of which changes bytes.
void store_key_model(struct store_key *key, const struct store_model *model,
                     const struct cache_spec *spec, const struct backend *backend);
// The key behind a whole chunk of tokens that follow `parent`.
void store_key_chunk(struct store_key *key, const struct store_key *parent, const token_id *tokens);
// The key of a state n_tokens (< STORE_CHUNK_TOKENS) behind `parent`.
void store_key_state(struct store_key *key, const struct store_key *parent, const token_id *tokens,
                     uint32_t n_tokens);

struct store_chain {        // the keys along one sequence
    struct store_key *keys; // [n_chunks + 1] behind 0, 1, 2 ... whole chunks
    uint32_t n_chunks;
};

void store_chain_make(struct store_chain *chain, const struct store_key *model,
                      const token_id *tokens, uint32_t n_tokens);
void store_chain_release(struct store_chain *chain);

void store_key_print(const struct store_key *key, char text[STORE_KEY_TEXT]); // lower-case hex
bool store_key_parse(struct store_key *key, const char *text); // STORE_KEY_TEXT - 1 characters

#endif
