#include "chat/prompt_plan.h"
#include "base/memory.h"
#include "chat/prompt_write.h"

#include <stdio.h>
#include <stdlib.h>

void plan_note(struct plan *plan, const char *text)
{
    if (!plan->prompt->note[0])
        snprintf(plan->prompt->note, sizeof plan->prompt->note, "%s", text);
}

size_t plan_n_listed_tools(const struct plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->conversation->n_tools; i++)
        n += !plan->conversation->tools[i].is_deferred;
    return n;
}

// ---- planning: which turns the template may render ----

static size_t last_user_turn(const struct turns *turns)
{
    for (size_t i = turns->n_items; i-- > 0;)
        if (turns->items[i].kind == TURN_USER)
            return i;
    return 0;
}

static bool recall(struct plan *plan, size_t i)
{
    const struct turn *turn = &plan->turns.items[i];
    struct run *run = &plan->runs[i];
    if (!plan->options->memory)
        return false;
    // Dropping old thinking means dropping what was sampled with it.
    if (!plan->keeps_thinking && plan->writer->dialect->think_open && i < plan->i_last_user)
        return false;
    return turn_memory_find(plan->options->memory, turn, &run->ids, &run->opening);
}

static enum how plan_answer(struct plan *plan, size_t i, const struct template_traits *traits)
{
    const struct chat_dialect *d = plan->writer->dialect;
    const struct turn *turn = &plan->turns.items[i];
    bool is_last = i + 1 == plan->turns.n_items;
    if (is_last && plan->options->continues_answer && turn->n_calls == 0)
        return BY_PREFIX;
    if (recall(plan, i))
        return BY_MEMORY;
    // A template without preserve_thinking shows thinking only until the user speaks again; then the
    // prompt would change behind everybody's back.  So such answers are ours from the first day.
    bool has_block = turn->thinking.size || d->traits & DIALECT_PROMPT_OPENS_THINKING;
    if (traits->is_known && d->think_open && has_block && plan->keeps_thinking &&
        !traits->reads_preserve)
        return BY_ROW;
    if (traits->is_known && turn->n_calls > (traits->shows_calls ? 1 : 0) &&
        !(traits->shows_calls && traits->takes_parallel_calls))
        return BY_ROW;
    return BY_TEMPLATE;
}

static void plan_turns(struct plan *plan, const struct template_traits *traits)
{
    for (size_t i = 0; i < plan->turns.n_items; i++) {
        const struct turn *turn = &plan->turns.items[i];
        enum how how = BY_TEMPLATE;
        if (turn->kind == TURN_ASSISTANT)
            how = plan_answer(plan, i, traits);
        else if (turn->kind == TURN_SYSTEM && traits->is_known &&
                 !(i == 0 ? traits->takes_system : traits->takes_system_inside))
            how = BY_ROW;
        if (how == BY_ROW && turn->kind == TURN_SYSTEM)
            plan_note(plan,
                      "the chat template takes no system message here; it is written in place");
        else if (how == BY_ROW && i < plan->i_last_user)
            plan_note(plan, "the chat template would drop earlier thinking; it is kept");
        plan->how[i] = how;
        plan->is_placeholder[i] = how != BY_TEMPLATE;
    }
}

// ---- rendering ----

// A template that knows no switch still has to be told: the row says how.
static void enforce_thinking(struct plan *plan, struct spans *spans,
                             const struct template_traits *traits)
{
    const struct chat_dialect *d = plan->writer->dialect;
    if (plan->thinking != THINKING_OFF || traits->reads_thinking || !d->thinking_off ||
        !traits->is_known || !plan_cut_opening(spans, d))
        return;
    write_opening(spans, d, false);
}

static enum err render_by_template(struct plan *plan, struct spans *out, struct error *error)
{
    const struct template_traits *traits = prompt_template_traits(plan->writer->template);
    const struct turns *turns = &plan->turns;
    bool continues = turns->n_items && plan->how[turns->n_items - 1] == BY_PREFIX;
    struct template_job job = {.turns = turns->items,
                               .n_turns = turns->n_items,
                               .is_placeholder = plan->is_placeholder,
                               .tools = plan->conversation->tools,
                               .n_tools = plan->conversation->n_tools,
                               .thinking = plan->thinking,
                               .effort = plan->conversation->thinking.effort,
                               .keeps_thinking = plan->keeps_thinking,
                               .adds_opening = !continues,
                               .arguments = plan->options->template_arguments,
                               .now = plan->options->now};
    struct spans rendered = {0};
    enum err err = prompt_template_render(plan->writer->template, &rendered, &job, error);
    if (!err) {
        plan_fill_placeholders(plan, out, &rendered);
        enforce_thinking(plan, out, traits);
    }
    spans_release(&rendered);
    return err;
}

// Where results stand inside the model's own turn, a placeholder for its call would lose them.
static bool remembers_shared_turn(const struct plan *plan)
{
    bool shares = plan->writer->dialect->traits & DIALECT_RESULTS_IN_TURN;
    for (size_t i = 0; i < plan->turns.n_items && shares; i++)
        if (plan->how[i] == BY_MEMORY && plan->turns.items[i].n_calls)
            return true;
    return false;
}

static enum err render(struct plan *plan, struct spans *out, struct error *error)
{
    static const struct template_traits none = {0};
    const struct prompt_template *template = plan->writer->template;
    const struct template_traits *traits = template ? prompt_template_traits(template) : &none;
    plan_adopt_orphans(plan);
    plan_turns(plan, traits);
    if (!template) {
        plan_note(plan, plan->writer->note);
        plan_render_by_row(plan, out);
        return OK;
    }
    if (remembers_shared_turn(plan)) {
        plan_render_by_row(plan, out);
        return OK;
    }
    enum err err = plan_adapt(plan, traits, error);
    if (err)
        return err;
    struct error refusal = {0};
    if (render_by_template(plan, out, &refusal) == OK)
        return OK;
    char text[256];
    snprintf(text, sizeof text, "the chat template refuses this conversation: %.200s",
             refusal.text);
    plan->prompt->note[0] = 0;
    plan_note(plan, text);
    plan->prompt->n_remembered = 0;
    spans_reset(out);
    plan_render_by_row(plan, out);
    return OK;
}

// ---- ids ----

static void tokenize_text(const struct tokenizer *tokenizer, struct prompt *prompt, size_t from,
                          size_t to)
{
    const struct span *items = prompt->spans.items;
    if (from == to)
        return;
    struct text_range *ranges = mem_new(struct text_range, to - from);
    size_t start = items[from].start;
    for (size_t i = from; i < to; i++)
        ranges[i - from] = (struct text_range){items[i].start - start, items[i].size,
                                               items[i].kind == SPAN_MARKUP};
    struct str text =
        str_slice(spans_text(&prompt->spans), start, items[to - 1].start + items[to - 1].size);
    tokenizer_encode_ranges(tokenizer, &prompt->ids, text, ranges, to - from);
    free(ranges);
}

static void tokenize(const struct plan *plan)
{
    const struct tokenizer *tokenizer = plan->writer->tokenizer;
    struct prompt *prompt = plan->prompt;
    size_t from = 0;
    if (!tokenizer)
        return;
    for (size_t i = 0; i < prompt->spans.n_items; i++) {
        if (prompt->spans.items[i].kind != SPAN_TOKENS)
            continue;
        const struct token_list *run = &plan->runs[prompt->spans.items[i].i_run].ids;
        tokenize_text(tokenizer, prompt, from, i);
        token_list_append_all(&prompt->ids, run->ids, run->n_ids);
        from = i + 1;
    }
    tokenize_text(tokenizer, prompt, from, prompt->spans.n_items);
    token_id bos = tokenizer_bos(tokenizer);
    if (!tokenizer_adds_bos(tokenizer) || bos == TOKEN_NONE ||
        (prompt->ids.n_ids && prompt->ids.ids[0] == bos))
        return;
    struct token_list with_bos = {0};
    token_list_append(&with_bos, bos);
    token_list_append_all(&with_bos, prompt->ids.ids, prompt->ids.n_ids);
    token_list_release(&prompt->ids);
    prompt->ids = with_bos;
}

static bool report_once(struct prompt_writer *writer, const char *text)
{
    unsigned hash = 2166136261u;
    for (const char *c = text; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    bool is_new = true;
    pthread_mutex_lock(&writer->lock);
    for (size_t i = 0; i < writer->n_reported; i++)
        is_new = is_new && writer->reported[i] != hash;
    is_new = is_new && writer->n_reported < N_NOTES_MAX;
    if (is_new)
        writer->reported[writer->n_reported++] = hash;
    pthread_mutex_unlock(&writer->lock);
    return is_new;
}

void prompt_release(struct prompt *prompt)
{
    spans_release(&prompt->spans);
    token_list_release(&prompt->ids);
    buf_release(&prompt->opening);
    *prompt = (struct prompt){0};
}

static bool keeps_thinking(const struct prompt_writer *writer, const struct prompt_options *options)
{
    if (options->history == HISTORY_DEFAULT)
        return writer->dialect->traits & DIALECT_KEEPS_OLD_THINKING;
    return options->history == HISTORY_KEEP;
}

enum err prompt_render(const struct prompt_writer *writer, struct prompt *prompt,
                       const struct conversation *conversation,
                       const struct prompt_options *options, struct error *error)
{
    prompt_release(prompt);
    struct plan plan = {.writer = writer,
                        .conversation = conversation,
                        .options = options,
                        .prompt = prompt,
                        .keeps_thinking = keeps_thinking(writer, options)};
    plan.thinking = conversation->thinking.mode == THINKING_DEFAULT ? options->thinking
                                                                    : conversation->thinking.mode;
    arena_init(&plan.arena, 256 * MIB);
    struct run *runs = NULL;
    size_t n_turns = 0;
    enum err err = turns_build(&plan.turns, &plan.arena, conversation, error);
    if (err)
        goto done;
    n_turns = plan.turns.n_items;
    plan.i_last_user = last_user_turn(&plan.turns);
    memcpy(prompt->digest, plan.turns.digest, TURN_DIGEST_SIZE);
    runs = plan.runs = mem_new(struct run, n_turns + 1);
    plan.how = arena_new(&plan.arena, enum how, n_turns + 1);
    plan.is_placeholder = arena_new(&plan.arena, bool, n_turns + 1);
    if (!plan.how || !plan.is_placeholder) {
        err = fail(error, ERR_LIMIT, "%zu turns do not fit one request", n_turns);
        goto done;
    }
    err = render(&plan, &prompt->spans, error);
    if (!err && plan.is_full)
        err = fail(error, ERR_LIMIT, "the conversation does not fit one request");
    if (err)
        goto done;
    plan_find_opening(&plan, &prompt->spans);
    tokenize(&plan);
    prompt->is_note_new =
        prompt->note[0] && report_once((struct prompt_writer *)writer, prompt->note);
done:
    for (size_t i = 0; i < n_turns && runs; i++) {
        token_list_release(&runs[i].ids);
        buf_release(&runs[i].opening);
    }
    free(runs);
    arena_release(&plan.arena);
    return err;
}

// ---- the writer ----

static struct str token_text(const struct tokenizer *tokenizer, token_id id)
{
    return tokenizer && id != TOKEN_NONE ? tokenizer_bytes(tokenizer, id) : (struct str){0};
}

enum err prompt_writer_open(struct prompt_writer **out, const struct prompt_source *source,
                            struct error *error)
{
    const struct tokenizer *tokenizer = source->tokenizer;
    struct prompt_writer *writer = mem_new(struct prompt_writer, 1);
    (void)error;
    pthread_mutex_init(&writer->lock, NULL);
    writer->tokenizer = tokenizer;
    writer->dialect = source->dialect ? source->dialect
                                      : dialect_detect(source->chat_template, source->architecture);
    struct error reason = {0};
    if (source->chat_template.size == 0)
        snprintf(writer->note, sizeof writer->note, "the file has no chat template; %s is assumed",
                 writer->dialect->name);
    else if (prompt_template_open(&writer->template, source->chat_template, writer->dialect,
                                  token_text(tokenizer, tokenizer ? tokenizer_bos(tokenizer) : 0),
                                  token_text(tokenizer, tokenizer ? tokenizer_eos(tokenizer) : 0),
                                  &reason))
        snprintf(writer->note, sizeof writer->note,
                 "the file's chat template cannot be used, %s is assumed: %.150s",
                 writer->dialect->name, reason.text);
    *out = writer;
    return OK;
}

void prompt_writer_close(struct prompt_writer *writer)
{
    if (!writer)
        return;
    prompt_template_close(writer->template);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

const struct chat_dialect *prompt_writer_dialect(const struct prompt_writer *writer)
{
    return writer->dialect;
}

const char *prompt_writer_note(const struct prompt_writer *writer)
{
    return writer->note;
}

size_t prompt_turn_starts(const struct prompt_writer *writer, const struct prompt *prompt,
                          size_t *starts, size_t n_max)
{
    const struct tokenizer *tokenizer = writer->tokenizer;
    size_t n = 0;
    struct token_list open = {0};
    if (tokenizer && *writer->dialect->user.open)
        tokenizer_encode(tokenizer, &open, str_of(writer->dialect->user.open), true);
    if (open.n_ids && tokenizer_kind(tokenizer, open.ids[0]) == TOKEN_CONTROL)
        for (size_t i = 0; i < prompt->ids.n_ids && n < n_max; i++)
            if (prompt->ids.ids[i] == open.ids[0])
                starts[n++] = i;
    token_list_release(&open);
    return n;
}
