#include "server/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/os.h"
#include "base/rng.h"
#include "server/host_state.h"

enum { FREE_TOKENS = 8, LOOK_AHEAD = 4, POLL_MS = 100 };

struct said { // the text of a prompt and its answer
    struct buf text;
    bool is_continued; // by a later prompt
};

struct replay {
    struct recordings *recordings;
    struct replay_options options;
    size_t i_next;
    struct said *said; // [i_next]
    struct rng rng;
};

struct asked { // a request on its way
    struct api_request request;
    struct run *run;
    struct reply reply;
};

// ---- asking ----

static enum err ask(struct asked *asked, struct host *host, const struct recording *recording,
                    struct error *error)
{
    *asked = (struct asked){0};
    api_request_init(&asked->request);
    enum err err = api_request_parse(&asked->request, json_text(recording->body), error);
    if (!err)
        err = recording->dialect->read(&asked->request, error);
    if (!err)
        err = host_prepare(host, &asked->run, &asked->request, 0, error);
    return err;
}

static void asked_release(struct asked *asked)
{
    if (asked->reply.dialect)
        reply_release(&asked->reply);
    if (asked->run)
        host_close_run(asked->run);
    api_request_release(&asked->request);
}

static void put_text(struct buf *out, const struct tokenizer *tokenizer, const token_id *ids,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str bytes = tokenizer_bytes(tokenizer, ids[i]);
        buf_append(out, bytes.data, bytes.size);
    }
}

static struct str view(const struct buf *buf)
{
    return (struct str){buf->data ? buf->data : "", buf->size};
}

// ---- what was answered ----

// The tokens of `text`, some of them in two pieces.
static void split_tokens(struct replay *replay, const struct tokenizer *tokenizer,
                         struct token_list *out, const struct token_list *ids)
{
    for (size_t i = 0; i < ids->n_ids; i++) {
        struct str bytes = tokenizer_bytes(tokenizer, ids->ids[i]);
        token_id left = TOKEN_NONE, right = TOKEN_NONE;
        if (tokenizer_kind(tokenizer, ids->ids[i]) == TOKEN_NORMAL && bytes.size > 1 &&
            rng_below(&replay->rng, 4) == 0) {
            size_t at = 1 + rng_below(&replay->rng, bytes.size - 1);
            left = tokenizer_find(tokenizer, str_slice(bytes, 0, at));
            right = tokenizer_find(tokenizer, str_slice(bytes, at, bytes.size));
        }
        if (left != TOKEN_NONE && right != TOKEN_NONE) {
            token_list_append(out, left);
            token_list_append(out, right);
        } else {
            token_list_append(out, ids->ids[i]);
        }
    }
}

// The tokens of the answer: what stands in a later prompt behind all of this one, up to the end of
// the turn.  False when the later prompt is not this one's continuation.
static bool find_answer(struct replay *replay, const struct tokenizer *tokenizer,
                        struct token_list *answer, struct str prompt, const token_id *later,
                        size_t n_later)
{
    size_t i = 0, size = 0, skipped = 0;
    for (; i < n_later && size < prompt.size; i++) {
        struct str bytes = tokenizer_bytes(tokenizer, later[i]);
        size_t n = prompt.size - size < bytes.size ? prompt.size - size : bytes.size;
        if (memcmp(bytes.data, prompt.data + size, n) != 0)
            return false;
        size += n;
        skipped = bytes.size - n; // of this token's end: the answer's beginning
    }
    size_t end = i;
    while (end < n_later && !tokenizer_is_end(tokenizer, later[end]))
        end++;
    if (size < prompt.size || end == n_later)
        return false;
    struct buf text = {0};
    struct token_list ids = {0};
    if (skipped) {
        struct str bytes = tokenizer_bytes(tokenizer, later[i - 1]);
        buf_append(&text, bytes.data + bytes.size - skipped, skipped);
    }
    put_text(&text, tokenizer, later + i, end - i);
    tokenizer_encode(tokenizer, &ids, view(&text), true);
    if (replay->options.splits_tokens)
        split_tokens(replay, tokenizer, answer, &ids);
    else
        token_list_append_all(answer, ids.ids, ids.n_ids);
    token_list_append(answer, later[end]);
    token_list_release(&ids);
    buf_release(&text);
    return true;
}

static bool is_same_conversation(const struct recording *a, const struct recording *b)
{
    return a->i_session == b->i_session && a->dialect == b->dialect && strcmp(a->key, b->key) == 0;
}

// Looks into the next requests of the conversation for the answer to this one.
static bool look_ahead(struct replay *replay, struct host *host, struct token_list *answer,
                       struct str prompt)
{
    const struct recordings *all = replay->recordings;
    const struct recording *now = &all->items[replay->i_next];
    int n_looked = 0;
    bool is_found = false;
    for (size_t i = replay->i_next + 1; i < all->n && !is_found && n_looked < LOOK_AHEAD; i++) {
        struct asked later;
        struct error error;
        if (!is_same_conversation(now, &all->items[i]) ||
            recording_n_items(&all->items[i]) <= recording_n_items(now))
            continue;
        n_looked++;
        if (ask(&later, host, &all->items[i], &error) == OK) {
            size_t n;
            const token_id *ids = host_run_prompt(later.run, &n);
            is_found = find_answer(replay, host->tokenizer, answer, prompt, ids, n);
        }
        asked_release(&later);
    }
    return is_found;
}

// The client sends back the ids it was given.
static void rename_ids(struct replay *replay, const struct reply *reply)
{
    const struct recordings *all = replay->recordings;
    const struct recording *now = &all->items[replay->i_next];
    size_t at = recording_n_items(now);
    for (size_t i = replay->i_next + 1; i < all->n; i++) {
        struct recording *later = &all->items[i];
        if (!is_same_conversation(now, later))
            continue;
        size_t n[2] = {0};
        for (size_t b = 0; b < reply->choices[0].n_blocks; b++) {
            const struct block *block = reply->choices[0].blocks[b];
            if (block->kind == BLOCK_TEXT)
                continue;
            enum recorded_id kind = block->kind == BLOCK_CALL ? RECORDED_CALL : RECORDED_SIGNATURE;
            const char *id = recording_id(later, at, kind, n[kind]++);
            if (!id || !*id || !block->id)
                continue;
            char *from = mem_copy_string(id);
            recording_rename(later, at, from, block->id);
            free(from);
        }
    }
}

// ---- a turn ----

// Which earlier turn this prompt goes on from: the longest whose text it begins with.
static void settle_kind(const struct replay *replay, const struct host *host,
                        struct replay_turn *turn, const token_id *ids, struct str prompt)
{
    const struct recording *now = &replay->recordings->items[replay->i_next];
    size_t longest = 0;
    struct said *continued = NULL;
    turn->kind = REPLAY_NEW;
    for (size_t i = 0; i < replay->i_next; i++) {
        struct str said = view(&replay->said[i].text);
        if (!is_same_conversation(now, &replay->recordings->items[i]))
            continue;
        turn->kind = turn->kind == REPLAY_NEW ? REPLAY_FORK : turn->kind;
        if (said.size > longest && str_starts(prompt, said)) {
            continued = &replay->said[i];
            longest = said.size;
        }
    }
    if (continued && !continued->is_continued)
        turn->kind = REPLAY_APPEND;
    if (continued)
        continued->is_continued = true;
    turn->n_new = 0;
    for (size_t i = 0, size = 0; i < turn->n_prompt; i++) {
        size += tokenizer_bytes(host->tokenizer, ids[i]).size;
        turn->n_new += size > longest;
    }
}

static enum err answer(struct replay *replay, struct host *host, struct asked *asked,
                       struct replay_turn *turn, struct error *error)
{
    size_t n_max = replay->options.n_free_tokens ? replay->options.n_free_tokens : FREE_TOKENS;
    struct token_list ids = {0};
    size_t n_prompt;
    const token_id *prompt = host_run_prompt(asked->run, &n_prompt);
    struct said *said = &replay->said[replay->i_next];
    put_text(&said->text, host->tokenizer, prompt, n_prompt);
    turn->n_prompt = n_prompt;
    settle_kind(replay, host, turn, prompt, view(&said->text));
    turn->is_forced = look_ahead(replay, host, &ids, view(&said->text));
    if (turn->is_forced) {
        host_run_force(asked->run, ids.ids, ids.n_ids);
        n_max = ids.n_ids;
    }
    token_list_release(&ids);
    const struct recording *now = &replay->recordings->items[replay->i_next];
    reply_init(&asked->reply, now->dialect, &asked->request, 1, replay->i_next + 1, 0);
    reply_start(&asked->reply);
    uint64_t start_ns = os_time_ns();
    enum err err = host_start(asked->run, n_max, error);
    enum run_state state = RUN_PREFILL;
    bool has_begun = false;
    while (!err && state != RUN_DONE) {
        state = host_step(asked->run, &asked->reply, POLL_MS, error);
        if (state != RUN_PREFILL && !has_begun)
            turn->first_token_ms += (double)(os_time_ns() - start_ns) / 1e6;
        has_begun = state != RUN_PREFILL;
        if (state == RUN_FAILED)
            err = error->code;
    }
    if (err)
        return err;
    size_t n_all;
    const token_id *all = host_run_tokens(asked->run, &n_all);
    put_text(&said->text, host->tokenizer, all + n_prompt, n_all - n_prompt);
    rename_ids(replay, &asked->reply);
    return OK;
}

static void take_numbers(struct replay_turn *turn, const struct asked *asked)
{
    struct run_numbers numbers;
    host_tell_run(asked->run, &numbers);
    turn->n_reused = numbers.usage.n_reused;
    turn->n_generated = numbers.usage.n_generated;
    turn->n_computed = numbers.n_computed;
    turn->n_from_disk = numbers.n_from_disk;
    turn->n_remembered = numbers.n_remembered;
    turn->first_difference = numbers.first_difference;
    memcpy(turn->remembered, numbers.remembered, sizeof turn->remembered);
    memcpy(turn->found, numbers.found, sizeof turn->found);
}

struct replay *replay_open(struct recordings *recordings, const struct replay_options *options)
{
    struct replay *replay = mem_new(struct replay, 1);
    replay->recordings = recordings;
    replay->options = *options;
    replay->said = mem_new(struct said, recordings->n);
    rng_seed(&replay->rng, 1);
    return replay;
}

void replay_close(struct replay *replay)
{
    if (!replay)
        return;
    for (size_t i = 0; i < replay->recordings->n; i++)
        buf_release(&replay->said[i].text);
    free(replay->said);
    free(replay);
}

bool replay_next(struct replay *replay, struct host *host, struct replay_turn *turn, enum err *err,
                 struct error *error)
{
    *err = OK;
    if (replay->i_next == replay->recordings->n)
        return false;
    const struct recording *now = &replay->recordings->items[replay->i_next];
    *turn = (struct replay_turn){.name = now->name, .i_session = now->i_session};
    struct model_side side = host_side(host);
    bool is_held = false;
    while (!is_held && !*err)
        *err = side.hold(host, POLL_MS, &is_held, error);
    if (*err)
        return false;
    struct asked asked;
    uint64_t start_ns = os_time_ns();
    *err = ask(&asked, host, now, error);
    turn->first_token_ms = (double)(os_time_ns() - start_ns) / 1e6; // without looking ahead
    if (!*err)
        *err = answer(replay, host, &asked, turn, error);
    if (!*err)
        take_numbers(turn, &asked);
    asked_release(&asked);
    side.release(host);
    replay->i_next++;
    return *err == OK;
}
