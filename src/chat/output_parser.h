// output_parser.h - what did the model mean by this text?
//
// A state machine from the pieces of an answer to thinking, text and tool calls (chat.h).  One per
// answer, one thread at a time; it knows no tokenizer and no JSON dialect.
//
// The events do not depend on where the text is cut: deltas may be split differently, their
// concatenation and everything else is the same.  Text that only looks like markup is passed on as
// text; a call is reported as whole only when all of it was seen.
#ifndef HEARTH_CHAT_OUTPUT_PARSER_H
#define HEARTH_CHAT_OUTPUT_PARSER_H

#include <stdint.h>

#include "chat/chat.h"
#include "chat/dialect_table.h"

struct output_parser;

// Marks of the dialect that are one token in this vocabulary: then only that token counts, and the
// same characters written with other tokens are text.
enum output_mark {
    MARK_THINK_OPEN = 1 << 0,
    MARK_THINK_CLOSE = 1 << 1,
    MARK_CALL_OPENER = 1 << 2,
    MARK_LIST = 1 << 3,  // list_open and list_close
    MARK_QUOTE = 1 << 4, // string_quote
};

struct output_parser_options { // borrowed until the parser is closed
    const struct chat_dialect *dialect;
    const struct tool_def *tools; // without tools nothing is a call
    size_t n_tools;
    const struct str *stop_sequences; // looked for in text, not in thinking or arguments
    size_t n_stop_sequences;
    bool starts_in_thinking; // the prompt opened it
    bool is_single_call;     // stop after one call
    unsigned token_marks;    // enum output_mark
    const char *id_prefix;   // of call ids; "call_" when NULL
    uint64_t id_seed;        // ids and signatures follow from it; must not repeat
    chat_sink sink;
    void *context;
};

struct output_parser *output_parser_open(const struct output_parser_options *options);
void output_parser_close(struct output_parser *parser);

// The next bytes of the answer.  `is_markup`: they are one control or markup token.  False: the
// answer is over (a stop sequence, the single call); what is pushed afterwards is ignored.
bool output_parser_push(struct output_parser *parser, struct str bytes, bool is_markup);

bool output_parser_in_thinking(const struct output_parser *parser);
bool output_parser_in_call(const struct output_parser *parser);

// Ends the answer: passes on what was held back and sends the STOP event.  `why` is what ended it;
// the reason reported may be a better one.  Returns that.  Once.
enum chat_stop output_parser_finish(struct output_parser *parser, enum chat_stop why);

#endif
