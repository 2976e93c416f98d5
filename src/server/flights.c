#include "server/flights.h"

#include <stdlib.h>

#include "base/memory.h"

struct flight {
    struct digest_key key;
    void *job; // NULL: at work for its own client
    struct flight *next;
};

void flights_init(struct flights *flights)
{
    *flights = (struct flights){0};
    pthread_mutex_init(&flights->lock, NULL);
}

void flights_release(struct flights *flights)
{
    while (flights->first) {
        struct flight *next = flights->first->next;
        free(flights->first);
        flights->first = next;
    }
    pthread_mutex_destroy(&flights->lock);
}

struct digest_key flight_key_of(const char *route, const struct api_request *request)
{
    struct digest *digest = digest_open();
    digest_add(digest, str_of(route));
    digest_add(digest, request->session_key);
    json_object_object_foreach(request->body, name, value)
    {
        if (strcmp(name, "stream") == 0 || strcmp(name, "stream_options") == 0)
            continue;
        digest_add(digest, str_of(name));
        digest_add(digest, json_text(value));
    }
    return digest_close(digest);
}

static void append(struct flights *flights, const struct digest_key *key, void *job)
{
    struct flight *flight = mem_new(struct flight, 1);
    flight->key = *key;
    flight->job = job;
    pthread_mutex_lock(&flights->lock);
    struct flight **link = &flights->first;
    while (*link)
        link = &(*link)->next;
    *link = flight;
    pthread_mutex_unlock(&flights->lock);
}

// With the lock held: the link to what is at work for the key, or to the end.
static struct flight **find_at_work(struct flights *flights, const struct digest_key *key)
{
    struct flight **link = &flights->first;
    while (*link && ((*link)->job || !digest_equal(&(*link)->key, key)))
        link = &(*link)->next;
    return link;
}

void flights_enter(struct flights *flights, const struct digest_key *key)
{
    append(flights, key, NULL);
}

void flights_exit(struct flights *flights, const struct digest_key *key)
{
    pthread_mutex_lock(&flights->lock);
    struct flight **link = find_at_work(flights, key), *flight = *link;
    *link = flight->next;
    pthread_mutex_unlock(&flights->lock);
    free(flight);
}

bool flights_is_at_work(struct flights *flights, const struct digest_key *key)
{
    pthread_mutex_lock(&flights->lock);
    bool is_there = *find_at_work(flights, key) != NULL;
    pthread_mutex_unlock(&flights->lock);
    return is_there;
}

void flights_leave(struct flights *flights, const struct digest_key *key, void *job)
{
    append(flights, key, job);
}

// With the lock held: unlinks the first flight that fits and gives its job.
static void *remove_flight(struct flights *flights, const struct digest_key *key, const void *job)
{
    for (struct flight **link = &flights->first; *link; link = &(*link)->next) {
        struct flight *flight = *link;
        bool fits = job ? flight->job == job : flight->job && digest_equal(&flight->key, key);
        if (!fits)
            continue;
        void *found = flight->job;
        *link = flight->next;
        free(flight);
        return found;
    }
    return NULL;
}

bool flights_withdraw(struct flights *flights, void *job)
{
    pthread_mutex_lock(&flights->lock);
    void *found = remove_flight(flights, NULL, job);
    pthread_mutex_unlock(&flights->lock);
    return found != NULL;
}

enum flight_state flights_visit(struct flights *flights, void *job, bool (*visit)(void *job))
{
    enum flight_state state = FLIGHT_TAKEN;
    pthread_mutex_lock(&flights->lock);
    for (struct flight *flight = flights->first; flight; flight = flight->next)
        if (flight->job == job)
            state = FLIGHT_WAITS;
    if (state == FLIGHT_WAITS && !visit(job)) {
        remove_flight(flights, NULL, job);
        state = FLIGHT_OVER;
    }
    pthread_mutex_unlock(&flights->lock);
    return state;
}

void *flights_take(struct flights *flights, const struct digest_key *key)
{
    pthread_mutex_lock(&flights->lock);
    void *job = remove_flight(flights, key, NULL);
    pthread_mutex_unlock(&flights->lock);
    return job;
}
