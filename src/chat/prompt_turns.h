// prompt_turns.h - a conversation as the sequence of turns a model is shown.
//
// Clients write the same conversation in different ways, and the same client writes it differently
// from one request to the next.  Here the differences end: string and block-list content, trailing
// newlines of merged blocks, results in any order, results and text in one message, volatile
// attribution lines.  What stays is what was said, in the order it was said.
#ifndef HEARTH_CHAT_PROMPT_TURNS_H
#define HEARTH_CHAT_PROMPT_TURNS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "chat/chat.h"

enum turn_kind {
    TURN_SYSTEM,
    TURN_USER,
    TURN_ASSISTANT,
    TURN_RESULTS, // the answers to one assistant turn's calls
};

struct turn_call {
    struct str id, name;
    struct json_object *arguments; // NULL: `raw` is what was written instead
    struct str raw;
};

struct turn_result {
    struct str id, name; // name of the tool whose call it answers; empty when nobody called
    struct str text;
    bool is_error;
};

#define TURN_DIGEST_SIZE 32

struct turn {
    enum turn_kind kind;
    struct str text; // SYSTEM, USER, ASSISTANT
    struct str thinking, signature;
    struct turn_call *calls;
    size_t n_calls;
    struct turn_result *results; // in the order of the calls
    size_t n_results;
    size_t i_message; // of the conversation
    // ASSISTANT: SHA-256 of all that was said before, under which its text is remembered.
    unsigned char digest[TURN_DIGEST_SIZE];
};

struct turns {
    struct turn *items;
    size_t n_items;
    unsigned char digest[TURN_DIGEST_SIZE]; // of all of them: the key of the answer to come
};

// Strings are the conversation's or live in `arena`.  Fails only when the arena is full.
enum err turns_build(struct turns *turns, struct arena *arena, const struct conversation *c,
                     struct error *error);

#endif
