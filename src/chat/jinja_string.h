// jinja_string.h - strings that know where each byte came from.
//
// Private to chat/jinja_*.  A string is immutable: bytes, and the pieces of one kind they consist
// of (see spans.h).  Most strings have one kind and no piece list.  Slices share their bytes.
//
// Strings are built in rooms, growing arrays of bytes and pieces.  A string that was the last thing
// written to its room can be appended to in place, because older strings only look at the front
// of the room; so a template that collects its output with `~` in a loop stays linear.
//
// Everything here charges the run for the bytes it touches and fails through it.
#ifndef HEARTH_CHAT_JINJA_STRING_H
#define HEARTH_CHAT_JINJA_STRING_H

#include "base/str.h"
#include "chat/jinja_run.h"
#include "chat/jinja_unicode.h"
#include "chat/spans.h"

struct jstr_piece {
    size_t end; // offset behind its last byte; clamped to the string's size
    uint32_t i_run;
    enum span_kind kind;
};

struct jstr {
    const char *data;
    size_t size;
    size_t n_chars;                  // JSTR_UNCOUNTED until somebody asks
    const struct jstr_piece *pieces; // NULL: all of `kind`
    size_t n_pieces;
    enum span_kind kind;
    uint32_t i_run;
    struct jstr_room *room; // where it may be continued, or NULL
};
#define JSTR_UNCOUNTED SIZE_MAX

struct jstr_room {
    char *data;
    size_t size, capacity;
    struct jstr_piece *pieces;
    size_t n_pieces, n_pieces_max;
};

// A string over bytes that outlive the run, such as a literal or the caller's JSON.
struct jstr *jstr_wrap(struct jinja_run *run, struct str bytes, enum span_kind kind);
struct jstr *jstr_copy(struct jinja_run *run, struct str bytes, enum span_kind kind);

static inline struct str jstr_bytes(const struct jstr *s)
{
    return (struct str){s->data, s->size};
}
// Offset of the first `part` at or behind `from`, or SIZE_MAX; of the last one that ends at `to`.
size_t jstr_find(struct jinja_run *run, struct str in, struct str part, size_t from);
size_t jstr_find_last(struct jinja_run *run, struct str in, struct str part, size_t to);

size_t jstr_n_chars(struct jinja_run *run, const struct jstr *s);

// Bytes [from, to) and characters [from, to); both within the string.
struct jstr *jstr_slice(struct jinja_run *run, const struct jstr *s, size_t from, size_t to);
struct jstr *jstr_slice_chars(struct jinja_run *run, const struct jstr *s, size_t from, size_t to);
size_t jstr_offset(struct jinja_run *run, const struct jstr *s, size_t i_char);

const struct jstr *jstr_concat(struct jinja_run *run, const struct jstr *a, const struct jstr *b);

// The kind that a change to the bytes at `offset` leaves: that of the piece there, and markup for
// token runs, which are no longer what was sampled.
enum span_kind jstr_kind_changed(const struct jstr *s, size_t offset);

// Whether the whole string is one intact token run or holds one.
bool jstr_has_runs(const struct jstr *s);

// Writing.
struct jstr_room *jroom_new(struct jinja_run *run, size_t capacity);
void jroom_append(struct jinja_run *run, struct jstr_room *room, enum span_kind kind,
                  uint32_t i_run, struct str bytes);
void jroom_append_string(struct jinja_run *run, struct jstr_room *room, const struct jstr *s);
// Bytes [from, to) of s; cut token runs become markup.
void jroom_append_part(struct jinja_run *run, struct jstr_room *room, const struct jstr *s,
                       size_t from, size_t to);
const struct jstr *jroom_string(struct jinja_run *run, struct jstr_room *room);

#endif
