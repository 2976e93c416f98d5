#include "chat/turn.h"
#include "chat/turn_journal.h"
#include "base/memory.h"
#include "base/os.h"
#include "chat/output_parser.h"
#include "chat/prompt.h"
#include "chat/turn_memory.h"
#include "text/detokenize.h"

#include <stdlib.h>

#define MEMORY_SIZE       (64 * MIB)
#define N_TURN_STARTS_MAX 4096

// What the model reads when its time for thinking is over.
#define CLOSING_SENTENCE "\n\nI have thought about this long enough and will answer now.\n"

struct chat_model {
    struct tokenizer *tokenizer;
    struct prompt_writer *writer;
    struct turn_memory *memory;
    size_t memory_size_max;
    struct turn_journal *journal; // or NULL
    unsigned token_marks;         // enum output_mark
    struct token_list closing;
};

struct chat_turn {
    struct chat_model *model;
    struct chat_turn_options options;
    struct prompt prompt;
    struct output_parser *parser;
    struct detokenizer detokenizer;
    size_t *starts;
    size_t n_starts;
    struct token_list sampled;
    size_t n_thinking, n_thinking_max;
    struct buf text; // chat_turn_text()

    // what the answer meant, for the memory
    struct buf thinking, signature, words, calls; // calls: struct kept_call
    struct buf strings;                           // of calls: ids, names and arguments
};

struct kept_call { // offsets of turn->strings
    size_t id, id_size, name, name_size, args, args_size;
};

// ---- the model ----

static void mark_tokens_in(struct tokenizer *tokenizer, const char *text)
{
    while (text && *text) {
        size_t n = 1;
        if (*text == '<') {
            while (text[n] && text[n] != '>' && text[n] != '<')
                n++;
            n += text[n] == '>';
            token_id id = tokenizer_find(tokenizer, (struct str){text, n});
            if (id != TOKEN_NONE)
                tokenizer_mark_markup(tokenizer, id);
        }
        text += n;
    }
}

// <think>, <tool_call> and the like are ordinary added tokens in many files.  They are parsed in
// markup only, so a file that contains them stays a file.
static void mark_tokens(struct tokenizer *tokenizer, const struct chat_dialect *d)
{
    const char *const texts[] = {
        d->system.open,       d->system.close,       d->user.open,     d->user.close,
        d->assistant.open,    d->assistant.close,    d->results.open,  d->results.close,
        d->result.open,       d->result.close,       d->think_open,    d->think_close,
        d->thinking_on,       d->thinking_off,       d->thinking.open, d->thinking.close,
        d->tools.list_open,   d->tools.opener,       d->tools.closer,  d->tools.list_close,
        d->tools.name_prefix, d->tools.string_quote,
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        mark_tokens_in(tokenizer, texts[i]);
}

// Whether the mark, up to its first >, is one token.
static bool is_token(const struct tokenizer *tokenizer, const char *mark)
{
    if (!mark || !*mark)
        return false;
    const char *end = strchr(mark, '>');
    struct str text = end ? (struct str){mark, (size_t)(end - mark) + 1} : str_of(mark);
    return tokenizer_find(tokenizer, text) != TOKEN_NONE;
}

static unsigned find_token_marks(const struct tokenizer *tokenizer, const struct chat_dialect *d)
{
    return (is_token(tokenizer, d->think_open) ? MARK_THINK_OPEN : 0u) |
           (is_token(tokenizer, d->think_close) ? MARK_THINK_CLOSE : 0u) |
           (is_token(tokenizer, d->tools.opener) ? MARK_CALL_OPENER : 0u) |
           (is_token(tokenizer, d->tools.list_open) ? MARK_LIST : 0u) |
           (is_token(tokenizer, d->tools.string_quote) ? MARK_QUOTE : 0u);
}

static void encode_closing(struct chat_model *model, const struct chat_dialect *d)
{
    if (!d->think_close)
        return;
    tokenizer_encode(model->tokenizer, &model->closing, STR(CLOSING_SENTENCE), false);
    tokenizer_encode(model->tokenizer, &model->closing, str_of(d->think_close), true);
    tokenizer_encode(model->tokenizer, &model->closing, STR("\n\n"), true);
}

enum err chat_model_open(struct chat_model **out, const struct chat_model_source *source,
                         struct error *error)
{
    *out = NULL;
    const struct chat_dialect *d = source->dialect ? dialect_find(source->dialect) : NULL;
    if (source->dialect && !d)
        return fail(error, ERR_NOT_FOUND, "there is no dialect named %s", source->dialect);
    struct chat_model *model = mem_new(struct chat_model, 1);
    model->tokenizer = source->tokenizer;
    if (!d)
        d = dialect_detect(source->chat_template, source->architecture);
    mark_tokens(source->tokenizer, d);
    model->token_marks = find_token_marks(source->tokenizer, d);
    encode_closing(model, d);
    enum err err =
        prompt_writer_open(&model->writer,
                           &(struct prompt_source){.tokenizer = source->tokenizer,
                                                   .chat_template = source->chat_template,
                                                   .architecture = source->architecture,
                                                   .dialect = d},
                           error);
    if (err) {
        chat_model_close(model);
        return err;
    }
    model->memory_size_max = source->memory_size_max ? source->memory_size_max : MEMORY_SIZE;
    model->memory = turn_memory_open(model->memory_size_max);
    *out = model;
    return OK;
}

void chat_model_close(struct chat_model *model)
{
    if (!model)
        return;
    prompt_writer_close(model->writer);
    turn_journal_close(model->journal);
    turn_memory_close(model->memory);
    token_list_release(&model->closing);
    free(model);
}

enum err chat_model_keep(struct chat_model *model, const char *path, struct error *error)
{
    return turn_journal_open(&model->journal, path, model->memory_size_max,
                             tokenizer_n_tokens(model->tokenizer), model->memory, error);
}

const char *chat_model_dialect(const struct chat_model *model)
{
    return prompt_writer_dialect(model->writer)->name;
}

const char *chat_model_sampling(const struct chat_model *model)
{
    return prompt_writer_dialect(model->writer)->sampling;
}

const char *chat_model_note(const struct chat_model *model)
{
    return prompt_writer_note(model->writer);
}

const struct tool_markup *chat_model_tools(const struct chat_model *model)
{
    return &prompt_writer_dialect(model->writer)->tools;
}

const char *chat_model_think_close(const struct chat_model *model)
{
    const char *close = prompt_writer_dialect(model->writer)->think_close;
    return close ? close : "";
}

const char *chat_model_think_open(const struct chat_model *model)
{
    const char *open = prompt_writer_dialect(model->writer)->think_open;
    return open ? open : "";
}

// ---- events on their way out ----

static size_t keep(struct chat_turn *turn, struct str text)
{
    size_t at = turn->strings.size;
    buf_append(&turn->strings, text.data, text.size);
    return at;
}

static struct kept_call *last_call(struct chat_turn *turn)
{
    return (struct kept_call *)(void *)(turn->calls.data + turn->calls.size) - 1;
}

static void pass_on(void *context, const struct chat_event *event)
{
    struct chat_turn *turn = context;
    switch (event->kind) {
    case CHAT_EVENT_THINKING:
        buf_append(&turn->thinking, event->text.data, event->text.size);
        break;
    case CHAT_EVENT_THINKING_END:
        buf_reset(&turn->signature);
        buf_append(&turn->signature, event->id.data, event->id.size);
        break;
    case CHAT_EVENT_TEXT:
        buf_append(&turn->words, event->text.data, event->text.size);
        break;
    case CHAT_EVENT_CALL_START: {
        struct kept_call call = {.id = keep(turn, event->id),
                                 .id_size = event->id.size,
                                 .name = keep(turn, event->name),
                                 .name_size = event->name.size};
        call.args = turn->strings.size;
        buf_append(&turn->calls, &call, sizeof call);
        break;
    }
    case CHAT_EVENT_CALL_ARGS:
        keep(turn, event->text);
        last_call(turn)->args_size += event->text.size;
        break;
    default:
        break;
    }
    if (turn->options.sink)
        turn->options.sink(turn->options.context, event);
}

static void remember(struct chat_turn *turn)
{
    size_t n_calls = turn->calls.size / sizeof(struct kept_call);
    const struct kept_call *kept = (const struct kept_call *)(void *)turn->calls.data;
    struct sampled_call *calls = mem_new(struct sampled_call, n_calls + 1);
    const char *strings = turn->strings.data;
    for (size_t i = 0; i < n_calls; i++)
        calls[i] = (struct sampled_call){{strings + kept[i].id, kept[i].id_size},
                                         {strings + kept[i].name, kept[i].name_size},
                                         {strings + kept[i].args, kept[i].args_size}};
    struct sampled_turn sampled = {
        .ids = turn->sampled.ids,
        .n_ids = turn->sampled.n_ids,
        .opening = {turn->prompt.opening.data, turn->prompt.opening.size},
        .thinking = {turn->thinking.data, turn->thinking.size},
        .signature = {turn->signature.data, turn->signature.size},
        .text = {turn->words.data, turn->words.size},
        .calls = calls,
        .n_calls = n_calls,
    };
    memcpy(sampled.digest, turn->prompt.digest, TURN_DIGEST_SIZE);
    turn_memory_add(turn->model->memory, &sampled);
    if (turn->model->journal)
        turn_journal_add(turn->model->journal, &sampled);
    free(calls);
}

// ---- the turn ----

static void open_parser(struct chat_turn *turn, const struct conversation *c)
{
    uint64_t seed = turn->options.id_seed ? turn->options.id_seed : os_time_ns();
    bool has_tools = c->tool_choice.kind != TOOL_CHOICE_NONE;
    turn->parser = output_parser_open(
        &(struct output_parser_options){.dialect = prompt_writer_dialect(turn->model->writer),
                                        .tools = c->tools,
                                        .n_tools = has_tools ? c->n_tools : 0,
                                        .stop_sequences = c->stop_sequences,
                                        .n_stop_sequences = c->n_stop_sequences,
                                        .starts_in_thinking = turn->prompt.opens_thinking,
                                        .is_single_call = c->tool_choice.is_single,
                                        .token_marks = turn->model->token_marks,
                                        .id_prefix = turn->options.id_prefix,
                                        .id_seed = seed ^ (uint64_t)(uintptr_t)turn,
                                        .sink = pass_on,
                                        .context = turn});
}

enum err chat_turn_open(struct chat_turn **out, struct chat_model *model,
                        const struct conversation *c, const struct chat_turn_options *options,
                        struct error *error)
{
    *out = NULL;
    struct chat_turn *turn = mem_new(struct chat_turn, 1);
    turn->model = model;
    turn->options = *options;
    turn->n_thinking_max =
        c->thinking.n_tokens_max ? c->thinking.n_tokens_max : options->n_thinking_max;
    struct prompt_options prompt_options = {.memory = model->memory,
                                            .history = options->history,
                                            .thinking = options->thinking,
                                            .continues_answer = options->continues_answer,
                                            .template_arguments = options->template_arguments,
                                            .now = options->now};
    enum err err = prompt_render(model->writer, &turn->prompt, c, &prompt_options, error);
    if (err) {
        chat_turn_close(turn);
        return err;
    }
    detokenizer_init(&turn->detokenizer, model->tokenizer, true);
    turn->starts = mem_new(size_t, N_TURN_STARTS_MAX);
    turn->n_starts =
        prompt_turn_starts(model->writer, &turn->prompt, turn->starts, N_TURN_STARTS_MAX);
    open_parser(turn, c);
    *out = turn;
    return OK;
}

void chat_turn_close(struct chat_turn *turn)
{
    if (!turn)
        return;
    prompt_release(&turn->prompt);
    output_parser_close(turn->parser);
    token_list_release(&turn->sampled);
    free(turn->starts);
    buf_release(&turn->text);
    buf_release(&turn->thinking);
    buf_release(&turn->signature);
    buf_release(&turn->words);
    buf_release(&turn->calls);
    buf_release(&turn->strings);
    free(turn);
}

struct chat_prompt_view chat_turn_prompt(const struct chat_turn *turn)
{
    const struct prompt *p = &turn->prompt;
    return (struct chat_prompt_view){.ids = p->ids.ids,
                                     .n_ids = p->ids.n_ids,
                                     .turn_starts = turn->starts,
                                     .n_turn_starts = turn->n_starts,
                                     .opens_thinking = p->opens_thinking,
                                     .n_remembered = p->n_remembered,
                                     .note = p->note,
                                     .is_note_new = p->is_note_new};
}

struct str chat_turn_text(struct chat_turn *turn)
{
    buf_reset(&turn->text);
    for (size_t i = 0; i < turn->prompt.ids.n_ids; i++) {
        struct str bytes = tokenizer_bytes(turn->model->tokenizer, turn->prompt.ids.ids[i]);
        buf_append(&turn->text, bytes.data, bytes.size);
    }
    return (struct str){turn->text.data, turn->text.size};
}

static bool is_stop(const struct chat_turn *turn, token_id id)
{
    const struct chat_dialect *d = prompt_writer_dialect(turn->model->writer);
    if (tokenizer_is_end(turn->model->tokenizer, id))
        return true;
    struct str text = tokenizer_bytes(turn->model->tokenizer, id);
    for (size_t i = 0; i < COUNT_OF(d->stops) && d->stops[i]; i++)
        if (str_is(text, d->stops[i]))
            return true;
    return false;
}

// Control tokens that mark nothing of ours are not shown, except in arguments: there somebody may
// be writing about them.
static bool is_noise(const struct chat_turn *turn, token_id id)
{
    const struct chat_dialect *d = prompt_writer_dialect(turn->model->writer);
    const char *const marks[] = {d->think_open,        d->think_close,       d->tools.opener,
                                 d->tools.closer,      d->tools.list_open,   d->tools.list_close,
                                 d->tools.name_prefix, d->tools.string_quote};
    struct str text = tokenizer_bytes(turn->model->tokenizer, id);
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (marks[i] && str_find(str_of(marks[i]), text, 0) != STR_NONE)
            return false;
    return tokenizer_kind(turn->model->tokenizer, id) == TOKEN_CONTROL &&
           !output_parser_in_call(turn->parser) && !str_is(text, "<|python_tag|>");
}

static bool push_bytes(struct chat_turn *turn, token_id id)
{
    const struct tokenizer *tokenizer = turn->model->tokenizer;
    enum token_kind kind = tokenizer_kind(tokenizer, id);
    struct buf bytes = {0};
    bool goes_on = true;
    if (is_noise(turn, id))
        return true;
    if (kind == TOKEN_CONTROL || kind == TOKEN_USER_DEFINED) {
        detokenizer_finish(&turn->detokenizer, &bytes);
        if (bytes.size)
            goes_on = output_parser_push(turn->parser, (struct str){bytes.data, bytes.size}, false);
        goes_on = goes_on && output_parser_push(turn->parser, tokenizer_bytes(tokenizer, id), true);
    } else {
        detokenizer_push(&turn->detokenizer, &bytes, id);
        if (bytes.size)
            goes_on = output_parser_push(turn->parser, (struct str){bytes.data, bytes.size}, false);
    }
    buf_release(&bytes);
    return goes_on;
}

bool chat_turn_push(struct chat_turn *turn, token_id id)
{
    token_list_append(&turn->sampled, id);
    if (is_stop(turn, id))
        return false;
    turn->n_thinking += output_parser_in_thinking(turn->parser);
    return push_bytes(turn, id);
}

const token_id *chat_turn_forced(const struct chat_turn *turn, size_t *n_ids)
{
    bool is_due = turn->n_thinking_max && turn->n_thinking >= turn->n_thinking_max &&
                  output_parser_in_thinking(turn->parser);
    *n_ids = is_due ? turn->model->closing.n_ids : 0;
    return turn->model->closing.ids;
}

bool chat_turn_in_thinking(const struct chat_turn *turn)
{
    return output_parser_in_thinking(turn->parser);
}

size_t chat_turn_n_thinking(const struct chat_turn *turn)
{
    return turn->n_thinking;
}

enum chat_stop chat_turn_finish(struct chat_turn *turn, enum chat_stop why)
{
    struct buf bytes = {0};
    detokenizer_finish(&turn->detokenizer, &bytes);
    if (bytes.size)
        output_parser_push(turn->parser, (struct str){bytes.data, bytes.size}, false);
    buf_release(&bytes);
    why = output_parser_finish(turn->parser, why);
    // The ids behind a stop sequence are no part of what the client was given.
    if (!turn->options.forgets && why != CHAT_STOP_SEQUENCE)
        remember(turn);
    return why;
}
