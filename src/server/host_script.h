// host_script.h - answers from a file, in the place of sampling.
//
// So that real clients can be driven through everything but the choice of tokens.  The file holds
// answers as the model would write them, marks of its dialect included, one after another:
//
//     == part of the newest message that this answer is for (empty: any)
//     <think>
//     ...
//     =- the same, only for requests without tools (titles and the like)
//     =: wait_s 320          directly below a head: how long the first token takes, as if the prompt
//     =: wait_at 20          were so long, or the one behind 20 others;
//     =: pace_ms 50          and from one token to the next
//
// An answer without a mark that ends thinking is put behind one where the prompt opens thinking.
// An answer is taken by the first request that it fits, once; when all that fit are taken, the last of
// them is used again.  Requests that none fits get "OK".
#ifndef HEARTH_SERVER_HOST_SCRIPT_H
#define HEARTH_SERVER_HOST_SCRIPT_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "chat/chat.h"

struct host_script;

enum err host_script_open(struct host_script **out, const char *path, struct error *error);
void host_script_close(struct host_script *script);

struct scripted_answer {
    struct str text; // the script's
    uint64_t wait_s, wait_at, pace_ms;
};

// From any thread.
struct scripted_answer host_script_take(struct host_script *script,
                                        const struct conversation *conversation);

#endif
