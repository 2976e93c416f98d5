// job.h - one request at the model: its runs, from the prompt to their end.
//
// A job may outlive its client: a prefill that nobody waits for any more goes on for a while, and the
// identical request takes it over (flights.h).
#ifndef HEARTH_SERVER_JOB_H
#define HEARTH_SERVER_JOB_H

#include "server/server_state.h"

enum { JOB_POLL_MS = 50 }; // between looks at whether somebody is there

struct job {
    const struct model_side *side;
    struct api_request request;
    struct run **runs; // one per choice
    size_t n_runs;
};

struct job *job_open(const struct model_side *side); // with an empty request
void job_close(struct job *job);

// Renders and tokenises; needs no loaded model.
enum err job_prepare(struct job *job, struct error *error);
// Whether all prompts leave room for an answer in the context.
bool job_fits(const struct job *job, size_t n_context, struct api_error *error);
// Queues the runs; with the model held.  `n_predict` is the length of answers that name none, or 0.
enum err job_start(struct job *job, size_t n_context, uint32_t n_predict, struct error *error);

// Goes on with a prefill whose client has left, behind all others, until it is over, too old or taken
// over.  The job is gone afterwards, and the key's flights_enter() undone.
void job_leave(struct call *call, struct job *job, const struct digest_key *key);
// The job that was left by a request like this one, or NULL.
struct job *job_take_over(struct call *call, const struct digest_key *key,
                          const struct api_request *request);

#endif
