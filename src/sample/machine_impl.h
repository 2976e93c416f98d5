// machine_impl.h - what the two files of the machine share; nobody else includes it.
//
// machine.c has the frames, the set of threads and the symbols of a grammar; machine_json.c what
// stands between the tokens of a JSON value.
#ifndef HEARTH_SAMPLE_MACHINE_IMPL_H
#define HEARTH_SAMPLE_MACHINE_IMPL_H

#include "sample/machine.h"

#define FRAME_DEPTH_MAX 1000 // open arrays, objects and sequences
#define ADVANCE_MAX     256  // rules entered without reading a byte

static inline bool machine_has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

// ---- machine.c ----

uint32_t machine_add_frame(struct machine *m, struct frame frame);
uint32_t machine_push_frame(struct machine *m, enum frame_kind kind, uint32_t parent, uint32_t i);
// A copy of `seen` with one more bit.
uint32_t machine_seen_with(struct machine *m, uint32_t seen, size_t n_words, uint32_t bit);
bool machine_is_seen(const struct machine *m, uint32_t seen, uint32_t bit);
// Whether one of the texts [low, high) belongs to an owner that is not used up.
bool machine_has_unseen(const struct machine *m, const struct frame *f,
                        const struct literal_set *literals, uint32_t low, uint32_t high);
// `set` is where the new set begins: no thread is in it twice.
void machine_emit(struct machine *m, size_t set, struct thread thread);
void machine_emit_kind(struct machine *m, size_t set, enum thread_kind kind, uint32_t i,
                       uint32_t frame);
// The value (or sequence, or call) that `frame` waited for is complete.
void machine_complete_frame(struct machine *m, size_t set, uint32_t frame, int budget);

// Room for `n` words at the end of `words`; their index.
uint32_t machine_add_words(struct machine *m, size_t n);

// ---- machine_unique.c ----

size_t machine_n_used(const struct machine *m, const struct frame *f); // words of its list
// Whether the text [start, end) is an item of the array already, and the frame in which it is one.
bool machine_is_used(const struct machine *m, const struct frame *f, size_t start, size_t end);
uint32_t machine_use(struct machine *m, struct frame f, size_t start, size_t end);
// Whether the item that the thread is in can still become another than those before it.
bool machine_can_differ(struct machine *m, struct thread thread);
// Whether some value for `item` is not used up.
bool machine_has_other(struct machine *m, const struct frame *f, value_ref item);

// ---- machine_json.c ----

// The thread stands between two tokens, or in a name.
void machine_step_between(struct machine *m, size_t set, struct thread thread, unsigned byte);
void machine_step_name(struct machine *m, size_t set, struct thread thread, unsigned byte);
void machine_step_other_name(struct machine *m, size_t set, struct thread thread, unsigned byte);
void machine_step_text(struct machine *m, size_t set, struct thread thread, unsigned byte);
void machine_step_number(struct machine *m, size_t set, struct thread thread, unsigned byte);
void machine_step_literal(struct machine *m, size_t set, struct thread thread, unsigned byte);
// The text that the thread is in ends, at the end of machine.text: it may be an item.
void machine_complete_item(struct machine *m, size_t set, struct thread thread);
// A constant of which an array holds each but once.
bool machine_is_unique_item(const struct machine *m, struct thread thread);
// What follows a name: a bare one holds its colon.
enum thread_kind machine_after_name(const struct machine *m);
// Goes on with the value of a name: any, and as one that is asked for; SPEC_NONE: not that.
void machine_emit_values(struct machine *m, size_t set, struct frame frame, value_ref value,
                         value_ref found);
// Whether one of the properties of an object may (still) be written, whether a name that it does not
// know, and whether it may end.
bool machine_has_open(const struct machine *m, const struct frame *f,
                      const struct object_spec *object, const uint32_t *properties, size_t n);
bool machine_can_add_other(const struct machine *m, const struct frame *f,
                           const struct object_spec *object);
bool machine_may_close(const struct machine *m, const struct frame *f,
                       const struct object_spec *object);
// Counts matter only where there are bounds.
uint32_t machine_count_up(const struct object_spec *object, uint32_t count);

#endif
