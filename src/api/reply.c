#include "api/reply.h"

#include <assert.h>
#include <stdlib.h>

#include "api/dialect.h"
#include "base/memory.h"

enum { REPORTS_SIZE_MAX = 256 }; // MiB; tokens past it are not reported

char *reply_make_id(struct reply *reply, const char *prefix)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    struct buf id = {0};
    buf_append_text(&id, prefix);
    for (int i = 0; i < 24; i++)
        buf_append_byte(&id, letters[rng_below(&reply->rng, sizeof letters - 1)]);
    return buf_take(&id);
}

static char *copy_str(struct str text)
{
    struct buf copy = {0};
    buf_append(&copy, text.data, text.size);
    return buf_take(&copy);
}

static struct block *open_block(const struct choice *choice)
{
    struct block *last = choice->n_blocks ? choice->blocks[choice->n_blocks - 1] : NULL;
    return last && !last->is_closed ? last : NULL;
}

static bool is_streaming(const struct reply *reply)
{
    return reply->request->is_stream;
}

static void close_block(struct reply *reply, struct choice *choice)
{
    struct block *block = open_block(choice);
    if (!block)
        return;
    block->is_closed = true;
    if (is_streaming(reply))
        reply->dialect->close(reply, choice, block);
}

static struct block *begin_block(struct reply *reply, struct choice *choice, enum block_kind kind,
                                 struct str id, struct str name)
{
    close_block(reply, choice);
    if (choice->n_blocks == choice->capacity) {
        choice->capacity = choice->capacity ? choice->capacity * 2 : 4;
        choice->blocks = mem_resize(choice->blocks, choice->capacity, sizeof *choice->blocks);
    }
    struct block *block = mem_new(struct block, 1);
    block->kind = kind;
    block->i_block = choice->n_blocks;
    for (size_t i = 0; i < choice->n_blocks; i++)
        block->i_call += choice->blocks[i]->kind == BLOCK_CALL;
    block->id = id.size ? copy_str(id) : NULL;
    block->name = name.size ? copy_str(name) : NULL;
    choice->blocks[choice->n_blocks++] = block;
    if (is_streaming(reply))
        reply->dialect->open(reply, choice, block);
    return block;
}

static void fill_block(struct reply *reply, struct choice *choice, enum block_kind kind,
                       struct str text)
{
    struct block *block = open_block(choice);
    if (!block || block->kind != kind) {
        assert(kind != BLOCK_CALL);
        if (text.size == 0)
            return;
        block = begin_block(reply, choice, kind, (struct str){0}, (struct str){0});
    }
    buf_append(&block->text, text.data, text.size);
    if (is_streaming(reply) && text.size)
        reply->dialect->fill(reply, choice, block, text);
}

static void end_thinking(struct reply *reply, struct choice *choice, struct str signature)
{
    struct block *block = open_block(choice);
    if (!block || block->kind != BLOCK_THINKING)
        return;
    free(block->id);
    block->id = signature.size ? copy_str(signature) : NULL;
    close_block(reply, choice);
}

static void end_call(struct reply *reply, struct choice *choice, bool is_cut)
{
    struct block *block = open_block(choice);
    assert(block && block->kind == BLOCK_CALL);
    block->is_cut = is_cut;
    if (!is_cut && block->text.size == 0) // a call without arguments is an empty object
        fill_block(reply, choice, BLOCK_CALL, STR("{}"));
    close_block(reply, choice);
}

static void stop_choice(struct reply *reply, struct choice *choice, const struct chat_event *event)
{
    close_block(reply, choice);
    choice->stop = event->stop;
    if (event->stop == CHAT_STOP_SEQUENCE)
        choice->stop_sequence = copy_str(event->text);
    choice->is_finished = true;
}

void reply_init(struct reply *reply, const struct api_dialect *dialect,
                const struct api_request *request, size_t n_choices, uint64_t seed,
                int64_t created_s)
{
    *reply = (struct reply){.dialect = dialect, .request = request, .created_s = created_s};
    rng_seed(&reply->rng, seed);
    arena_init(&reply->arena, REPORTS_SIZE_MAX * MIB);
    reply->n_choices = n_choices;
    reply->choices = mem_new(struct choice, n_choices);
    for (size_t i = 0; i < n_choices; i++)
        reply->choices[i].i_choice = i;
}

void reply_release(struct reply *reply)
{
    for (size_t i = 0; i < reply->n_choices; i++) {
        struct choice *choice = &reply->choices[i];
        for (size_t j = 0; j < choice->n_blocks; j++) {
            struct block *block = choice->blocks[j];
            buf_release(&block->text);
            free(block->id);
            free(block->name);
            free(block->item_id);
            free(block);
        }
        free(choice->blocks);
        free(choice->stop_sequence);
        free(choice->reports);
        free(choice->tokens);
        buf_release(&choice->prompt);
    }
    arena_release(&reply->arena);
    free(reply->choices);
    free(reply->id);
    buf_release(&reply->out);
    *reply = (struct reply){0};
}

void reply_start(struct reply *reply)
{
    assert(!reply->is_started);
    reply->is_started = true;
    if (!is_streaming(reply))
        return;
    reply->dialect->start(reply);
    if (!reply->dialect->needs_open_block)
        return;
    for (size_t i = 0; i < reply->n_choices; i++)
        begin_block(reply, &reply->choices[i], reply->thinks ? BLOCK_THINKING : BLOCK_TEXT,
                    (struct str){0}, (struct str){0});
}

void reply_beat(struct reply *reply)
{
    assert(reply->is_started && !reply->is_finished);
    if (!is_streaming(reply))
        return;
    struct choice *choice = &reply->choices[0];
    if (reply->dialect->needs_open_block && !choice->is_finished && !open_block(choice))
        begin_block(reply, choice, BLOCK_TEXT, (struct str){0}, (struct str){0});
    reply->dialect->beat(reply);
}

void reply_add(struct reply *reply, size_t i_choice, const struct chat_event *event)
{
    assert(reply->is_started && i_choice < reply->n_choices);
    struct choice *choice = &reply->choices[i_choice];
    assert(!choice->is_finished);
    if (reply->watch)
        reply->watch(reply->watch_context, i_choice, event);
    switch (event->kind) {
    case CHAT_EVENT_THINKING:
        fill_block(reply, choice, BLOCK_THINKING, event->text);
        break;
    case CHAT_EVENT_THINKING_END:
        end_thinking(reply, choice, event->id);
        break;
    case CHAT_EVENT_TEXT:
        fill_block(reply, choice, BLOCK_TEXT, event->text);
        break;
    case CHAT_EVENT_CALL_START:
        begin_block(reply, choice, BLOCK_CALL, event->id, event->name);
        break;
    case CHAT_EVENT_CALL_ARGS:
        fill_block(reply, choice, BLOCK_CALL, event->text);
        break;
    case CHAT_EVENT_CALL_END:
    case CHAT_EVENT_CALL_CUT:
        end_call(reply, choice, event->kind == CHAT_EVENT_CALL_CUT);
        break;
    case CHAT_EVENT_STOP:
        stop_choice(reply, choice, event);
        break;
    }
}

void reply_add_token(struct reply *reply, size_t i_choice, token_id id)
{
    struct choice *choice = &reply->choices[i_choice];
    if (choice->n_tokens == choice->tokens_capacity) {
        choice->tokens_capacity = choice->tokens_capacity ? choice->tokens_capacity * 2 : 64;
        choice->tokens = mem_resize(choice->tokens, choice->tokens_capacity, sizeof(token_id));
    }
    choice->tokens[choice->n_tokens++] = id;
}

static bool copy_report(struct arena *arena, struct token_report *copy,
                        const struct token_report *report)
{
    *copy = *report;
    copy->bytes.data = arena_copy(arena, report->bytes.data, report->bytes.size);
    return copy->bytes.data != NULL;
}

void reply_report(struct reply *reply, size_t i_choice, const struct token_report *report)
{
    struct choice *choice = &reply->choices[i_choice];
    struct token_report copy;
    struct token_report *top = arena_new(&reply->arena, struct token_report, report->n_top);
    if (!copy_report(&reply->arena, &copy, report) || (report->n_top && !top))
        return;
    for (size_t i = 0; i < report->n_top; i++)
        if (!copy_report(&reply->arena, &top[i], &report->top[i]))
            return;
    copy.top = top;
    if (choice->n_reports == choice->reports_capacity) {
        choice->reports_capacity = choice->reports_capacity ? choice->reports_capacity * 2 : 64;
        choice->reports =
            mem_resize(choice->reports, choice->reports_capacity, sizeof *choice->reports);
    }
    choice->reports[choice->n_reports++] = copy;
}

void reply_finish(struct reply *reply)
{
    assert(reply->is_started && !reply->is_finished);
    for (size_t i = 0; i < reply->n_choices; i++)
        assert(reply->choices[i].is_finished);
    reply->is_finished = true;
    if (is_streaming(reply))
        reply->dialect->finish(reply);
    else
        reply->dialect->whole(reply);
}

void reply_fail(struct reply *reply, const struct api_error *error)
{
    assert(reply->is_started && !reply->is_finished);
    reply->is_finished = true;
    if (is_streaming(reply))
        reply->dialect->fail(reply, error);
}
