// turn_memory.h - what exactly did the model sample, when this turn was its answer?
//
// Clients send an answer back re-serialised: keys reordered, defaults added, numbers re-typed, blank
// text dropped.  Rendering that anew gives other tokens than the model produced, and everything
// computed behind them is lost.  So each answer's ids are remembered under its thinking signature,
// its call ids, and the digest of what was said before it; they are used when what comes back means
// the same.
//
// Bounded in bytes: what was not used for longest leaves first.  Any thread may call; results are
// copies.
#ifndef HEARTH_CHAT_TURN_MEMORY_H
#define HEARTH_CHAT_TURN_MEMORY_H

#include "base/buf.h"
#include "chat/prompt_turns.h"
#include "text/tokenizer.h"

struct turn_memory;

struct sampled_call {
    struct str id, name;
    struct str arguments; // the JSON that was sent, which may be broken or unfinished
};

struct sampled_turn { // borrowed by turn_memory_add()
    const token_id *ids;
    size_t n_ids;       // the token that ended the answer included, where there was one
    struct str opening; // what the prompt wrote between the assistant's opening and the first id
    struct str thinking, signature, text;
    const struct sampled_call *calls;
    size_t n_calls;
    unsigned char digest[TURN_DIGEST_SIZE]; // turns.digest of the prompt
};

struct turn_memory *turn_memory_open(size_t size_max);
void turn_memory_close(struct turn_memory *memory);

void turn_memory_add(struct turn_memory *memory, const struct sampled_turn *sampled);

// The ids of the answer that `turn` (an ASSISTANT one) repeats, appended to `ids`, with the bytes of
// its opening.  False when it is not known or means something else: nothing is appended.
bool turn_memory_find(struct turn_memory *memory, const struct turn *turn, struct token_list *ids,
                      struct buf *opening);

struct turn_memory_stats {
    size_t n_turns, size, n_found, n_missed; // missed: looked for in vain
};
struct turn_memory_stats turn_memory_stats(struct turn_memory *memory);

#endif
