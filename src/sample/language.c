#include "sample/language.h"

#define LEVELS_MAX 256 // characters looked ahead
#define STATES_MAX 64  // states in reach of one such look

struct front { // states in reach by texts of one length, and by how many texts each
    uint32_t states[STATES_MAX];
    size_t counts[STATES_MAX];
    size_t n;
};

// False when there is no room.
static bool front_add(struct front *front, uint32_t state, size_t count)
{
    size_t i = 0;
    while (i < front->n && front->states[i] != state)
        i++;
    if (i == STATES_MAX)
        return false;
    front->n += i == front->n;
    front->states[i] = state;
    front->counts[i] += count;
    return true;
}

static uint32_t language_step(struct language *l, uint32_t state, unsigned byte)
{
    l->n_steps++;
    return l->numbers ? number_step(l->numbers, state, byte) : dfa_step(l->dfa, state, byte);
}

static bool language_accepts(const struct language *l, uint32_t state)
{
    return l->numbers ? l->numbers->nodes[state].accepts : dfa_flags(l->dfa, state) & DFA_ACCEPTS;
}

bool language_has(struct language *l, uint32_t state, struct str rest)
{
    for (size_t i = 0; i < rest.size && state; i++)
        state = language_step(l, state, (unsigned char)rest.data[i]);
    return state && language_accepts(l, state);
}

bool language_has_more_than(struct language *l, uint32_t state, size_t n)
{
    struct front now = {0};
    size_t n_found = 0;
    front_add(&now, state, 1);
    for (int level = 0; level < LEVELS_MAX && now.n; level++) {
        struct front next = {0};
        for (size_t i = 0; i < now.n; i++) {
            n_found += language_accepts(l, now.states[i]) ? now.counts[i] : 0;
            for (unsigned b = 0; b < 256 && n_found <= n; b++) {
                uint32_t to = language_step(l, now.states[i], b);
                if (to && !front_add(&next, to, now.counts[i]))
                    return true;
            }
            if (n_found > n)
                return true;
        }
        now = next;
    }
    return now.n > 0;
}
