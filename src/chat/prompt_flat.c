// The same conversation as words of a user and a model in turn.
#include "chat/prompt_plan.h"
#include "chat/prompt_write.h"

// The spans' bytes, in the arena; the spans are released.
static struct str take_text(struct plan *plan, struct spans *spans)
{
    char *copy =
        arena_copy(&plan->arena, spans->text.data ? spans->text.data : "", spans->text.size);
    struct str text = {copy, copy ? spans->text.size : 0};
    plan->is_full |= !copy;
    spans_release(spans);
    return text;
}

static struct str flat_text(struct plan *plan, const struct turn *turn)
{
    struct spans spans = {0};
    if (turn->kind == TURN_USER || turn->kind == TURN_SYSTEM)
        return turn->text;
    if (turn->kind == TURN_ASSISTANT)
        write_answer(&spans, plan->writer->dialect, turn, 0);
    for (size_t i = 0; i < turn->n_results; i++) {
        spans_append(&spans, SPAN_TEXT, 0,
                     i ? STR("\n<tool_response>\n") : STR("<tool_response>\n"));
        spans_append(&spans, SPAN_TEXT, 0, turn->results[i].text);
        spans_append(&spans, SPAN_TEXT, 0, STR("\n</tool_response>"));
    }
    return take_text(plan, &spans);
}

static struct str tools_text(struct plan *plan)
{
    struct spans spans = {0};
    write_tools(&spans, plan->writer->dialect, plan->conversation->tools,
                plan->conversation->n_tools);
    return take_text(plan, &spans);
}

static struct str two_texts(struct plan *plan, struct str a, struct str b)
{
    if (!a.size || !b.size)
        return a.size ? a : b;
    char *joined = arena_new(&plan->arena, char, a.size + b.size + 2);
    plan->is_full |= !joined;
    if (!joined)
        return a;
    memcpy(joined, a.data, a.size);
    memcpy(joined + a.size, "\n\n", 2);
    memcpy(joined + a.size + 2, b.data, b.size);
    return (struct str){joined, a.size + b.size + 2};
}

// A template that shows no tools gets them in the first words that are not the model's.
static void put_tools(struct plan *plan)
{
    for (size_t i = 0; i < plan->turns.n_items; i++) {
        struct turn *turn = &plan->turns.items[i];
        if (turn->kind == TURN_SYSTEM)
            turn->text = two_texts(plan, turn->text, tools_text(plan));
        else if (turn->kind == TURN_USER)
            turn->text = two_texts(plan, tools_text(plan), turn->text);
        else
            continue;
        return;
    }
}

struct flat {
    struct turn *turns;
    struct run *runs;
    enum how *how;
    bool *is_placeholder;
    size_t n;
};

static void add_words(struct plan *plan, struct flat *flat, enum turn_kind kind, size_t i)
{
    struct turn *last = flat->n ? &flat->turns[flat->n - 1] : NULL;
    struct str text = flat_text(plan, &plan->turns.items[i]);
    enum how how = plan->how[i] == BY_ROW ? BY_TEMPLATE : plan->how[i];
    if (kind == TURN_ASSISTANT &&
        (!last || last->kind == TURN_SYSTEM)) { // somebody must have asked
        flat->turns[flat->n++] = (struct turn){.kind = TURN_USER, .text = STR("...")};
        last = &flat->turns[flat->n - 1];
    }
    if (last && last->kind == kind && flat->how[flat->n - 1] == BY_TEMPLATE && how == BY_TEMPLATE) {
        last->text = two_texts(plan, last->text, text);
        return;
    }
    flat->runs[flat->n] = plan->runs[i];
    flat->how[flat->n] = how;
    flat->is_placeholder[flat->n] = how != BY_TEMPLATE;
    flat->turns[flat->n++] =
        (struct turn){.kind = kind, .text = text, .i_message = plan->turns.items[i].i_message};
}

// Answers that are remembered stay turns of their own.
static enum err flatten(struct plan *plan, const struct template_traits *traits,
                        struct error *error)
{
    const struct turns *turns = &plan->turns;
    size_t n_max = 2 * turns->n_items + 2;
    struct flat flat = {.turns = arena_new(&plan->arena, struct turn, n_max),
                        .runs = arena_new(&plan->arena, struct run, n_max),
                        .how = arena_new(&plan->arena, enum how, n_max),
                        .is_placeholder = arena_new(&plan->arena, bool, n_max)};
    if (!flat.turns || !flat.runs || !flat.how || !flat.is_placeholder)
        return fail(error, ERR_LIMIT, "%zu turns do not fit one request", turns->n_items);
    for (size_t i = 0; i < turns->n_items; i++) {
        enum turn_kind kind = turns->items[i].kind == TURN_ASSISTANT ? TURN_ASSISTANT : TURN_USER;
        if (i == 0 && turns->items[i].kind == TURN_SYSTEM && traits->takes_system &&
            turns->n_items > 1)
            kind = TURN_SYSTEM;
        add_words(plan, &flat, kind, i);
    }
    plan->turns.items = flat.turns;
    plan->turns.n_items = flat.n;
    plan->runs = flat.runs;
    plan->how = flat.how;
    plan->is_placeholder = flat.is_placeholder;
    return OK;
}

static bool has_caller(const struct turns *turns, size_t i)
{
    while (i-- > 0)
        if (turns->items[i].kind != TURN_SYSTEM)
            return turns->items[i].kind == TURN_ASSISTANT && turns->items[i].n_calls;
    return false;
}

void plan_adopt_orphans(struct plan *plan)
{
    for (size_t i = 0; i < plan->turns.n_items; i++) {
        struct turn *turn = &plan->turns.items[i];
        if (turn->kind != TURN_RESULTS || has_caller(&plan->turns, i))
            continue;
        plan_note(plan, "results that answer no call are shown as words of the user");
        turn->text = flat_text(plan, turn);
        turn->kind = TURN_USER;
        turn->n_results = 0;
    }
}

static bool needs_flat_turns(const struct plan *plan, const struct template_traits *traits)
{
    bool has_results = false;
    bool has_repeats = plan->turns.n_items && plan->turns.items[0].kind == TURN_ASSISTANT;
    // Families without system turns put the words in front of a user's, if there is one.
    bool has_strange_system = plan->turns.n_items == 1 &&
                              plan->turns.items[0].kind == TURN_SYSTEM &&
                              !plan->writer->dialect->system.open;
    for (size_t i = 0; i < plan->turns.n_items; i++) {
        enum turn_kind kind = plan->turns.items[i].kind;
        has_results |= kind == TURN_RESULTS || plan->turns.items[i].n_calls;
        has_repeats |= i && kind == plan->turns.items[i - 1].kind;
        has_strange_system |=
            kind == TURN_SYSTEM && !(i ? traits->takes_system_inside : traits->takes_system);
    }
    return (has_results && !traits->shows_results) ||
           (has_repeats && !traits->takes_repeated_turns) ||
           (has_strange_system &&
            !(traits->is_known && traits->takes_repeated_turns && plan->turns.n_items > 1));
}

enum err plan_adapt(struct plan *plan, const struct template_traits *traits, struct error *error)
{
    if (!traits->shows_tools && plan_n_listed_tools(plan)) {
        plan_note(plan, "the chat template shows no tools; they are described in words");
        put_tools(plan);
    }
    if (!needs_flat_turns(plan, traits))
        return OK;
    plan_note(plan, "the chat template wants words of user and model in turn; others are merged");
    return flatten(plan, traits, error);
}
