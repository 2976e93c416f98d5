// One answer: prompt, tokens, events.
//
// A conversation goes through chat/turn.h; a raw prompt is tokenised as it is and its answer only
// looked through for stop sequences.  Tokens that must come (the end of a thinking budget) are
// appended to the prompt of a new generation, which finds everything before them in the cache.
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "api/fields.h"
#include "api/json.h"
#include "base/memory.h"
#include "base/os.h"
#include "server/host_sampling.h"
#include "server/host_state.h"
#include "text/detokenize.h"

enum { EVENTS_AT_ONCE = 64 }; // taken in one step before the reader gets them

struct run {
    struct host *host;
    const struct api_request *wish;
    size_t i_choice;
    struct token_list tokens; // the prompt, then what was generated
    size_t n_prompt, n_max;   // n_max: tokens of the answer
    uint32_t *boundaries;
    size_t n_boundaries;

    struct conversation conversation; // the request's, with the server's word about thinking
    struct chat_turn *turn;           // API_CHAT
    bool opens_thinking;
    struct detokenizer detokenizer; // raw prompts
    struct buf text;                // decoded, not yet known to be free of stop sequences

    struct request *request; // of the engine
    struct live_run live;    // while there is one
    struct event event;      // looked at, not taken
    bool has_event, has_begun, is_over, is_scripted, has_scored;
    struct run_numbers numbers; // of generations before this one
    struct reply *reply;        // while events are given to it
    struct token_list forced;   // the answer, where it is known
    struct scripted_answer scripted;
    uint64_t held_until_ns; // by a scripted answer that takes its time
};

// ---- the prompt ----

static void chat_event_came(void *context, const struct chat_event *event)
{
    struct run *run = context;
    if (run->reply)
        reply_add(run->reply, run->i_choice, event);
}

struct chat_turn_options host_turn_options(struct host *host, const struct api_request *request)
{
    struct chat_turn_options options = {
        .n_thinking_max = host->config.n_thinking_max,
        .continues_answer = true,
        .forgets = host->config.forgets,
        .template_arguments = request->template_arguments ? request->template_arguments
                                                          : host->config.template_arguments,
    };
    time_t now = time(NULL);
    localtime_r(&now, &options.now);
    return options;
}

static void settle_thinking(struct run *run)
{
    run->conversation = run->wish->conversation;
    if (run->host->config.reasoning == REASONING_ON)
        run->conversation.thinking.mode = THINKING_ON;
    else if (run->host->config.reasoning == REASONING_OFF)
        run->conversation.thinking.mode = THINKING_OFF;
}

static enum err prepare_chat(struct run *run, struct error *error)
{
    struct chat_turn_options options = host_turn_options(run->host, run->wish);
    options.sink = chat_event_came;
    options.context = run;
    settle_thinking(run);
    enum err err = chat_turn_open(&run->turn, run->host->chat, &run->conversation, &options, error);
    if (err)
        return err;
    struct chat_prompt_view prompt = chat_turn_prompt(run->turn);
    token_list_append_all(&run->tokens, prompt.ids, prompt.n_ids);
    run->opens_thinking = prompt.opens_thinking;
    run->boundaries = mem_new(uint32_t, prompt.n_turn_starts + 1);
    for (size_t i = 0; i < prompt.n_turn_starts; i++)
        if (prompt.turn_starts[i])
            run->boundaries[run->n_boundaries++] = (uint32_t)prompt.turn_starts[i];
    if (prompt.is_note_new && prompt.note[0])
        host_say(run->host, "%s", prompt.note);
    return OK;
}

static enum err append_id(struct run *run, token_id id, struct error *error)
{
    size_t n_vocab = tokenizer_n_tokens(run->host->tokenizer);
    if (id < 0 || (size_t)id >= n_vocab)
        return fail(error, ERR_ARGUMENT, "prompt: token %d of a vocabulary of %zu", id, n_vocab);
    token_list_append(&run->tokens, id);
    return OK;
}

static void append_text(struct run *run, struct str text, bool is_first)
{
    const struct tokenizer *tokenizer = run->host->tokenizer;
    if (is_first && tokenizer_adds_bos(tokenizer) && tokenizer_bos(tokenizer) != TOKEN_NONE)
        token_list_append(&run->tokens, tokenizer_bos(tokenizer));
    tokenizer_encode(tokenizer, &run->tokens, text, true);
}

static enum err prepare_raw(struct run *run, struct error *error)
{
    const struct api_request *wish = run->wish;
    const struct raw_prompt *prompt = &wish->prompts[run->i_choice / (size_t)wish->n_choices];
    const struct tokenizer *tokenizer = run->host->tokenizer;
    enum err err = OK;
    for (size_t i = 0; i < prompt->n_ids && !err; i++)
        err = append_id(run, prompt->ids[i], error);
    for (size_t i = 0; i < json_length(prompt->mixed) && !err; i++) {
        struct json_object *piece = json_object_array_get_idx(prompt->mixed, i);
        if (json_is(piece, json_type_string))
            append_text(run, json_str(piece), i == 0);
        else
            err = append_id(run, json_object_get_int(piece), error);
    }
    if (err)
        return err;
    if (!prompt->ids && !prompt->mixed)
        append_text(run, prompt->text, true);
    if (run->tokens.n_ids == 0) {
        token_id start = tokenizer_bos(tokenizer) != TOKEN_NONE ? tokenizer_bos(tokenizer)
                                                                : tokenizer_eos(tokenizer);
        if (start == TOKEN_NONE)
            return fail(error, ERR_ARGUMENT, "prompt: is empty");
        token_list_append(&run->tokens, start);
    }
    detokenizer_init(&run->detokenizer, tokenizer, true);
    return OK;
}

static enum answer_place place_of(const struct run *run)
{
    if (!run->turn)
        return PLACE_ANSWER;
    if (run->tokens.n_ids > run->n_prompt)
        return chat_turn_in_thinking(run->turn) ? PLACE_THINKING : PLACE_ANSWER;
    if (run->opens_thinking)
        return PLACE_THINKING;
    return run->conversation.thinking.mode == THINKING_OFF ? PLACE_ANSWER : PLACE_START;
}

enum err host_prepare(void *self, struct run **out, const struct api_request *request,
                      size_t i_choice, struct error *error)
{
    struct run *run = mem_new(struct run, 1);
    *run = (struct run){.host = self, .wish = request, .i_choice = i_choice};
    enum err err =
        request->task == API_COMPLETE ? prepare_raw(run, error) : prepare_chat(run, error);
    run->n_prompt = run->tokens.n_ids;
    if (!err)
        err = host_check_grammar(run->host, request, place_of(run), error);
    if (err) {
        host_close_run(run);
        return err;
    }
    *out = run;
    return OK;
}

const token_id *host_run_tokens(const struct run *run, size_t *n_ids)
{
    *n_ids = run->tokens.n_ids;
    return run->tokens.ids;
}

const token_id *host_run_prompt(const struct run *run, size_t *n_ids)
{
    *n_ids = run->n_prompt;
    return run->tokens.ids;
}

void host_run_force(struct run *run, const token_id *ids, size_t n_ids)
{
    token_list_append_all(&run->forced, ids, n_ids);
}

size_t host_n_prompt(const struct run *run)
{
    return run->n_prompt;
}

void host_put_run_text(const struct run *run, struct buf *out, bool is_answer)
{
    size_t from = is_answer ? run->n_prompt : 0, to = is_answer ? run->tokens.n_ids : run->n_prompt;
    for (size_t i = from; i < to; i++) {
        struct str bytes = tokenizer_bytes(run->host->tokenizer, run->tokens.ids[i]);
        buf_append(out, bytes.data, bytes.size);
    }
}

// ---- generating ----

// Sets when the next token of a scripted answer may come.
static void hold_back(struct run *run)
{
    size_t n_generated = run->tokens.n_ids - run->n_prompt;
    uint64_t wait_ms = n_generated ? run->scripted.pace_ms : 0;
    if (n_generated == run->scripted.wait_at)
        wait_ms += run->scripted.wait_s * 1000;
    if (wait_ms)
        run->held_until_ns = os_time_ns() + wait_ms * 1000000;
}

static void put_scripted(struct run *run, struct token_list *out, struct str answer)
{
    const char *think_close = chat_model_think_close(run->host->chat);
    struct buf text = {0};
    if (run->opens_thinking && str_find(answer, str_of(think_close), 0) == STR_NONE)
        buf_printf(&text, "\n%s\n\n", think_close);
    buf_append(&text, answer.data, answer.size);
    tokenizer_encode(run->host->tokenizer, out, (struct str){text.data, text.size}, true);
    buf_release(&text);
}

static void add_live(struct run *run)
{
    struct host *host = run->host;
    struct sampling_wish defaults;
    host_sampling_tell(host, &defaults);
    run->live.settings = llama_settings_of(&defaults, run->wish);
    run->live.number = request_number(run->request);
    run->live.n_before = run->tokens.n_ids - run->n_prompt;
    pthread_mutex_lock(&host->lock);
    run->live.next = host->live;
    host->live = &run->live;
    pthread_mutex_unlock(&host->lock);
}

static void remove_live(struct run *run)
{
    struct host *host = run->host;
    pthread_mutex_lock(&host->lock);
    struct live_run **link = &host->live;
    while (*link != &run->live)
        link = &(*link)->next;
    *link = run->live.next;
    pthread_mutex_unlock(&host->lock);
}

static enum err submit(struct run *run, struct error *error)
{
    size_t n_generated = run->tokens.n_ids - run->n_prompt;
    struct generation generation = {
        .tokens = run->tokens.ids,
        .n_tokens = run->tokens.n_ids,
        .boundaries = run->boundaries,
        .n_boundaries = run->n_boundaries,
        .max_tokens = (uint32_t)(run->n_max > n_generated ? run->n_max - n_generated : 1),
        .prompt_logprobs = run->wish->wants_echo && run->wish->wants_logprobs && !n_generated,
        .ignores_end = run->wish->ignores_end,
        .ignores_cache = !run->wish->reuses_cache,
    };
    bool thinks = run->turn && run->opens_thinking;
    struct host_sampling sampling;
    host_sampling_make(run->host, &sampling, run->wish, thinks, run->i_choice);
    generation.sampling = sampling.sampling;
    struct token_list script = {0};
    if (run->host->script && run->turn && !run->is_scripted) {
        run->is_scripted = true;
        struct scripted_answer answer =
            host_script_take(run->host->script, &run->wish->conversation);
        put_scripted(run, &script, answer.text);
        run->scripted = answer;
        hold_back(run);
        generation.script = script.ids;
        generation.n_script = script.n_ids;
    } else if (run->forced.n_ids && !n_generated) {
        generation.script = run->forced.ids;
        generation.n_script = run->forced.n_ids;
    } else {
        generation.constraint = host_constrain(run->host, run->wish, place_of(run));
    }
    enum err err = engine_submit(run->host->engine, &run->request, &generation, NULL, NULL, error);
    if (!err)
        add_live(run);
    host_sampling_release(&sampling);
    token_list_release(&script);
    return err;
}

enum err host_start(struct run *run, size_t max_tokens, struct error *error)
{
    run->n_max = max_tokens;
    return submit(run, error);
}

// The text of tokens as a short JSON string that a line of the log can hold.
static void show_tokens(const struct host *host, char *out, const token_id *tokens, size_t n)
{
    enum { SHOWN = 40 }; // bytes of text; escaped, six times that does not fit and is cut
    struct buf text = {0}, json = {0};
    for (size_t i = 0; i < n && text.size < SHOWN; i++) {
        struct str bytes = tokenizer_bytes(host->tokenizer, tokens[i]);
        buf_append(&text, bytes.data, bytes.size);
    }
    size_t size = text.size < SHOWN ? text.size : SHOWN;
    while (size > 0 && size < text.size && ((unsigned char)text.data[size] & 0xc0) == 0x80)
        size--; // not within a character
    do {
        buf_reset(&json);
        json_put_string(&json, (struct str){text.data ? text.data : "", size});
        size /= 2;
    } while (json.size >= DIFFERENCE_SIZE);
    memcpy(out, json.data, json.size + 1);
    buf_release(&text);
    buf_release(&json);
}

static void count_difference(const struct run *run, struct run_numbers *n,
                             const struct request_stats *stats)
{
    size_t at = n->first_difference = stats->first_difference;
    if (stats->n_other == 0 || at >= run->n_prompt)
        return;
    show_tokens(run->host, n->remembered, stats->other, stats->n_other);
    show_tokens(run->host, n->found, run->tokens.ids + at, run->n_prompt - at);
}

static void count_generation(struct run *run)
{
    struct request_stats stats;
    request_stats(run->request, &stats);
    struct run_numbers *n = &run->numbers;
    bool is_first = n->usage.n_prompt == 0;
    if (is_first) {
        n->usage.n_prompt = run->n_prompt;
        n->usage.n_reused = stats.n_reused;
        n->n_from_disk = stats.n_from_disk;
        n->n_computed = stats.n_computed;
        count_difference(run, n, &stats);
    }
    n->queued_ms += (double)stats.queued_ns / 1e6;
    n->usage.prompt_ms += (double)stats.prefill_ns / 1e6;
    n->usage.generated_ms += (double)stats.decode_ns / 1e6;
}

// Ends the engine's part; its numbers stay.
static void end_generation(struct run *run)
{
    if (!run->request)
        return;
    count_generation(run);
    remove_live(run);
    request_close(run->request);
    run->request = NULL;
}

void host_tell_run(const struct run *run, struct run_numbers *numbers)
{
    struct run copy = *run;
    if (copy.request)
        count_generation(&copy);
    *numbers = copy.numbers;
    numbers->usage.n_prompt = run->n_prompt;
    numbers->n_remembered = run->turn ? chat_turn_prompt(run->turn).n_remembered : 0;
    numbers->usage.n_generated = run->tokens.n_ids - run->n_prompt;
    if (numbers->usage.n_generated > run->n_max)
        numbers->usage.n_generated = run->n_max;
    numbers->usage.n_thinking = run->turn ? chat_turn_n_thinking(run->turn) : 0;
    bool can_think = run->turn && chat_model_think_close(run->host->chat)[0];
    numbers->thinks =
        run->opens_thinking || (can_think && run->conversation.thinking.mode == THINKING_ON);
}

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
    end_generation(run);
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
    hold_back(run);
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
        end_generation(run);
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
    end_generation(run);
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
    return submit(run, error);
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
            end_generation(run);
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
    end_generation(run);
    run->reply = NULL;
    chat_turn_close(run->turn);
    token_list_release(&run->tokens);
    token_list_release(&run->forced);
    buf_release(&run->text);
    free(run->boundaries);
    free(run);
}
