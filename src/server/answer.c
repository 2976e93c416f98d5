// Answers: one request from its JSON to the last byte of its stream.
//
// The length of the prompt is checked before anything is sent, so that an error can still be a
// status.  Then a stream begins at once, and signs of life follow until the first token.  A client
// that leaves during the prefill leaves a job behind (flights.h).
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/fields.h"
#include "api/sampling_fields.h"
#include "base/memory.h"
#include "base/os.h"
#include "server/server_state.h"

enum {
    SESSION_SHOWN = 8,        // characters of a session's key in the log
    POLL_MS = 50,             // between looks at whether the client is still there
    ANSWER_TOKENS_KEPT = 4096 // room that a prompt must leave, so that a summary of it still fits
};

struct job { // what may outlive its client
    const struct model_side *side;
    struct api_request request;
    struct run **runs;
    size_t n_runs;
};

static void job_close(struct job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->n_runs; i++)
        job->side->close(job->runs[i]);
    free(job->runs);
    api_request_release(&job->request);
    free(job);
}

static size_t count_choices(const struct api_request *request)
{
    size_t n_prompts = request->task == API_COMPLETE ? request->n_prompts : 1;
    return n_prompts * (size_t)request->n_choices;
}

static enum err job_prepare(struct job *job, struct error *error)
{
    size_t n = count_choices(&job->request);
    job->runs = mem_new(struct run *, n);
    for (size_t i = 0; i < n; i++) {
        enum err err = job->side->prepare(job->side->self, &job->runs[i], &job->request, i, error);
        if (err)
            return err;
        job->n_runs++;
    }
    return OK;
}

// The room a prompt must leave in the context: what the client asked for, but at most what keeps
// a conversation able to be summed up.
static size_t room_wanted(const struct api_request *request, size_t n_context)
{
    size_t room = n_context / 8 < ANSWER_TOKENS_KEPT ? n_context / 8 : ANSWER_TOKENS_KEPT;
    if (request->task == API_COMPLETE)
        room = 1;
    if (request->max_tokens != FIELD_UNSET && (size_t)request->max_tokens < room)
        room = (size_t)request->max_tokens;
    return room;
}

// The tokens an answer may have: what was asked for, by the client or else by the command line, or
// what fits.
static size_t answer_tokens(const struct job *job, uint32_t n_default, size_t room)
{
    size_t wanted = n_default ? n_default : room;
    if (job->request.max_tokens != FIELD_UNSET)
        wanted = (size_t)job->request.max_tokens;
    else if (job->request.is_unbounded)
        wanted = room;
    return wanted < room ? wanted : room;
}

static enum err job_start(struct job *job, const struct server_config *config, size_t n_context,
                          struct api_error *api_error)
{
    struct error error;
    size_t n_max = n_context - room_wanted(&job->request, n_context);
    for (size_t i = 0; i < job->n_runs; i++) {
        size_t n_prompt = job->side->n_prompt(job->runs[i]);
        if (n_prompt > n_max) {
            *api_error = api_error_too_long(n_prompt, n_max);
            return ERR_LIMIT;
        }
    }
    for (size_t i = 0; i < job->n_runs; i++) {
        size_t room = n_context - job->side->n_prompt(job->runs[i]);
        enum err err =
            job->side->start(job->runs[i], answer_tokens(job, config->n_predict, room), &error);
        if (err) {
            *api_error = api_error_of(&error);
            return err;
        }
    }
    return OK;
}

// ---- leaving and taking over ----

static bool is_reading_prompt(void *context)
{
    struct job *job = context;
    for (size_t i = 0; i < job->n_runs; i++)
        if (job->side->step(job->runs[i], NULL, 0, NULL) != RUN_PREFILL)
            return false;
    return true;
}

// Nobody waits any more, but the prompt is still being read: go on for a while, behind all others.
// Whoever asks for the same takes over; else what was computed stays in the cache.
static void leave_job(struct call *call, struct job *job, const struct digest_key *key)
{
    struct server *server = call->server;
    uint64_t end_ns = os_time_ns() + (uint64_t)server->config.orphan_ms * 1000000;
    const struct timespec pause = {0, POLL_MS * 1000000};
    enum flight_state state = FLIGHT_WAITS;
    call_note(call, "client left during prefill");
    for (size_t i = 0; i < job->n_runs; i++)
        job->side->set_background(job->runs[i], true);
    flights_leave(&server->flights, key, job);
    while (state == FLIGHT_WAITS && os_time_ns() < end_ns &&
           !listener_is_stopping(server->listener)) {
        nanosleep(&pause, NULL);
        state = flights_visit(&server->flights, job, is_reading_prompt);
    }
    if (state == FLIGHT_WAITS && flights_withdraw(&server->flights, job))
        state = FLIGHT_OVER;
    if (state == FLIGHT_OVER)
        job_close(job);
    else
        call_note(call, "taken over");
}

static struct job *take_over(struct call *call, const struct digest_key *key,
                             const struct api_request *request)
{
    struct job *job = flights_take(&call->server->flights, key);
    if (!job)
        return NULL;
    job->request.is_stream = request->is_stream;
    job->request.wants_usage = request->wants_usage;
    for (size_t i = 0; i < job->n_runs; i++)
        job->side->set_background(job->runs[i], false);
    call_note(call, "joined a running prefill");
    return job;
}

// ---- the answer itself ----

struct answer {
    struct call *call;
    struct job *job;
    struct reply reply;
    enum run_state *states; // [n_runs]
    uint64_t beat_ns;       // of the last sign of life
    bool has_begun;         // a token came
    struct error error;
};

static bool flush(struct answer *answer)
{
    struct reply *reply = &answer->reply;
    if (reply->out.size == 0)
        return true;
    struct str bytes = {reply->out.data, reply->out.size};
    answer->beat_ns = os_time_ns();
    if (!answer->job->request.is_stream)
        return true;
    call_trace(answer->call, "answer", bytes);
    bool is_there = exchange_write(answer->call->exchange, bytes);
    buf_reset(&reply->out);
    return is_there;
}

static void add_up_usage(struct answer *answer)
{
    struct usage *total = &answer->reply.usage;
    const struct job *job = answer->job;
    *total = (struct usage){0};
    for (size_t i = 0; i < job->n_runs; i++) {
        struct run_numbers numbers = {0};
        job->side->tell_run(job->runs[i], &numbers);
        bool is_new_prompt = i % (size_t)job->request.n_choices == 0;
        total->n_prompt += is_new_prompt ? numbers.usage.n_prompt : 0;
        total->n_reused += is_new_prompt ? numbers.usage.n_reused : 0;
        total->n_generated += numbers.usage.n_generated;
        total->n_thinking += numbers.usage.n_thinking;
        total->prompt_ms += numbers.usage.prompt_ms;
        total->generated_ms += numbers.usage.generated_ms;
        answer->reply.thinks = numbers.thinks;
    }
}

// Why the answers ended, choice by choice; nothing for one that has not.
static void note_stops(struct call *call, const struct reply *reply)
{
    static const char *const words[] = {
        [CHAT_STOP_END_TURN] = "end",        [CHAT_STOP_TOOL_CALLS] = "calls",
        [CHAT_STOP_SEQUENCE] = "sequence",   [CHAT_STOP_MAX_TOKENS] = "length",
        [CHAT_STOP_CANCELLED] = "cancelled",
    };
    for (size_t i = 0; i < reply->n_choices; i++)
        if (reply->choices[i].is_finished && reply->choices[i].stop)
            call_note(call, "stop=%s", words[reply->choices[i].stop]);
}

// 31204 as "31,204", in `text`.
static const char *grouped(char text[32], size_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%zu", number), size = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            text[size++] = ',';
        text[size++] = digits[i];
    }
    text[size] = 0;
    return text;
}

static const char *memory_of(size_t n_reused, size_t n_from_disk)
{
    if (n_reused == 0)
        return "";
    return n_from_disk == 0 ? " (RAM)" : n_from_disk < n_reused ? " (RAM and disk)" : " (disk)";
}

static void note_numbers(struct answer *answer)
{
    struct usage *u = &answer->reply.usage;
    struct run_numbers numbers = {0};
    answer->job->side->tell_run(answer->job->runs[0], &numbers);
    size_t n_computed = u->n_prompt - u->n_reused;
    char reused[32], prompt[32], at[32];
    call_note(answer->call, "reused %s of %s tokens%s%s", grouped(reused, u->n_reused),
              grouped(prompt, u->n_prompt), memory_of(u->n_reused, numbers.n_from_disk),
              numbers.remembered[0] ? "," : "");
    if (numbers.remembered[0])
        call_note(answer->call, "first difference at %s: %s -> %s",
                  grouped(at, numbers.first_difference), numbers.remembered, numbers.found);
    if (n_computed && u->prompt_ms > 0)
        call_note(answer->call, "prefill=%.1f t/s", 1000 * (double)n_computed / u->prompt_ms);
    call_note(answer->call, "generated=%zu", u->n_generated);
    note_stops(answer->call, &answer->reply);
    if (u->n_generated && u->generated_ms > 0)
        call_note(answer->call, "decode=%.1f t/s", 1000 * (double)u->n_generated / u->generated_ms);
    if (numbers.queued_ms >= 1)
        call_note(answer->call, "queued=%.0f ms", numbers.queued_ms);
}

// One round over the choices.  True while any of them goes on.
static bool step_all(struct answer *answer)
{
    struct job *job = answer->job;
    bool goes_on = false;
    for (size_t i = 0; i < job->n_runs; i++) {
        if (answer->states[i] == RUN_DONE)
            continue;
        unsigned wait_ms = job->n_runs == 1 ? POLL_MS : POLL_MS / 10;
        answer->states[i] = job->side->step(job->runs[i], &answer->reply, wait_ms, &answer->error);
        answer->has_begun |= answer->states[i] != RUN_PREFILL;
        if (answer->states[i] == RUN_FAILED)
            return false;
        goes_on |= answer->states[i] != RUN_DONE;
    }
    return goes_on;
}

static bool has_failed(const struct answer *answer)
{
    for (size_t i = 0; i < answer->job->n_runs; i++)
        if (answer->states[i] == RUN_FAILED)
            return true;
    return false;
}

// What goes into the model, and what comes out of it, for the trace.
static void trace_runs(struct call *call, const struct job *job, bool is_answer)
{
    for (size_t i = 0; call->server->config.trace && i < job->n_runs; i++) {
        struct buf text = {0};
        job->side->put_run_text(job->runs[i], &text, is_answer);
        call_trace(call, is_answer ? "sampled" : "prompt", (struct str){text.data, text.size});
        buf_release(&text);
    }
}

static void finish(struct answer *answer)
{
    struct call *call = answer->call;
    bool is_stream = answer->job->request.is_stream;
    add_up_usage(answer);
    if (has_failed(answer)) {
        struct api_error error = api_error_of(&answer->error);
        call_note(call, "failed=\"%s\"", error.text);
        if (!is_stream) {
            call_respond_error(call, &error);
            return;
        }
        reply_fail(&answer->reply, &error);
    } else {
        reply_finish(&answer->reply);
    }
    note_numbers(answer);
    if (is_stream) {
        flush(answer);
        exchange_end(call->exchange);
    } else {
        call_respond_json(call, &answer->reply.out);
    }
}

// Runs the job to its end.  False when the client left during the prefill: the job goes on.
static bool run_answer(struct answer *answer)
{
    struct call *call = answer->call;
    struct exchange *exchange = call->exchange;
    uint64_t beat_ns = (uint64_t)call->server->config.beat_ms * 1000000;
    bool is_stream = answer->job->request.is_stream;
    if (is_stream)
        exchange_begin(exchange, 200, "text/event-stream");
    add_up_usage(answer);
    reply_start(&answer->reply);
    answer->beat_ns = os_time_ns();
    bool is_there = flush(answer), goes_on = true;
    while (is_there && goes_on) {
        goes_on = step_all(answer);
        if (goes_on && is_stream && os_time_ns() - answer->beat_ns >= beat_ns)
            reply_beat(&answer->reply);
        if (goes_on)
            is_there = flush(answer) && !exchange_is_gone(exchange);
    }
    if (is_there) {
        finish(answer);
        return true;
    }
    if (!answer->has_begun)
        return false;
    add_up_usage(answer);
    note_numbers(answer);
    call_note(call, "client left");
    return true;
}

static struct model_facts facts_of(const struct model_side *side)
{
    struct model_facts model = {0};
    struct server_facts server = {0};
    side->tell(side->self, &model, &server);
    return model;
}

// For dialects whose answers show the prompt and how they were sampled.
static void tell_settings(struct reply *reply, const struct job *job)
{
    struct model_facts model = facts_of(job->side);
    reply->n_context = model.n_context;
    reply->sampling = model.sampling;
    sampling_wish_apply(&reply->sampling, &job->request.sampling);
    for (size_t i = 0; i < job->n_runs; i++) {
        job->side->put_run_text(job->runs[i], &reply->choices[i].prompt, false);
        reply->choices[i].n_prompt = job->side->n_prompt(job->runs[i]);
    }
}

static void give_answer(struct call *call, struct job *job, const struct digest_key *key)
{
    struct answer answer = {.call = call, .job = job};
    uint64_t seed = atomic_fetch_add(&call->server->n_seeds, 1) ^ os_time_ns();
    answer.states = mem_new(enum run_state, job->n_runs);
    reply_init(&answer.reply, call->route->dialect, &job->request, job->n_runs, seed,
               (int64_t)time(NULL));
    trace_runs(call, job, false);
    if (call->route->dialect->shows_settings)
        tell_settings(&answer.reply, job);
    bool is_over = run_answer(&answer);
    trace_runs(call, job, true);
    free(answer.states);
    reply_release(&answer.reply);
    if (is_over)
        job_close(job);
    else
        leave_job(call, job, key);
}

// A new job that is being worked on, or NULL after the error was sent.
static struct job *begin_job(struct call *call, struct job *job)
{
    struct error error;
    struct api_error api_error;
    if (job_prepare(job, &error)) {
        api_error = api_error_of(&error);
        call_respond_error(call, &api_error);
    } else if (job_start(job, &call->server->config, facts_of(job->side).n_context, &api_error)) {
        call_respond_error(call, &api_error);
    } else {
        return job;
    }
    job_close(job);
    return NULL;
}

void handle_answer(struct call *call)
{
    struct job *job = mem_new(struct job, 1);
    job->side = call->server->config.model;
    api_request_init(&job->request);
    if (!call_read(call, &job->request) || !call_hold_model(call)) {
        job_close(job);
        return;
    }
    if (job->request.model.size)
        call_note(call, "model=%.80s", job->request.model.data);
    else
        job->request.model = str_of(facts_of(job->side).name);
    if (job->request.session_key.size)
        call_note(call, "session=%.*s", SESSION_SHOWN, job->request.session_key.data);
    if (job->request.is_stream)
        call_note(call, "stream");
    if (job->request.ignored.size)
        call_note(call, "ignored=%.200s", job->request.ignored.data);
    struct digest_key key = flight_key_of(exchange_path(call->exchange), &job->request);
    struct job *running = take_over(call, &key, &job->request);
    if (running)
        job_close(job);
    else
        running = begin_job(call, job);
    if (running)
        give_answer(call, running, &key);
    call_release_model(call);
}

// Counting only renders and tokenises: it waits for nobody, and needs no weights.
void handle_count(struct call *call)
{
    struct job job = {.side = call->server->config.model};
    struct error error;
    struct buf body = {0};
    api_request_init(&job.request);
    if (call_read(call, &job.request)) {
        job.request.task = API_COUNT;
        if (job_prepare(&job, &error)) {
            struct api_error api_error = api_error_of(&error);
            call_respond_error(call, &api_error);
        } else {
            size_t n = job.side->n_prompt(job.runs[0]);
            call_note(call, "prompt=%zu", n);
            json_print(&body, "{'input_tokens':%z", n);
            if (call->route->dialect == &api_responses)
                json_print(&body, ",'object':'response.input_tokens'");
            buf_append_byte(&body, '}');
            call_respond_json(call, &body);
        }
        for (size_t i = 0; i < job.n_runs; i++)
            job.side->close(job.runs[i]);
        free(job.runs);
    }
    buf_release(&body);
    api_request_release(&job.request);
}
