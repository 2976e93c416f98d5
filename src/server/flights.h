// flights.h - prompts that are being read although nobody waits for them any more.
//
// A client that gave up in the middle of a long prefill usually asks again, the same but for `stream`.
// The prefill goes on for a while, and the identical request takes it over instead of beginning
// anew.  Safe from any thread.
#ifndef HEARTH_SERVER_FLIGHTS_H
#define HEARTH_SERVER_FLIGHTS_H

#include <pthread.h>
#include <stdbool.h>

#include "api/request.h"
#include "server/digest.h"

struct flights {
    pthread_mutex_t lock;
    struct flight *first;
};

void flights_init(struct flights *flights);
void flights_release(struct flights *flights);

// Of the route, the session key and the body without `stream`.
struct digest_key flight_key_of(const char *route, const struct api_request *request);

// A request for `key` is at work, its own client waiting; until flights_exit().
void flights_enter(struct flights *flights, const struct digest_key *key);
void flights_exit(struct flights *flights, const struct digest_key *key);
bool flights_is_at_work(struct flights *flights, const struct digest_key *key);

// Leaves `job` to whoever asks for `key`; the caller goes on looking after it until
// flights_withdraw().
void flights_leave(struct flights *flights, const struct digest_key *key, void *job);
// Takes the job back; false when somebody has taken it over and owns it now.
bool flights_withdraw(struct flights *flights, void *job);
enum flight_state {
    FLIGHT_WAITS,
    FLIGHT_OVER,  // `visit` was false: the job is the caller's again
    FLIGHT_TAKEN, // somebody has taken it over and owns it now
};
// Calls `visit`, briefly, while nobody can take the job over; false from it ends the flight.
enum flight_state flights_visit(struct flights *flights, void *job, bool (*visit)(void *job));
// The oldest job left for `key`, which is the caller's now, or NULL.
void *flights_take(struct flights *flights, const struct digest_key *key);

#endif
