#include "cli/welcome.h"

#include <string.h>

void welcome_print(FILE *out, const struct welcome *w)
{
    const char *host = strcmp(w->host, "0.0.0.0") == 0 ? "127.0.0.1" : w->host;
    const char *key = w->wants_key ? "YOUR-KEY" : "local";
    fprintf(out, "\nConnect from another terminal, in the folder to work in:\n");
    fprintf(out, "\n  Claude Code (npm install -g @anthropic-ai/claude-code)\n\n");
    fprintf(
        out,
        "    %sCLAUDE_CODE_MAX_CONTEXT_TOKENS=%zu CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 "
        "ANTHROPIC_BASE_URL=http://%s:%d ANTHROPIC_AUTH_TOKEN=%s ANTHROPIC_MODEL=local claude\n",
        w->is_built_in ? "CLAUDE_CODE_SIMPLE=1 " : "", w->n_context, host, w->port, key);
    fprintf(out, "\n  OpenCode (npm install -g opencode-ai)\n\n");
    fprintf(out,
            "    OPENCODE_CONFIG_CONTENT='{\"model\":\"hearth/local\",\"provider\":{\"hearth\":{"
            "\"npm\":\"@ai-sdk/openai-compatible\",\"options\":{\"baseURL\":\"http://%s:%d/v1\","
            "\"apiKey\":\"%s\"},\"models\":{\"local\":{\"name\":\"%s\",\"limit\":{\"context\":%zu,"
            "\"output\":%zu}}}}}}' opencode\n",
            host, w->port, key, w->model, w->n_context, w->n_context / 4);
    fprintf(out, "\n  curl\n\n");
    fprintf(out,
            "    curl http://%s:%d/v1/messages -H 'content-type: application/json' %s"
            "-d '{\"model\":\"local\",\"max_tokens\":200,\"messages\":[{\"role\":\"user\","
            "\"content\":\"Hello, who are you?\"}]}'\n",
            host, w->port, w->wants_key ? "-H 'x-api-key: YOUR-KEY' " : "");
    fprintf(out, "\nCtrl-C ends the server.\n\n");
    fflush(out);
}
