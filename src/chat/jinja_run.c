#include "chat/jinja_run.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void jinja_fail(struct jinja_run *run, enum err code, const char *format, ...)
{
    run->err = code;
    if (run->error) {
        size_t used = 0;
        if (code != ERR_ARGUMENT && run->line)
            used = (size_t)snprintf(run->error->text, sizeof run->error->text,
                                    "line %u: ", (unsigned)run->line);
        va_list args;
        va_start(args, format);
        vsnprintf(run->error->text + used, sizeof run->error->text - used, format, args);
        va_end(args);
        run->error->code = code;
    }
    longjmp(run->escape, 1);
}

void *jinja_alloc(struct jinja_run *run, size_t n_items, size_t item_size)
{
    void *memory = arena_alloc(run->arena, n_items, item_size);
    if (memory)
        return memory;
    size_t size;
    if (!size_mul(n_items, item_size, &size) || size > run->arena->size_max ||
        run->arena->size_used > run->arena->size_max - size - 16)
        jinja_fail(run, ERR_LIMIT, "the template needs more than %zu MiB of memory",
                   run->arena->size_max / MIB);
    jinja_fail(run, ERR_MEMORY, "the system has no %zu bytes for the template", size);
}

void *jinja_grow(struct jinja_run *run, const void *items, size_t n_items, size_t *capacity,
                 size_t item_size)
{
    *capacity = *capacity ? *capacity * 2 : 8;
    void *grown = jinja_alloc(run, *capacity, item_size);
    if (n_items)
        memcpy(grown, items, n_items * item_size);
    return grown;
}

void jinja_fail_steps(struct jinja_run *run)
{
    jinja_fail(run, ERR_LIMIT, "the template takes too many steps");
}

void jinja_fail_depth(struct jinja_run *run)
{
    jinja_fail(run, ERR_LIMIT, "nested more than %u levels deep", run->depth_max);
}
