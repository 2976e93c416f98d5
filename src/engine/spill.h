// spill.h - what of the tree goes to disk, when, and how it comes back.
//
// Between steps the engine's thread copies pages and states into the store's buffers, a file's worth
// at a time and no more than a fortieth of its time while anybody waits for a token; the store's
// threads do the rest.  Nothing is pinned: what is to be written is remembered by its tokens and looked
// up in the tree when its turn comes.  The tree forgets it after everything else, and then it is not
// written.
//
// Written are: the end of system prompt and tools, at once; the end of a conversation and the
// boundary before it, when it has rested for two seconds, has grown by STRIDE tokens since, or the tree
// had to spare it; and everything of these that is left when the engine closes, within a time limit.
//
// What is read back goes into a running sequence's own pages, promised to it like those of any
// prompt, so reading needs no memory that is not there.  One sequence at a time.
//
// Engine thread only.
#ifndef HEARTH_ENGINE_SPILL_H
#define HEARTH_ENGINE_SPILL_H

#include <limits.h>

#include "engine/session.h"
#include "engine/store.h"

struct spill;

#define SPILL_IDLE UINT_MAX // nothing to do until something else happens

// Takes the store over.  `memory` must outlive the spill; sessions find it there.
struct spill *spill_open(struct store *store, struct session_memory *memory,
                         const struct store_options *options);
// Writes what is worth it, for at most timeout_ms, and closes the store.  No session may be open.
void spill_close(struct spill *spill, unsigned timeout_ms);
void spill_stats(struct spill *spill, struct store_stats *stats);

// ---- writing ----
// The tree has just been given these tokens, with a snapshot where the model needs one.
void spill_note(struct spill *spill, const token_id *tokens, uint32_t n_tokens,
                enum snapshot_kind kind);
// A little work; returns in how many ms there is more, or SPILL_IDLE.
unsigned spill_step(struct spill *spill, bool is_busy);

// ---- reading ----
enum spill_reading {
    SPILL_WAITS,    // for the disk, or for another sequence's turn
    SPILL_FINISHED, // the session has what there was to have
};
// Goes on bringing the session what the disk has of its tokens beyond what it has computed.
enum spill_reading spill_read(struct spill *spill, struct session *session, bool is_busy);
// The session closes: nothing more is read for it.
void spill_forget(struct spill *spill, const struct session *session);

#endif
