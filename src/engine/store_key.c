#include "engine/store_key.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/os.h"

enum { NUMERICS = 1 }; // raise when the meaning of a page or state changes within one build

static void add_u64(EVP_MD_CTX *digest, uint64_t number)
{
    EVP_DigestUpdate(digest, &number, sizeof number);
}

static void finish(EVP_MD_CTX *digest, struct store_key *key)
{
    unsigned char all[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(digest, all, NULL);
    memcpy(key->bytes, all, STORE_KEY_SIZE);
    EVP_MD_CTX_free(digest);
}

static EVP_MD_CTX *begin(void)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
    return digest;
}

static void add_ropes(EVP_MD_CTX *digest, const struct cache_spec *spec)
{
    for (int i = 0; i < ROPES_MAX; i++) {
        const struct rope_spec *rope = &spec->ropes[i];
        add_u64(digest, rope->interleaved);
        add_u64(digest, rope->n_dims);
        if (rope->n_dims == 0)
            continue;
        EVP_DigestUpdate(digest, rope->frequency, rope->n_dims / 2 * sizeof *rope->frequency);
        EVP_DigestUpdate(digest, &rope->magnitude, sizeof rope->magnitude);
    }
}

static void add_shapes(EVP_MD_CTX *digest, const struct cache_spec *spec,
                       const struct backend *backend)
{
    add_u64(digest, KV_PAGE_TOKENS);
    add_u64(digest, spec->n_groups);
    add_u64(digest, spec->n_groups ? spec->k_type : 0);
    add_u64(digest, spec->n_groups ? spec->v_type : 0);
    for (uint32_t i = 0; i < spec->n_groups; i++) {
        add_u64(digest, spec->groups[i].n_layers);
        add_u64(digest, spec->groups[i].n_kv_heads);
        add_u64(digest, spec->groups[i].head_dim);
        add_u64(digest, backend_page_size(backend, i));
    }
    add_u64(digest, spec->n_state_layers);
    add_u64(digest, spec->n_state_layers ? backend_state_size(backend) : 0);
    add_u64(digest, spec->n_conv_floats);
    add_u64(digest, spec->n_s_floats);
}

void store_key_model(struct store_key *key, const struct store_model *model,
                     const struct cache_spec *spec, const struct backend *backend)
{
    EVP_MD_CTX *digest = begin();
    add_u64(digest, NUMERICS);
    add_u64(digest, os_program_stamp());
    add_u64(digest, model->fingerprint);
    add_u64(digest, model->file_size);
    add_u64(digest, (uint64_t)model->file_time_s);
    add_shapes(digest, spec, backend);
    add_ropes(digest, spec);
    // "cpu, avx2, 8 threads": kernels round each in their way; how many threads run them is no matter.
    const char *description = backend_description(backend), *end = strrchr(description, ',');
    bool counts = end && strstr(end, " thread");
    EVP_DigestUpdate(digest, description,
                     counts ? (size_t)(end - description) : strlen(description));
    finish(digest, key);
}

static void extend(struct store_key *key, const struct store_key *parent, char kind,
                   const token_id *tokens, uint32_t n_tokens)
{
    EVP_MD_CTX *digest = begin();
    EVP_DigestUpdate(digest, &kind, 1);
    EVP_DigestUpdate(digest, parent->bytes, STORE_KEY_SIZE);
    EVP_DigestUpdate(digest, tokens, n_tokens * sizeof *tokens);
    finish(digest, key);
}

void store_key_chunk(struct store_key *key, const struct store_key *parent, const token_id *tokens)
{
    extend(key, parent, 'c', tokens, STORE_CHUNK_TOKENS);
}

void store_key_state(struct store_key *key, const struct store_key *parent, const token_id *tokens,
                     uint32_t n_tokens)
{
    extend(key, parent, 's', tokens, n_tokens);
}

void store_chain_make(struct store_chain *chain, const struct store_key *model,
                      const token_id *tokens, uint32_t n_tokens)
{
    chain->n_chunks = n_tokens / STORE_CHUNK_TOKENS;
    chain->keys = mem_new(struct store_key, chain->n_chunks + 1);
    chain->keys[0] = *model;
    for (uint32_t i = 0; i < chain->n_chunks; i++)
        store_key_chunk(&chain->keys[i + 1], &chain->keys[i],
                        tokens + (size_t)i * STORE_CHUNK_TOKENS);
}

void store_chain_release(struct store_chain *chain)
{
    free(chain->keys);
    *chain = (struct store_chain){0};
}

void store_key_print(const struct store_key *key, char text[STORE_KEY_TEXT])
{
    for (int i = 0; i < STORE_KEY_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", key->bytes[i]);
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool store_key_parse(struct store_key *key, const char *text)
{
    for (int i = 0; i < STORE_KEY_SIZE; i++) {
        int high = digit_of(text[2 * i]), low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
        if (low < 0)
            return false;
        key->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
