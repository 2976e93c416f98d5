// Putting turns into the places that the template left for them.
#include "chat/prompt_plan.h"
#include "chat/prompt_write.h"

struct str spans_text(const struct spans *spans)
{
    return (struct str){spans->text.data, spans->text.size};
}

void spans_cut(struct spans *spans, size_t size)
{
    while (spans->n_items && spans->items[spans->n_items - 1].start >= size)
        spans->n_items--;
    if (spans->n_items) {
        struct span *last = &spans->items[spans->n_items - 1];
        if (last->start + last->size > size)
            last->size = size - last->start;
    }
    spans->text.size = size;
    if (spans->text.data)
        spans->text.data[size] = 0;
}

size_t text_find_last(struct str text, struct str needle, size_t from)
{
    if (needle.size == 0 || text.size < needle.size)
        return STR_NONE;
    for (size_t at = text.size - needle.size + 1; at-- > from;)
        if (memcmp(text.data + at, needle.data, needle.size) == 0)
            return at;
    return STR_NONE;
}

// Removes the opening of the assistant turn that `out` ends with.  False: it ends with none, since
// the answer goes on in a turn that was open already.
bool plan_cut_opening(struct spans *out, const struct chat_dialect *d)
{
    const struct span *last = out->n_items ? &out->items[out->n_items - 1] : NULL;
    if (!last || last->kind != SPAN_MARKUP)
        return false;
    size_t at = text_find_last(spans_text(out), str_of(d->assistant.open), last->start);
    if (at == STR_NONE)
        return false;
    spans_cut(out, at);
    return true;
}

// The text of the token that ended the answer: the template is about to write it again.
struct str plan_end_of_run(const struct plan *plan, size_t i)
{
    const struct run *run = &plan->runs[i];
    const struct tokenizer *tokenizer = plan->writer->tokenizer;
    if (!tokenizer || !run->ids.n_ids)
        return (struct str){0};
    token_id last = run->ids.ids[run->ids.n_ids - 1];
    return tokenizer_is_end(tokenizer, last) ? tokenizer_bytes(tokenizer, last) : (struct str){0};
}

static void append_markup(struct spans *out, struct str text)
{
    spans_append(out, SPAN_MARKUP, 0, text);
}

// Markup that may begin with what the ids before it ended with.
struct str text_without_prefix(struct str text, struct str prefix)
{
    return str_starts(text, prefix) ? str_slice(text, prefix.size, text.size) : text;
}

void plan_append_run(struct plan *plan, struct spans *out, size_t i)
{
    const struct run *run = &plan->runs[i];
    append_markup(out, (struct str){run->opening.data, run->opening.size});
    spans_append(out, SPAN_TOKENS, (uint32_t)i, STR("@"));
    plan->prompt->n_remembered++;
}

// enum write_flag for an answer that the row writes.
unsigned plan_answer_flags(const struct plan *plan, size_t i)
{
    const struct prompt_template *template = plan->writer->template;
    const struct turn *turn = &plan->turns.items[i];
    bool has_block =
        turn->thinking.size || plan->writer->dialect->traits & DIALECT_PROMPT_OPENS_THINKING;
    bool is_shown = plan->keeps_thinking || i > plan->i_last_user;
    bool is_python = template && prompt_template_traits(template)->prints_python;
    return (has_block && is_shown ? WRITE_THINKING : 0u) | (is_python ? WRITE_PYTHON_VALUES : 0u);
}

// Puts turn `i` where its placeholder stands; returns what of the following markup it includes.
static struct str fill_placeholder(struct plan *plan, struct spans *out, size_t i)
{
    const struct chat_dialect *d = plan->writer->dialect;
    const struct turn *turn = &plan->turns.items[i];
    bool is_opened = plan_cut_opening(out, d);
    switch (plan->how[i]) {
    case BY_MEMORY:
        append_markup(out, is_opened ? str_of(d->assistant.open) : (struct str){0});
        plan_append_run(plan, out, i);
        return plan_end_of_run(plan, i);
    case BY_PREFIX:
        write_opening(out, d, false);
        write_answer(out, d, turn, 0);
        return (struct str){0};
    default:
        write_turn(out, d, turn, plan_answer_flags(plan, i));
        return str_of(d->assistant.close);
    }
}

void plan_fill_placeholders(struct plan *plan, struct spans *out, const struct spans *in)
{
    struct str skip = {0};
    for (size_t i = 0; i < in->n_items; i++) {
        const struct span *span = &in->items[i];
        struct str text = {in->text.data + span->start, span->size};
        if (span->kind == SPAN_TOKENS) {
            skip = fill_placeholder(plan, out, span->i_run);
            if (plan->how[span->i_run] == BY_PREFIX)
                return; // the template closes the turn; the answer goes on instead
            continue;
        }
        spans_append(out, span->kind, span->i_run, text_without_prefix(text, skip));
        skip = (struct str){0};
    }
}

// ---- the answer's opening ----

// Only markup may stand between the opening and the end, or it is that of an earlier turn.
void plan_find_opening(struct plan *plan, const struct spans *spans)
{
    const struct chat_dialect *d = plan->writer->dialect;
    struct prompt *prompt = plan->prompt;
    const struct span *last = spans->n_items ? &spans->items[spans->n_items - 1] : NULL;
    if (!last || last->kind != SPAN_MARKUP)
        return;
    struct str text = spans_text(spans), open = str_of(d->assistant.open);
    size_t at = open.size ? text_find_last(text, open, last->start) : STR_NONE;
    if (at == STR_NONE &&
        d->traits & DIALECT_RESULTS_IN_TURN) { // the answer goes on behind results
        open = str_of(d->result.close);
        at = text_find_last(text, open, last->start);
    }
    if (at == STR_NONE)
        return;
    struct str opening = str_slice(text, at + open.size, text.size);
    buf_append(&prompt->opening, opening.data, opening.size);
    if (!d->think_open)
        return;
    size_t think = text_find_last(opening, str_of(d->think_open), 0);
    prompt->opens_thinking =
        think != STR_NONE && str_find(opening, str_of(d->think_close), think) == STR_NONE;
}
