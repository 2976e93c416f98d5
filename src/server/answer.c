// Answers: one request from its JSON to the last byte of its stream.
//
// The length of the prompt is checked before anything is sent, so that an error can still be a
// status.  Then a stream begins at once, and signs of life follow until the first token, also while a
// sleeping model comes back.  A client that leaves during the prefill leaves a job behind (job.h).
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/fields.h"
#include "api/sampling_fields.h"
#include "base/memory.h"
#include "base/os.h"
#include "server/job.h"

enum { SESSION_SHOWN = 8 }; // characters of a session's key in the log

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
    for (size_t i = 0; i < reply->n_choices; i++)
        if (reply->choices[i].is_finished && reply->choices[i].stop)
            call_note(call, "stop=%s", call_stop_word(reply->choices[i].stop));
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
        unsigned wait_ms = job->n_runs == 1 ? JOB_POLL_MS : JOB_POLL_MS / 10;
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

static void trace_event(void *context, size_t i_choice, const struct chat_event *event)
{
    call_trace_event(context, i_choice, event);
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

// The head of a stream goes out once, as early as it is known that there will be one.
static void begin(struct answer *answer)
{
    if (answer->reply.is_started)
        return;
    if (answer->job->request.is_stream)
        exchange_begin(answer->call->exchange, 200, "text/event-stream");
    add_up_usage(answer);
    reply_start(&answer->reply);
    answer->beat_ns = os_time_ns();
}

// Sends what is there, or a sign of life when it is time for one.  False when the client has gone.
static bool keep_alive(struct answer *answer)
{
    struct call *call = answer->call;
    uint64_t beat_ns = (uint64_t)call->server->config.beat_ms * 1000000;
    if (answer->reply.out.size == 0 && os_time_ns() - answer->beat_ns >= beat_ns)
        reply_beat(&answer->reply);
    return flush(answer) && !exchange_is_gone(call->exchange);
}

// Has the model loaded from here on; a sleeping one takes its time.  False when the client left or,
// with `error` set, when the model cannot be loaded.
static bool wait_for_model(struct answer *answer, struct error *error)
{
    const struct model_side *side = answer->job->side;
    bool is_held = false;
    enum err err = side->hold(side->self, 0, &is_held, error);
    if (!err && !is_held)
        call_note(answer->call, "woke the model");
    while (!err && !is_held) {
        begin(answer);
        if (!keep_alive(answer))
            return false;
        err = side->hold(side->self, JOB_POLL_MS, &is_held, error);
    }
    return is_held;
}

// An error as a status where that is still possible, else as the stream's last event.
static void tell_error(struct answer *answer, const struct api_error *error)
{
    struct call *call = answer->call;
    if (!answer->reply.is_started || !answer->job->request.is_stream) {
        call_respond_error(call, error);
        return;
    }
    call_note(call, "failed=\"%s\"", error->text);
    reply_fail(&answer->reply, error);
    flush(answer);
    exchange_end(call->exchange);
}

static void finish(struct answer *answer)
{
    struct call *call = answer->call;
    add_up_usage(answer);
    if (has_failed(answer)) {
        struct api_error error = api_error_of(&answer->error);
        tell_error(answer, &error);
        note_numbers(answer);
        return;
    }
    reply_finish(&answer->reply);
    note_numbers(answer);
    if (answer->job->request.is_stream) {
        flush(answer);
        exchange_end(call->exchange);
    } else {
        call_respond_json(call, &answer->reply.out);
    }
}

// Runs the job to its end.  False when the client left during the prefill: the job goes on.
static bool run_answer(struct answer *answer)
{
    begin(answer);
    bool is_there = flush(answer), goes_on = true;
    while (is_there && goes_on) {
        goes_on = step_all(answer);
        if (goes_on)
            is_there = keep_alive(answer);
    }
    if (is_there) {
        finish(answer);
        return true;
    }
    if (!answer->has_begun)
        return false;
    add_up_usage(answer);
    note_numbers(answer);
    call_note(answer->call, "client left");
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

// With the model held.  False when the job goes on without its client.
static bool answer_held(struct answer *answer, bool is_running)
{
    const struct server_config *config = &answer->call->server->config;
    struct job *job = answer->job;
    struct error error;
    if (!is_running && job_start(job, facts_of(job->side).n_context, config->n_predict, &error)) {
        struct api_error api_error = api_error_of(&error);
        tell_error(answer, &api_error);
        return true;
    }
    trace_runs(answer->call, job, false);
    bool is_over = run_answer(answer);
    trace_runs(answer->call, job, true);
    return is_over;
}

static void tell_absence(struct answer *answer, const struct error *error)
{
    struct api_error api_error = api_error_of(error);
    if (error->code)
        tell_error(answer, &api_error);
    else
        call_note(answer->call, "client left before the model was there");
}

// Takes the job over.
static void give_answer(struct call *call, struct job *job, bool is_running,
                        const struct digest_key *key)
{
    struct answer answer = {.call = call, .job = job};
    const struct model_side *side = job->side;
    struct error error = {0};
    bool is_over = true;
    uint64_t seed = atomic_fetch_add(&call->server->n_seeds, 1) ^ os_time_ns();
    answer.states = mem_new(enum run_state, job->n_runs);
    reply_init(&answer.reply, call->route->dialect, &job->request, job->n_runs, seed,
               (int64_t)time(NULL));
    if (call->server->config.trace) {
        answer.reply.watch = trace_event;
        answer.reply.watch_context = call;
    }
    if (call->route->dialect->shows_settings)
        tell_settings(&answer.reply, job);
    flights_enter(&call->server->flights, key);
    bool is_held = wait_for_model(&answer, &error);
    if (is_held)
        is_over = answer_held(&answer, is_running);
    else
        tell_absence(&answer, &error);
    free(answer.states);
    reply_release(&answer.reply);
    if (is_over) {
        flights_exit(&call->server->flights, key);
        job_close(job);
    } else {
        job_leave(call, job, key);
    }
    if (is_held)
        side->release(side->self);
}

static void note_request(struct call *call, const struct api_request *request)
{
    if (request->model.size)
        call_note(call, "model=%.80s", request->model.data);
    if (request->session_key.size)
        call_note(call, "session=%.*s", SESSION_SHOWN, request->session_key.data);
    if (request->is_stream)
        call_note(call, "stream");
    if (request->ignored.size)
        call_note(call, "ignored=%.200s", request->ignored.data);
}

// Rendered, tokenised and not too long; else the error is sent and it is false.
static bool prepare(struct call *call, struct job *job)
{
    struct error error;
    struct api_error api_error;
    if (job_prepare(job, &error))
        api_error = api_error_of(&error);
    else if (job_fits(job, facts_of(job->side).n_context, &api_error))
        return true;
    call_respond_error(call, &api_error);
    return false;
}

void handle_answer(struct call *call)
{
    struct job *job = job_open(call->server->config.model);
    if (!call_read(call, &job->request) || !call_has_model(call)) {
        job_close(job);
        return;
    }
    note_request(call, &job->request);
    if (!job->request.model.size)
        job->request.model = str_of(facts_of(job->side).name);
    struct digest_key key = flight_key_of(exchange_path(call->exchange), &job->request);
    struct job *running = job_take_over(call, &key, &job->request);
    if (running) {
        job_close(job);
        give_answer(call, running, true, &key);
    } else if (prepare(call, job)) {
        give_answer(call, job, false, &key);
    } else {
        job_close(job);
    }
}

// Counting only renders and tokenises: it waits for nobody, and needs no weights.
void handle_count(struct call *call)
{
    struct job *job = job_open(call->server->config.model);
    struct error error;
    struct buf body = {0};
    if (call_read(call, &job->request)) {
        job->request.task = API_COUNT;
        if (job_prepare(job, &error)) {
            struct api_error api_error = api_error_of(&error);
            call_respond_error(call, &api_error);
        } else {
            size_t n = job->side->n_prompt(job->runs[0]);
            call_note(call, "prompt=%zu", n);
            json_print(&body, "{'input_tokens':%z", n);
            if (call->route->dialect == &api_responses)
                json_print(&body, ",'object':'response.input_tokens'");
            buf_append_byte(&body, '}');
            call_respond_json(call, &body);
        }
    }
    buf_release(&body);
    job_close(job);
}
