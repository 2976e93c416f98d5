#include "api/error_kinds.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct api_error_names names[] = {
    // kind                statuses  Anthropic's type         OpenAI's type            code
    [API_ERROR_INVALID] = {400, 0, "invalid_request_error", "invalid_request_error", NULL},
    [API_ERROR_TOO_LONG] = {400, 0, "invalid_request_error", "invalid_request_error",
                            "context_length_exceeded"},
    [API_ERROR_TOO_LARGE] = {413, 0, "request_too_large", "invalid_request_error", NULL},
    [API_ERROR_KEY] = {401, 0, "authentication_error", "authentication_error", "invalid_api_key"},
    [API_ERROR_FORBIDDEN] = {403, 0, "permission_error", "permission_error", NULL},
    [API_ERROR_NOT_FOUND] = {404, 0, "not_found_error", "not_found_error", NULL},
    [API_ERROR_METHOD] = {405, 0, "invalid_request_error", "invalid_request_error", NULL},
    [API_ERROR_TIMEOUT] = {408, 0, "timeout_error", "timeout_error", NULL},
    [API_ERROR_BUSY] = {429, 529, "overloaded_error", "rate_limit_exceeded", "rate_limit_exceeded"},
    [API_ERROR_LOADING] = {503, 0, "overloaded_error", "unavailable_error", NULL},
    [API_ERROR_UNSUPPORTED] = {501, 0, "not_supported_error", "not_supported_error", NULL},
    [API_ERROR_INTERNAL] = {500, 0, "api_error", "server_error", NULL},
};

const struct api_error_names *api_error_names(enum api_error_kind kind)
{
    return &names[kind];
}

// The length of a path that a colon and a blank follow, or 0.
static size_t path_size(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
    size_t size = strspn(text, letters);
    return strncmp(text + size, ": ", 2) == 0 ? size : 0;
}

void api_error_field(char out[API_ERROR_FIELD_SIZE], const struct api_error *error)
{
    const char *text = error->text;
    size_t n = 0, size;
    bool is_index = false; // within [ ]
    out[0] = 0;
    if (error->kind != API_ERROR_INVALID && error->kind != API_ERROR_TOO_LARGE)
        return;
    for (; (size = path_size(text)); text += size + 2) {
        if (n + 2 * size + 3 > API_ERROR_FIELD_SIZE)
            break;
        if (n)
            out[n++] = '.';
        for (size_t i = 0; i < size; i++) {
            bool is_digit = i + 1 < size && text[i] == '.' && isdigit((unsigned char)text[i + 1]);
            if (is_index && text[i] == '.')
                out[n++] = ']';
            is_index = is_index && text[i] != '.';
            out[n++] = is_digit ? '[' : text[i];
            is_index |= is_digit;
        }
        if (is_index)
            out[n++] = ']';
        is_index = false;
    }
    out[n] = 0;
}

struct api_error api_error_of(const struct error *error)
{
    static const enum api_error_kind kinds[] = {
        [OK] = API_ERROR_INTERNAL,         [ERR_ARGUMENT] = API_ERROR_INVALID,
        [ERR_FORMAT] = API_ERROR_INVALID,  [ERR_UNSUPPORTED] = API_ERROR_UNSUPPORTED,
        [ERR_LIMIT] = API_ERROR_TOO_LARGE, [ERR_MEMORY] = API_ERROR_INTERNAL,
        [ERR_IO] = API_ERROR_INTERNAL,     [ERR_NOT_FOUND] = API_ERROR_NOT_FOUND,
        [ERR_BUSY] = API_ERROR_BUSY,       [ERR_CANCELLED] = API_ERROR_INTERNAL,
    };
    struct api_error out = {.kind = kinds[error->code]};
    snprintf(out.text, sizeof out.text, "%s", error->text);
    if (out.kind == API_ERROR_BUSY)
        out.retry_after_s = 5;
    return out;
}

struct api_error api_error_too_long(size_t n_prompt, size_t n_max)
{
    struct api_error out = {.kind = API_ERROR_TOO_LONG, .n_prompt = n_prompt, .n_max = n_max};
    snprintf(out.text, sizeof out.text, "prompt is too long: %zu tokens > %zu maximum", n_prompt,
             n_max);
    return out;
}

struct api_error api_error_make(enum api_error_kind kind, const char *format, ...)
{
    struct api_error out = {.kind = kind};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out.text, sizeof out.text, format, arguments);
    va_end(arguments);
    return out;
}
