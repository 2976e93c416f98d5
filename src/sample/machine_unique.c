// Arrays whose items must differ.  Items are compared as they are written: each array's frame lists
// where its items stand in the text.  A text that has begun like an earlier item goes on only where
// it can still become another one.
#include "sample/machine_impl.h"

#include <string.h>

#include "base/memory.h"
#include "sample/language.h"

#define TRACKED_MAX 255 // items of one array; later ones are compared with these

static struct language texts_of(const struct machine *m)
{
    return (struct language){.dfa = schema_dfa(m->store)};
}

static struct language numbers_of(const struct machine *m)
{
    return (struct language){.numbers = schema_numbers(m->store)};
}

static bool has_more_than(struct machine *m, struct language *l, uint32_t state, size_t n)
{
    bool has_more = language_has_more_than(l, state, n);
    m->n_steps += l->n_steps;
    l->n_steps = 0;
    return has_more;
}

static bool is_tracking(const struct machine *m, const struct frame *f)
{
    return f->kind == FRAME_ARRAY && schema_array(m->store, f->i)->is_unique;
}

bool machine_is_tracked(const struct machine *machine, struct thread thread)
{
    return (thread.kind == THREAD_TEXT || thread.kind == THREAD_LITERAL ||
            thread.kind == THREAD_NUMBER) &&
           is_tracking(machine, &machine->frames[thread.frame]);
}

// ---- the list of a frame: its length, then (start << 32 | size) of each item ----

size_t machine_n_used(const struct machine *m, const struct frame *f)
{
    return f->seen == SPEC_NONE ? 0 : m->words[f->seen];
}

static struct str used_text(const struct machine *m, const struct frame *f, size_t i)
{
    uint64_t range = m->words[f->seen + 1 + i];
    return (struct str){m->text + (range >> 32), (size_t)(range & UINT32_MAX)};
}

bool machine_is_used(const struct machine *m, const struct frame *f, size_t start, size_t end)
{
    for (size_t i = 0; i < machine_n_used(m, f); i++)
        if (str_equal(used_text(m, f, i), (struct str){m->text + start, end - start}))
            return true;
    return false;
}

uint32_t machine_use(struct machine *m, struct frame f, size_t start, size_t end)
{
    size_t n = machine_n_used(m, &f);
    if (n < TRACKED_MAX) {
        uint32_t list = machine_add_words(m, n + 2);
        m->words[list] = n + 1;
        if (n)
            memcpy(m->words + list + 1, m->words + f.seen + 1, n * sizeof(uint64_t));
        m->words[list + 1 + n] = (uint64_t)start << 32 | (end - start);
        f.seen = list;
    }
    return machine_add_frame(m, f);
}

bool machine_rival(const struct machine *machine, struct thread thread, size_t *i, struct str *rest)
{
    const struct frame *f = &machine->frames[thread.frame];
    struct str begun = {machine->text + thread.start, machine->text_size - thread.start};
    while (*i < machine_n_used(machine, f)) {
        struct str used = used_text(machine, f, (*i)++);
        if (str_starts(used, begun)) {
            *rest = str_slice(used, begun.size, used.size);
            return true;
        }
    }
    return false;
}

bool machine_has_room(struct machine *machine, dfa_state state)
{
    struct dfa *dfa = schema_dfa(machine->store);
    if (!(dfa_flags(dfa, state) & (DFA_ROOMY | DFA_CRAMPED))) {
        struct language texts = texts_of(machine);
        bool is_roomy = has_more_than(machine, &texts, state, TRACKED_MAX);
        dfa->nodes[state].flags |= is_roomy ? DFA_ROOMY : DFA_CRAMPED;
    }
    return dfa_flags(dfa, state) & DFA_ROOMY;
}

bool machine_can_differ(struct machine *m, struct thread thread)
{
    struct str rest;
    size_t i = 0;
    if (!machine_rival(m, thread, &i, &rest) ||
        (thread.kind == THREAD_TEXT && machine_has_room(m, thread.i)))
        return true;
    if (thread.kind != THREAD_LITERAL) {
        struct language l = thread.kind == THREAD_NUMBER ? numbers_of(m) : texts_of(m);
        size_t n = 0; // of its texts that are used
        do
            n += language_has(&l, thread.i, rest);
        while (machine_rival(m, thread, &i, &rest));
        return has_more_than(m, &l, thread.i, n);
    }
    // Constants: one whose text is not used.  They agree up to here, so the rest decides.
    const struct literal_set *literals = schema_literals(m->store, thread.i);
    for (uint32_t t = thread.low; t < thread.high; t++) {
        const struct str text = literals->texts[t];
        bool is_used = false;
        for (i = 0; !is_used && machine_rival(m, thread, &i, &rest);)
            is_used = str_equal(rest, str_slice(text, thread.depth, text.size));
        if (!is_used)
            return true;
    }
    return false;
}

// Whether the language from `state` has a text that no item of the frame is.
static bool has_unused(struct machine *m, struct language l, uint32_t state, const struct frame *f)
{
    size_t n = 0;
    for (size_t i = 0; i < machine_n_used(m, f); i++)
        n += language_has(&l, state, used_text(m, f, i));
    return has_more_than(m, &l, state, n);
}

bool machine_has_other(struct machine *m, const struct frame *f, value_ref item)
{
    size_t n = machine_n_used(m, f);
    const struct value_spec *value = schema_value(m->store, item);
    for (size_t s = 0; s < value->n_shapes; s++) {
        struct shape shape = value->shapes[s];
        switch (shape.kind) {
        case SHAPE_TEXT:
            if (has_unused(m, texts_of(m), shape.i, f))
                return true;
            break;
        case SHAPE_NUMBER:
            if (has_unused(m, numbers_of(m), number_start(schema_numbers(m->store), shape.i), f))
                return true;
            break;
        case SHAPE_LITERALS: {
            const struct literal_set *literals = schema_literals(m->store, shape.i);
            for (size_t t = 0; t < literals->n_texts; t++) {
                size_t u = 0;
                while (u < n && !str_equal(used_text(m, f, u), literals->texts[t]))
                    u++;
                if (u == n)
                    return true;
            }
            break;
        }
        case SHAPE_ARRAY:
        case SHAPE_OBJECT:
            return true;
        }
    }
    return false;
}
