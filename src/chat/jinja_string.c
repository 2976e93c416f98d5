#include "chat/jinja_string.h"

#include <string.h>

struct jstr *jstr_wrap(struct jinja_run *run, struct str bytes, enum span_kind kind)
{
    struct jstr *s = jinja_new(run, struct jstr, 1);
    *s = (struct jstr){
        .data = bytes.data, .size = bytes.size, .n_chars = JSTR_UNCOUNTED, .kind = kind};
    return s;
}

struct jstr *jstr_copy(struct jinja_run *run, struct str bytes, enum span_kind kind)
{
    char *copy = jinja_alloc(run, bytes.size + 1, 1);
    if (bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    jinja_step_bytes(run, bytes.size);
    return jstr_wrap(run, (struct str){copy, bytes.size}, kind);
}

size_t jstr_find(struct jinja_run *run, struct str in, struct str part, size_t from)
{
    if (part.size == 0)
        return from <= in.size ? from : SIZE_MAX;
    size_t i = from;
    while (i < in.size && in.size - i >= part.size) {
        const char *next = memchr(in.data + i, part.data[0], in.size - i - part.size + 1);
        if (!next)
            break;
        jinja_step_bytes(run, (size_t)(next - in.data) - i + part.size);
        i = (size_t)(next - in.data);
        if (memcmp(next, part.data, part.size) == 0)
            return i;
        i++;
    }
    jinja_step_bytes(run, in.size - (from < in.size ? from : in.size));
    return SIZE_MAX;
}

size_t jstr_find_last(struct jinja_run *run, struct str in, struct str part, size_t to)
{
    for (size_t i = to < part.size ? SIZE_MAX : to - part.size; i != SIZE_MAX; i--) {
        if (part.size == 0 || memcmp(in.data + i, part.data, part.size) == 0)
            return i;
        if (i % 64 == 0)
            jinja_step(run, 1 + part.size / 64);
    }
    return SIZE_MAX;
}

size_t jstr_n_chars(struct jinja_run *run, const struct jstr *s)
{
    if (s->n_chars != JSTR_UNCOUNTED)
        return s->n_chars;
    jinja_step_bytes(run, s->size);
    // Literals of a template, which threads share, are counted when they are compiled; all other
    // strings belong to one run.
    ((struct jstr *)(uintptr_t)s)->n_chars = char_count(s->data, s->size);
    return s->n_chars;
}

size_t jstr_offset(struct jinja_run *run, const struct jstr *s, size_t i_char)
{
    if (jstr_n_chars(run, s) == s->size)
        return i_char;
    size_t offset = 0;
    for (; i_char > 0 && offset < s->size; i_char--)
        offset += char_size(s->data + offset, s->size - offset);
    jinja_step_bytes(run, offset * 8);
    return offset;
}

// Index of the piece that holds byte `offset`.
static size_t piece_at(const struct jstr *s, size_t offset)
{
    size_t low = 0, high = s->n_pieces - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->pieces[middle].end > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static size_t piece_start(const struct jstr *s, size_t i)
{
    return i ? s->pieces[i - 1].end : 0;
}
static size_t piece_end(const struct jstr *s, size_t i)
{
    return i + 1 == s->n_pieces ? s->size : s->pieces[i].end;
}

// The piece's kind when only its bytes [from, to) remain.
static enum span_kind kind_cut(const struct jstr *s, size_t i, size_t from, size_t to)
{
    bool whole = from <= piece_start(s, i) && to >= piece_end(s, i);
    return s->pieces[i].kind == SPAN_TOKENS && !whole ? SPAN_MARKUP : s->pieces[i].kind;
}

struct jstr *jstr_slice(struct jinja_run *run, const struct jstr *s, size_t from, size_t to)
{
    struct jstr *part = jinja_new(run, struct jstr, 1);
    *part = (struct jstr){.data = s->data + from,
                          .size = to - from,
                          .n_chars = s->n_chars == s->size ? to - from : JSTR_UNCOUNTED,
                          .kind = s->kind,
                          .i_run = s->i_run};
    if (from == 0 && to == s->size) {
        *part = *s;
        return part;
    }
    if (!s->pieces) {
        if (s->kind == SPAN_TOKENS)
            part->kind = SPAN_MARKUP, part->i_run = 0;
        return part;
    }
    if (from == to) {
        part->kind = SPAN_TEXT;
        return part;
    }
    size_t first = piece_at(s, from), last = piece_at(s, to - 1);
    part->kind = kind_cut(s, first, from, to);
    part->i_run = part->kind == SPAN_TOKENS ? s->pieces[first].i_run : 0;
    if (first == last)
        return part;
    struct jstr_piece *pieces = jinja_new(run, struct jstr_piece, last - first + 1);
    jinja_step(run, (last - first) / 4);
    for (size_t i = first; i <= last; i++) {
        enum span_kind kind = kind_cut(s, i, from, to);
        pieces[i - first] = (struct jstr_piece){
            .end = piece_end(s, i) - from, .i_run = s->pieces[i].i_run, .kind = kind};
    }
    pieces[last - first].end = to - from;
    part->pieces = pieces;
    part->n_pieces = last - first + 1;
    return part;
}

struct jstr *jstr_slice_chars(struct jinja_run *run, const struct jstr *s, size_t from, size_t to)
{
    size_t start = jstr_offset(run, s, from);
    if (jstr_n_chars(run, s) == s->size)
        return jstr_slice(run, s, start, to);
    size_t end = start;
    for (size_t i = from; i < to && end < s->size; i++)
        end += char_size(s->data + end, s->size - end);
    jinja_step_bytes(run, end - start);
    struct jstr *part = jstr_slice(run, s, start, end);
    part->n_chars = to - from;
    return part;
}

enum span_kind jstr_kind_changed(const struct jstr *s, size_t offset)
{
    enum span_kind kind = s->kind;
    if (s->pieces && s->size)
        kind = s->pieces[piece_at(s, offset < s->size ? offset : s->size - 1)].kind;
    return kind == SPAN_TOKENS ? SPAN_MARKUP : kind;
}

bool jstr_has_runs(const struct jstr *s)
{
    if (!s->pieces)
        return s->kind == SPAN_TOKENS;
    for (size_t i = 0; i < s->n_pieces; i++)
        if (s->pieces[i].kind == SPAN_TOKENS)
            return true;
    return false;
}

struct jstr_room *jroom_new(struct jinja_run *run, size_t capacity)
{
    struct jstr_room *room = jinja_new(run, struct jstr_room, 1);
    room->data = jinja_alloc(run, capacity ? capacity : 1, 1);
    room->capacity = capacity;
    return room;
}

static void room_reserve(struct jinja_run *run, struct jstr_room *room, size_t n_more)
{
    if (n_more <= room->capacity - room->size)
        return;
    size_t capacity = room->capacity < 64 ? 128 : room->capacity * 2;
    if (capacity - room->size < n_more)
        capacity = room->size + n_more + n_more / 2;
    char *data = jinja_alloc(run, capacity, 1);
    memcpy(data, room->data, room->size);
    jinja_step_bytes(run, room->size);
    room->data = data;
    room->capacity = capacity;
}

void jroom_append(struct jinja_run *run, struct jstr_room *room, enum span_kind kind,
                  uint32_t i_run, struct str bytes)
{
    if (bytes.size == 0)
        return;
    jinja_step_bytes(run, bytes.size);
    room_reserve(run, room, bytes.size);
    memcpy(room->data + room->size, bytes.data, bytes.size);
    room->size += bytes.size;
    struct jstr_piece *last = room->n_pieces ? &room->pieces[room->n_pieces - 1] : NULL;
    if (last && last->kind == kind && kind != SPAN_TOKENS) {
        last->end = room->size;
        return;
    }
    if (room->n_pieces == room->n_pieces_max)
        room->pieces = jinja_grow(run, room->pieces, room->n_pieces, &room->n_pieces_max,
                                  sizeof *room->pieces);
    room->pieces[room->n_pieces++] = (struct jstr_piece){room->size, i_run, kind};
}

void jroom_append_part(struct jinja_run *run, struct jstr_room *room, const struct jstr *s,
                       size_t from, size_t to)
{
    if (from >= to)
        return;
    if (!s->pieces) {
        bool cut = s->kind == SPAN_TOKENS && to - from < s->size;
        jroom_append(run, room, cut ? SPAN_MARKUP : s->kind, cut ? 0 : s->i_run,
                     (struct str){s->data + from, to - from});
        return;
    }
    for (size_t i = piece_at(s, from); i < s->n_pieces && piece_start(s, i) < to; i++) {
        size_t start = piece_start(s, i), end = piece_end(s, i);
        enum span_kind kind = kind_cut(s, i, from, to);
        start = start > from ? start : from;
        end = end < to ? end : to;
        jroom_append(run, room, kind, kind == SPAN_TOKENS ? s->pieces[i].i_run : 0,
                     (struct str){s->data + start, end - start});
    }
}

void jroom_append_string(struct jinja_run *run, struct jstr_room *room, const struct jstr *s)
{
    jroom_append_part(run, room, s, 0, s->size);
}

const struct jstr *jroom_string(struct jinja_run *run, struct jstr_room *room)
{
    struct jstr *s = jinja_new(run, struct jstr, 1);
    *s = (struct jstr){.data = room->data,
                       .size = room->size,
                       .n_chars = JSTR_UNCOUNTED,
                       .kind = SPAN_MARKUP,
                       .room = room};
    if (room->n_pieces == 1) {
        s->kind = room->pieces[0].kind;
        s->i_run = room->pieces[0].i_run;
    } else if (room->n_pieces > 1) {
        s->pieces = room->pieces;
        s->n_pieces = room->n_pieces;
    }
    return s;
}

// Whether `s` is the whole of its room, so that what follows can be written behind it.
static bool ends_its_room(const struct jstr *s)
{
    return s->room && s->data == s->room->data && s->size == s->room->size;
}

const struct jstr *jstr_concat(struct jinja_run *run, const struct jstr *a, const struct jstr *b)
{
    if (a->size == 0)
        return b;
    if (b->size == 0)
        return a;
    struct jstr_room *room = a->room;
    // A room that must move leaves its older strings where they are.
    if (!ends_its_room(a)) {
        room = jroom_new(run, a->size + b->size + (a->size + b->size) / 4);
        jroom_append_string(run, room, a);
    }
    jroom_append_string(run, room, b);
    return jroom_string(run, room);
}
