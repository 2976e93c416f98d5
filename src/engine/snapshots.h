// snapshots.h - what a sequence needs, besides its KV pages of full attention, to go on at a position.
//
// Recurrent layers fold all that was read into one state, and sliding layers keep only the last
// `window` tokens, so such models continue only where a snapshot was taken: a copy of the recurrent
// state, and the window's pages.  Models of plain attention need none (snapshots_are_needed) and
// continue anywhere.
//
// This file hands out the backend's states, to running sequences and to snapshots alike, and says at
// which prompt positions a snapshot is worth its bytes.  Which one is forgotten when states run out is
// decided in eviction.c.  Engine thread only.
#ifndef HEARTH_ENGINE_SNAPSHOTS_H
#define HEARTH_ENGINE_SNAPSHOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "engine/kv_cache.h"

#define STATE_NONE UINT32_MAX

struct snapshots;

enum snapshot_kind {
    SNAPSHOT_TRUNK,   // end of system prompt and tools: where other conversations branch off
    SNAPSHOT_MESSAGE, // end of a message
    SNAPSHOT_TIP,     // end of a prompt or of an answer
};

struct snapshot {
    uint32_t n_tokens; // continues here
    enum snapshot_kind kind;
    uint32_t n_prompt;        // where the prompt of the sequence that left it ends; 0: not known
    uint32_t n_uses;          // sequences that continued right here
    uint64_t used_at;         // the tree's clock when one did, or when it was made
    uint32_t i_state;         // STATE_NONE without recurrent layers
    uint32_t i_page, n_pages; // window pages, from the one of position 64 * i_page
    uint32_t pages[];         // [n_pages]
};

// `window` is hyperparams.window; it matters when the spec has a second group of pages.
struct snapshots *snapshots_open(struct backend *backend, struct kv_cache *kv,
                                 const struct cache_spec *spec, uint32_t window);
void snapshots_close(struct snapshots *snapshots); // every state must be back

bool snapshots_are_needed(const struct snapshots *snapshots);
bool snapshots_have_states(const struct snapshots *snapshots);
uint32_t snapshots_n_free(const struct snapshots *snapshots);    // states
uint64_t snapshots_size_used(const struct snapshots *snapshots); // bytes of states in use

// A state with undefined content; STATE_NONE when a snapshot must be forgotten first, and always
// for models without recurrent layers.
uint32_t snapshots_take_state(struct snapshots *snapshots);
void snapshots_release_state(struct snapshots *snapshots, uint32_t i_state); // STATE_NONE: nothing

// The first position whose window page a query at `n_tokens` still sees.
uint32_t snapshots_window_start(const struct snapshots *snapshots, uint32_t n_tokens);

// Makes a snapshot of a sequence that has computed n_tokens.  `i_state` becomes the snapshot's;
// window_pages is the sequence's table of group 1 (NULL where there is none), whose pages are held.
struct snapshot *snapshot_create(struct snapshots *snapshots, enum snapshot_kind kind,
                                 uint32_t n_tokens, uint32_t i_state, const uint32_t *window_pages);
void snapshot_discard(struct snapshots *snapshots, struct snapshot *snapshot); // NULL: nothing

// Chooses up to n_max of the `boundaries` (ascending) that lie within (n_reused, n_tokens): always the
// first and the last two, and between them ever fewer the further they are from the end: who cuts the
// last d tokens off finds, where messages are short, a snapshot at most d / 2 before the cut.  Writes
// them ascending to `marks` and returns how many.
size_t snapshots_choose(uint32_t *marks, size_t n_max, const uint32_t *boundaries,
                        size_t n_boundaries, uint32_t n_reused, uint32_t n_tokens);

#endif
