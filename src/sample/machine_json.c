// The machine among JSON values: white space, arrays, objects, and the first byte of a value.
#include "sample/machine_impl.h"

#include "base/memory.h"

#define BLANKS_MAX   8 // white space on one line
#define NEWLINES_MAX 2

// ---- white space ----

// Indentation may grow with the depth; everything else is short, so that no text is all white space.
static bool take_space(const struct machine *m, struct thread *thread, unsigned byte)
{
    if (byte == '\n' || byte == '\r') {
        if (byte == '\n' && thread->n_newlines >= NEWLINES_MAX)
            return false;
        if (byte == '\r' && thread->n_blanks == UINT8_MAX)
            return false;
        thread->n_newlines = (uint8_t)(thread->n_newlines + (byte == '\n'));
        thread->n_blanks = byte == '\r' ? UINT8_MAX : 0;
        return true;
    }
    if (byte != ' ' && byte != '\t')
        return false;
    unsigned depth = m->frames[thread->frame].depth;
    unsigned most = thread->n_newlines ? BLANKS_MAX * (depth + 2) : BLANKS_MAX;
    most = most > 250 ? 250 : most;
    if (thread->n_blanks >= most)
        return false;
    thread->n_blanks++;
    return true;
}

// ---- arrays ----

static void step_value(struct machine *m, size_t set, struct thread thread, unsigned byte);

// Emits, for the next item of the array, the threads before it (byte < 0) or behind its first byte.
static void next_item(struct machine *m, size_t set, uint32_t frame, int byte)
{
    struct frame f = m->frames[frame];
    const struct array_spec array = *schema_array(m->store, f.i);
    if (f.count >= array.max)
        return;
    uint32_t needed = array.min_found > f.found ? array.min_found - f.found : 0;
    for (int found = 0; found < (array.items_found ? 2 : 1); found++) {
        const value_ref *items = found ? array.items_found : array.items;
        value_ref item = f.count < array.n_items ? items[f.count]
                         : found                 ? array.rest_found
                                                 : array.rest;
        if (found && f.found >= array.max_found)
            continue;
        if (!found && needed && !schema_array_can_find(m->store, f.i, f.count + 1, needed))
            continue;
        if (!schema_value_exists(m->store, item) ||
            (array.is_unique && !machine_has_other(m, &f, item)))
            continue;
        struct frame next = f;
        next.count = f.count + (f.count < UINT32_MAX - 1);
        // Past all bounds the count says nothing: keep it still, so that equal places are equal.
        if (f.count > array.n_items && f.count > array.min && array.max == SPEC_NO_LIMIT)
            next.count = f.count;
        next.found = f.found + (uint32_t)found;
        if (found && f.found > array.min_found && array.max_found == SPEC_NO_LIMIT)
            next.found = f.found;
        struct thread thread = {
            .kind = THREAD_VALUE, .i = item, .frame = machine_add_frame(m, next)};
        if (byte < 0)
            machine_emit(m, set, thread);
        else
            step_value(m, set, thread, (unsigned)byte);
    }
}

static bool can_close_array(const struct machine *m, uint32_t frame)
{
    struct frame f = m->frames[frame];
    const struct array_spec *array = schema_array(m->store, f.i);
    return f.count >= array->min && f.found >= array->min_found;
}

// ---- objects ----

// Whether another property than `p` can still be one that `bit` asks for.
static bool can_find(const struct machine *m, const struct frame *f,
                     const struct object_spec *object, uint32_t p, unsigned bit)
{
    for (size_t k = 0; k < object->n_others; k++)
        if (bit == MARK_VALUE ? object->others[k].found != SPEC_NONE
                              : object->others[k].marks & bit)
            return true;
    for (uint32_t q = 0; q < object->n_properties; q++)
        if (q != p && machine_has_bit(object->allowed, q) && !machine_is_seen(m, f->seen, q) &&
            (bit == MARK_VALUE ? object->values_found[q] != SPEC_NONE : object->marks[q] & bit))
            return true;
    return false;
}

// Whether property p may be written so that it is one that `gained` asks for, and others can still be
// what else is asked for.
static bool may_follow(const struct machine *m, const struct frame *f,
                       const struct object_spec *object, uint32_t p, unsigned gained)
{
    unsigned missing = object->needs & ~(f->found | gained);
    for (unsigned bit = 1; missing && bit <= MARK_VALUE; bit <<= 1)
        if (missing & bit && !can_find(m, f, object, p, bit))
            return false;
    return true;
}

// How many properties are still needed when `p` (SPEC_NONE: a name that is not known) is written:
// required ones, and the companions of those that are there or needed.
static size_t n_needed(const struct machine *m, const struct frame *f,
                       const struct object_spec *object, uint32_t p)
{
    size_t n = 0;
    uint64_t counted = 0; // implications whose companion was counted
    for (size_t w = 0; w < object->n_words; w++) {
        uint64_t seen = f->seen == SPEC_NONE ? 0 : m->words[f->seen + w];
        n += (size_t)__builtin_popcountll(object->required[w] & ~seen);
    }
    n -= p != SPEC_NONE && machine_has_bit(object->required, p) && !machine_is_seen(m, f->seen, p);
    for (bool has_changed = object->n_implications <= 64; has_changed;) {
        has_changed = false;
        for (size_t i = 0; i < object->n_implications; i++) {
            uint32_t cause = object->implications[i].if_present;
            uint32_t companion = object->implications[i].then_required;
            bool is_there = cause == p || machine_has_bit(object->required, cause) ||
                            machine_is_seen(m, f->seen, cause);
            bool is_known = companion == p || machine_has_bit(object->required, companion) ||
                            machine_is_seen(m, f->seen, companion);
            for (size_t k = 0; k < object->n_implications; k++) {
                if (!(counted >> k & 1))
                    continue;
                is_there = is_there || object->implications[k].then_required == cause;
                is_known = is_known || object->implications[k].then_required == companion;
            }
            if (!is_there || is_known)
                continue;
            counted |= UINT64_C(1) << i;
            has_changed = true;
            n++;
        }
    }
    return n;
}

static bool is_implied(const struct object_spec *object, uint32_t p)
{
    for (size_t i = 0; i < object->n_implications; i++)
        if (object->implications[i].if_present == p || object->implications[i].then_required == p)
            return true;
    return false;
}

// Whether property p may still be written, where `n_base` are needed without it.
static bool is_open(const struct machine *m, const struct frame *f,
                    const struct object_spec *object, uint32_t p, size_t n_base)
{
    if (!machine_has_bit(object->allowed, p) || machine_is_seen(m, f->seen, p))
        return false;
    if (object->needs && !may_follow(m, f, object, p, object->marks[p]) &&
        (object->values_found[p] == SPEC_NONE ||
         !may_follow(m, f, object, p, object->marks[p] | MARK_VALUE)))
        return false;
    if (object->max == SPEC_NO_LIMIT)
        return true;
    size_t n = is_implied(object, p) ? n_needed(m, f, object, p)
                                     : n_base - machine_has_bit(object->required, p);
    return f->count + n + 1 <= object->max;
}

bool machine_has_open(const struct machine *m, const struct frame *f,
                      const struct object_spec *object, const uint32_t *properties, size_t n)
{
    size_t n_base = object->max == SPEC_NO_LIMIT ? 0 : n_needed(m, f, object, SPEC_NONE);
    for (size_t i = 0; i < n; i++)
        if (is_open(m, f, object, properties[i], n_base))
            return true;
    return false;
}

bool machine_can_add_other(const struct machine *m, const struct frame *f,
                           const struct object_spec *object)
{
    return object->n_others && (object->max == SPEC_NO_LIMIT ||
                                f->count + n_needed(m, f, object, SPEC_NONE) + 1 <= object->max);
}

static bool has_open_name(const struct machine *m, const struct frame *f,
                          const struct object_spec *object, uint32_t low, uint32_t high)
{
    return machine_has_open(m, f, object, object->names.owners + low, high - low);
}

static bool can_add_name(const struct machine *m, uint32_t frame)
{
    const struct frame *f = &m->frames[frame];
    const struct object_spec *object = schema_object(m->store, f->i);
    return machine_can_add_other(m, f, object) ||
           has_open_name(m, f, object, 0, (uint32_t)object->names.n_texts);
}

bool machine_may_close(const struct machine *m, const struct frame *f,
                       const struct object_spec *object)
{
    for (size_t w = 0; w < object->n_words; w++) {
        uint64_t seen = f->seen == SPEC_NONE ? 0 : m->words[f->seen + w];
        if (object->required[w] & ~seen)
            return false;
    }
    for (size_t i = 0; i < object->n_implications; i++)
        if (machine_is_seen(m, f->seen, object->implications[i].if_present) &&
            !machine_is_seen(m, f->seen, object->implications[i].then_required))
            return false;
    return f->count >= object->min && !(object->needs & ~f->found);
}

static bool can_close_object(const struct machine *m, uint32_t frame)
{
    const struct frame *f = &m->frames[frame];
    return machine_may_close(m, f, schema_object(m->store, f->i));
}

// A bare name holds its colon.
enum thread_kind machine_after_name(const struct machine *m)
{
    return schema_has_bare_names(m->store) ? THREAD_VALUE : THREAD_COLON;
}

static void begin_name(struct machine *m, size_t set, uint32_t frame)
{
    const struct frame f = m->frames[frame];
    const struct object_spec *object = schema_object(m->store, f.i);
    uint32_t n = (uint32_t)object->names.n_texts;
    if (has_open_name(m, &f, object, 0, n))
        machine_emit(m, set, (struct thread){.kind = THREAD_NAME, .high = n, .frame = frame});
    if (!machine_can_add_other(m, &f, object))
        return;
    for (uint32_t k = 0; k < object->n_others; k++)
        machine_emit(
            m, set,
            (struct thread){
                .kind = THREAD_OTHER_NAME, .i = object->others[k].start, .low = k, .frame = frame});
}

uint32_t machine_count_up(const struct object_spec *object, uint32_t count)
{
    // Counts matter only where there are bounds.
    return object->min || object->max != SPEC_NO_LIMIT ? count + 1 : 0;
}

void machine_emit_values(struct machine *m, size_t set, struct frame frame, value_ref value,
                         value_ref found)
{
    if (value != SPEC_NONE)
        machine_emit_kind(m, set, machine_after_name(m), value, machine_add_frame(m, frame));
    if (found == SPEC_NONE || frame.found & MARK_VALUE)
        return;
    frame.found |= MARK_VALUE;
    machine_emit_kind(m, set, machine_after_name(m), found, machine_add_frame(m, frame));
}

void machine_step_name(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    const struct object_spec *object = schema_object(m->store, f.i);
    if (!literal_narrow(&object->names, &thread.low, &thread.high, thread.depth, byte) ||
        !has_open_name(m, &f, object, thread.low, thread.high))
        return;
    thread.depth++;
    uint32_t p = object->names.owners[thread.low];
    if (object->names.texts[thread.low].size > thread.depth) {
        machine_emit(m, set, thread);
        return;
    }
    // Names end in a quote and hold none, so a whole name is the beginning of no other.
    struct frame next = f;
    next.seen = machine_seen_with(m, f.seen, object->n_words, p);
    next.count = machine_count_up(object, f.count);
    next.found |= object->marks[p];
    bool may_be_any = may_follow(m, &f, object, p, object->marks[p]);
    bool may_be_found = may_follow(m, &f, object, p, object->marks[p] | MARK_VALUE);
    machine_emit_values(m, set, next, may_be_any ? object->values[p] : SPEC_NONE,
                        may_be_found ? object->values_found[p] : SPEC_NONE);
}

void machine_step_other_name(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    thread.i = dfa_step(schema_dfa(m->store), thread.i, byte);
    if (thread.i == DFA_DEAD)
        return;
    if (!(dfa_flags(schema_dfa(m->store), thread.i) & DFA_FINAL))
        machine_emit(m, set, thread);
    else
        machine_complete(m, thread);
}

// ---- values ----

void machine_step_text(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    thread.i = dfa_step(schema_dfa(m->store), thread.i, byte);
    if (thread.i == DFA_DEAD)
        return;
    if (dfa_flags(schema_dfa(m->store), thread.i) & DFA_FINAL)
        machine_complete_item(m, set, thread);
    else if (!machine_is_tracked(m, thread) || machine_can_differ(m, thread))
        machine_emit(m, set, thread);
}

void machine_complete_item(struct machine *m, size_t set, struct thread thread)
{
    if (machine_is_tracked(m, thread)) {
        const struct frame f = m->frames[thread.frame];
        if (machine_is_used(m, &f, thread.start, m->text_size))
            return;
        thread.frame = machine_use(m, f, thread.start, m->text_size);
    }
    machine_complete_frame(m, set, thread.frame, ADVANCE_MAX);
}

// Where an item that is begun with the present byte starts; 0 where that does not matter.
static uint32_t item_start(const struct machine *m, uint32_t frame)
{
    const struct frame *f = &m->frames[frame];
    bool is_tracked = f->kind == FRAME_ARRAY && schema_array(m->store, f->i)->is_unique;
    return is_tracked ? (uint32_t)m->text_size - 1 : 0;
}

bool machine_is_unique_item(const struct machine *m, struct thread thread)
{
    const struct frame *f = &m->frames[thread.frame];
    return f->kind == FRAME_ARRAY && schema_array(m->store, f->i)->unique == thread.i;
}

void machine_step_literal(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct literal_set *literals = schema_literals(m->store, thread.i);
    if (!literal_narrow(literals, &thread.low, &thread.high, thread.depth, byte))
        return;
    thread.depth++;
    bool is_unique = machine_is_unique_item(m, thread);
    if (is_unique &&
        !machine_has_unseen(m, &m->frames[thread.frame], literals, thread.low, thread.high))
        return;
    bool is_whole = literals->texts[thread.low].size == thread.depth;
    if (is_whole && thread.high - thread.low == 1)
        machine_complete(m, thread);
    else if (!machine_is_tracked(m, thread) || machine_can_differ(m, thread))
        machine_emit(m, set, thread);
}

void machine_step_number(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    thread.i = number_step(schema_numbers(m->store), thread.i, byte);
    if (thread.i && (!machine_is_tracked(m, thread) || machine_can_differ(m, thread)))
        machine_emit(m, set, thread);
}

static void open_frame(struct machine *m, size_t set, enum frame_kind kind, uint32_t i,
                       uint32_t parent)
{
    if (m->frames[parent].depth >= FRAME_DEPTH_MAX)
        return;
    uint32_t start = item_start(m, parent);
    uint32_t frame = machine_push_frame(m, kind, parent, i);
    m->frames[frame].start = start;
    if (kind == FRAME_ARRAY && schema_array(m->store, i)->is_unique)
        m->keeps_text = true;
    machine_emit_kind(m, set, kind == FRAME_ARRAY ? THREAD_ARRAY_FIRST : THREAD_OBJECT_FIRST, 0,
                      frame);
}

static void step_value(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct value_spec *value = schema_value(m->store, thread.i);
    for (size_t s = 0; s < value->n_shapes; s++) {
        struct shape shape = value->shapes[s];
        struct thread inside = {
            .i = shape.i, .frame = thread.frame, .start = item_start(m, thread.frame)};
        switch (shape.kind) {
        case SHAPE_TEXT:
            inside.kind = THREAD_TEXT;
            machine_step_text(m, set, inside, byte);
            break;
        case SHAPE_LITERALS:
            inside.kind = THREAD_LITERAL;
            inside.high = (uint32_t)schema_literals(m->store, shape.i)->n_texts;
            machine_step_literal(m, set, inside, byte);
            break;
        case SHAPE_NUMBER:
            if (byte == '-' || (byte >= '0' && byte <= '9')) {
                inside.kind = THREAD_NUMBER;
                inside.i = number_start(schema_numbers(m->store), shape.i);
                machine_step_number(m, set, inside, byte);
            }
            break;
        case SHAPE_ARRAY:
            if (byte == '[')
                open_frame(m, set, FRAME_ARRAY, shape.i, thread.frame);
            break;
        case SHAPE_OBJECT:
            if (byte == '{')
                open_frame(m, set, FRAME_OBJECT, shape.i, thread.frame);
            break;
        }
        value = schema_value(m->store, thread.i);
    }
}

// The first byte of a name: the quote before it, or where names are bare the name itself.
static void step_to_name(struct machine *m, size_t set, uint32_t frame, unsigned byte)
{
    if (!schema_has_bare_names(m->store)) {
        if (byte == '"')
            begin_name(m, set, frame);
        return;
    }
    struct thread names[1 + 32];
    size_t first = m->n_threads, n = 0;
    begin_name(m, first, frame);
    for (; n < m->n_threads - first && n < COUNT_OF(names); n++)
        names[n] = m->threads[first + n];
    m->n_threads = first;
    for (size_t t = 0; t < n; t++)
        if (names[t].kind == THREAD_NAME)
            machine_step_name(m, set, names[t], byte);
        else
            machine_step_other_name(m, set, names[t], byte);
}

// Whether an open array or object can take another item or name.
static bool can_go_on(struct machine *m, uint32_t frame)
{
    if (m->frames[frame].kind == FRAME_OBJECT)
        return can_add_name(m, frame);
    const struct machine_mark mark = machine_mark(m);
    next_item(m, m->n_threads, frame, -1);
    bool has_next = m->n_threads > mark.n_threads;
    machine_cut(m, mark);
    return has_next;
}

// The array or object is whole, inside frame `outer`.  As an item that must differ it may not be one
// that was there, unless there is nothing left to tell it apart by.
static void close_into(struct machine *m, size_t set, uint32_t frame, uint32_t outer)
{
    const struct frame f = m->frames[frame], around = m->frames[outer];
    if (around.kind == FRAME_FORK) {
        close_into(m, set, frame, around.parent);
        close_into(m, set, frame, around.i);
        return;
    }
    if (around.kind == FRAME_ARRAY && schema_array(m->store, around.i)->is_unique) {
        if (machine_is_used(m, &around, f.start, m->text_size) && can_go_on(m, frame))
            return;
        outer = machine_use(m, around, f.start, m->text_size);
    }
    machine_complete_frame(m, set, outer, ADVANCE_MAX);
}

static void close_frame(struct machine *m, size_t set, uint32_t frame)
{
    close_into(m, set, frame, m->frames[frame].parent);
}

static void step_after(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    bool is_array = f.kind == FRAME_ARRAY;
    if (byte == ',') {
        if (is_array)
            next_item(m, set, thread.frame, -1);
        else if (can_add_name(m, thread.frame))
            machine_emit_kind(m, set, THREAD_NAME_NEXT, 0, thread.frame);
    } else if (byte == (is_array ? ']' : '}')) {
        if (is_array ? can_close_array(m, thread.frame) : can_close_object(m, thread.frame))
            close_frame(m, set, thread.frame);
    }
}

void machine_step_between(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    uint32_t frame = thread.frame;
    if (take_space(m, &thread, byte)) {
        machine_emit(m, set, thread);
        return;
    }
    switch ((enum thread_kind)thread.kind) {
    case THREAD_VALUE:
        step_value(m, set, thread, byte);
        break;
    case THREAD_OBJECT_FIRST:
        if (byte != '}')
            step_to_name(m, set, frame, byte);
        else if (can_close_object(m, frame))
            close_frame(m, set, frame);
        break;
    case THREAD_NAME_NEXT:
        step_to_name(m, set, frame, byte);
        break;
    case THREAD_COLON:
        if (byte == ':')
            machine_emit_kind(m, set, THREAD_VALUE, thread.i, frame);
        break;
    case THREAD_ARRAY_FIRST:
        if (byte != ']')
            next_item(m, set, frame, (int)byte);
        else if (can_close_array(m, frame))
            close_frame(m, set, frame);
        break;
    case THREAD_AFTER:
        step_after(m, set, thread, byte);
        break;
    default:
        break;
    }
}
