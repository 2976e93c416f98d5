#include "sample/machine_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// ---- frames ----

uint32_t machine_add_frame(struct machine *m, struct frame frame)
{
    if (m->n_frames == m->frames_capacity) {
        m->frames_capacity = m->frames_capacity ? m->frames_capacity * 2 : 64;
        m->frames = mem_resize(m->frames, m->frames_capacity, sizeof(struct frame));
    }
    m->frames[m->n_frames] = frame;
    return (uint32_t)m->n_frames++;
}

uint32_t machine_push_frame(struct machine *m, enum frame_kind kind, uint32_t parent, uint32_t i)
{
    return machine_add_frame(m, (struct frame){.kind = (uint8_t)kind,
                                               .depth = (uint16_t)(m->frames[parent].depth + 1),
                                               .parent = parent,
                                               .i = i,
                                               .seen = SPEC_NONE});
}

uint32_t machine_add_words(struct machine *m, size_t n)
{
    while (m->n_words + n > m->words_capacity) {
        m->words_capacity = m->words_capacity ? m->words_capacity * 2 : 64;
        m->words = mem_resize(m->words, m->words_capacity, sizeof(uint64_t));
    }
    m->n_words += n;
    return (uint32_t)(m->n_words - n);
}

uint32_t machine_seen_with(struct machine *m, uint32_t seen, size_t n_words, uint32_t bit)
{
    uint32_t list = machine_add_words(m, n_words);
    uint64_t *to = m->words + list;
    if (seen == SPEC_NONE)
        memset(to, 0, n_words * sizeof *to);
    else
        memcpy(to, m->words + seen, n_words * sizeof *to);
    to[bit / 64] |= UINT64_C(1) << (bit % 64);
    return list;
}

bool machine_is_seen(const struct machine *m, uint32_t seen, uint32_t bit)
{
    return seen != SPEC_NONE && machine_has_bit(m->words + seen, bit);
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
        if (schema_array(m->store, frame->i)->is_unique)
            return 1 + machine_n_used(m, frame);
        return unique == SPEC_NONE ? 0 : (schema_literals(m->store, unique)->n_owners + 63) / 64;
    }
    default:
        return 0;
    }
}

// Whether the two say the same, whatever is around them.
static bool frames_agree(const struct machine *m, const struct frame *x, const struct frame *y)
{
    if (x->kind != y->kind || x->i != y->i || x->count != y->count || x->found != y->found ||
        x->depth != y->depth || x->start != y->start)
        return false;
    return x->seen == y->seen || (x->seen != SPEC_NONE && y->seen != SPEC_NONE &&
                                  frame_n_words(m, x) == frame_n_words(m, y) &&
                                  !memcmp(m->words + x->seen, m->words + y->seen,
                                          frame_n_words(m, x) * sizeof(uint64_t)));
}

static bool frames_equal(const struct machine *m, uint32_t a, uint32_t b)
{
    while (a != b) {
        const struct frame *x = &m->frames[a], *y = &m->frames[b];
        if (!frames_agree(m, x, y))
            return false;
        a = x->parent;
        b = y->parent;
    }
    return true;
}

bool machine_has_unseen(const struct machine *m, const struct frame *f,
                        const struct literal_set *literals, uint32_t low, uint32_t high)
{
    for (uint32_t t = low; t < high; t++)
        if (!machine_is_seen(m, f->seen, literals->owners[t]))
            return true;
    return false;
}

// ---- threads ----

// Lets the thread stand for another one too, whose frame differs only in what is around it.  Without
// this a text that may be one of two things at each of its levels would have as many threads as two
// to its depth.
static bool merge_thread(struct machine *m, struct thread *thread, uint32_t frame)
{
    struct frame merged = m->frames[thread->frame];
    const struct frame other = m->frames[frame];
    if ((merged.kind != FRAME_OBJECT && merged.kind != FRAME_ARRAY) ||
        !frames_agree(m, &merged, &other))
        return false;
    uint32_t around = merged.parent;
    for (; m->frames[around].kind == FRAME_FORK; around = m->frames[around].parent)
        if (frames_equal(m, m->frames[around].i, other.parent))
            return true;
    if (frames_equal(m, around, other.parent))
        return true;
    merged.parent = machine_add_frame(m, (struct frame){.kind = FRAME_FORK,
                                                        .depth = m->frames[merged.parent].depth,
                                                        .parent = merged.parent,
                                                        .i = other.parent,
                                                        .seen = SPEC_NONE});
    thread->frame = machine_add_frame(m, merged);
    return true;
}

// `set` is where the new set begins: no thread is in it twice.
void machine_emit(struct machine *m, size_t set, struct thread thread)
{
    for (size_t t = set; t < m->n_threads; t++) {
        struct thread *old = &m->threads[t];
        if (old->kind == thread.kind && old->i == thread.i && old->depth == thread.depth &&
            old->low == thread.low && old->high == thread.high && old->start == thread.start &&
            old->n_blanks == thread.n_blanks && old->n_newlines == thread.n_newlines &&
            (frames_equal(m, old->frame, thread.frame) || merge_thread(m, old, thread.frame)))
            return;
    }
    m->n_steps += (m->n_threads - set) / 16; // what the search cost
    if (m->n_threads - set >= THREADS_MAX)
        return;
    if (m->n_threads == m->threads_capacity) {
        m->threads_capacity = m->threads_capacity ? m->threads_capacity * 2 : 64;
        m->threads = mem_resize(m->threads, m->threads_capacity, sizeof(struct thread));
    }
    m->threads[m->n_threads++] = thread;
}

void machine_emit_kind(struct machine *m, size_t set, enum thread_kind kind, uint32_t i,
                       uint32_t frame)
{
    machine_emit(m, set, (struct thread){.kind = (uint8_t)kind, .i = i, .frame = frame});
}

static void advance(struct machine *m, size_t set, uint32_t i_symbol, uint32_t parent, int budget);

// What the parameters of a list make together.  That one of them has a value of its own is not kept
// account of: values stand in markup of their own.
static struct object_spec object_of(struct machine *m, const struct parameter_list *list)
{
    struct object_spec object = *schema_object(m->store, list->i_object);
    object.needs &= (uint8_t)~MARK_VALUE;
    return object;
}

static bool has_open_parameter(struct machine *m, const struct frame *f,
                               const struct parameter_list *list, uint32_t low, uint32_t high)
{
    if (list->i_object == SPEC_NONE)
        return f->seen == SPEC_NONE && low < high;
    const struct object_spec object = object_of(m, list);
    return machine_has_open(m, f, &object, list->openings.owners + low, high - low);
}

// Goes on with the parameters of a call: another one, or their end when nothing is missing.
static void advance_parameters(struct machine *m, size_t set, uint32_t frame)
{
    const struct frame f = m->frames[frame];
    const struct parameter_list *list = &m->grammar->parameters[f.i];
    const uint32_t n = (uint32_t)list->openings.n_texts;
    if (has_open_parameter(m, &f, list, 0, n))
        machine_emit(m, set, (struct thread){.kind = THREAD_OPENING, .high = n, .frame = frame});
    if (list->i_object == SPEC_NONE) {
        if (f.seen == SPEC_NONE)
            return;
    } else {
        const struct object_spec object = object_of(m, list);
        if (list->other_opening != DFA_DEAD && machine_can_add_other(m, &f, &object))
            machine_emit_kind(m, set, THREAD_OTHER_OPENING, list->other_opening, frame);
        if (!machine_may_close(m, &f, &object))
            return;
    }
    assert(m->frames[f.parent].kind == FRAME_SEQUENCE);
    advance(m, set, m->frames[f.parent].i, m->frames[f.parent].parent, ADVANCE_MAX);
}

// The value (or sequence, or call) that `frame` waited for is complete.
void machine_complete_frame(struct machine *m, size_t set, uint32_t frame, int budget)
{
    switch ((enum frame_kind)m->frames[frame].kind) {
    case FRAME_ROOT:
        machine_emit_kind(m, set, THREAD_DONE, 0, frame);
        break;
    case FRAME_OBJECT:
    case FRAME_ARRAY:
        machine_emit_kind(m, set, THREAD_AFTER, 0, frame);
        break;
    case FRAME_SEQUENCE:
        advance(m, set, m->frames[frame].i, m->frames[frame].parent, budget);
        break;
    case FRAME_PARAMETERS:
        advance_parameters(m, set, frame);
        break;
    case FRAME_FORK:
        machine_complete_frame(m, set, m->frames[frame].parent, budget);
        machine_complete_frame(m, set, m->frames[frame].i, budget);
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
        machine_complete_frame(m, set, parent, budget - 1);
        return;
    }
    // The last symbol of a run needs no frame to come back to: recursion on the right costs nothing.
    bool is_last =
        m->grammar->symbols[i_symbol + 1].kind == SYMBOL_END && symbol.kind != SYMBOL_PARAMETERS;
    uint32_t frame = is_last ? parent : machine_push_frame(m, FRAME_SEQUENCE, parent, i_symbol + 1);
    switch (symbol.kind) {
    case SYMBOL_TEXT:
        if (dfa_flags(schema_dfa(m->store), symbol.i) & DFA_ACCEPTS)
            machine_complete_frame(m, set, frame, budget - 1);
        if (symbol.i != DFA_DEAD && !(dfa_flags(schema_dfa(m->store), symbol.i) & DFA_FINAL))
            machine_emit_kind(m, set, THREAD_TEXT, symbol.i, frame);
        break;
    case SYMBOL_VALUE:
        if (schema_value_exists(m->store, symbol.i))
            machine_emit_kind(m, set, THREAD_VALUE, symbol.i, frame);
        break;
    case SYMBOL_RULE: {
        const struct rule *rule = &m->grammar->rules[symbol.i];
        for (size_t a = 0; a < rule->n_alternatives; a++)
            advance(m, set, rule->alternatives[a], frame, budget - 1);
        break;
    }
    case SYMBOL_PARAMETERS:
        advance_parameters(m, set, machine_push_frame(m, FRAME_PARAMETERS, frame, symbol.i));
        break;
    case SYMBOL_END:
        break;
    }
}

// ---- parameters ----

static void step_opening(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    const struct frame f = m->frames[thread.frame];
    const struct parameter_list *list = &m->grammar->parameters[f.i];
    if (!literal_narrow(&list->openings, &thread.low, &thread.high, thread.depth, byte) ||
        !has_open_parameter(m, &f, list, thread.low, thread.high))
        return;
    thread.depth++;
    uint32_t p = list->openings.owners[thread.low];
    bool is_whole = list->openings.texts[thread.low].size == thread.depth;
    if (!is_whole || thread.high - thread.low > 1)
        machine_emit(m, set, thread);
    if (!is_whole || !has_open_parameter(m, &f, list, thread.low, thread.low + 1))
        return;
    struct frame next = f;
    next.seen = machine_seen_with(m, f.seen, list->n_words, p);
    if (list->i_object != SPEC_NONE) {
        const struct object_spec object = object_of(m, list);
        next.count = machine_count_up(&object, f.count);
        next.found |= object.marks[p];
    }
    advance(m, set, list->values[p], machine_add_frame(m, next), ADVANCE_MAX);
}

static void step_thread(struct machine *m, size_t set, struct thread thread, unsigned byte);

// The token of text may also have ended before `byte`: then the byte belongs to what follows.
static void step_past(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    size_t first = m->n_threads, size = m->text_size;
    m->text_size -= size > 0;
    machine_complete(m, thread);
    m->text_size = size;
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

// White space, punctuation, and what values begin with; bare names begin with anything.
static bool may_stand_between(const struct machine *m, unsigned byte)
{
    static const uint64_t bytes[4] = {
        UINT64_C(1) << ' ' | UINT64_C(1) << '\t' | UINT64_C(1) << '\n' | UINT64_C(1) << '\r' |
            UINT64_C(1) << '"' | UINT64_C(1) << ',' | UINT64_C(1) << '-' | UINT64_C(1) << ':' |
            UINT64_C(0x3ff) << '0',
        UINT64_C(1) << ('[' - 64) | UINT64_C(1) << (']' - 64) | UINT64_C(1) << ('{' - 64) |
            UINT64_C(1) << ('}' - 64) | UINT64_C(1) << ('t' - 64) | UINT64_C(1) << ('f' - 64) |
            UINT64_C(1) << ('n' - 64),
    };
    return m->has_bare_names || machine_has_bit(bytes, byte);
}

static void step_thread(struct machine *m, size_t set, struct thread thread, unsigned byte)
{
    switch ((enum thread_kind)thread.kind) {
    case THREAD_TEXT:
        machine_step_text(m, set, thread, byte);
        break;
    case THREAD_LITERAL:
        machine_step_literal(m, set, thread, byte);
        break;
    case THREAD_NUMBER:
        machine_step_number(m, set, thread, byte);
        break;
    case THREAD_NAME:
        machine_step_name(m, set, thread, byte);
        return;
    case THREAD_OTHER_NAME:
    case THREAD_OTHER_OPENING:
        machine_step_other_name(m, set, thread, byte);
        return;
    case THREAD_OPENING:
        step_opening(m, set, thread, byte);
        return;
    case THREAD_DONE:
        return;
    default:
        if (may_stand_between(m, byte))
            machine_step_between(m, set, thread, byte);
        return;
    }
    if (machine_can_complete(m, thread))
        step_past(m, set, thread, byte);
}

void machine_init(struct machine *machine, struct schema_store *store,
                  const struct grammar *grammar)
{
    *machine = (struct machine){
        .store = store, .grammar = grammar, .has_bare_names = schema_has_bare_names(store)};
    machine_add_frame(machine, (struct frame){.kind = FRAME_ROOT, .seen = SPEC_NONE});
}

void machine_release(struct machine *machine)
{
    free(machine->threads);
    free(machine->frames);
    free(machine->words);
    free(machine->text);
    *machine = (struct machine){0};
}

void machine_start(struct machine *machine, uint32_t rule)
{
    size_t set = machine->n_threads;
    const struct rule *from = &machine->grammar->rules[rule];
    for (size_t a = 0; a < from->n_alternatives; a++)
        advance(machine, set, from->alternatives[a], 0, ADVANCE_MAX);
}

void machine_note_byte(struct machine *machine, size_t at, unsigned byte)
{
    if (at >= machine->text_capacity) {
        machine->text_capacity = 2 * at + 256;
        machine->text = mem_resize(machine->text, machine->text_capacity, 1);
    }
    machine->text[at] = (char)byte;
}

void machine_step(struct machine *machine, size_t first, size_t n, unsigned byte)
{
    size_t set = machine->n_threads;
    if (machine->keeps_text)
        machine_note_byte(machine, machine->text_size++, byte);
    machine->n_steps += n;
    for (size_t t = first; t < first + n; t++)
        step_thread(machine, set, machine->threads[t], byte);
}

// A parameter more that the object does not know.  Where there are several kinds of such names, none
// counts as one that is asked for.
static uint32_t count_other(struct machine *m, struct frame f)
{
    const struct object_spec object = object_of(m, &m->grammar->parameters[f.i]);
    f.count = machine_count_up(&object, f.count);
    f.found |= object.n_others == 1 ? object.others[0].marks : object.needs;
    return machine_add_frame(m, f);
}

void machine_complete(struct machine *machine, struct thread thread)
{
    struct machine *m = machine;
    size_t set = m->n_threads;
    const struct frame f = m->frames[thread.frame];
    switch ((enum thread_kind)thread.kind) {
    case THREAD_LITERAL:
        if (machine_is_unique_item(m, thread)) {
            const struct literal_set *literals = schema_literals(m->store, thread.i);
            uint32_t owner = literals->owners[thread.low];
            if (machine_is_seen(m, f.seen, owner))
                return;
            struct frame next = f;
            next.seen = machine_seen_with(m, f.seen, (literals->n_owners + 63) / 64, owner);
            thread.frame = machine_add_frame(m, next);
        }
        machine_complete_item(m, set, thread);
        break;
    case THREAD_OTHER_NAME: {
        const struct object_spec *object = schema_object(m->store, f.i);
        struct frame next = f;
        struct object_other other = object->others[thread.low];
        next.count = machine_count_up(object, f.count);
        next.found |= other.marks;
        machine_emit_values(m, set, next, other.value, other.found);
        break;
    }
    case THREAD_OTHER_OPENING:
        thread.frame = count_other(m, f);
        advance(m, set, m->grammar->parameters[f.i].other_value, thread.frame, ADVANCE_MAX);
        break;
    default:
        machine_complete_item(m, set, thread);
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
    const struct machine_mark mark = machine_mark(machine);
    bool is_complete = false;
    for (size_t t = first; t < first + n && !is_complete; t++) {
        struct thread thread = machine->threads[t];
        is_complete = thread.kind == THREAD_DONE;
        if (is_complete || !machine_can_complete(machine, thread))
            continue;
        machine_complete(machine, thread);
        is_complete =
            machine_is_complete(machine, mark.n_threads, machine->n_threads - mark.n_threads);
        machine->n_threads = mark.n_threads;
    }
    machine_cut(machine, mark);
    return is_complete;
}

static void mark_frames(const struct machine *m, uint32_t *marks, uint32_t f)
{
    for (; !marks[f]; f = m->frames[f].parent) {
        marks[f] = 1;
        if (m->frames[f].kind == FRAME_FORK)
            mark_frames(m, marks, m->frames[f].i);
    }
}

// Frames stand behind their parents, so one pass in order moves them.
void machine_compact(struct machine *machine, size_t first, size_t n)
{
    memmove(machine->threads, machine->threads + first, n * sizeof(struct thread));
    machine->n_threads = n;
    uint32_t *moved = mem_new(uint32_t, machine->n_frames);
    for (size_t t = 0; t < n; t++)
        mark_frames(machine, moved, machine->threads[t].frame);
    size_t n_frames = 1, n_words = 0, n_words_live = 0; // frames that share words get their own
    for (size_t f = 1; f < machine->n_frames; f++)
        if (moved[f] && machine->frames[f].seen != SPEC_NONE)
            n_words_live += frame_n_words(machine, &machine->frames[f]);
    uint64_t *words = n_words_live ? mem_new(uint64_t, n_words_live) : NULL;
    bool needs_text = false;
    moved[0] = 0;
    for (size_t f = 1; f < machine->n_frames; f++) {
        if (!moved[f])
            continue;
        struct frame frame = machine->frames[f];
        frame.parent = moved[frame.parent];
        if (frame.kind == FRAME_FORK)
            frame.i = moved[frame.i];
        needs_text = needs_text || (frame.kind == FRAME_ARRAY &&
                                    schema_array(machine->store, frame.i)->is_unique);
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
    machine->n_words = 0;
    uint32_t first_word = machine_add_words(machine, n_words);
    if (n_words)
        memcpy(machine->words + first_word, words, n_words * sizeof(uint64_t));
    if (!needs_text)
        machine->text_size = 0;
    free(words);
    free(moved);
}

void machine_copy(struct machine *to, const struct machine *from)
{
    *to = *from;
    to->threads = mem_alloc(from->n_threads + 1, sizeof(struct thread));
    to->frames = mem_alloc(from->n_frames + 1, sizeof(struct frame));
    to->words = mem_alloc(from->n_words + 1, sizeof(uint64_t));
    to->text = mem_alloc(from->text_size + 1, 1);
    to->text_capacity = from->text_size + 1;
    if (from->text_size)
        memcpy(to->text, from->text, from->text_size);
    to->threads_capacity = from->n_threads + 1;
    to->frames_capacity = from->n_frames + 1;
    to->words_capacity = from->n_words + 1;
    memcpy(to->threads, from->threads, from->n_threads * sizeof(struct thread));
    memcpy(to->frames, from->frames, from->n_frames * sizeof(struct frame));
    if (from->n_words)
        memcpy(to->words, from->words, from->n_words * sizeof(uint64_t));
}
