// fake_model.h - a model whose arithmetic is hashing, for tests of the engine.
//
// It keeps model.h's and backend.h's promises over real page tables and states: what a row leaves in
// its page depends on its token, its position and everything it sees through the pages and the
// state, and so do the logits.  A wrong page, a stale state, a row computed twice or at the wrong
// place changes every later answer; reading what was never written or already released is counted in
// n_violations.  fake_cold() computes the same without pages, from the tokens alone.
//
// Defines the functions of model.h and tokenizer.h that the engine uses; a test that includes it links
// neither the real model nor the real tokenizer.
#ifndef HEARTH_TESTS_FAKE_MODEL_H
#define HEARTH_TESTS_FAKE_MODEL_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/ops_table.h"
#include "base/memory.h"
#include "model/model.h"
#include "text/tokenizer.h"

struct fake_row { // what a token leaves in a page
    uint64_t value;
    uint32_t position;
    bool written;
};

struct fake_state {
    uint64_t value;
    uint32_t n_tokens;
    bool live;
};

enum { FAKE_VOCAB = 61, FAKE_END = 7, FAKE_STATE_SIZE = 4096 };

struct fake_config {
    bool has_full, has_states;
    uint32_t window; // 0: no sliding layers
};

struct model {
    struct backend backend;
    struct fake_config config;
    struct hyperparams hyperparams;
    struct cache_spec spec;
    struct fake_row *rows[KV_GROUPS_MAX]; // [n_pages][KV_PAGE_TOKENS]
    struct fake_state *states;
    float *logits;
    uint32_t n_outputs_max;
    unsigned n_violations, n_copies;
    uint64_t n_rows, n_steps; // computed so far
    uint32_t n_rows_most;     // in one step
    unsigned row_us;          // how long a row takes
    uint64_t now_ns;          // a clock that only steps move, by what they would take:
    uint64_t step_ns, row_ns; // each, and each row
    void (*watch)(void *context, const struct batch *batch); // called as a step begins
    void *watch_context;
    uint64_t fail_at_step; // the step that fails; 0: none
};

static inline uint64_t fake_mix(uint64_t x, uint64_t y)
{
    x = (x ^ y) * 0x9E3779B97F4A7C15u;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    return x ^ x >> 32;
}

static inline void fake_fill_logits(float *logits, uint64_t value)
{
    for (uint32_t v = 0; v < FAKE_VOCAB; v++)
        logits[v] = (float)(fake_mix(value, v) >> 40) / (float)(1 << 22);
}

// ---- backend ----

static inline struct model *fake_of(const struct backend *backend)
{
    return (struct model *)(uintptr_t)backend; // the backend is the first member
}

static inline struct fake_row *fake_page(struct model *model, uint32_t i_group, uint32_t page)
{
    if (page >= model->spec.groups[i_group].n_pages_max) {
        model->n_violations++;
        page = 0;
    }
    return model->rows[i_group] + (size_t)page * KV_PAGE_TOKENS;
}

static inline size_t fake_page_size(const struct backend *backend, uint32_t i_group)
{
    (void)backend, (void)i_group;
    return sizeof(struct fake_row) * KV_PAGE_TOKENS;
}

static inline size_t fake_state_size(const struct backend *backend)
{
    (void)backend;
    return FAKE_STATE_SIZE;
}

static inline void fake_copy_page(struct backend *backend, uint32_t i_group, uint32_t to,
                                  uint32_t from, uint32_t n_tokens)
{
    struct model *model = fake_of(backend);
    struct fake_row *target = fake_page(model, i_group, to);
    memset(target, 0, sizeof(struct fake_row) * KV_PAGE_TOKENS);
    memcpy(target, fake_page(model, i_group, from), sizeof(struct fake_row) * n_tokens);
    model->n_copies++;
}

static inline void fake_release_page(struct backend *backend, uint32_t i_group, uint32_t page)
{
    memset(fake_page(fake_of(backend), i_group, page), 0, sizeof(struct fake_row) * KV_PAGE_TOKENS);
}

static inline void fake_save_page(struct backend *backend, uint32_t i_group, uint32_t page,
                                  void *bytes)
{
    memcpy(bytes, fake_page(fake_of(backend), i_group, page),
           sizeof(struct fake_row) * KV_PAGE_TOKENS);
}

static inline void fake_restore_page(struct backend *backend, uint32_t i_group, uint32_t page,
                                     const void *bytes)
{
    memcpy(fake_page(fake_of(backend), i_group, page), bytes,
           sizeof(struct fake_row) * KV_PAGE_TOKENS);
}

static inline void fake_save_state(struct backend *backend, uint32_t state, void *bytes)
{
    struct model *model = fake_of(backend);
    model->n_violations += !model->states[state].live;
    memset(bytes, 0, FAKE_STATE_SIZE);
    memcpy(bytes, &model->states[state], sizeof(struct fake_state));
}

static inline void fake_restore_state(struct backend *backend, uint32_t state, const void *bytes)
{
    memcpy(&fake_of(backend)->states[state], bytes, sizeof(struct fake_state));
}

static inline const char *fake_description(const struct backend *backend)
{
    (void)backend;
    return "fake";
}

static inline void fake_reset_state(struct backend *backend, uint32_t state)
{
    fake_of(backend)->states[state] = (struct fake_state){.live = true};
}

static inline void fake_copy_state(struct backend *backend, uint32_t to, uint32_t from)
{
    struct model *model = fake_of(backend);
    model->n_violations += !model->states[from].live;
    model->states[to] = model->states[from];
}

static inline void fake_release_state(struct backend *backend, uint32_t state)
{
    fake_of(backend)->states[state] = (struct fake_state){.value = 0xDEAD};
}

static const struct backend_ops fake_ops = {
    .name = "fake",
    .description = fake_description,
    .save_page = fake_save_page,
    .restore_page = fake_restore_page,
    .save_state = fake_save_state,
    .restore_state = fake_restore_state,
    .page_size = fake_page_size,
    .state_size = fake_state_size,
    .copy_page = fake_copy_page,
    .release_page = fake_release_page,
    .reset_state = fake_reset_state,
    .copy_state = fake_copy_state,
    .release_state = fake_release_state,
};

// ---- model ----

// What a token at `position` turns into, given what it sees in each group and in the state.
static inline uint64_t fake_row_value(token_id token, uint32_t position, uint64_t full,
                                      uint64_t window, uint64_t state)
{
    uint64_t value = fake_mix((uint64_t)token + 1, position);
    return fake_mix(fake_mix(fake_mix(value, full), window), state);
}

static inline uint64_t fake_attend(struct model *model, const struct batch_sequence *sequence,
                                   uint32_t i_group, uint32_t first, uint32_t position)
{
    uint64_t seen = 0;
    for (uint32_t q = first; q < position; q++) {
        const struct fake_row *row =
            fake_page(model, i_group, sequence->pages[i_group][q / KV_PAGE_TOKENS]) +
            q % KV_PAGE_TOKENS;
        model->n_violations += !row->written || row->position != q;
        seen = fake_mix(seen, row->value);
    }
    return seen;
}

static inline uint32_t fake_window_start(const struct model *model, uint32_t position)
{
    uint32_t window = model->config.window;
    return position + 1 > window ? position + 1 - window : 0;
}

static inline uint64_t fake_step(struct model *model, const struct batch_sequence *sequence,
                                 token_id token, uint32_t position)
{
    uint32_t i_window = model->config.has_full ? 1 : 0;
    uint64_t full = 0, window = 0, state = 0;
    if (model->config.has_full)
        full = fake_attend(model, sequence, 0, 0, position);
    if (model->config.window)
        window =
            fake_attend(model, sequence, i_window, fake_window_start(model, position), position);
    if (model->config.has_states) {
        struct fake_state *s = &model->states[sequence->i_state];
        model->n_violations += !s->live || s->n_tokens != position;
        state = s->value = fake_mix(s->value, fake_row_value(token, position, full, window, 0));
        s->n_tokens++;
    }
    uint64_t value = fake_row_value(token, position, full, window, state);
    for (uint32_t g = 0; g < model->spec.n_groups; g++) {
        struct fake_row *row = fake_page(model, g, sequence->pages[g][position / KV_PAGE_TOKENS]) +
                               position % KV_PAGE_TOKENS;
        *row = (struct fake_row){value, position, true};
    }
    return value;
}

enum err model_forward(struct model *model, const struct batch *batch, const uint32_t *outputs,
                       uint32_t n_outputs, const float **logits, struct error *error)
{
    model->n_steps++;
    if (model->watch)
        model->watch(model->watch_context, batch);
    if (model->n_steps == model->fail_at_step)
        return fail(error, ERR_IO, "the fake model fails at step %u", (unsigned)model->n_steps);
    model->n_violations += batch->n_rows > model->spec.n_rows_max;
    model->n_violations += n_outputs > model->n_outputs_max;
    uint32_t i_row = 0, i_output = 0;
    for (uint32_t s = 0; s < batch->n_sequences; s++) {
        const struct batch_sequence *sequence = &batch->sequences[s];
        for (uint32_t r = 0; r < sequence->n_rows; r++, i_row++) {
            uint64_t value =
                fake_step(model, sequence, batch->tokens[i_row], sequence->position + r);
            if (i_output < n_outputs && outputs[i_output] == i_row)
                fake_fill_logits(model->logits + (size_t)FAKE_VOCAB * i_output++, value);
        }
    }
    model->n_violations += i_row != batch->n_rows || i_output != n_outputs;
    model->n_rows += batch->n_rows;
    model->n_rows_most = batch->n_rows > model->n_rows_most ? batch->n_rows : model->n_rows_most;
    if (model->row_us)
        usleep(model->row_us * batch->n_rows);
    model->now_ns += model->step_ns + model->row_ns * batch->n_rows;
    *logits = model->logits;
    return OK;
}

const struct hyperparams *model_hyperparams(const struct model *model)
{
    return &model->hyperparams;
}

struct backend *model_backend(const struct model *model)
{
    return (struct backend *)(uintptr_t)&model->backend;
}

const struct cache_spec *model_caches(const struct model *model)
{
    return &model->spec;
}

void model_cache_spec(const struct hyperparams *hyperparams, const struct model_options *options,
                      struct cache_spec *spec)
{
    *spec = (struct cache_spec){
        .k_type = options->k_type, .v_type = options->v_type, .n_rows_max = options->n_rows_max};
    if (!hyperparams->is_recurrent[0])
        spec->groups[spec->n_groups++] = (struct kv_group){1, 1, 32, options->n_pages_max[0]};
    if (hyperparams->is_recurrent[1] || hyperparams->is_recurrent[0]) {
        spec->n_state_layers = 1;
        spec->n_s_floats = FAKE_STATE_SIZE / sizeof(float);
        spec->n_states_max = options->n_states_max;
    }
    if (hyperparams->window)
        spec->groups[spec->n_groups++] = (struct kv_group){1, 1, 32, options->n_pages_max[1]};
}

size_t model_scratch_size(const struct hyperparams *hyperparams,
                          const struct model_options *options, unsigned n_threads)
{
    (void)n_threads;
    return (size_t)hyperparams->n_vocab * options->n_outputs_max * sizeof(float);
}

static inline void fake_hyperparams(struct hyperparams *hyperparams, struct fake_config config)
{
    *hyperparams = (struct hyperparams){.n_layers = 3, .n_vocab = FAKE_VOCAB, .n_model = 8};
    hyperparams->n_context_train = 1 << 20;
    hyperparams->is_recurrent[0] = config.has_states && !config.has_full;
    hyperparams->is_recurrent[1] = config.has_states;
    hyperparams->is_sliding[2] = config.window > 0;
    hyperparams->window = config.window;
}

static inline struct model *fake_open(struct fake_config config,
                                      const struct model_options *options)
{
    struct model *model = mem_new(struct model, 1);
    model->backend.ops = &fake_ops;
    model->config = config;
    fake_hyperparams(&model->hyperparams, config);
    model_cache_spec(&model->hyperparams, options, &model->spec);
    for (uint32_t g = 0; g < model->spec.n_groups; g++)
        model->rows[g] =
            mem_new(struct fake_row, (size_t)model->spec.groups[g].n_pages_max * KV_PAGE_TOKENS);
    model->states = mem_new(struct fake_state, options->n_states_max);
    model->n_outputs_max = options->n_outputs_max;
    model->logits = mem_new(float, (size_t)FAKE_VOCAB * options->n_outputs_max);
    return model;
}

static inline void fake_close(struct model *model)
{
    for (uint32_t g = 0; g < model->spec.n_groups; g++)
        free(model->rows[g]);
    free(model->states);
    free(model->logits);
    free(model);
}

// ---- tokenizer: token t is the character 'A' + t, but for the end, the quote and one of two characters ----

enum { FAKE_PAIR = 60 }; // "ab"

size_t tokenizer_n_tokens(const struct tokenizer *tokenizer)
{
    (void)tokenizer;
    return FAKE_VOCAB;
}

bool tokenizer_is_samplable(const struct tokenizer *tokenizer, token_id id)
{
    (void)tokenizer;
    return id < FAKE_VOCAB;
}

bool tokenizer_is_end(const struct tokenizer *tokenizer, token_id id)
{
    (void)tokenizer;
    return id == FAKE_END;
}

enum token_kind tokenizer_kind(const struct tokenizer *tokenizer, token_id id)
{
    return tokenizer_is_end(tokenizer, id) ? TOKEN_CONTROL : TOKEN_NORMAL;
}

struct str tokenizer_bytes(const struct tokenizer *tokenizer, token_id id)
{
    static const char texts[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{\"";
    (void)tokenizer;
    return id == FAKE_PAIR ? STR("ab") : (struct str){texts + id, id != FAKE_END};
}

// Without merging: the pair is only ever sampled.
void tokenizer_encode(const struct tokenizer *tokenizer, struct token_list *out, struct str text,
                      bool is_markup)
{
    (void)is_markup;
    for (size_t i = 0; i < text.size; i++)
        for (token_id id = 0; id < FAKE_PAIR; id++)
            if (str_equal(tokenizer_bytes(tokenizer, id), str_slice(text, i, i + 1)))
                token_list_append(out, id);
}

void token_list_append(struct token_list *list, token_id id)
{
    if (list->n_ids == list->capacity) {
        list->capacity = list->capacity * 2 + 16;
        list->ids = mem_resize(list->ids, list->capacity, sizeof *list->ids);
    }
    list->ids[list->n_ids++] = id;
}

void token_list_release(struct token_list *list)
{
    free(list->ids);
    *list = (struct token_list){0};
}

// The value behind the last of the tokens, computed from nothing.
static inline uint64_t fake_cold(struct fake_config config, const token_id *tokens,
                                 uint32_t n_tokens)
{
    uint64_t *values = mem_new(uint64_t, n_tokens), state = 0;
    struct model model = {.config = config};
    for (uint32_t p = 0; p < n_tokens; p++) {
        uint64_t full = 0, window = 0;
        for (uint32_t q = 0; config.has_full && q < p; q++)
            full = fake_mix(full, values[q]);
        for (uint32_t q = fake_window_start(&model, p); config.window && q < p; q++)
            window = fake_mix(window, values[q]);
        if (config.has_states)
            state = fake_mix(state, fake_row_value(tokens[p], p, full, window, 0));
        values[p] = fake_row_value(tokens[p], p, full, window, state);
    }
    uint64_t last = values[n_tokens - 1];
    free(values);
    return last;
}

#endif
