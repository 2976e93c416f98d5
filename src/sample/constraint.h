// constraint.h - what may be sampled, so that a tool call or an answer cannot be malformed.
//
// A constraint is compiled from a JSON Schema, a grammar, a regular expression or a set of tools,
// and may be shared: by requests, by threads.  A constraint_state is one text on its way: it says
// which tokens may follow, takes the one that was sampled, and knows when the text may end.
//
// No schema fails: what cannot be decided while writing is relaxed for that one place and listed.
// The masks never leave a text without a way to its end, and never forbid a token that continues a
// conforming text (white space between JSON tokens is bounded; printable ASCII is not escaped).
//
// A compiled constraint keeps what it worked out (automaton states, masks) for the next text; calls
// on states of one constraint from several threads take turns.  docs/design/constraint.md has the
// whole.
#ifndef HEARTH_SAMPLE_CONSTRAINT_H
#define HEARTH_SAMPLE_CONSTRAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/token.h"
#include "sample/json_schema.h"
#include "sample/token_trie.h"

struct json_object;

// ---- the vocabulary: once for a model ----

struct constraint_vocabulary;

// Copies what it needs.  ERR_MEMORY.
enum err constraint_vocabulary_open(struct constraint_vocabulary **out,
                                    const struct token_vocabulary *vocabulary, struct error *error);
void constraint_vocabulary_close(struct constraint_vocabulary *vocabulary);
size_t constraint_vocabulary_n_tokens(const struct constraint_vocabulary *vocabulary);
const struct token_trie *constraint_vocabulary_trie(const struct constraint_vocabulary *vocabulary);

// ---- compiled constraints ----

struct constraint; // counted: each open or share needs one close

struct constraint_options {
    // Text that comes before what is constrained: free up to and including this mark, as in
    // "</think>".  NULL: the constraint holds from the first byte.
    const char *free_until;
    // The model itself decides whether to write such text: it starts with this mark ("<think>").
    // NULL with free_until set: the prompt has opened it already.
    const char *free_opener;
    size_t size_max; // bytes of automata and masks, about; 0: 64 MiB
};

// One JSON value that follows `schema`.  The vocabulary must outlive the constraint.  Text that is
// no schema gives any JSON, with a relaxation.  Never fails.
struct constraint *constraint_open_schema(const struct constraint_vocabulary *vocabulary,
                                          struct str schema,
                                          const struct constraint_options *options);
// One JSON object, whatever is in it.
struct constraint *constraint_open_json_object(const struct constraint_vocabulary *vocabulary,
                                               const struct constraint_options *options);
// A text that follows a grammar in llama.cpp's notation (gbnf.h says what is refused), or a whole text
// that a regular expression matches.  These fail on wrong syntax: nothing else could be meant.
enum err constraint_open_gbnf(struct constraint **out,
                              const struct constraint_vocabulary *vocabulary, struct str grammar,
                              const struct constraint_options *options, struct error *error);
enum err constraint_open_regex(struct constraint **out,
                               const struct constraint_vocabulary *vocabulary, struct str pattern,
                               const struct constraint_options *options, struct error *error);
struct constraint *constraint_share(struct constraint *constraint);
void constraint_close(struct constraint *constraint);

// What was relaxed so far; compiling goes on with the text, so ask again at its end.  Copies of the
// first `n_max` are written to `out`; returns how many there are.  Strings live as long as the
// constraint.
size_t constraint_relaxations(struct constraint *constraint, struct relaxation *out, size_t n_max);

// ---- one text ----

struct constraint_state; // one thread at a time

struct constraint_state *constraint_state_open(struct constraint *constraint); // shares it
struct constraint_state *constraint_state_copy(const struct constraint_state *state);
void constraint_state_reset(struct constraint_state *state); // to the beginning
void constraint_state_close(struct constraint_state *state);

// Takes a token; false when it may not come here, and then nothing has changed.  An end token is
// taken where the text may end.
bool constraint_state_accept(struct constraint_state *state, token_id token);
// The same for text that is not made of this vocabulary's tokens.
bool constraint_state_accept_bytes(struct constraint_state *state, struct str bytes);

// Sets bit t of `mask` for each token t that may come next; [(n_tokens + 63) / 64] words.  End tokens
// are among them where the text may end.  At least one bit is set unless an end token is needed and
// the vocabulary has none.
void constraint_state_mask(struct constraint_state *state, uint64_t *mask);

// Appends the bytes that must come next, as far as there is no choice; returns how many.  The state
// stays where it is.
size_t constraint_state_forced(struct constraint_state *state, struct buf *out);
// How many of `bytes` (forced ones, made of the tokens that end at `ends`) may be taken as these
// tokens: the longest run of whole tokens after which no longer token could have been meant.
size_t constraint_stable_tokens(const struct constraint_vocabulary *vocabulary, struct str bytes,
                                const size_t *ends, size_t n_tokens);

bool constraint_state_can_end(struct constraint_state *state);     // the text may end here
bool constraint_state_is_complete(struct constraint_state *state); // and cannot go on

const struct constraint_vocabulary *
constraint_state_vocabulary(const struct constraint_state *state);
size_t constraint_state_n_steps(const struct constraint_state *state); // work done, for tests

#endif
