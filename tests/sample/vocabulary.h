// vocabulary.h - a small vocabulary for tests: every byte, some words and JSON fragments, an end
// token and a control token.
#ifndef HEARTH_TESTS_SAMPLE_VOCABULARY_H
#define HEARTH_TESTS_SAMPLE_VOCABULARY_H

#include <string.h>

#include "base/memory.h"
#include "sample/constraint.h"
#include "tests/test.h"

static const char *const test_words[] = {
    "name",         "value",
    "true",         "false",
    "null",         "the",
    " and",         "foo",
    "bar",          "\": ",
    "\", \"",       "\"}",
    "\"]",          "{\"",
    "[\"",          "[{",
    "}]",           "}}",
    ", ",           ": ",
    "12",           "123",
    "00",           "  ",
    "    ",         "\n",
    "\n\n",         "\r\n",
    "abc",          "ABC",
    "\\n",          "\\u",
    "\\\"",         "caf",
    "\xc3\xa9",     "\xe4\xb8",
    "\xad",         "\xf0\x9f\x98\x80",
    "=\"",          "</",
    "<tool_call>",  "</tool_call>",
    "</think>",     "<function=",
    "</parameter>", "parameter",
    "arguments",
};
enum { TEST_END = 256 + COUNT_OF(test_words), TEST_CONTROL, TEST_N_TOKENS };

static inline struct constraint_vocabulary *test_vocabulary(void)
{
    struct buf blob = {0};
    uint32_t offsets[TEST_N_TOKENS + 1];
    uint8_t roles[TEST_N_TOKENS] = {0};
    for (unsigned id = 0; id < TEST_N_TOKENS; id++) {
        offsets[id] = (uint32_t)blob.size;
        if (id < 256)
            buf_append_byte(&blob, (int)id);
        else if (id < TEST_END)
            buf_append_text(&blob, test_words[id - 256]);
        else
            buf_append_text(&blob, id == TEST_END ? "<end>" : "<control>");
    }
    offsets[TEST_N_TOKENS] = (uint32_t)blob.size;
    roles[TEST_END] = TOKEN_ROLE_END;
    roles[TEST_CONTROL] = TOKEN_ROLE_CONTROL;
    struct constraint_vocabulary *vocabulary;
    struct token_vocabulary source = {blob.data, offsets, roles, TEST_N_TOKENS};
    assert_int_equal(constraint_vocabulary_open(&vocabulary, &source, NULL), OK);
    buf_release(&blob);
    return vocabulary;
}

static inline bool test_mask_has(struct constraint_state *state, token_id id)
{
    uint64_t mask[(TEST_N_TOKENS + 63) / 64];
    constraint_state_mask(state, mask);
    return mask[id / 64] >> (id % 64) & 1;
}

// Whether the whole text is accepted, byte by byte, each byte being in the mask before it.
static inline bool test_accepts(struct constraint *constraint, const char *text, size_t size)
{
    struct constraint_state *state = constraint_state_open(constraint);
    bool is_accepted = true;
    for (size_t i = 0; i < size && is_accepted; i++) {
        token_id id = (unsigned char)text[i];
        bool is_allowed = test_mask_has(state, id);
        is_accepted = constraint_state_accept(state, id);
        if (is_allowed != is_accepted)
            fail_msg("mask and state disagree about byte %zu of %s", i, text);
    }
    is_accepted = is_accepted && constraint_state_can_end(state);
    assert_true(!is_accepted || test_mask_has(state, TEST_END));
    constraint_state_close(state);
    return is_accepted;
}

#endif
