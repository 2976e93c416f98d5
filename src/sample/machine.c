#include "sample/machine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FRAME_DEPTH_MAX 1000 // open arrays, objects and sequences
#define BLANKS_MAX      8    // white space on one line
#define NEWLINES_MAX    2
#define ADVANCE_MAX     256 // rules entered without reading a byte

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

// ---- frames ----

static uint32_t frame_add(struct machine *m, struct frame frame)
{
    if (m->n_frames == m->frames_capacity) {
        m->frames_capacity = m->frames_capacity ? m->frames_capacity * 2 : 64;
        m->frames = mem_resize(m->frames, m->frames_capacity, sizeof(struct frame));
    }
    m->frames[m->n_frames] = frame;
    return (uint32_t)m->n_frames++;
}

static uint32_t frame_push(struct machine *m, enum frame_kind kind, uint32_t parent, uint32_t i)
{
    return frame_add(m, (struct frame){.kind = (uint8_t)kind,
                                       .depth = (uint16_t)(m->frames[parent].depth + 1),
                                       .parent = parent,
                                       .i = i,
                                       .seen = SPEC_NONE});
}

// A copy of `seen` with one more bit.
static uint32_t seen_with(struct machine *m, uint32_t seen, size_t n_words, uint32_t bit)
{
    while (m->n_words + n_words > m->words_capacity) {
        m->words_capacity = m->words_capacity ? m->words_capacity * 2 : 64;
        m->words = mem_resize(m->words, m->words_capacity, sizeof(uint64_t));
    }
    uint64_t *to = m->words + m->n_words;
    if (seen == SPEC_NONE)
        memset(to, 0, n_words * sizeof *to);
    else
        memcpy(to, m->words + seen, n_words * sizeof *to);
    to[bit / 64] |= UINT64_C(1) << (bit % 64);
    m->n_words += n_words;
    return (uint32_t)(m->n_words - n_words);
}

static bool is_seen(const struct machine *m, uint32_t seen, uint32_t bit)
{
    return seen != SPEC_NONE && has_bit(m->words + seen, bit);
}

static size_t frame_n_words(const struct machine *m, const struct frame *frame)
{
    switch ((enum frame_kind)frame->kind) {
    case FRAME_OBJECT:
        return (schema_object(m->store, frame->i)->n_properties + 63) / 64;
    case FRAME_PARAMETERS:
        return m->grammar->parameters[frame->i].n_words;
    case FRAME_ARRAY: {
        uint32_t unique = schema_array(m->store, frame->i)->unique;
        return unique == SPEC_NONE ? 0 : (schema_literals(m->store, unique)->n_owners + 63) / 64;
    }
    default:
        return 0;
    }
}

static bool frames_equal(const struct machine *m, uint32_t a, uint32_t b)
{
    while (a != b) {
        const struct frame *x = &m->frames[a], *y = &m->frames[b];
        if (x->kind != y->kind || x->i != y->i || x->count != y->count || x->found != y->found ||
            x->depth != y->depth)
            return false;
        if (x->seen != y->seen) {
            if (x->seen == SPEC_NONE || y->seen == SPEC_NONE ||
                memcmp(m->words + x->seen, m->words + y->seen,
                       frame_n_words(m, x) * sizeof(uint64_t)))
                return false;
        }
        a = x->parent;
        b = y->parent;
    }
    return true;
}

static bool has_unseen(const struct machine *m, const struct frame *f,
                       const struct literal_set *literals, uint32_t low, uint32_t high)
{
    for (uint32_t t = low; t < high; t++)
        if (!is_seen(m, f->seen, literals->owners[t]))
            return true;
    return false;
}

// ---- threads ----

// `set` is where the new set begins: no thread is in it twice.
static void emit(struct machine *m, size_t set, struct thread thread)
{
    for (size_t t = set; t < m->n_threads; t++) {
        const struct thread *old = &m->threads[t];
        if (old->kind == thread.kind && old->i == thread.i && old->depth == thread.depth &&
            old->low == thread.low && old->high == thread.high &&
            old->n_blanks == thread.n_blanks && old->n_newlines == thread.n_newlines &&
            frames_equal(m, old->frame, thread.frame))
            return;
    }
    if (m->n_threads - set >= THREADS_MAX) {
        m->has_overflow = true;
        return;
    }
    if (m->n_threads == m->threads_capacity) {
        m->threads_capacity = m->threads_capacity ? m->threads_capacity * 2 : 64;
        m->threads = mem_resize(m->threads, m->threads_capacity, sizeof(struct thread));
    }
    m->threads[m->n_threads++] = thread;
}

static void emit_kind(struct machine *m, size_t set, enum thread_kind kind, uint32_t i,
                      uint32_t frame)
{
    emit(m, set, (struct thread){.kind = (uint8_t)kind, .i = i, .frame = frame});
}

static void advance(struct machine *m, size_t set, uint32_t i_symbol, uint32_t parent, int budget);

// Goes on with the parameters of a call: another one, or their end when all required ones are there.
static void advance_parameters(struct machine *m, size_t set, uint32_t frame)
{
    struct frame f = m->frames[frame];
    const struct parameter_list *list = &m->grammar->parameters[f.i];
    bool is_done = list->is_single && f.seen != SPEC_NONE;
    if (list->openings.n_texts && !is_done &&
        has_unseen(m, &f, &list->openings, 0, (uint32_t)list->openings.n_texts))
        emit(m, set,
             (struct thread){
                 .kind = THREAD_OPENING, .high = (uint32_t)list->openings.n_texts, .frame = frame});
    if (list->is_single && !is_done)
        return;
    if (list->other_opening != DFA_DEAD)
        emit_kind(m, set, THREAD_OTHER_OPENING, list->other_opening, frame);
    for (size_t w = 0; w < list->n_words; w++) {
        uint64_t seen = f.seen == SPEC_NONE ? 0 : m->words[f.seen + w];
        if (list->required[w] & ~seen)
            return;
    }
    assert(m->frames[f.parent].kind == FRAME_SEQUENCE);
    advance(m, set, m->frames[f.parent].i, m->frames[f.parent].parent, ADVANCE_MAX);
}

// The value (or sequence, or call) that `frame` waited for is complete.
static void complete_frame(struct machine *m, size_t set, uint32_t frame, int budget)
{
    switch ((enum frame_kind)m->frames[frame].kind) {
    case FRAME_ROOT:
        emit_kind(m, set, THREAD_DONE, 0, frame);
        break;
    case FRAME_OBJECT:
    case FRAME_ARRAY:
        emit_kind(m, set, THREAD_AFTER, 0, frame);
        break;
    case FRAME_SEQUENCE:
        advance(m, set, m->frames[frame].i, m->frames[frame].parent, budget);
        break;
    case FRAME_PARAMETERS:
        advance_parameters(m, set, frame);
        break;
    }
}

// Enters the symbol; `parent` is told when the symbols from here on are complete.
static void advance(struct machine *m, size_t set, uint32_t i_symbol, uint32_t parent, int budget)
{
    struct symbol symbol = m->grammar->symbols[i_symbol];
    if (budget <= 0 || m->frames[parent].depth >= FRAME_DEPTH_MAX)
        return;
    if (symbol.kind == SYMBOL_END) {
        complete_frame(m, set, parent, budget - 1);
        return;
    }
    // The last symbol of a run needs no frame to come back to: recursion on the right costs nothing.
    bool is_last =
        m->grammar->symbols[i_symbol + 1].kind == SYMBOL_END && symbol.kind != SYMBOL_PARAMETERS;
    uint32_t frame = is_last ? parent : frame_push(m, FRAME_SEQUENCE, parent, i_symbol + 1);
    switch (symbol.kind) {
    case SYMBOL_TEXT:
        if (dfa_flags(schema_dfa(m->store), symbol.i) & DFA_ACCEPTS)
            complete_frame(m, set, frame, budget - 1);
        if (symbol.i != DFA_DEAD && !(dfa_flags(schema_dfa(m->store), symbol.i) & DFA_FINAL))
            emit_kind(m, set, THREAD_TEXT, symbol.i, frame);
        break;
    case SYMBOL_VALUE:
        if (schema_value_exists(m->store, symbol.i))
            emit_kind(m, set, THREAD_VALUE, symbol.i, frame);
        break;
    case SYMBOL_RULE: {
        const struct rule *rule = &m->grammar->rules[symbol.i];
        for (size_t a = 0; a < rule->n_alternatives; a++)
            advance(m, set, rule->alternatives[a], frame, budget - 1);
        break;
    }
    case SYMBOL_PARAMETERS:
        advance_parameters(m, set, frame_push(m, FRAME_PARAMETERS, frame, symbol.i));
        break;
    case SYMBOL_END:
        break;
    }
}

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
        if (!found && needed && array.max - f.count - 1 < needed)
            continue;
        if (!schema_value_exists(m->store, item))
            continue;
        struct frame next = f;
        next.count = f.count + (f.count < UINT32_MAX - 1);
        // Past all bounds the count says nothing: keep it still, so that equal places are equal.
        if (f.count > array.n_items && f.count > array.min && array.max == SPEC_NO_LIMIT)
            next.count = f.count;
        next.found = f.found + (uint32_t)found;
        if (found && f.found > array.min_found && array.max_found == SPEC_NO_LIMIT)
            next.found = f.found;
        struct thread thread = {.kind = THREAD_VALUE, .i = item, .frame = frame_add(m, next)};
        if (byte < 0)
            emit(m, set, thread);
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

// Whether property p may still be written.
static bool is_open(const struct machine *m, const struct frame *f,
                    const struct object_spec *object, uint32_t p)
{
    if (!has_bit(object->allowed, p) || is_seen(m, f->seen, p))
        return false;
    if (object->max == SPEC_NO_LIMIT || has_bit(object->required, p))
        return true;
    size_t n_missing = 0;
    for (size_t r = 0; r < object->n_properties; r++)
        n_missing += has_bit(object->required, r) && !is_seen(m, f->seen, (uint32_t)r);
    return f->count + n_missing + 1 <= object->max;
}

static bool can_add_other(const struct machine *m, const struct frame *f,
                          const struct object_spec *object)
{
    size_t n_missing = 0;
    if (!object->n_others)
        return false;
    for (size_t r = 0; object->max != SPEC_NO_LIMIT && r < object->n_properties; r++)
        n_missing += has_bit(object->required, r) && !is_seen(m, f->seen, (uint32_t)r);
    return object->max == SPEC_NO_LIMIT || f->count + n_missing + 1 <= object->max;
}

static bool has_open_name(const struct machine *m, const struct frame *f,
                          const struct object_spec *object, uint32_t low, uint32_t high)
{
    for (uint32_t t = low; t < high; t++)
        if (is_open(m, f, object, object->names.owners[t]))
            return true;
    return false;
}

static bool can_add_name(const struct machine *m, uint32_t frame)
{
    const struct frame *f = &m->frames[frame];
    const struct object_spec *object = schema_object(m->store, f->i);
    return can_add_other(m, f, object) ||
           has_open_name(m, f, object, 0, (uint32_t)object->names.n_texts);
}

static bool can_close_object(const struct machine *m, uint32_t frame)
{
    const struct frame *f = &m->frames[frame];
    const struct object_spec *object = schema_object(m->store, f->i);
    for (size_t w = 0; w < object->n_words; w++) {
        uint64_t seen = f->seen == SPEC_NONE ? 0 : m->words[f->seen + w];
        if (object->required[w] & ~seen)
            return false;
    }
    for (size_t i = 0; i < object->n_implications; i++)
        if (is_seen(m, f->seen, object->implications[i].if_present) &&
            !is_seen(m, f->seen, object->implications[i].then_required))
            return false;
    return f->count >= object->min;
}

// A bare name holds its colon.
static enum thread_kind after_name(const struct machine *m)
{
    return schema_has_bare_names(m->store) ? THREAD_VALUE : THREAD_COLON;
}

static void begin_name(struct machine *m, size_t set, uint32_t frame)
{
    const struct frame f = m->frames[frame];
    const struct object_spec *object = schema_object(m->store, f.i);
    uint32_t n = (uint32_t)object->names.n_texts;
    if (has_open_name(m, &f, object, 0, n))
        emit(m, set, (struct thread){.kind = THREAD_NAME, .high = n, .frame = frame});
    if (!can_add_other(m, &f, object))
        return;
    for (uint32_t k = 0; k < object->n_others; k++)
        emit(
            m, set,
            (struct thread){
                .kind = THREAD_OTHER_NAME, .i = object->others[k].start, .low = k, .frame = frame});
}

static uint32_t count_up(const struct object_spec *object, uint32_t count)
{
    // Counts matter only where there are bounds.
    return object->min || object->max != SPEC_NO_LIMIT ? count + 1 : 0;
}

static void step_name(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    const struct object_spec *object = schema_object(m->store, f.i);
    if (!literal_narrow(&object->names, &thread.low, &thread.high, thread.depth, byte) ||
        !has_open_name(m, &f, object, thread.low, thread.high))
        return;
    thread.depth++;
    uint32_t p = object->names.owners[thread.low];
    if (object->names.texts[thread.low].size > thread.depth) {
        emit(m, set, thread);
        return;
    }
    // Names end in a quote and hold none, so a whole name is the beginning of no other.
    struct frame next = f;
    next.seen = seen_with(m, f.seen, object->n_words, p);
    next.count = count_up(object, f.count);
    emit_kind(m, set, after_name(m), object->values[p], frame_add(m, next));
}

static void step_other_name(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    thread.i = dfa_step(schema_dfa(m->store), thread.i, byte);
    if (thread.i == DFA_DEAD)
        return;
    if (!(dfa_flags(schema_dfa(m->store), thread.i) & DFA_FINAL))
        emit(m, set, thread);
    else
        machine_complete(m, thread);
}

// ---- parameters ----

static void step_opening(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    const struct parameter_list *list = &m->grammar->parameters[f.i];
    if (!literal_narrow(&list->openings, &thread.low, &thread.high, thread.depth, byte) ||
        !has_unseen(m, &f, &list->openings, thread.low, thread.high))
        return;
    thread.depth++;
    uint32_t p = list->openings.owners[thread.low];
    bool is_whole = list->openings.texts[thread.low].size == thread.depth;
    if (!is_whole || thread.high - thread.low > 1)
        emit(m, set, thread);
    if (!is_whole || is_seen(m, f.seen, p))
        return;
    struct frame next = f;
    next.seen = seen_with(m, f.seen, list->n_words, p);
    advance(m, set, list->values[p], frame_add(m, next), ADVANCE_MAX);
}

// ---- values ----

static void step_text(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    thread.i = dfa_step(schema_dfa(m->store), thread.i, byte);
    if (thread.i == DFA_DEAD)
        return;
    if (dfa_flags(schema_dfa(m->store), thread.i) & DFA_FINAL)
        complete_frame(m, set, thread.frame, ADVANCE_MAX);
    else
        emit(m, set, thread);
}

static bool is_unique_item(const struct machine *m, struct thread thread)
{
    const struct frame *f = &m->frames[thread.frame];
    return f->kind == FRAME_ARRAY && schema_array(m->store, f->i)->unique == thread.i;
}

static void step_literal(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct literal_set *literals = schema_literals(m->store, thread.i);
    if (!literal_narrow(literals, &thread.low, &thread.high, thread.depth, byte))
        return;
    thread.depth++;
    bool is_unique = is_unique_item(m, thread);
    if (is_unique && !has_unseen(m, &m->frames[thread.frame], literals, thread.low, thread.high))
        return;
    bool is_whole = literals->texts[thread.low].size == thread.depth;
    if (is_whole && thread.high - thread.low == 1)
        machine_complete(m, thread);
    else
        emit(m, set, thread);
}

static void open_frame(struct machine *m, size_t set, enum frame_kind kind, uint32_t i,
                       uint32_t parent)
{
    if (m->frames[parent].depth >= FRAME_DEPTH_MAX)
        return;
    emit_kind(m, set, kind == FRAME_ARRAY ? THREAD_ARRAY_FIRST : THREAD_OBJECT_FIRST, 0,
              frame_push(m, kind, parent, i));
}

static void step_value(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct value_spec *value = schema_value(m->store, thread.i);
    for (size_t s = 0; s < value->n_shapes; s++) {
        struct shape shape = value->shapes[s];
        switch (shape.kind) {
        case SHAPE_TEXT:
            step_text(m, set,
                      (struct thread){.kind = THREAD_TEXT, .i = shape.i, .frame = thread.frame},
                      byte);
            break;
        case SHAPE_LITERALS: {
            uint32_t n = (uint32_t)schema_literals(m->store, shape.i)->n_texts;
            step_literal(
                m, set,
                (struct thread){
                    .kind = THREAD_LITERAL, .i = shape.i, .high = n, .frame = thread.frame},
                byte);
            break;
        }
        case SHAPE_NUMBER:
            if (byte == '-' || (byte >= '0' && byte <= '9')) {
                struct number_table *numbers = schema_numbers(m->store);
                uint32_t node = number_step(numbers, number_start(numbers, shape.i), byte);
                if (node)
                    emit_kind(m, set, THREAD_NUMBER, node, thread.frame);
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
            step_name(m, set, names[t], byte);
        else
            step_other_name(m, set, names[t], byte);
}

static void step_after(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    bool is_array = f.kind == FRAME_ARRAY;
    if (byte == ',') {
        if (is_array)
            next_item(m, set, thread.frame, -1);
        else if (can_add_name(m, thread.frame))
            emit_kind(m, set, THREAD_NAME_NEXT, 0, thread.frame);
    } else if (byte == (is_array ? ']' : '}')) {
        if (is_array ? can_close_array(m, thread.frame) : can_close_object(m, thread.frame))
            complete_frame(m, set, f.parent, ADVANCE_MAX);
    }
}

static void step_between(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    uint32_t frame = thread.frame;
    if (take_space(m, &thread, byte)) {
        emit(m, set, thread);
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
            complete_frame(m, set, m->frames[frame].parent, ADVANCE_MAX);
        break;
    case THREAD_NAME_NEXT:
        step_to_name(m, set, frame, byte);
        break;
    case THREAD_COLON:
        if (byte == ':')
            emit_kind(m, set, THREAD_VALUE, thread.i, frame);
        break;
    case THREAD_ARRAY_FIRST:
        if (byte != ']')
            next_item(m, set, frame, (int)byte);
        else if (can_close_array(m, frame))
            complete_frame(m, set, m->frames[frame].parent, ADVANCE_MAX);
        break;
    case THREAD_AFTER:
        step_after(m, set, thread, byte);
        break;
    default:
        break;
    }
}

static void step_thread(struct machine *m, size_t set, struct thread thread, unsigned byte);

// The token of text may also have ended before `byte`: then the byte belongs to what follows.
static void step_past(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    size_t first = m->n_threads;
    machine_complete(m, thread);
    size_t n = m->n_threads - first;
    if (!n)
        return;
    struct thread few[8], *next = n <= COUNT_OF(few) ? few : mem_new(struct thread, n);
    memcpy(next, m->threads + first, n * sizeof *next);
    m->n_threads = first;
    for (size_t t = 0; t < n; t++)
        step_thread(m, set, next[t], byte);
    if (next != few)
        free(next);
}

static void step_thread(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    switch ((enum thread_kind)thread.kind) {
    case THREAD_TEXT:
        step_text(m, set, thread, byte);
        break;
    case THREAD_LITERAL:
        step_literal(m, set, thread, byte);
        break;
    case THREAD_NUMBER: {
        uint32_t node = number_step(schema_numbers(m->store), thread.i, byte);
        if (node)
            emit_kind(m, set, THREAD_NUMBER, node, thread.frame);
        break;
    }
    case THREAD_NAME:
        step_name(m, set, thread, byte);
        return;
    case THREAD_OTHER_NAME:
    case THREAD_OTHER_OPENING:
        step_other_name(m, set, thread, byte);
        return;
    case THREAD_OPENING:
        step_opening(m, set, thread, byte);
        return;
    case THREAD_DONE:
        return;
    default:
        step_between(m, set, thread, byte);
        return;
    }
    if (machine_can_complete(m, thread))
        step_past(m, set, thread, byte);
}

void machine_init(struct machine *machine, struct schema_store *store,
                  const struct grammar *grammar)
{
    *machine = (struct machine){.store = store, .grammar = grammar};
    frame_add(machine, (struct frame){.kind = FRAME_ROOT, .seen = SPEC_NONE});
}

void machine_release(struct machine *machine)
{
    free(machine->threads);
    free(machine->frames);
    free(machine->words);
    *machine = (struct machine){0};
}

void machine_start(struct machine *machine, uint32_t rule)
{
    size_t set = machine->n_threads;
    const struct rule *from = &machine->grammar->rules[rule];
    for (size_t a = 0; a < from->n_alternatives; a++)
        advance(machine, set, from->alternatives[a], 0, ADVANCE_MAX);
}

void machine_step(struct machine *machine, size_t first, size_t n, unsigned byte)
{
    size_t set = machine->n_threads;
    machine->n_steps += n;
    for (size_t t = first; t < first + n; t++)
        step_thread(machine, set, machine->threads[t], byte);
}

void machine_complete(struct machine *machine, struct thread thread)
{
    struct machine *m = machine;
    size_t set = m->n_threads;
    const struct frame f = m->frames[thread.frame];
    switch ((enum thread_kind)thread.kind) {
    case THREAD_LITERAL:
        if (is_unique_item(m, thread)) {
            const struct literal_set *literals = schema_literals(m->store, thread.i);
            uint32_t owner = literals->owners[thread.low];
            if (is_seen(m, f.seen, owner))
                return;
            struct frame next = f;
            next.seen = seen_with(m, f.seen, (literals->n_owners + 63) / 64, owner);
            thread.frame = frame_add(m, next);
        }
        complete_frame(m, set, thread.frame, ADVANCE_MAX);
        break;
    case THREAD_OTHER_NAME: {
        const struct object_spec *object = schema_object(m->store, f.i);
        struct frame next = f;
        next.count = count_up(object, f.count);
        emit_kind(m, set, after_name(m), object->others[thread.low].value, frame_add(m, next));
        break;
    }
    case THREAD_OTHER_OPENING:
        advance(m, set, m->grammar->parameters[f.i].other_value, thread.frame, ADVANCE_MAX);
        break;
    default:
        complete_frame(m, set, thread.frame, ADVANCE_MAX);
        break;
    }
}

bool machine_can_complete(const struct machine *machine, struct thread thread)
{
    switch ((enum thread_kind)thread.kind) {
    case THREAD_TEXT:
    case THREAD_OTHER_NAME:
    case THREAD_OTHER_OPENING:
        return dfa_flags(schema_dfa(machine->store), thread.i) & DFA_ACCEPTS;
    case THREAD_LITERAL:
        return schema_literals(machine->store, thread.i)->texts[thread.low].size == thread.depth;
    case THREAD_NUMBER:
        return schema_numbers(machine->store)->nodes[thread.i].accepts;
    default:
        return false;
    }
}

bool machine_is_complete(struct machine *machine, size_t first, size_t n)
{
    size_t n_threads = machine->n_threads, n_frames = machine->n_frames;
    size_t n_words = machine->n_words;
    bool is_complete = false;
    for (size_t t = first; t < first + n && !is_complete; t++) {
        struct thread thread = machine->threads[t];
        is_complete = thread.kind == THREAD_DONE;
        if (is_complete || !machine_can_complete(machine, thread))
            continue;
        machine_complete(machine, thread);
        is_complete = machine_is_complete(machine, n_threads, machine->n_threads - n_threads);
        machine->n_threads = n_threads;
    }
    machine->n_frames = n_frames;
    machine->n_words = n_words;
    return is_complete;
}

// Frames stand behind their parents, so one pass in order moves them.
void machine_compact(struct machine *machine, size_t first, size_t n)
{
    memmove(machine->threads, machine->threads + first, n * sizeof(struct thread));
    machine->n_threads = n;
    uint32_t *moved = mem_new(uint32_t, machine->n_frames);
    for (size_t t = 0; t < n; t++)
        for (uint32_t f = machine->threads[t].frame; !moved[f]; f = machine->frames[f].parent)
            moved[f] = 1;
    uint64_t *words = machine->n_words ? mem_new(uint64_t, machine->n_words) : NULL;
    size_t n_frames = 1, n_words = 0;
    moved[0] = 0;
    for (size_t f = 1; f < machine->n_frames; f++) {
        if (!moved[f])
            continue;
        struct frame frame = machine->frames[f];
        frame.parent = moved[frame.parent];
        size_t size = frame.seen == SPEC_NONE ? 0 : frame_n_words(machine, &frame);
        if (size) {
            memcpy(words + n_words, machine->words + frame.seen, size * sizeof(uint64_t));
            frame.seen = (uint32_t)n_words;
            n_words += size;
        }
        moved[f] = (uint32_t)n_frames;
        machine->frames[n_frames++] = frame;
    }
    for (size_t t = 0; t < n; t++)
        machine->threads[t].frame = moved[machine->threads[t].frame];
    machine->n_frames = n_frames;
    if (n_words)
        memcpy(machine->words, words, n_words * sizeof(uint64_t));
    machine->n_words = n_words;
    free(words);
    free(moved);
}

void machine_copy(struct machine *to, const struct machine *from)
{
    *to = *from;
    to->threads = mem_alloc(from->n_threads + 1, sizeof(struct thread));
    to->frames = mem_alloc(from->n_frames + 1, sizeof(struct frame));
    to->words = mem_alloc(from->n_words + 1, sizeof(uint64_t));
    to->threads_capacity = from->n_threads + 1;
    to->frames_capacity = from->n_frames + 1;
    to->words_capacity = from->n_words + 1;
    memcpy(to->threads, from->threads, from->n_threads * sizeof(struct thread));
    memcpy(to->frames, from->frames, from->n_frames * sizeof(struct frame));
    if (from->n_words)
        memcpy(to->words, from->words, from->n_words * sizeof(uint64_t));
}
