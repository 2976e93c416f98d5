#include "server/job.h"

#include <stdlib.h>
#include <time.h>

#include "api/fields.h"
#include "base/memory.h"
#include "base/os.h"

enum { ANSWER_TOKENS_KEPT = 4096 }; // room that a prompt must leave, so that a summary still fits

struct job *job_open(const struct model_side *side)
{
    struct job *job = mem_new(struct job, 1);
    job->side = side;
    api_request_init(&job->request);
    return job;
}

void job_close(struct job *job)
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

enum err job_prepare(struct job *job, struct error *error)
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

bool job_fits(const struct job *job, size_t n_context, struct api_error *error)
{
    size_t n_max = n_context - room_wanted(&job->request, n_context);
    for (size_t i = 0; i < job->n_runs; i++) {
        size_t n_prompt = job->side->n_prompt(job->runs[i]);
        if (n_prompt > n_max) {
            *error = api_error_too_long(n_prompt, n_max);
            return false;
        }
    }
    return true;
}

enum err job_start(struct job *job, size_t n_context, uint32_t n_predict, struct error *error)
{
    enum err err = OK;
    for (size_t i = 0; i < job->n_runs && !err; i++) {
        size_t room = n_context - job->side->n_prompt(job->runs[i]);
        err = job->side->start(job->runs[i], answer_tokens(job, n_predict, room), error);
    }
    return err;
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

// What was computed stays in the cache when nobody takes over.
void job_leave(struct call *call, struct job *job, const struct digest_key *key)
{
    struct server *server = call->server;
    uint64_t end_ns = os_time_ns() + (uint64_t)server->config.orphan_ms * 1000000;
    const struct timespec pause = {0, JOB_POLL_MS * 1000000};
    enum flight_state state = FLIGHT_WAITS;
    call_note(call, "client left during prefill");
    for (size_t i = 0; i < job->n_runs; i++)
        job->side->set_background(job->runs[i], true);
    flights_leave(&server->flights, key, job);
    flights_exit(&server->flights, key);
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

// A client that asks again does so at once, perhaps before it is known that it has left: a request of
// the same session that is at work is given a moment to be left.
static struct job *take_flight(struct call *call, const struct digest_key *key, bool has_session)
{
    enum { N_LOOKS = 6 };
    struct flights *flights = &call->server->flights;
    const struct timespec pause = {0, JOB_POLL_MS * 1000000};
    struct job *job = flights_take(flights, key);
    for (int i = 0; !job && has_session && i < N_LOOKS && flights_is_at_work(flights, key); i++) {
        nanosleep(&pause, NULL);
        job = flights_take(flights, key);
    }
    return job;
}

struct job *job_take_over(struct call *call, const struct digest_key *key,
                          const struct api_request *request)
{
    struct job *job = take_flight(call, key, request->session_key.size > 0);
    if (!job)
        return NULL;
    job->request.is_stream = request->is_stream;
    job->request.wants_usage = request->wants_usage;
    for (size_t i = 0; i < job->n_runs; i++)
        job->side->set_background(job->runs[i], false);
    call_note(call, "joined a running prefill");
    return job;
}
