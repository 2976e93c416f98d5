#include <string.h>

#include "base/memory.h"
#include "server/server_state.h"

// Tools made for llama-server leave "/v1" away now and then, so those rows come twice.
static const struct route routes[] = {
    {HTTP_POST, "/v1/messages", false, &api_anthropic, handle_answer},
    {HTTP_POST, "/v1/messages/count_tokens", false, &api_anthropic, handle_count},
    {HTTP_POST, "/v1/chat/completions", false, &api_chat, handle_answer},
    {HTTP_POST, "/chat/completions", false, &api_chat, handle_answer},
    {HTTP_POST, "/v1/completions", false, &api_completions, handle_answer},
    {HTTP_POST, "/v1/responses", false, &api_responses, handle_answer},
    {HTTP_POST, "/responses", false, &api_responses, handle_answer},
    {HTTP_POST, "/v1/responses/input_tokens", false, &api_responses, handle_count},
    {HTTP_GET, "/v1/models", false, &api_chat, handle_models},
    {HTTP_GET, "/models", false, &api_chat, handle_models},
    {HTTP_GET, "/v1/models/*", false, &api_chat, handle_model},
    {HTTP_POST, "/completion", false, &api_llama, handle_answer},
    {HTTP_POST, "/completions", false, &api_llama, handle_answer},
    {HTTP_POST, "/tokenize", false, &api_llama, handle_tokenize},
    {HTTP_POST, "/detokenize", false, &api_llama, handle_detokenize},
    {HTTP_POST, "/apply-template", false, &api_chat, handle_apply_template},
    {HTTP_GET, "/health", true, &api_llama, handle_health},
    {HTTP_GET, "/v1/health", true, &api_llama, handle_health},
    {HTTP_GET, "/props", false, &api_llama, handle_props},
    {HTTP_GET, "/slots", false, &api_llama, handle_slots},
    {HTTP_GET, "/metrics", false, &api_llama, handle_metrics},
    {HTTP_GET, "/lora-adapters", false, &api_llama, handle_no_adapters},
    {HTTP_GET, "/", true, &api_llama, handle_root},
    // Clients send their own telemetry to the address they were given.
    {HTTP_POST, "/api/event_logging/*", true, &api_anthropic, handle_nothing},
    {HTTP_POST, "/v1/embeddings", false, &api_chat, handle_unsupported},
    {HTTP_POST, "/embedding", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/embeddings", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/infill", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/rerank", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/v1/rerank", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/props", false, &api_llama, handle_unsupported},
    {HTTP_POST, "/slots/*", false, &api_llama, handle_unsupported},
};

static bool fits(const char *pattern, const char *path)
{
    size_t size = strlen(pattern);
    if (pattern[size - 1] == '*')
        return strncmp(pattern, path, size - 1) == 0 && path[size - 1];
    return strcmp(pattern, path) == 0;
}

const struct route *route_find(enum http_method method, const char *path, bool *is_known_path)
{
    *is_known_path = false;
    if (method == HTTP_HEAD) // answered like GET, without the body
        method = HTTP_GET;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!fits(routes[i].path, path))
            continue;
        *is_known_path = true;
        if (routes[i].method == method)
            return &routes[i];
    }
    return NULL;
}

const struct api_dialect *route_dialect(const char *path, bool is_anthropic)
{
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        if (fits(routes[i].path, path) && !is_anthropic)
            return routes[i].dialect;
    if (is_anthropic || strncmp(path, "/v1/messages", strlen("/v1/messages")) == 0)
        return &api_anthropic;
    return strncmp(path, "/v1/", 4) == 0 ? &api_chat : &api_llama;
}
