// turn_meaning.h - does what a client sent back mean what the model said?
//
// The rules are what coding clients were seen to do to an answer between two requests.
#ifndef HEARTH_CHAT_TURN_MEANING_H
#define HEARTH_CHAT_TURN_MEANING_H

#include "chat/turn_memory.h"

// Equal but for white space, which clients drop or add between blocks.
bool meaning_same_words(struct str a, struct str b);

// `sampled` is JSON text; `back` is what the client made of it.  The same: keys in another order,
// added keys that are false or null, scalars re-typed ("1" and 1, 1e4 and 10000), and for text that
// is no JSON object the ways of handing it back.
bool meaning_same_arguments(struct str sampled, const struct turn_call *back);

// The arguments of a call as an object, for json_object_put(): as sent, or parsed from text that is
// one, or {"__unparsedToolInput": text}.
struct json_object *meaning_arguments(const struct turn_call *call);

// Words, calls and, where the client sent any, thinking.
bool meaning_same_turn(const struct sampled_turn *sampled, const struct turn *back);

#endif
