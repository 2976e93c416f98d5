#include "sample/constraint_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sample/gbnf.h"
#include "sample/pattern.h"

#define SIZE_DEFAULT     (64 * MIB)
#define NUMBERS_KEPT_MAX 20000 // prefixes of bounded numbers, between texts
#define FORCED_MAX       4096  // bytes looked ahead

// ---- the vocabulary ----

enum err constraint_vocabulary_open(struct constraint_vocabulary **out,
                                    const struct token_vocabulary *vocabulary, struct error *error)
{
    struct constraint_vocabulary *v = mem_new(struct constraint_vocabulary, 1);
    *out = NULL;
    v->trie = token_trie_open(vocabulary);
    if (!v->trie) {
        free(v);
        return fail(error, ERR_MEMORY, "no memory for a tree of %zu tokens", vocabulary->n_tokens);
    }
    // What may follow inside any string is the same for every schema.
    struct schema_store *store = schema_store_open(4 * MIB);
    struct mask_cache cache = {.any_character = schema_any_character(store),
                               .quote = schema_quote(store)};
    v->free_string = text_mask_open(&cache, schema_dfa(store), v->trie, schema_free_string(store));
    schema_store_close(store);
    *out = v;
    return OK;
}

void constraint_vocabulary_close(struct constraint_vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    text_mask_close(vocabulary->free_string);
    token_trie_close(vocabulary->trie);
    free(vocabulary);
}

size_t constraint_vocabulary_n_tokens(const struct constraint_vocabulary *vocabulary)
{
    return vocabulary->trie->n_tokens;
}

const struct token_trie *constraint_vocabulary_trie(const struct constraint_vocabulary *vocabulary)
{
    return vocabulary->trie;
}

// ---- compiled constraints ----

struct constraint *constraint_new(const struct constraint_vocabulary *vocabulary,
                                  const struct constraint_options *options)
{
    struct constraint *c = mem_new(struct constraint, 1);
    size_t size_max = options && options->size_max ? options->size_max : SIZE_DEFAULT;
    c->vocabulary = vocabulary;
    c->n_owners = 1;
    pthread_mutex_init(&c->lock, NULL);
    c->store = schema_store_open(size_max / 2);
    c->cache.size_max = size_max / 2;
    c->cache.free_string = vocabulary->free_string;
    c->cache.free_string_state = schema_free_string(c->store);
    c->cache.any_character = schema_any_character(c->store);
    c->cache.quote = schema_quote(c->store);
    c->start_rule = grammar_add_rule(&c->grammar);
    return c;
}

struct str constraint_mark_bytes(struct constraint *c, const char *mark)
{
    const struct token_trie *trie = c->vocabulary->trie;
    for (size_t i = 0; i < trie->n_marks; i++)
        if (str_is(trie->marks[i].text, mark))
            return token_trie_bytes(trie, trie->marks[i].id);
    return str_of(mark);
}

regex_id constraint_markup(struct constraint *c, const char *text, bool is_strict)
{
    struct regex_pool *pool = schema_pool(c->store);
    const struct token_trie *trie = c->vocabulary->trie;
    regex_id all = REGEX_EPSILON;
    for (size_t at = 0; text[at];) {
        struct str rest = str_of(text + at), code = {NULL, 0}, mark = {NULL, 0};
        for (size_t i = 0; i < trie->n_marks; i++)
            if (str_starts(rest, trie->marks[i].text) && trie->marks[i].text.size > mark.size) {
                mark = trie->marks[i].text;
                code = token_trie_bytes(trie, trie->marks[i].id);
            }
        size_t size = mark.size ? mark.size : 1;
        regex_id one = regex_literal(pool, str_slice(rest, 0, size));
        if (mark.size && is_strict)
            one = regex_literal(pool, code);
        else if (mark.size)
            one = regex_or2(pool, one, regex_literal(pool, code));
        all = regex_concat(pool, all, one);
        at += size;
    }
    return all;
}

void constraint_add_start(struct constraint *c, const struct constraint_options *options,
                          const struct symbol *symbols, size_t n)
{
    struct regex_pool *pool = schema_pool(c->store);
    struct symbol all[8];
    if (!options || !options->free_until || n + 1 > COUNT_OF(all)) {
        grammar_add_alternative(&c->grammar, c->start_rule, symbols, n);
        return;
    }
    struct byte_set blanks = {{0}};
    byte_set_add_range(&blanks, ' ', ' ');
    byte_set_add_range(&blanks, '\n', '\n');
    regex_id space = regex_repeat(pool, regex_bytes(pool, &blanks), 0, 4);
    regex_id before = regex_concat(
        pool, regex_until(pool, constraint_markup(c, options->free_until, true)), space);
    if (options->free_opener) {
        before = regex_concat(pool, constraint_markup(c, options->free_opener, false), before);
        before = regex_or2(pool, before, REGEX_EPSILON);
        before = regex_concat(pool, space, before);
    }
    all[0] = (struct symbol){SYMBOL_TEXT, dfa_start(schema_dfa(c->store), before, DFA_DEAD, 0)};
    memcpy(all + 1, symbols, n * sizeof *symbols);
    grammar_add_alternative(&c->grammar, c->start_rule, all, n + 1);
}

static struct constraint *open_value(const struct constraint_vocabulary *vocabulary,
                                     const struct str *schema,
                                     const struct constraint_options *options)
{
    struct constraint *c = constraint_new(vocabulary, options);
    value_ref ref = schema ? schema_add_text(c->store, *schema) : schema_any_object(c->store);
    if (!schema_value_exists(c->store, ref)) {
        // A schema that nothing satisfies would leave no token to sample.
        schema_relax_all(c->store, ref, "nothing satisfies this schema");
        ref = schema_anything(c->store);
    }
    constraint_add_start(c, options, &(struct symbol){SYMBOL_VALUE, ref}, 1);
    return c;
}

struct constraint *constraint_open_schema(const struct constraint_vocabulary *vocabulary,
                                          struct str schema,
                                          const struct constraint_options *options)
{
    return open_value(vocabulary, &schema, options);
}

struct constraint *constraint_open_json_object(const struct constraint_vocabulary *vocabulary,
                                               const struct constraint_options *options)
{
    return open_value(vocabulary, NULL, options);
}

enum err constraint_open_gbnf(struct constraint **out,
                              const struct constraint_vocabulary *vocabulary, struct str grammar,
                              const struct constraint_options *options, struct error *error)
{
    struct constraint *c = constraint_new(vocabulary, options);
    struct symbol root;
    *out = NULL;
    enum err err = gbnf_compile(&c->grammar, schema_dfa(c->store), &root, grammar, error);
    if (err) {
        constraint_close(c);
        return err;
    }
    constraint_add_start(c, options, &root, 1);
    *out = c;
    return OK;
}

enum err constraint_open_regex(struct constraint **out,
                               const struct constraint_vocabulary *vocabulary, struct str pattern,
                               const struct constraint_options *options, struct error *error)
{
    const struct pattern_options how = {.form = TEXT_RAW, .is_anchored = true};
    struct constraint *c = constraint_new(vocabulary, options);
    regex_id regex;
    const char *relaxed;
    *out = NULL;
    enum err err = pattern_compile(schema_pool(c->store), &regex, pattern, &how, &relaxed, error);
    struct dfa *dfa = schema_dfa(c->store);
    dfa_state anything = dfa_start(dfa, REGEX_ANYTHING, DFA_DEAD, 0);
    dfa_expand(dfa, anything);
    dfa_state start = err ? DFA_DEAD : dfa_start(dfa, regex, anything, 0);
    if (!err && start == DFA_DEAD)
        err = fail(error, ERR_ARGUMENT, "no text matches this pattern");
    if (err) {
        constraint_close(c);
        return err;
    }
    if (relaxed)
        schema_relax_all(c->store, SPEC_NONE, relaxed);
    constraint_add_start(c, options, &(struct symbol){SYMBOL_TEXT, start}, 1);
    *out = c;
    return OK;
}

struct constraint *constraint_share(struct constraint *constraint)
{
    pthread_mutex_lock(&constraint->lock);
    constraint->n_owners++;
    pthread_mutex_unlock(&constraint->lock);
    return constraint;
}

void constraint_close(struct constraint *constraint)
{
    if (!constraint)
        return;
    pthread_mutex_lock(&constraint->lock);
    bool is_last = --constraint->n_owners == 0;
    pthread_mutex_unlock(&constraint->lock);
    if (!is_last)
        return;
    mask_cache_release(&constraint->cache);
    grammar_release(&constraint->grammar);
    schema_store_close(constraint->store);
    pthread_mutex_destroy(&constraint->lock);
    free(constraint);
}

size_t constraint_relaxations(struct constraint *constraint, struct relaxation *out, size_t n_max)
{
    pthread_mutex_lock(&constraint->lock);
    if (schema_dfa(constraint->store)->is_relaxed && !constraint->has_told_limit) {
        constraint->has_told_limit = true;
        schema_relax_all(constraint->store, SPEC_NONE, "automata past their bound");
    }
    size_t n;
    const struct relaxation *all = schema_relaxations(constraint->store, &n);
    for (size_t i = 0; i < n && i < n_max; i++)
        out[i] = all[i];
    pthread_mutex_unlock(&constraint->lock);
    return n;
}

// ---- one text ----

struct constraint_state {
    struct constraint *constraint;
    struct machine machine; // threads [0, n_threads) are where the text stands
    size_t n_live_frames;   // after the last compaction
    bool has_ended;
};

static void start(struct constraint_state *state)
{
    state->machine.n_threads = 0;
    state->machine.n_frames = 1;
    state->machine.n_words = 0;
    state->machine.text_size = 0;
    state->has_ended = false;
    machine_start(&state->machine, state->constraint->start_rule);
}

struct constraint_state *constraint_state_open(struct constraint *constraint)
{
    struct constraint_state *state = mem_new(struct constraint_state, 1);
    state->constraint = constraint_share(constraint);
    pthread_mutex_lock(&constraint->lock);
    if (!constraint->n_states++) // nobody stands in a number: forget those met so far
        number_table_forget(schema_numbers(constraint->store), NUMBERS_KEPT_MAX);
    machine_init(&state->machine, constraint->store, &constraint->grammar);
    start(state);
    pthread_mutex_unlock(&constraint->lock);
    return state;
}

struct constraint_state *constraint_state_copy(const struct constraint_state *state)
{
    struct constraint_state *copy = mem_new(struct constraint_state, 1);
    *copy = *state;
    constraint_share(state->constraint);
    pthread_mutex_lock(&state->constraint->lock);
    state->constraint->n_states++;
    pthread_mutex_unlock(&state->constraint->lock);
    machine_copy(&copy->machine, &state->machine);
    return copy;
}

void constraint_state_reset(struct constraint_state *state)
{
    pthread_mutex_lock(&state->constraint->lock);
    start(state);
    pthread_mutex_unlock(&state->constraint->lock);
}

void constraint_state_close(struct constraint_state *state)
{
    if (!state)
        return;
    machine_release(&state->machine);
    pthread_mutex_lock(&state->constraint->lock);
    state->constraint->n_states--;
    pthread_mutex_unlock(&state->constraint->lock);
    constraint_close(state->constraint);
    free(state);
}

// Steps over all of `bytes`; on failure everything is as before.
static bool take_bytes(struct constraint_state *state, struct str bytes)
{
    struct machine *m = &state->machine;
    const struct machine_mark mark = machine_mark(m);
    size_t first = 0, n = m->n_threads;
    for (size_t i = 0; i < bytes.size && n; i++) {
        size_t next = m->n_threads;
        machine_step(m, first, n, (unsigned char)bytes.data[i]);
        first = next;
        n = m->n_threads - next;
    }
    if (!n) {
        machine_cut(m, mark);
        return false;
    }
    if (m->n_frames > 2 * state->n_live_frames + 64) {
        machine_compact(m, first, n);
        state->n_live_frames = m->n_frames;
    } else {
        memmove(m->threads, m->threads + first, n * sizeof *m->threads);
        m->n_threads = n;
    }
    return true;
}

bool constraint_state_accept_bytes(struct constraint_state *state, struct str bytes)
{
    if (state->has_ended)
        return false;
    pthread_mutex_lock(&state->constraint->lock);
    bool is_taken = take_bytes(state, bytes);
    pthread_mutex_unlock(&state->constraint->lock);
    return is_taken;
}

bool constraint_state_accept(struct constraint_state *state, token_id token)
{
    const struct token_trie *trie = state->constraint->vocabulary->trie;
    if (state->has_ended || token < 0 || (size_t)token >= trie->n_tokens)
        return false;
    if (trie->roles[token] == TOKEN_ROLE_END) {
        if (!constraint_state_can_end(state))
            return false;
        state->has_ended = true;
        return true;
    }
    struct str bytes = token_trie_bytes(trie, token);
    return trie->roles[token] <= TOKEN_ROLE_MARK && bytes.size &&
           constraint_state_accept_bytes(state, bytes);
}

void constraint_state_mask(struct constraint_state *state, uint64_t *mask)
{
    struct constraint *c = state->constraint;
    const struct token_trie *trie = c->vocabulary->trie;
    memset(mask, 0, trie->n_words * sizeof *mask);
    if (state->has_ended)
        return;
    pthread_mutex_lock(&c->lock);
    struct machine *m = &state->machine;
    const struct machine_mark mark = machine_mark(m);
    size_t n = m->n_threads;
    token_mask_add(m, &c->cache, trie, 0, n, mask);
    machine_cut(m, mark);
    if (machine_is_complete(m, 0, n))
        for (size_t e = 0; e < trie->n_ends; e++)
            mask_set(mask, trie->ends[e]);
    pthread_mutex_unlock(&c->lock);
}

// The only byte that may follow the threads [first, first + n), or -1.
static int only_byte(struct machine *m, size_t first, size_t n)
{
    int only = -1;
    const struct machine_mark mark = machine_mark(m);
    for (unsigned b = 0; b < 256; b++) {
        machine_step(m, first, n, b);
        bool is_live = m->n_threads > mark.n_threads;
        machine_cut(m, mark);
        if (is_live && only >= 0)
            return -1;
        if (is_live)
            only = (int)b;
    }
    return only;
}

size_t constraint_state_forced(struct constraint_state *state, struct buf *out)
{
    struct machine *m = &state->machine;
    size_t n_forced = 0, first = 0, n = m->n_threads;
    if (state->has_ended)
        return 0;
    pthread_mutex_lock(&state->constraint->lock);
    const struct machine_mark mark = machine_mark(m);
    while (n_forced < FORCED_MAX && !machine_is_complete(m, first, n)) {
        int byte = only_byte(m, first, n);
        if (byte < 0)
            break;
        size_t next = m->n_threads;
        machine_step(m, first, n, (unsigned)byte);
        first = next;
        n = m->n_threads - next;
        buf_append_byte(out, byte);
        n_forced++;
    }
    machine_cut(m, mark);
    pthread_mutex_unlock(&state->constraint->lock);
    return n_forced;
}

size_t constraint_stable_tokens(const struct constraint_vocabulary *vocabulary, struct str bytes,
                                const size_t *ends, size_t n_tokens)
{
    // A token is certain when none that starts with it, or before it, could reach past the end.
    size_t n = n_tokens;
    for (size_t i = n_tokens; i-- > 0;) {
        size_t from = i ? ends[i - 1] : 0;
        if (token_trie_extends(vocabulary->trie, str_slice(bytes, from, bytes.size)))
            n = i;
    }
    return n;
}

bool constraint_state_can_end(struct constraint_state *state)
{
    if (state->has_ended)
        return true;
    pthread_mutex_lock(&state->constraint->lock);
    bool can_end = machine_is_complete(&state->machine, 0, state->machine.n_threads);
    pthread_mutex_unlock(&state->constraint->lock);
    return can_end;
}

bool constraint_state_is_complete(struct constraint_state *state)
{
    for (size_t t = 0; t < state->machine.n_threads && !state->has_ended; t++)
        if (state->machine.threads[t].kind != THREAD_DONE)
            return false;
    return true;
}

const struct constraint_vocabulary *
constraint_state_vocabulary(const struct constraint_state *state)
{
    return state->constraint->vocabulary;
}

size_t constraint_state_n_steps(const struct constraint_state *state)
{
    return state->machine.n_steps;
}
