// session.h - one sequence on the model: its tokens, its pages, its state.
//
// A session knows more tokens than it has computed: the prompt, tokens that a constraint forced, the
// one just sampled.  Steps compute them in order.  Before each stretch of prefill the session looks
// whether the prefix tree has got further with the same tokens than it has itself and then goes on
// from there; at chosen positions it leaves a snapshot in the tree, and when it closes it leaves what
// it has computed.  Continuing is bit-equal to computing alone.
//
// Engine thread only.  Knows no request, no sampling, no time.
#ifndef HEARTH_ENGINE_SESSION_H
#define HEARTH_ENGINE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "base/token.h"
#include "engine/engine.h"
#include "engine/prefix_tree.h"

struct spill;

struct session_memory { // what the sessions of one engine share
    struct backend *backend;
    struct kv_cache *kv;
    struct snapshots *snapshots;
    struct prefix_tree *tree;
    struct spill *spill; // NULL: nothing on disk
};

struct session_mark { // where to leave a snapshot
    uint32_t n_tokens;
    enum snapshot_kind kind;
};

struct session {
    struct session_memory *memory;
    token_id *tokens; // [n_tokens_max] the sequence so far
    uint32_t n_tokens, n_tokens_max;
    uint32_t n_prompt;          // of them, those it was opened with
    uint32_t n_tokens_reserved; // as far as it may grow on what is promised already
    uint32_t n_computed;        // leading tokens that pages and state have seen
    uint32_t n_reused;          // tokens taken from the tree or from disk instead of computed
    uint32_t n_from_disk;       // of these
    uint32_t first_difference;  // tokens of the prompt that the tree or the disk knew
    uint32_t n_other;           // what it knew to follow instead
    token_id other[ENGINE_DIFFERENCE_TOKENS];
    uint32_t *pages[KV_GROUPS_MAX];  // [n_pages[g]] by position / KV_PAGE_TOKENS
    uint32_t n_pages[KV_GROUPS_MAX]; // pages below a window are PAGE_NONE
    uint32_t i_state;                // STATE_NONE without recurrent layers
    uint32_t n_reserved;             // pages of group 0 promised to this session
    struct session_mark *marks;      // [n_marks] ascending
    size_t n_marks, i_mark;
    bool reuses;      // takes from the tree
    bool awaits_disk; // what the disk has of its tokens is still to be asked, or on its way
};

struct session_options {
    const token_id *tokens; // the prompt, at least one
    uint32_t n_tokens;
    uint32_t n_tokens_max;      // the most it may become
    uint32_t n_tokens_reserved; // of these, how many are promised at once; at least n_tokens
    const uint32_t *boundaries; // ascending prompt lengths worth a snapshot, the first a trunk
    size_t n_boundaries;
    size_t n_snapshots_max; // for the prompt
    bool reuses;            // false: computes everything itself
};

// Reserves pages for n_tokens_reserved and attaches the session to what the tree knows.  False, changing
// nothing, when pages or states are short: try again when another session has closed.
bool session_open(struct session *session, struct session_memory *memory,
                  const struct session_options *options);
// Gives everything back.  With `remember` the computed tokens stay in the tree.
void session_close(struct session *session, bool remember);

void session_append(struct session *session, token_id token);
static inline uint32_t session_n_pending(const struct session *session)
{
    return session->n_tokens - session->n_computed;
}

// Goes on from the tree where that leads further than n_computed.  The last token is never skipped:
// its logits are wanted.
void session_catch_up(struct session *session);
// At most n_rows (at least 1), cut at the next position where a snapshot is due, or else at the end of a
// page where one is crossed: attention and recurrences work in blocks at these positions.  Less than a
// page is cut into equal parts, for a few rows take hardly less time than many.
uint32_t session_cut(const struct session *session, uint32_t n_rows);
// Makes sure that n_rows more tokens are promised.  False when other sequences hold what is needed:
// go on when one of them has closed.
bool session_make_room(struct session *session, uint32_t n_rows);
// Gets the pages for n_rows more tokens.  Never fails within what is promised.
void session_extend(struct session *session, uint32_t n_rows);
// After the step that computed them.
void session_advance(struct session *session, uint32_t n_rows);

// ---- filled from disk instead of computed (spill.c) ----
// The disk knows more of the tokens than the tree: they part at n_known, where it has others.
void session_differs(struct session *session, uint32_t n_known, const token_id *other,
                     uint32_t n_other);
// Gets the pages of group 0 for the first n_tokens tokens.
void session_place_pages(struct session *session, uint32_t n_tokens);
// Its window becomes n_pages new pages from page i_page on.
void session_place_window(struct session *session, uint32_t i_page, uint32_t n_pages);
// Pages and state of the first n_tokens tokens are in place: goes on behind them, and others may.
void session_restored(struct session *session, uint32_t n_tokens, enum snapshot_kind kind);
// They are not: gives back the pages behind what is computed.
void session_return_pages(struct session *session);

#endif
