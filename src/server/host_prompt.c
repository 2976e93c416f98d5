// From a request to the tokens that the model reads.
//
// A conversation goes through chat/turn.h; a raw prompt is tokenised as it is.
#include <stdlib.h>
#include <time.h>

#include "api/fields.h"
#include "base/memory.h"
#include "server/host_run_state.h"

static void chat_event_came(void *context, const struct chat_event *event)
{
    struct run *run = context;
    if (run->reply)
        reply_add(run->reply, run->i_choice, event);
}

struct chat_turn_options host_turn_options(struct host *host, const struct api_request *request)
{
    struct chat_turn_options options = {
        .n_thinking_max = host->config.n_thinking_max,
        .continues_answer = true,
        .forgets = host->config.forgets,
        .template_arguments = request->template_arguments ? request->template_arguments
                                                          : host->config.template_arguments,
    };
    time_t now = time(NULL);
    localtime_r(&now, &options.now);
    return options;
}

static void settle_thinking(struct run *run)
{
    run->conversation = run->wish->conversation;
    if (run->host->config.reasoning == REASONING_ON)
        run->conversation.thinking.mode = THINKING_ON;
    else if (run->host->config.reasoning == REASONING_OFF)
        run->conversation.thinking.mode = THINKING_OFF;
}

static enum err prepare_chat(struct run *run, struct error *error)
{
    struct chat_turn_options options = host_turn_options(run->host, run->wish);
    options.sink = chat_event_came;
    options.context = run;
    settle_thinking(run);
    enum err err = chat_turn_open(&run->turn, run->host->chat, &run->conversation, &options, error);
    if (err)
        return err;
    struct chat_prompt_view prompt = chat_turn_prompt(run->turn);
    token_list_append_all(&run->tokens, prompt.ids, prompt.n_ids);
    run->opens_thinking = prompt.opens_thinking;
    run->boundaries = mem_new(uint32_t, prompt.n_turn_starts + 1);
    for (size_t i = 0; i < prompt.n_turn_starts; i++)
        if (prompt.turn_starts[i])
            run->boundaries[run->n_boundaries++] = (uint32_t)prompt.turn_starts[i];
    if (prompt.is_note_new && prompt.note[0])
        host_say(run->host, "%s", prompt.note);
    return OK;
}

static enum err append_id(struct run *run, token_id id, struct error *error)
{
    size_t n_vocab = tokenizer_n_tokens(run->host->tokenizer);
    if (id < 0 || (size_t)id >= n_vocab)
        return fail(error, ERR_ARGUMENT, "prompt: token %d of a vocabulary of %zu", id, n_vocab);
    token_list_append(&run->tokens, id);
    return OK;
}

static void append_text(struct run *run, struct str text, bool is_first)
{
    const struct tokenizer *tokenizer = run->host->tokenizer;
    if (is_first && tokenizer_adds_bos(tokenizer) && tokenizer_bos(tokenizer) != TOKEN_NONE)
        token_list_append(&run->tokens, tokenizer_bos(tokenizer));
    tokenizer_encode(tokenizer, &run->tokens, text, true);
}

static enum err prepare_raw(struct run *run, struct error *error)
{
    const struct api_request *wish = run->wish;
    const struct raw_prompt *prompt = &wish->prompts[run->i_choice / (size_t)wish->n_choices];
    const struct tokenizer *tokenizer = run->host->tokenizer;
    enum err err = OK;
    for (size_t i = 0; i < prompt->n_ids && !err; i++)
        err = append_id(run, prompt->ids[i], error);
    for (size_t i = 0; i < json_length(prompt->mixed) && !err; i++) {
        struct json_object *piece = json_object_array_get_idx(prompt->mixed, i);
        if (json_is(piece, json_type_string))
            append_text(run, json_str(piece), i == 0);
        else
            err = append_id(run, json_object_get_int(piece), error);
    }
    if (err)
        return err;
    if (!prompt->ids && !prompt->mixed)
        append_text(run, prompt->text, true);
    if (run->tokens.n_ids == 0) {
        token_id start = tokenizer_bos(tokenizer) != TOKEN_NONE ? tokenizer_bos(tokenizer)
                                                                : tokenizer_eos(tokenizer);
        if (start == TOKEN_NONE)
            return fail(error, ERR_ARGUMENT, "prompt: is empty");
        token_list_append(&run->tokens, start);
    }
    detokenizer_init(&run->detokenizer, tokenizer, true);
    return OK;
}

enum answer_place run_place(const struct run *run)
{
    if (!run->turn)
        return PLACE_ANSWER;
    if (run->tokens.n_ids > run->n_prompt)
        return chat_turn_in_thinking(run->turn) ? PLACE_THINKING : PLACE_ANSWER;
    if (run->opens_thinking)
        return PLACE_THINKING;
    return run->conversation.thinking.mode == THINKING_OFF ? PLACE_ANSWER : PLACE_START;
}

enum err host_prepare(void *self, struct run **out, const struct api_request *request,
                      size_t i_choice, struct error *error)
{
    struct run *run = mem_new(struct run, 1);
    *run = (struct run){.host = self, .wish = request, .i_choice = i_choice};
    enum err err =
        request->task == API_COMPLETE ? prepare_raw(run, error) : prepare_chat(run, error);
    run->n_prompt = run->tokens.n_ids;
    if (!err)
        err = host_check_grammar(run->host, request, run_place(run), error);
    if (err) {
        host_close_run(run);
        return err;
    }
    *out = run;
    return OK;
}

const token_id *host_run_tokens(const struct run *run, size_t *n_ids)
{
    *n_ids = run->tokens.n_ids;
    return run->tokens.ids;
}

const token_id *host_run_prompt(const struct run *run, size_t *n_ids)
{
    *n_ids = run->n_prompt;
    return run->tokens.ids;
}

void host_run_force(struct run *run, const token_id *ids, size_t n_ids)
{
    token_list_append_all(&run->forced, ids, n_ids);
}

size_t host_n_prompt(const struct run *run)
{
    return run->n_prompt;
}

void host_put_run_text(const struct run *run, struct buf *out, bool is_answer)
{
    size_t from = is_answer ? run->n_prompt : 0, to = is_answer ? run->tokens.n_ids : run->n_prompt;
    for (size_t i = from; i < to; i++) {
        struct str bytes = tokenizer_bytes(run->host->tokenizer, run->tokens.ids[i]);
        buf_append(out, bytes.data, bytes.size);
    }
}
