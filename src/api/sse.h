// sse.h - events in the answer's body.
#ifndef HEARTH_API_SSE_H
#define HEARTH_API_SSE_H

#include "api/json.h"

// Between sse_open() and sse_close() the event's JSON goes to `out`, in one line.
void sse_open(struct buf *out, const char *event); // NULL: no "event:" line
void sse_close(struct buf *out);

#endif
