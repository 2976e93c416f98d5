#include "api/dialect.h"
#include "base/memory.h"

// Headers that name a conversation, each with one that tells a subagent of it apart.
static const struct {
    const char *name, *part;
} keys[] = {
    {"x-claude-code-session-id", "x-claude-code-agent-id"},
    {"x-session-id", NULL},
    {"x-session-affinity", NULL},
    {"thread-id", NULL},
    {"session-id", NULL},
};

struct str api_session_key(struct api_request *request, const struct header_source *headers)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *key = headers->get(headers->context, keys[i].name);
        if (!key)
            continue;
        const char *part = keys[i].part ? headers->get(headers->context, keys[i].part) : NULL;
        return api_format(request, "%s%s%s", key, part ? "/" : "", part ? part : "");
    }
    struct str key = json_str_at(request->body, "prompt_cache_key");
    return key.size ? key : json_str_at(request->body, "user");
}
