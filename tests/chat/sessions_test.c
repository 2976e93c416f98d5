// Whole sessions of coding clients: the prompt of each request must begin with the ids of the request
// before it, answer included, although the client writes that answer back in its own way.
//
// A session is a list of requests.  What the model "sampled" is made from the next request: the
// answer it contains is written in the dialect's form, with keys in another order and without the
// defaults the client added, and cut into other tokens than the tokenizer would choose.
#include <json-c/json.h>

#include "api/dialect.h"
#include "chat/prompt.h"
#include "chat/prompt_write.h"
#include "chat/turn.h"
#include "tests/chat/chat_vocab.h"
#include "tests/test.h"

struct session {
    const char *folder; // of captures, or of tests/cases/chat
    const char *files[12];
    const struct api_dialect *api;
    int n_extended; // requests that go on where the one before ended
};

static const struct session recorded[] = {
    {"claude-code-2.1.197/multi-turn",
     {"03-main-turn1", "04-main-turn2", "05-main-turn3", "06-main-turn4"},
     &api_anthropic,
     3},
    {"claude-code-2.1.197/interactive",
     {"02-prompt1", "03-prompt1-after-read", "04-prompt1-after-edit", "05-prompt2",
      "06-prompt2-after-bash", "07-prompt3", "08-prompt4-after-user-denied-tool",
      "09-compact-command-summary-request", "10-prompt5-after-compact"},
     &api_anthropic,
     6},
    {"claude-code-2.1.197/thinking",
     {"01-turn1", "02-turn2", "03-turn3", "04-turn4"},
     &api_anthropic,
     3},
    {"claude-code-2.1.197/subagent", {"02-main", "07-main-after-agents"}, &api_anthropic, 1},
    {"claude-code-2.1.197/subagent",
     {"03-subagent-general-purpose", "06-subagent-general-purpose-turn2"},
     &api_anthropic,
     1},
    {"claude-code-2.1.197/subagent",
     {"04-subagent-explore", "05-subagent-explore-turn2"},
     &api_anthropic,
     1},
    {"opencode-1.18.33/single-run",
     {"02-main-turn1", "03-main-turn2", "04-main-turn3", "05-main-turn4-parallel-results"},
     &api_chat,
     3},
    {"opencode-1.18.33/multi-run",
     {"02-first-run-turn1", "03-first-run-turn3", "04-continue-second-run", "05-continue-third-run",
      "08-after-subagents"},
     &api_chat,
     4},
    {"opencode-1.18.33/other-providers",
     {"02-anthropic-sdk-turn1", "03-anthropic-sdk-turn2"},
     &api_anthropic,
     1},
    {"codex-0.169.0/single-run",
     {"01-turn1", "02-turn2", "03-turn3", "04-turn4-parallel-results"},
     &api_responses,
     3},
    {"codex-0.169.0/resume", {"01-first-run-last-turn", "02-resume-second-run"}, &api_responses, 1},
};

// ---- the ids that the server gave out, in place of those in the recordings ----

struct id_pair {
    char from[100], to[100];
};

struct ids {
    struct id_pair items[200];
    size_t n_items;
};

static void add_id(struct ids *ids, struct str from, struct str to)
{
    assert_true(ids->n_items < COUNT_OF(ids->items));
    struct id_pair *pair = &ids->items[ids->n_items++];
    snprintf(pair->from, sizeof pair->from, "%.*s", (int)from.size, from.data);
    snprintf(pair->to, sizeof pair->to, "%.*s", (int)to.size, to.data);
}

static void translate_id(const struct ids *ids, struct str *id)
{
    for (size_t i = 0; i < ids->n_items; i++)
        if (str_is(*id, ids->items[i].from)) {
            *id = str_of(ids->items[i].to);
            return;
        }
}

static void translate(const struct ids *ids, struct conversation *c)
{
    for (size_t i = 0; i < c->n_messages; i++)
        for (size_t k = 0; k < c->messages[i].n_items; k++)
            translate_id(ids, &c->messages[i].items[k].id);
}

// ---- what the model sampled ----

static bool is_added(struct json_object *value)
{
    return !value ||
           (json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value));
}

// Keys the other way round, and none that a client adds.
static struct json_object *as_sampled(struct json_object *arguments)
{
    struct json_object *sampled = json_object_new_object();
    const char *keys[100];
    size_t n = 0;
    json_object_object_foreach(arguments, key, value)
    {
        if (!is_added(value) && n < COUNT_OF(keys))
            keys[n++] = key;
    }
    while (n-- > 0)
        json_object_object_add(sampled, keys[n],
                               json_object_get(json_object_object_get(arguments, keys[n])));
    return sampled;
}

// Marks as tokens, everything else byte by byte.
static void sample(struct token_list *out, const struct tokenizer *tokenizer,
                   const struct spans *spans)
{
    for (size_t i = 0; i < spans->n_items; i++) {
        const struct span *span = &spans->items[i];
        struct str text = {spans->text.data + span->start, span->size};
        if (span->kind == SPAN_MARKUP)
            tokenizer_encode(tokenizer, out, text, true);
        for (size_t k = 0; span->kind == SPAN_TEXT && k < text.size; k++)
            tokenizer_encode(tokenizer, out, str_slice(text, k, k + 1), false);
    }
}

struct answer {
    struct buf ids; // of its calls, NUL-terminated, in order
    char signature[100];
    size_t n_calls, n_whole;
};

static void note_ids(void *context, const struct chat_event *event)
{
    struct answer *answer = context;
    if (event->kind == CHAT_EVENT_CALL_START) {
        buf_append(&answer->ids, event->id.data, event->id.size);
        buf_append_byte(&answer->ids, 0);
        answer->n_calls++;
    }
    answer->n_whole += event->kind == CHAT_EVENT_CALL_END;
    if (event->kind == CHAT_EVENT_THINKING_END)
        snprintf(answer->signature, sizeof answer->signature, "%.*s", (int)event->id.size,
                 event->id.data);
}

static void answer_as_recorded(struct chat_turn *turn, const struct chat_dialect *d,
                               const struct tokenizer *tokenizer, const struct turn *back,
                               struct token_list *sampled)
{
    struct turn own = *back;
    struct turn_call calls[20];
    struct spans spans = {0}, tail = {0};
    assert_true(own.n_calls <= COUNT_OF(calls));
    for (size_t i = 0; i < own.n_calls; i++) {
        calls[i] = own.calls[i];
        if (calls[i].arguments)
            calls[i].arguments = as_sampled(calls[i].arguments);
    }
    own.calls = calls;
    if (own.thinking.size == 0) // a client that keeps thinking to itself
        own.thinking = STR("Let me see. The tag </think> is only a word, <tool_call> too.");
    write_answer(&spans, d, &own, WRITE_THINKING);
    size_t skip = chat_turn_prompt(turn).opens_thinking ? strlen(d->thinking.open) : 0;
    for (size_t i = 0; i < spans.n_items; i++) { // the prompt has written the opening
        struct span span = spans.items[i];
        size_t from = span.start < skip ? skip : span.start;
        if (span.start + span.size > from)
            spans_append(&tail, span.kind, 0,
                         (struct str){spans.text.data + from, span.start + span.size - from});
    }
    sample(sampled, tokenizer, &tail);
    token_id end = tokenizer_find(tokenizer, str_of(d->stops[0]));
    if (end != TOKEN_NONE)
        token_list_append(sampled, end);
    for (size_t i = 0; i < sampled->n_ids; i++) {
        bool is_end = end != TOKEN_NONE && i + 1 == sampled->n_ids;
        if (chat_turn_push(turn, sampled->ids[i]) == is_end)
            fail_msg("%s: id %zu of %zu %s", d->name, i, sampled->n_ids,
                     is_end ? "goes on" : "ends");
    }
    chat_turn_finish(turn, CHAT_STOP_END_TURN);
    for (size_t i = 0; i < own.n_calls; i++)
        json_object_put(calls[i].arguments);
    spans_release(&spans);
    spans_release(&tail);
}

// ---- a session ----

static void read_request(struct api_request *request, const char *path,
                         const struct api_dialect *api, bool is_capture)
{
    struct error error = {0};
    size_t size;
    char *text = test_read_file(path, &size);
    struct json_object *file = json_tokener_parse(text);
    struct json_object *body = file;
    if (is_capture)
        assert_true(json_object_object_get_ex(file, "body", &body));
    const char *json = json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN);
    api_request_init(request);
    if (api_request_parse(request, str_of(json), &error) || api->read(request, &error))
        fail_msg("%s: %s", path, error.text);
    json_object_put(file);
    free(text);
}

// What a model without thinking cannot have said.
static void drop_thinking(struct conversation *c)
{
    for (size_t i = 0; i < c->n_messages; i++) {
        struct message *message = &c->messages[i];
        size_t n = 0;
        for (size_t k = 0; k < message->n_items; k++)
            if (message->items[k].kind != CONTENT_THINKING)
                message->items[n++] = message->items[k];
        message->n_items = n;
    }
}

// The first assistant message of `next` that `c` does not have; NULL when `next` is another
// conversation.
static const struct message *answer_in(const struct conversation *c,
                                       const struct conversation *next, struct arena *arena,
                                       struct turn *turn)
{
    struct turns before, after;
    assert_int_equal(turns_build(&before, arena, c, NULL), OK);
    assert_int_equal(turns_build(&after, arena, next, NULL), OK);
    if (after.n_items <= before.n_items)
        return NULL;
    *turn = after.items[before.n_items];
    if (turn->kind != TURN_ASSISTANT || memcmp(turn->digest, before.digest, TURN_DIGEST_SIZE) != 0)
        return NULL;
    return &next->messages[turn->i_message];
}

static void learn_ids(struct ids *ids, const struct answer *answer, const struct turn *back)
{
    const char *id = answer->ids.data;
    assert_int_equal(answer->n_calls, back->n_calls);
    for (size_t i = 0; i < answer->n_calls; i++, id += strlen(id) + 1)
        add_id(ids, back->calls[i].id, str_of(id));
    if (back->signature.size)
        add_id(ids, back->signature, str_of(answer->signature));
}

static void put_around(struct buf *out, const struct tokenizer *tokenizer, const token_id *ids,
                       size_t n_ids, size_t at)
{
    for (size_t i = at > 60 ? at - 60 : 0; i < n_ids && i < at + 60; i++) {
        struct str bytes = tokenizer_bytes(tokenizer, ids[i]);
        buf_append_text(out, i == at ? "  >>>  " : "");
        buf_append(out, bytes.data, bytes.size);
    }
}

static void check_begins_with(const struct chat_turn *turn, const struct tokenizer *tokenizer,
                              const struct token_list *expected, const char *what)
{
    struct chat_prompt_view view = chat_turn_prompt(turn);
    for (size_t i = 0; i < expected->n_ids; i++) {
        if (i < view.n_ids && view.ids[i] == expected->ids[i])
            continue;
        struct buf before = {0}, now = {0};
        put_around(&before, tokenizer, expected->ids, expected->n_ids, i);
        put_around(&now, tokenizer, view.ids, view.n_ids, i);
        fail_msg("%s: parts from the request before it at id %zu of %zu (%s)\nbefore: %s\nnow: %s",
                 what, i, expected->n_ids, view.note, before.data, now.data);
    }
}

// Requests one after the other; the answer to each is what the next one shows.  Returns how many went
// on where the one before ended.
struct stage {
    struct chat_model *model;
    const struct chat_dialect *dialect;
    const struct tokenizer *tokenizer;
    struct ids ids;
    struct token_list expected; // what the next prompt must begin with; empty: anything
    int n_extended;
};

static void act(struct stage *stage, struct conversation *c, struct conversation *next,
                struct arena *arena, const char *what)
{
    struct answer answer = {0};
    struct chat_turn *turn;
    struct error error = {0};
    struct turn back;
    translate(&stage->ids, c);
    struct chat_turn_options options = {.thinking = THINKING_ON,
                                        .history = HISTORY_KEEP,
                                        .sink = note_ids,
                                        .context = &answer,
                                        .id_seed = (uint64_t)stage->n_extended + 1};
    if (chat_turn_open(&turn, stage->model, c, &options, &error))
        fail_msg("%s: %s", what, error.text);
    if (stage->expected.n_ids)
        check_begins_with(turn, stage->tokenizer, &stage->expected, what);
    stage->n_extended += stage->expected.n_ids != 0;
    token_list_release(&stage->expected);
    if (next)
        translate(&stage->ids, next);
    if (next && answer_in(c, next, arena, &back)) {
        struct chat_prompt_view view = chat_turn_prompt(turn);
        struct token_list sampled = {0};
        token_list_append_all(&stage->expected, view.ids, view.n_ids);
        answer_as_recorded(turn, stage->dialect, stage->tokenizer, &back, &sampled);
        token_list_append_all(&stage->expected, sampled.ids, sampled.n_ids);
        learn_ids(&stage->ids, &answer, &back);
        token_list_release(&sampled);
    }
    buf_release(&answer.ids);
    chat_turn_close(turn);
}

static int play(const struct session *session, const char *folder, bool is_capture,
                struct stage *stage)
{
    struct api_request requests[12];
    size_t n = 0;
    for (; session->files[n]; n++) {
        char path[900];
        snprintf(path, sizeof path, "%s/%s/%s.json", folder, session->folder, session->files[n]);
        read_request(&requests[n], path, session->api, is_capture);
        if (!stage->dialect->think_open)
            drop_thinking(&requests[n].conversation);
    }
    for (size_t i = 0; i < n; i++)
        act(stage, &requests[i].conversation, i + 1 < n ? &requests[i + 1].conversation : NULL,
            &requests[i].arena, session->files[i]);
    for (size_t i = 0; i < n; i++)
        api_request_release(&requests[i]);
    return stage->n_extended;
}

// One recorded request as the whole session that led to it: cut in front of each answer.
static int play_history(const char *path, struct stage *stage)
{
    struct api_request request;
    read_request(&request, path, &api_anthropic, true);
    struct conversation *whole = &request.conversation;
    if (!stage->dialect->think_open)
        drop_thinking(whole);
    for (size_t n = 1; n <= whole->n_messages; n++) {
        if (n < whole->n_messages && whole->messages[n].role != ROLE_ASSISTANT)
            continue;
        struct conversation c = *whole;
        c.n_messages = n;
        act(stage, &c, n < whole->n_messages ? whole : NULL, &request.arena, path);
    }
    api_request_release(&request);
    return stage->n_extended;
}

static void open_stage(struct stage *stage, struct chat_vocab *vocab, const struct chat_dialect *d,
                       struct str chat_template)
{
    struct error error = {0};
    chat_vocab_open(vocab, d);
    *stage = (struct stage){.dialect = d, .tokenizer = vocab->small.tokenizer};
    if (chat_model_open(&stage->model,
                        &(struct chat_model_source){.tokenizer = vocab->small.tokenizer,
                                                    .chat_template = chat_template,
                                                    .dialect = d->name},
                        &error))
        fail_msg("%s", error.text);
}

static void close_stage(struct stage *stage, struct chat_vocab *vocab)
{
    chat_model_close(stage->model);
    token_list_release(&stage->expected);
    chat_vocab_close(vocab);
}

// Recorded requests with everything that can go wrong in their history, and the number of answers
// in it.
static const struct {
    const char *name;
    int n_answers;
} histories[] = {
    {"tool-errors/01-history-of-bad-tool-calls", 18},
    {"tool-errors/02-tool-call-truncated-by-max-tokens", 1},
    {"tool-errors/03-echo-of-unusual-assistant-content", 11},
    {"context-exhaustion/05-continue-after-stop-reason-max-tokens", 4},
    {"interactive-events/02-message-queued-during-tool", 3},
};

static void play_recorded(const char *folder, const struct chat_dialect *d,
                          struct str chat_template)
{
    static struct stage stage;
    struct chat_vocab vocab;
    char captures[300];
    snprintf(captures, sizeof captures, "%s/wire/captures", folder);
    for (size_t i = 0; i < COUNT_OF(recorded); i++) {
        open_stage(&stage, &vocab, d, chat_template);
        int n = play(&recorded[i], captures, true, &stage);
        if (n != recorded[i].n_extended)
            fail_msg("%s, %s: %d of %d requests go on", d->name, recorded[i].folder, n,
                     recorded[i].n_extended);
        close_stage(&stage, &vocab);
    }
    for (size_t i = 0; i < COUNT_OF(histories); i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/claude-code-2.1.197/%s.json", captures, histories[i].name);
        open_stage(&stage, &vocab, d, chat_template);
        int n = play_history(path, &stage);
        if (n != histories[i].n_answers)
            fail_msg("%s, %s: %d of %d answers go on", d->name, histories[i].name, n,
                     histories[i].n_answers);
        close_stage(&stage, &vocab);
    }
}

static const struct session own = {
    "chat", {"session-1", "session-2", "session-3", "session-4"}, &api_anthropic, 3};

static void play_own(const struct chat_dialect *d, const char *template_path)
{
    static struct stage stage;
    struct chat_vocab vocab;
    struct str chat_template = {0};
    char *text = template_path ? test_read_file(template_path, &chat_template.size) : NULL;
    chat_template.data = text;
    open_stage(&stage, &vocab, d, chat_template);
    int n = play(&own, "tests/cases", false, &stage);
    if (n != own.n_extended)
        fail_msg("%s, %s: %d of %d requests go on", d->name, template_path ? template_path : "", n,
                 own.n_extended);
    close_stage(&stage, &vocab);
    free(text);
}

TEST(sessions, our_own_extends_in_every_dialect)
{
    (void)state;
    for (size_t i = 0; dialect_at(i); i++)
        play_own(dialect_at(i), NULL);
}

TEST(sessions, our_own_extends_with_templates_that_refuse_much)
{
    (void)state;
    play_own(dialect_find("qwen3.5"), "tests/cases/chat/strict.jinja");
    play_own(dialect_find("gemma3"), "tests/cases/chat/alternating.jinja");
}

TEST(sessions, prompts_extend_each_other_without_a_template)
{
    NEED_DATA(folder);
    for (size_t i = 0; dialect_at(i); i++)
        play_recorded(folder, dialect_at(i), (struct str){0});
}

TEST(sessions, prompts_extend_each_other_with_published_templates)
{
    NEED_DATA(folder);
    static const char *const names[] = {"Qwen3.5-4B",
                                        "Qwen3.6-reconstructed",
                                        "Qwen3.8",
                                        "Qwen3-Coder",
                                        "Qwen-Qwen3-0.6B",
                                        "Qwen-Qwen2.5-7B-Instruct",
                                        "Qwen-QwQ-32B",
                                        "meta-llama-Llama-3.1-8B-Instruct",
                                        "meta-llama-Llama-3.2-3B-Instruct",
                                        "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
                                        "gemma-3-it",
                                        "google-gemma-2-2b-it",
                                        "google-gemma-4-31B-it",
                                        "gemma-4-E2B-it"};
    const char *wanted = getenv("HEARTH_TEMPLATE");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (wanted && strcmp(wanted, names[i]) != 0)
            continue;
        char path[900];
        size_t size;
        snprintf(path, sizeof path, "%s/data/templates/%s.jinja", folder, names[i]);
        char *text = test_read_file(path, &size);
        struct str chat_template = {text, size};
        print_message("%s\n", names[i]);
        play_recorded(folder, dialect_detect(chat_template, STR("")), chat_template);
        free(text);
    }
}

RUN_TESTS(IS(sessions, our_own_extends_in_every_dialect),
          IS(sessions, our_own_extends_with_templates_that_refuse_much),
          IS(sessions, prompts_extend_each_other_without_a_template),
          IS(sessions, prompts_extend_each_other_with_published_templates))
