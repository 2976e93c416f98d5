#include "cli/options.h"
#include "tensor/dtype.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option *find_option(const struct option *options, size_t n, const char *text,
                                        size_t size)
{
    for (size_t i = 0; i < n; i++) {
        const struct option *o = &options[i];
        if ((strlen(o->name) == size && memcmp(o->name, text, size) == 0) ||
            (o->brief && strlen(o->brief) == size && memcmp(o->brief, text, size) == 0))
            return o;
    }
    return NULL;
}

static enum err wrong_value(const struct option *o, const char *value, const char *wanted,
                            struct error *error)
{
    return fail(error, ERR_ARGUMENT, "%s takes %s, not '%s'", o->name, wanted, value);
}

static enum err store_number(const struct option *o, const char *value, void *field,
                             struct error *error)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    unsigned long long high = o->kind == OPTION_U32 ? UINT32_MAX : UINT64_MAX;
    if (*value == '-' || *end || end == value || errno || number > high)
        return wrong_value(o, value, "a whole number", error);
    if (o->kind == OPTION_U32)
        *(uint32_t *)field = (uint32_t)number;
    else
        *(uint64_t *)field = number;
    return OK;
}

static enum err store(const struct option *o, const char *value, void *target, struct error *error)
{
    void *field = (char *)target + o->offset;
    char *end;
    int dtype;
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return OK;
    case OPTION_U32:
    case OPTION_U64:
        return store_number(o, value, field, error);
    case OPTION_F32:
        *(float *)field = strtof(value, &end);
        return *end || end == value ? wrong_value(o, value, "a number", error) : OK;
    case OPTION_TEXT:
        *(const char **)field = value;
        return OK;
    case OPTION_DTYPE:
        dtype = dtype_from_name(value);
        if (dtype < 0)
            return wrong_value(o, value, "a format such as f16 or q8_0", error);
        *(enum dtype *)field = (enum dtype)dtype;
        return OK;
    }
    return OK;
}

enum err options_parse(const struct option *options, size_t n_options, void *target, int argc,
                       char **argv, struct arguments *arguments, bool *wants_help,
                       struct error *error)
{
    *arguments = (struct arguments){0};
    *wants_help = false;
    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
            *wants_help = true;
            return OK;
        }
        if (text[0] != '-' || !text[1]) {
            if (arguments->n == ARGUMENTS_MAX)
                return fail(error, ERR_ARGUMENT, "more than %d arguments", ARGUMENTS_MAX);
            arguments->items[arguments->n++] = text;
            continue;
        }
        const char *equals = text[1] == '-' ? strchr(text, '=') : NULL;
        size_t size = equals ? (size_t)(equals - text) : strlen(text);
        const struct option *o = find_option(options, n_options, text, size);
        if (!o)
            return fail(error, ERR_ARGUMENT, "unknown option %.*s (see --help)", (int)size, text);
        const char *value = equals ? equals + 1 : NULL;
        if (o->kind == OPTION_FLAG && value)
            return fail(error, ERR_ARGUMENT, "%s takes no value", o->name);
        if (o->kind != OPTION_FLAG && !value) {
            if (i + 1 == argc)
                return fail(error, ERR_ARGUMENT, "%s needs %s", o->name, o->value);
            value = argv[++i];
        }
        enum err err = store(o, value, target, error);
        if (err)
            return err;
    }
    return OK;
}

void options_print(const struct option *options, size_t n_options)
{
    for (size_t i = 0; i < n_options; i++) {
        const struct option *o = &options[i];
        char left[64];
        snprintf(left, sizeof left, "%s%s%s%s%s", o->brief ? o->brief : "    ",
                 o->brief ? ", " : "", o->name, o->value ? " " : "", o->value ? o->value : "");
        if (strlen(left) > 28)
            printf("  %s\n  %-28s %s\n", left, "", o->help);
        else
            printf("  %-28s %s\n", left, o->help);
    }
}

bool parse_numbers(const char *text, int64_t *numbers, size_t max, size_t *n)
{
    *n = 0;
    while (*text) {
        char *end;
        errno = 0;
        long long number = strtoll(text, &end, 10);
        if (end == text || errno || *n == max)
            return false;
        numbers[(*n)++] = number;
        while (*end == ' ')
            end++;
        if (*end == ',')
            end++;
        else if (*end)
            return false;
        text = end;
    }
    return true;
}
