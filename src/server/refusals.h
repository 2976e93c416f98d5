// refusals.h - last words to clients whose request was never whole.
//
// Closing a socket while bytes of its client are unread resets it, and the client never sees why.  So
// the answer is sent, our side is closed, and what still comes is read and thrown away for a while.
// On the loop's thread.
#ifndef HEARTH_SERVER_REFUSALS_H
#define HEARTH_SERVER_REFUSALS_H

#include <event2/event.h>
#include <stddef.h>

#include "base/str.h"

struct refusals;

struct refusals *refusals_open(struct event_base *base);
void refusals_close(struct refusals *refusals); // cuts those that are left

// Takes the socket over and sends it the response, which must fit its buffer.  Nothing that shares the
// socket may write any more.
void refusals_add(struct refusals *refusals, int fd, struct str response);

#endif
