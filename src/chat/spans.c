#include "chat/spans.h"
#include "base/memory.h"

#include <stdlib.h>

void spans_append(struct spans *spans, enum span_kind kind, uint32_t i_run, struct str text)
{
    if (text.size == 0 || !buf_append(&spans->text, text.data, text.size))
        return;
    struct span *last = spans->n_items ? &spans->items[spans->n_items - 1] : NULL;
    if (last && last->kind == kind && kind != SPAN_TOKENS) {
        last->size += text.size;
        return;
    }
    if (spans->n_items == spans->capacity) {
        spans->capacity = spans->capacity ? spans->capacity * 2 : 16;
        spans->items = mem_resize(spans->items, spans->capacity, sizeof *spans->items);
    }
    spans->items[spans->n_items++] =
        (struct span){kind, i_run, spans->text.size - text.size, text.size};
}

void spans_append_all(struct spans *spans, const struct spans *other)
{
    for (size_t i = 0; i < other->n_items; i++) {
        const struct span *span = &other->items[i];
        spans_append(spans, span->kind, span->i_run,
                     (struct str){other->text.data + span->start, span->size});
    }
}

void spans_reset(struct spans *spans)
{
    buf_reset(&spans->text);
    spans->n_items = 0;
}

void spans_release(struct spans *spans)
{
    buf_release(&spans->text);
    free(spans->items);
    *spans = (struct spans){0};
}
