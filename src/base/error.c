#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum err fail(struct error *error, enum err code, const char *format, ...)
{
    if (!error)
        return code;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->code = code;
    return code;
}

enum err fail_within(struct error *error, const char *prefix)
{
    if (!error)
        return ERR_ARGUMENT;
    struct error inner = *error;
    snprintf(error->text, sizeof error->text, "%.150s: %.350s", prefix, inner.text);
    return error->code;
}

const char *err_name(enum err code)
{
    static const char *const names[] = {
        [OK] = "ok",
        [ERR_ARGUMENT] = "argument",
        [ERR_FORMAT] = "format",
        [ERR_UNSUPPORTED] = "unsupported",
        [ERR_LIMIT] = "limit",
        [ERR_MEMORY] = "memory",
        [ERR_IO] = "io",
        [ERR_NOT_FOUND] = "not found",
        [ERR_BUSY] = "busy",
        [ERR_CANCELLED] = "cancelled",
    };
    return (unsigned)code < sizeof names / sizeof names[0] ? names[code] : "unknown";
}
