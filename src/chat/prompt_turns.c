#include "chat/prompt_turns.h"
#include "chat/white_space.h"

#include <openssl/evp.h>
#include <stdio.h>

// Claude Code's first system block: it changes from request to request and says nothing to a model.
#define ATTRIBUTION STR("x-anthropic-billing-header:")

struct builder {
    struct arena *arena;
    struct turns *turns;
    EVP_MD_CTX *digest;
    bool is_full; // the arena is
};

static struct str media_words(struct builder *b, const struct content *item)
{
    if (item->text.size)
        return item->text;
    char words[200];
    int n = snprintf(words, sizeof words, "[%.*s: not shown, this model reads text only]",
                     (int)(item->name.size < 100 ? item->name.size : 100),
                     item->name.size ? item->name.data : "");
    char *copy = arena_copy(b->arena, words, (size_t)n);
    b->is_full |= !copy;
    return (struct str){copy, copy ? (size_t)n : 0};
}

static bool is_words(const struct content *item)
{
    return item->kind == CONTENT_TEXT || item->kind == CONTENT_MEDIA;
}

// Several texts in one, with room for a line break between two.
static struct str join(struct builder *b, const struct str *parts, size_t n_parts, size_t size)
{
    char *joined = arena_new(b->arena, char, size + n_parts);
    size_t n = 0;
    b->is_full |= !joined;
    for (size_t i = 0; i < n_parts && joined; i++) {
        struct str part = parts[i];
        if (i + 1 < n_parts && str_ends(part, STR("\n"))) // "a\n" merged with "b" is "a" and "b"
            part.size--;
        if (part.size)
            memcpy(joined + n, part.data, part.size);
        n += part.size;
        if (i + 1 < n_parts)
            joined[n++] = '\n';
    }
    return (struct str){joined, n};
}

// The words of the blocks of one kind, or of text and media.
static struct str join_words(struct builder *b, const struct content *items, size_t n_items,
                             enum content_kind kind)
{
    size_t n_parts = 0, size = 0;
    struct str *parts = arena_new(b->arena, struct str, n_items + 1);
    b->is_full |= !parts;
    for (size_t i = 0; i < n_items && parts; i++) {
        const struct content *item = &items[i];
        if (kind == CONTENT_TEXT ? !is_words(item) : item->kind != kind)
            continue;
        struct str text = item->kind == CONTENT_MEDIA ? media_words(b, item) : item->text;
        if (item->kind == CONTENT_TEXT && str_starts(text, ATTRIBUTION))
            continue;
        parts[n_parts++] = text;
        size += text.size;
    }
    if (n_parts < 2)
        return n_parts ? parts[0] : (struct str){0};
    return join(b, parts, n_parts, size);
}

// ---- the digest: what identifies "everything said before" ----

static void digest_text(struct builder *b, struct str text)
{
    text = str_trim(text);
    unsigned long long size = text.size;
    EVP_DigestUpdate(b->digest, &size, sizeof size);
    EVP_DigestUpdate(b->digest, text.data, text.size);
}

static void digest_turn(struct builder *b, const struct turn *turn)
{
    int kind = turn->kind;
    EVP_DigestUpdate(b->digest, &kind, sizeof kind);
    digest_text(b, turn->text);
    for (size_t i = 0; i < turn->n_calls; i++) // clients rewrite arguments, never ids
        digest_text(b, turn->calls[i].id);
    for (size_t i = 0; i < turn->n_results; i++) {
        digest_text(b, turn->results[i].id);
        digest_text(b, turn->results[i].text);
    }
}

static void digest_so_far(struct builder *b, unsigned char out[TURN_DIGEST_SIZE])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    EVP_MD_CTX_copy_ex(copy, b->digest);
    EVP_DigestFinal_ex(copy, out, NULL);
    EVP_MD_CTX_free(copy);
}

// ---- turns ----

static struct turn *add_turn(struct builder *b, enum turn_kind kind, size_t i_message)
{
    struct turn *turn = &b->turns->items[b->turns->n_items++];
    *turn = (struct turn){.kind = kind, .i_message = i_message};
    return turn;
}

static struct turn *last_turn(const struct builder *b, enum turn_kind kind)
{
    struct turn *last = b->turns->n_items ? &b->turns->items[b->turns->n_items - 1] : NULL;
    return last && last->kind == kind ? last : NULL;
}

static void add_words(struct builder *b, enum turn_kind kind, const struct message *message,
                      size_t i_message)
{
    bool has_words = false, has_attribution = false;
    for (size_t i = 0; i < message->n_items; i++) {
        bool is_attribution = message->items[i].kind == CONTENT_TEXT &&
                              str_starts(message->items[i].text, ATTRIBUTION);
        has_attribution |= is_attribution;
        has_words |= is_words(&message->items[i]) && !is_attribution;
    }
    if (!has_words && (kind == TURN_USER || has_attribution))
        return; // a message of results only, or a system message of nothing but the attribution
    struct turn *turn = add_turn(b, kind, i_message);
    turn->text = join_words(b, message->items, message->n_items, CONTENT_TEXT);
    digest_turn(b, turn);
}

static struct str first_signature(const struct message *message)
{
    for (size_t i = 0; i < message->n_items; i++)
        if (message->items[i].kind == CONTENT_THINKING && message->items[i].id.size)
            return message->items[i].id;
    return (struct str){0};
}

static void add_assistant(struct builder *b, const struct message *message, size_t i_message)
{
    struct turn *turn = add_turn(b, TURN_ASSISTANT, i_message);
    digest_so_far(b, turn->digest);
    turn->text = join_words(b, message->items, message->n_items, CONTENT_TEXT);
    turn->thinking = join_words(b, message->items, message->n_items, CONTENT_THINKING);
    turn->signature = first_signature(message);
    turn->calls = arena_new(b->arena, struct turn_call, message->n_items + 1);
    b->is_full |= !turn->calls;
    for (size_t i = 0; i < message->n_items && turn->calls; i++) {
        const struct content *item = &message->items[i];
        if (item->kind == CONTENT_TOOL_CALL)
            turn->calls[turn->n_calls++] =
                (struct turn_call){item->id, item->name, item->arguments, item->text};
    }
    digest_turn(b, turn);
}

// The calls that results can answer: those of the assistant turn right before.
static const struct turn *calling_turn(const struct builder *b)
{
    for (size_t i = b->turns->n_items; i-- > 0;) {
        const struct turn *turn = &b->turns->items[i];
        if (turn->kind == TURN_ASSISTANT)
            return turn;
    }
    return NULL;
}

static size_t place_of_result(const struct turn *calling, struct str id)
{
    for (size_t i = 0; calling && i < calling->n_calls; i++)
        if (str_equal(calling->calls[i].id, id))
            return i;
    return SIZE_MAX;
}

// Models know results by their order, clients by id: so the order is that of the calls.
static void insert_result(struct turn *turn, const struct turn *calling, struct turn_result result)
{
    size_t place = place_of_result(calling, result.id);
    if (place != SIZE_MAX)
        result.name = calling->calls[place].name;
    size_t i = turn->n_results++;
    while (i > 0 && place_of_result(calling, turn->results[i - 1].id) > place) {
        turn->results[i] = turn->results[i - 1];
        i--;
    }
    turn->results[i] = result;
}

// Results of this message join those of the message before (OpenAI sends one message for each).
static void add_results(struct builder *b, const struct message *message, size_t i_message)
{
    size_t n = 0;
    for (size_t i = 0; i < message->n_items; i++)
        n += message->items[i].kind == CONTENT_TOOL_RESULT;
    if (n == 0)
        return;
    struct turn *turn = last_turn(b, TURN_RESULTS);
    const struct turn *calling = calling_turn(b);
    if (!turn)
        turn = add_turn(b, TURN_RESULTS, i_message);
    struct turn_result *results = arena_new(b->arena, struct turn_result, turn->n_results + n);
    if (!results) {
        b->is_full = true;
        return;
    }
    if (turn->n_results)
        memcpy(results, turn->results, turn->n_results * sizeof *results);
    turn->results = results;
    for (size_t i = 0; i < message->n_items; i++) {
        const struct content *item = &message->items[i];
        if (item->kind == CONTENT_TOOL_RESULT)
            insert_result(turn, calling,
                          (struct turn_result){
                              .id = item->id,
                              .text = join_words(b, item->items, item->n_items, CONTENT_TEXT),
                              .is_error = item->is_error});
    }
}

// A turn of results is complete when something else follows.
static void digest_results(struct builder *b, size_t *n_digested)
{
    for (; *n_digested < b->turns->n_items; ++*n_digested)
        if (b->turns->items[*n_digested].kind == TURN_RESULTS)
            digest_turn(b, &b->turns->items[*n_digested]);
}

static void add_message(struct builder *b, const struct message *message, size_t i_message,
                        size_t *n_digested)
{
    if (message->role == ROLE_ASSISTANT) {
        digest_results(b, n_digested);
        add_assistant(b, message, i_message);
        return;
    }
    if (message->role == ROLE_SYSTEM) {
        add_words(b, TURN_SYSTEM, message, i_message);
        return;
    }
    add_results(b, message, i_message);
    add_words(b, TURN_USER, message, i_message);
}

enum err turns_build(struct turns *turns, struct arena *arena, const struct conversation *c,
                     struct error *error)
{
    *turns = (struct turns){0};
    struct builder b = {.arena = arena, .turns = turns};
    turns->items = arena_new(arena, struct turn, 2 * c->n_messages + 1);
    if (!turns->items)
        return fail(error, ERR_LIMIT, "%zu messages do not fit one request", c->n_messages);
    b.digest = EVP_MD_CTX_new();
    EVP_DigestInit_ex(b.digest, EVP_sha256(), NULL);
    size_t n_digested = 0;
    for (size_t i = 0; i < c->n_messages && !b.is_full; i++)
        add_message(&b, &c->messages[i], i, &n_digested);
    digest_results(&b, &n_digested);
    digest_so_far(&b, turns->digest);
    EVP_MD_CTX_free(b.digest);
    return b.is_full ? fail(error, ERR_LIMIT, "the messages do not fit one request") : OK;
}
