// A whole prompt by the row of the dialect table.
#include "chat/prompt_plan.h"
#include "chat/prompt_write.h"

static void append_markup(struct spans *out, struct str text)
{
    spans_append(out, SPAN_MARKUP, 0, text);
}

// System text and tools as the template writes them, which is what it would write before a user
// turn.  False: they cannot be told apart from the rest.
static bool head_by_template(struct plan *plan, struct spans *out, const struct turn *system)
{
    static const char probe[] = "A-user-says-this-and-nobody-else";
    struct turn turns[2] = {{0}};
    size_t n = 0;
    if (system)
        turns[n++] = *system;
    turns[n++] = (struct turn){.kind = TURN_USER, .text = STR(probe)};
    struct template_job job = {.turns = turns,
                               .n_turns = n,
                               .tools = plan->conversation->tools,
                               .n_tools = plan->conversation->n_tools,
                               .thinking = plan->thinking,
                               .keeps_thinking = plan->keeps_thinking,
                               .now = plan->options->now};
    struct spans spans = {0};
    bool is_good = plan->writer->template &&
                   prompt_template_render(plan->writer->template, &spans, &job, NULL) == OK;
    size_t at = is_good ? str_find(spans_text(&spans), STR(probe), 0) : STR_NONE;
    if (at != STR_NONE) {
        spans_cut(&spans, at);
        at = text_find_last(spans_text(&spans), str_of(plan->writer->dialect->user.open), 0);
        is_good =
            at != STR_NONE && at + strlen(plan->writer->dialect->user.open) == spans.text.size;
    }
    if (at != STR_NONE && is_good) {
        spans_cut(&spans, at);
        spans_append_all(out, &spans);
    }
    spans_release(&spans);
    return at != STR_NONE && is_good;
}

static void head_by_row(struct plan *plan, struct spans *out, const struct turn *system)
{
    const struct conversation *c = plan->conversation;
    const struct chat_dialect *d = plan->writer->dialect;
    const struct affix *around = d->system.open ? &d->system : &d->user;
    const struct tokenizer *tokenizer = plan->writer->tokenizer;
    if (tokenizer && d->traits & DIALECT_STARTS_WITH_BOS && tokenizer_bos(tokenizer) != TOKEN_NONE)
        append_markup(out, tokenizer_bytes(tokenizer, tokenizer_bos(tokenizer)));
    if (!system && !plan_n_listed_tools(plan))
        return;
    append_markup(out, str_of(around->open));
    if (system)
        spans_append(out, SPAN_TEXT, 0, system->text);
    if (system && plan_n_listed_tools(plan))
        spans_append(out, SPAN_TEXT, 0, STR("\n\n"));
    if (plan_n_listed_tools(plan))
        write_tools(out, d, c->tools, c->n_tools);
    append_markup(out, str_of(around->close));
}

static bool is_kind(const struct turns *turns, size_t i, enum turn_kind kind)
{
    return i < turns->n_items && turns->items[i].kind == kind;
}

// An answer, between an opening and a closing that it may share with the turns around it.
static void answer_by_row(struct plan *plan, struct spans *out, size_t i)
{
    const struct chat_dialect *d = plan->writer->dialect;
    const struct turns *turns = &plan->turns;
    const struct turn *turn = &turns->items[i];
    bool shares = d->traits & DIALECT_RESULTS_IN_TURN;
    struct str end = {0};
    if (!(shares && i && is_kind(turns, i - 1, TURN_RESULTS)))
        append_markup(out, str_of(d->assistant.open));
    if (plan->how[i] == BY_MEMORY) {
        plan_append_run(plan, out, i);
        end = plan_end_of_run(plan, i);
    } else {
        write_answer(out, d, turn, plan_answer_flags(plan, i));
    }
    if (!(shares && is_kind(turns, i + 1, TURN_RESULTS)))
        append_markup(out, text_without_prefix(str_of(d->assistant.close), end));
    else if (!str_equal(end, str_of(d->result.open))) // else the model opened the result itself
        append_markup(out, str_of(d->result.open));
}

void plan_render_by_row(struct plan *plan, struct spans *out)
{
    const struct chat_dialect *d = plan->writer->dialect;
    const struct turns *turns = &plan->turns;
    bool has_system = is_kind(turns, 0, TURN_SYSTEM);
    bool shares = d->traits & DIALECT_RESULTS_IN_TURN;
    const struct turn *system = has_system ? &turns->items[0] : NULL;
    if (!head_by_template(plan, out, system))
        head_by_row(plan, out, system);
    for (size_t i = has_system; i < turns->n_items; i++) {
        if (plan->how[i] == BY_PREFIX) {
            write_opening(out, d, false);
            write_answer(out, d, &turns->items[i], 0);
            return;
        }
        if (turns->items[i].kind == TURN_ASSISTANT) {
            answer_by_row(plan, out, i);
            continue;
        }
        write_turn(out, d, &turns->items[i], 0);
    }
    if (!(shares && turns->n_items && is_kind(turns, turns->n_items - 1, TURN_RESULTS)))
        write_opening(out, d, plan->thinking != THINKING_OFF);
}
