// One answer: from the engine's events to the reply's.
//
// A conversation's tokens go through chat/turn.h; the answer to a raw prompt is only looked through for
// stop sequences.  Tokens that must come (the end of a thinking budget) are appended to the prompt of a
// new generation, which finds everything before them in the cache.
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/os.h"
#include "server/host_run_state.h"

enum { EVENTS_AT_ONCE = 64 }; // taken in one step before the reader gets them

// ---- events of raw prompts ----

static void send_text(struct run *run, struct str text)
{
    struct chat_event event = {.kind = CHAT_EVENT_TEXT, .text = text};
    if (text.size && run->reply)
        reply_add(run->reply, run->i_choice, &event);
}

static void send_stop(struct run *run, enum chat_stop why, struct str sequence)
{
    struct chat_event event = {.kind = CHAT_EVENT_STOP, .stop = why, .text = sequence};
    if (run->reply)
        reply_add(run->reply, run->i_choice, &event);
    run->is_over = true;
}

// Where `stop` begins in the text, whole, or at its end perhaps; the text's size when nowhere.
static size_t find_stop(struct str text, struct str stop, bool *is_whole)
{
    for (size_t i = 0; i < text.size; i++) {
        size_t n = text.size - i < stop.size ? text.size - i : stop.size;
        if (memcmp(text.data + i, stop.data, n) == 0) {
            *is_whole = n == stop.size;
            return i;
        }
    }
    *is_whole = false;
    return text.size;
}

// Sends what cannot be part of a stop sequence any more.  True when one is there.
static bool send_raw(struct run *run, bool is_last)
{
    const struct conversation *c = &run->wish->conversation;
    struct str text = {run->text.data, run->text.size};
    size_t n_free = text.size;
    for (size_t i = 0; i < c->n_stop_sequences; i++) {
        bool is_whole;
        size_t at = find_stop(text, c->stop_sequences[i], &is_whole);
        if (is_whole) {
            send_text(run, str_slice(text, 0, at));
            send_stop(run, CHAT_STOP_SEQUENCE, c->stop_sequences[i]);
            return true;
        }
        n_free = at < n_free && !is_last ? at : n_free;
    }
    send_text(run, str_slice(text, 0, n_free));
    buf_consume(&run->text, n_free);
    return false;
}

static void report(struct run *run, token_id id, double logprob, const struct token_logprob *top,
                   size_t n_top)
{
    struct token_report reports[SAMPLING_LOGPROBS_MAX];
    const struct tokenizer *tokenizer = run->host->tokenizer;
    if (!run->reply || !run->wish->wants_logprobs)
        return;
    n_top = n_top < COUNT_OF(reports) ? n_top : COUNT_OF(reports);
    for (size_t i = 0; i < n_top; i++)
        reports[i] = (struct token_report){.id = top[i].token,
                                           .bytes = tokenizer_bytes(tokenizer, top[i].token),
                                           .logprob = top[i].logprob};
    struct token_report token = {.id = id,
                                 .bytes = tokenizer_bytes(tokenizer, id),
                                 .logprob = logprob,
                                 .top = reports,
                                 .n_top = n_top};
    reply_report(run->reply, run->i_choice, &token);
}

// What the prompt's own tokens were worth; nothing precedes the first one.
static void score_prompt(struct run *run, const struct event *event)
{
    if (!run->has_scored)
        report(run, run->tokens.ids[0], NAN, NULL, 0);
    run->has_scored = true;
    report(run, event->token, event->logprob, event->top, event->n_top);
}

// ---- events of the engine ----

static enum chat_stop stop_of(enum stop_reason reason)
{
    switch (reason) {
    case STOP_LENGTH:
    case STOP_CONTEXT:
    case STOP_LOOP: // cut short, like an answer that grew too long
        return CHAT_STOP_MAX_TOKENS;
    case STOP_CANCELLED:
        return CHAT_STOP_CANCELLED;
    default:
        return CHAT_STOP_END_TURN;
    }
}

static void finish(struct run *run, enum chat_stop why)
{
    if (run->turn) {
        chat_turn_finish(run->turn, why);
        run->is_over = true;
    } else {
        detokenizer_finish(&run->detokenizer, &run->text);
        if (!send_raw(run, true))
            send_stop(run, why, (struct str){0});
    }
    run_end_generation(run);
}

static void note_newline(struct run *run, token_id token)
{
    struct str bytes = tokenizer_bytes(run->host->tokenizer, token);
    if (bytes.size && memchr(bytes.data, '\n', bytes.size))
        run->live.has_newline = true;
}

static void take_chat_token(struct run *run, const struct event *event)
{
    if (run->n_max == 0) // only the prompt was wanted, so that it is remembered
        return;
    token_list_append(&run->tokens, event->token);
    note_newline(run, event->token);
    run_hold_back(run);
    if (!event->is_end && !chat_turn_in_thinking(run->turn))
        report(run, event->token, event->logprob, event->top, event->n_top);
    if (!chat_turn_push(run->turn, event->token))
        finish(run, CHAT_STOP_END_TURN);
}

static void take_raw_token(struct run *run, const struct event *event)
{
    if (event->is_prompt) {
        score_prompt(run, event);
        return;
    }
    token_list_append(&run->tokens, event->token);
    note_newline(run, event->token);
    if (run->n_max == 0 || (event->is_end && !run->wish->ignores_end))
        return;
    if (run->reply)
        reply_add_token(run->reply, run->i_choice, event->token);
    report(run, event->token, event->logprob, event->top, event->n_top);
    detokenizer_push(&run->detokenizer, &run->text, event->token);
    if (send_raw(run, false))
        run_end_generation(run);
}

// The thinking budget is used up: what closes it is pushed as if sampled, and the answer goes on from
// there in a new generation.
static enum err force_tokens(struct run *run, struct error *error)
{
    size_t n_ids;
    const token_id *ids = chat_turn_forced(run->turn, &n_ids);
    if (n_ids == 0 || run->is_over)
        return OK;
    struct token_list forced = {0};
    token_list_append_all(&forced, ids, n_ids);
    run_end_generation(run);
    for (size_t i = 0; i < forced.n_ids && !run->is_over; i++) {
        token_list_append(&run->tokens, forced.ids[i]);
        if (!chat_turn_push(run->turn, forced.ids[i]))
            finish(run, CHAT_STOP_END_TURN);
    }
    token_list_release(&forced);
    if (run->is_over)
        return OK;
    if (run->tokens.n_ids - run->n_prompt >= run->n_max) {
        finish(run, CHAT_STOP_MAX_TOKENS);
        return OK;
    }
    return run_submit(run, error);
}

// Gives one event to the reply.
static enum err take_event(struct run *run, const struct event *event, struct error *error)
{
    switch (event->kind) {
    case EVENT_PREFILL:
        return OK;
    case EVENT_TOKEN:
        if (!run->turn) {
            take_raw_token(run, event);
            return OK;
        }
        take_chat_token(run, event);
        return run->is_over ? OK : force_tokens(run, error);
    case EVENT_STOP:
        if (event->stop == STOP_ERROR)
            return fail(error, event->error, "the model could not be run (%s)",
                        err_name(event->error));
        finish(run, stop_of(event->stop));
        return OK;
    }
    return OK;
}

static bool next_event(struct run *run, unsigned timeout_ms)
{
    if (!run->has_event && run->request)
        run->has_event = request_next(run->request, &run->event, timeout_ms);
    return run->has_event;
}

// Whether a script holds the next event back; waits for it as next_event() does.
static bool is_held_back(struct run *run, unsigned timeout_ms)
{
    uint64_t now_ns = os_time_ns(), timeout_ns = (uint64_t)timeout_ms * 1000000;
    if (run->event.kind == EVENT_PREFILL || now_ns >= run->held_until_ns)
        return false;
    uint64_t rest_ns = run->held_until_ns - now_ns;
    uint64_t pause_ns = rest_ns < timeout_ns ? rest_ns : timeout_ns;
    struct timespec pause = {(time_t)(pause_ns / 1000000000), (long)(pause_ns % 1000000000)};
    nanosleep(&pause, NULL);
    return rest_ns > timeout_ns;
}

// The echoed text itself comes before the first token of the completion.
static void begin(struct run *run)
{
    if (run->has_begun)
        return;
    run->has_begun = true;
    if (run->turn || !run->wish->wants_echo)
        return;
    struct buf text = {0};
    struct detokenizer detokenizer;
    detokenizer_init(&detokenizer, run->host->tokenizer, true);
    for (size_t i = 0; i < run->n_prompt; i++)
        detokenizer_push(&detokenizer, &text, run->tokens.ids[i]);
    detokenizer_finish(&detokenizer, &text);
    send_text(run, (struct str){text.data, text.size});
    buf_release(&text);
}

enum run_state host_step(struct run *run, struct reply *reply, unsigned timeout_ms,
                         struct error *error)
{
    run->reply = reply;
    for (int i = 0; i < EVENTS_AT_ONCE && !run->is_over; i++) {
        if (!next_event(run, i ? 0 : timeout_ms) || is_held_back(run, i ? 0 : timeout_ms))
            break;
        bool is_answer = run->event.kind != EVENT_PREFILL && !run->event.is_prompt;
        if (!reply && run->event.kind != EVENT_PREFILL)
            return RUN_ANSWERING;
        if (is_answer)
            begin(run);
        run->has_event = false;
        struct event event = run->event;
        if (take_event(run, &event, error)) {
            run_end_generation(run);
            return RUN_FAILED;
        }
    }
    if (run->is_over)
        return RUN_DONE;
    return run->has_begun ? RUN_ANSWERING : RUN_PREFILL;
}

void host_set_background(struct run *run, bool is_background)
{
    if (run->request)
        request_set_priority(run->request, is_background ? -1 : 0);
}

void host_close_run(struct run *run)
{
    run_end_generation(run);
    run->reply = NULL;
    chat_turn_close(run->turn);
    token_list_release(&run->tokens);
    token_list_release(&run->forced);
    buf_release(&run->text);
    free(run->boundaries);
    free(run);
}
