// turn_journal.h - remembered answers that outlive the program.
//
// The prompt of a conversation's next turn begins with its earlier answers as they were sampled
// (turn_memory.h).  After a restart that holds only if the ids are still known; without them the
// canonical rendering takes their place, and everything computed behind the first answer that was
// said in other tokens is lost.
//
// One file of records, appended to, for nobody else to read.  A record that is torn or altered is
// passed over.  Several programs may append to one file; one that is removed begins anew.  Any thread may
// call.
#ifndef HEARTH_CHAT_TURN_JOURNAL_H
#define HEARTH_CHAT_TURN_JOURNAL_H

#include "base/error.h"
#include "chat/turn_memory.h"

struct turn_journal;

// Puts what the file has into the memory and stays ready to append; makes the file where there is
// none.  Of a file over twice size_max, the older part is dropped.  The path is copied.
enum err turn_journal_open(struct turn_journal **out, const char *path, size_t size_max,
                           size_t n_vocab, struct turn_memory *memory, struct error *error);
void turn_journal_close(struct turn_journal *journal);

// Appends an answer.  When that fails, it is only forgotten at the end of the program.
void turn_journal_add(struct turn_journal *journal, const struct sampled_turn *sampled);

// Reads records out of bytes from anywhere into the memory; those with ids that are none of n_vocab are
// no good.  Returns how many were.
size_t turn_journal_read(struct turn_memory *memory, size_t n_vocab, struct str bytes);

#endif
