// machine.h - where a text stands in a grammar, byte by byte.
//
// The place is a set of threads.  A thread is inside a token of text (an automaton, a list of
// literals, a number) or between two, on top of frames: open objects, arrays and sequences.  JSON
// itself is deterministic; threads fork where a schema offers a choice, and most die a few bytes on.
// Those that differ only in what is around their array or object are one, above a fork.
//
// Frames are immutable and shared: opening, closing and counting make new ones.  All live in vectors
// that are cut back after a trial, so a walk over a vocabulary allocates nothing after a while.
#ifndef HEARTH_SAMPLE_MACHINE_H
#define HEARTH_SAMPLE_MACHINE_H

#include "sample/grammar.h"
#include "sample/token_trie.h"

enum thread_kind {
    THREAD_VALUE,         // before a value; i: value_ref
    THREAD_TEXT,          // i: dfa_state
    THREAD_LITERAL,       // i: literal set; low, high, depth: what is left of it
    THREAD_NUMBER,        // i: number node
    THREAD_OBJECT_FIRST,  // after {
    THREAD_NAME_NEXT,     // after a comma in an object
    THREAD_NAME,          // in a known name; low, high, depth
    THREAD_OTHER_NAME,    // in any other name; i: dfa_state, low: which kind of name
    THREAD_COLON,         // after a name; i: value_ref
    THREAD_ARRAY_FIRST,   // after [
    THREAD_AFTER,         // after a value in an array or object
    THREAD_OPENING,       // in the markup of a parameter; low, high, depth
    THREAD_OTHER_OPENING, // the same for names that are no property; i: dfa_state
    THREAD_DONE,          // the text is complete
};

struct thread {
    uint8_t kind;
    uint8_t n_blanks, n_newlines; // white space since the last token
    uint16_t depth;
    uint32_t i, low, high;
    uint32_t frame;
    uint32_t start; // of an item that must differ from others: its first byte in machine.text
};

enum frame_kind {
    FRAME_ROOT,
    FRAME_OBJECT,
    FRAME_ARRAY,
    FRAME_SEQUENCE,
    FRAME_PARAMETERS,
    FRAME_FORK, // below an object or array: it is inside `parent`, or inside frame `i`
};

struct frame {
    uint8_t kind;
    uint16_t depth;
    uint32_t parent;
    uint32_t i;            // object, array, parameter list; SEQUENCE: the symbol to go on with
    uint32_t count, found; // names or items begun; items that `contains` counts
    uint32_t start;        // as in a thread, of an array or object that is such an item
    uint32_t
        seen; // in `words`: bits of names or constants used up, or the list of items that others
              // must differ from; SPEC_NONE: none yet
};

struct machine {
    struct schema_store *store;
    const struct grammar *grammar;
    struct thread *threads;
    size_t n_threads, threads_capacity;
    struct frame *frames; // frame 0 is the root
    size_t n_frames, frames_capacity;
    uint64_t *words;
    size_t n_words, words_capacity;
    char *text; // the bytes read, once there is an array whose items must differ
    size_t text_size, text_capacity;
    bool keeps_text, has_bare_names;
    size_t n_steps; // work done, for bounds in tests
};

#define THREADS_MAX 1024 // of one set; past it readings are given up

struct machine_mark { // how much was in use
    size_t n_threads, n_frames, n_words, text_size;
};
static inline struct machine_mark machine_mark(const struct machine *m)
{
    return (struct machine_mark){m->n_threads, m->n_frames, m->n_words, m->text_size};
}
static inline void machine_cut(struct machine *m, struct machine_mark mark)
{
    m->n_threads = mark.n_threads;
    m->n_frames = mark.n_frames;
    m->n_words = mark.n_words;
    m->text_size = mark.text_size;
}

void machine_init(struct machine *machine, struct schema_store *store,
                  const struct grammar *grammar);
void machine_release(struct machine *machine);

// Sets of threads are runs of `threads`.  Both append the new set at the end and leave the old one.
void machine_start(struct machine *machine, uint32_t rule);
void machine_step(struct machine *machine, size_t first, size_t n, unsigned byte);

// What follows when the token of text that `thread` is in ends here; appended likewise.
void machine_complete(struct machine *machine, struct thread thread);
// A byte of the text at `at`, for walks that step an automaton by themselves.
void machine_note_byte(struct machine *machine, size_t at, unsigned byte);
// Whether the thread is in an item that must differ from those before it.
bool machine_is_tracked(const struct machine *machine, struct thread thread);
// What the items before it that begin like this one go on with: the next one from item *i on, false
// when there are no more.
bool machine_rival(const struct machine *machine, struct thread thread, size_t *i,
                   struct str *rest);
// Whether more texts lead on from the automaton's state than an array keeps items to differ from.
bool machine_has_room(struct machine *machine, dfa_state state);
// Whether the thread's text may end here (and machine_complete() makes sense).
bool machine_can_complete(const struct machine *machine, struct thread thread);
// Whether the whole text may end at this set.
bool machine_is_complete(struct machine *machine, size_t first, size_t n);

// Keeps the threads [first, first + n) and what they stand on, and nothing else.
void machine_compact(struct machine *machine, size_t first, size_t n);
// The same place in another machine of the same grammar.
void machine_copy(struct machine *to, const struct machine *from);

#endif
