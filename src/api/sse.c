#include "api/sse.h"

void sse_open(struct buf *out, const char *event)
{
    if (event)
        buf_printf(out, "event: %s\n", event);
    buf_append_text(out, "data: ");
}

void sse_close(struct buf *out)
{
    buf_append_text(out, "\n\n");
}
