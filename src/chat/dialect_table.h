// dialect_table.h - how a model family writes a conversation.
//
// One row per family: the markup of turns, thinking, tool calls and results.  The output parser,
// the tolerant prompt renderer and the constraint (through `tools`) read the same row, so a new
// family is a new row.  Rows are constants; any thread may read them.
//
// A row does not replace the template in a model file.  Prompts come from the template wherever it
// accepts the conversation (prompt.h); the row says how to write what it would refuse.
#ifndef HEARTH_CHAT_DIALECT_TABLE_H
#define HEARTH_CHAT_DIALECT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "sample/tool_markup.h"

enum dialect_trait {
    DIALECT_TRIMS_CONTENT = 1 << 0,         // white space around a turn's text is dropped
    DIALECT_PROMPT_OPENS_THINKING = 1 << 1, // the prompt ends inside thinking; else the model opens
    DIALECT_KEEPS_OLD_THINKING = 1 << 2,    // earlier thinking may stay in the prompt
    DIALECT_BARE_JSON_CALLS = 1 << 3,       // an answer that begins with { may be a call
    DIALECT_ALTERNATES = 1 << 4,            // user and assistant turns must alternate
    DIALECT_RESULTS_IN_TURN = 1 << 5,       // results stand inside the model's own turn (Gemma 4)
    DIALECT_STARTS_WITH_BOS = 1 << 6,       // the template itself writes the BOS token
};

struct affix { // what stands before and after; NULL open: the family has no such thing
    const char *open, *close;
};

struct chat_dialect {
    const char *name;
    // Detection: every text of `template_has` stands in the chat template and none of
    // `template_lacks`; without a template, the architecture.
    const char *template_has[3];
    const char *template_lacks[2];
    const char *architectures[4];

    struct affix system, user, assistant;
    struct affix results;         // around the results that answer one assistant turn
    struct affix result;          // around one result
    const char *result_separator; // between two results

    const char *think_open, *think_close; // the marks as sampled; NULL: the family does not think
    const char *thinking_on;              // what follows assistant.open in a prompt that asks for
                                          // thinking: "<think>\n", or "" where the model opens
    const char *thinking_off;             // the same for a prompt that forbids it
    struct affix thinking;                // around thinking in a finished turn

    unsigned traits; // enum dialect_trait
    struct tool_markup tools;
    const char *stops[6]; // texts of the tokens that end an answer
    const char *sampling; // key of the family's sampling defaults
};

// The row for a model file; never NULL: what nobody knows is plain ChatML.  `chat_template` may be
// empty, `architecture` is general.architecture.
const struct chat_dialect *dialect_detect(struct str chat_template, struct str architecture);

const struct chat_dialect *dialect_find(const char *name); // NULL when there is none
const struct chat_dialect *dialect_at(size_t i);           // all rows in order; NULL past the end

#endif
