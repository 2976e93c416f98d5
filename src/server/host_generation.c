// What the engine is asked for a run, and what it counted.
#include <stdlib.h>

#include "api/json.h"
#include "base/memory.h"
#include "base/os.h"
#include "server/host_run_state.h"
#include "server/host_sampling.h"

// Sets when the next token of a scripted answer may come.
void run_hold_back(struct run *run)
{
    size_t n_generated = run->tokens.n_ids - run->n_prompt;
    uint64_t wait_ms = n_generated ? run->scripted.pace_ms : 0;
    if (n_generated == run->scripted.wait_at)
        wait_ms += run->scripted.wait_s * 1000;
    if (wait_ms)
        run->held_until_ns = os_time_ns() + wait_ms * 1000000;
}

static void put_scripted(struct run *run, struct token_list *out, struct str answer)
{
    const char *think_close = chat_model_think_close(run->host->chat);
    struct buf text = {0};
    if (run->opens_thinking && str_find(answer, str_of(think_close), 0) == STR_NONE)
        buf_printf(&text, "\n%s\n\n", think_close);
    buf_append(&text, answer.data, answer.size);
    tokenizer_encode(run->host->tokenizer, out, (struct str){text.data, text.size}, true);
    buf_release(&text);
}

static void add_live(struct run *run)
{
    struct host *host = run->host;
    struct sampling_wish defaults;
    host_sampling_tell(host, &defaults);
    run->live.settings = llama_settings_of(&defaults, run->wish);
    run->live.number = request_number(run->request);
    run->live.n_before = run->tokens.n_ids - run->n_prompt;
    pthread_mutex_lock(&host->lock);
    run->live.next = host->live;
    host->live = &run->live;
    pthread_mutex_unlock(&host->lock);
}

static void remove_live(struct run *run)
{
    struct host *host = run->host;
    pthread_mutex_lock(&host->lock);
    struct live_run **link = &host->live;
    while (*link != &run->live)
        link = &(*link)->next;
    *link = run->live.next;
    pthread_mutex_unlock(&host->lock);
}

enum err run_submit(struct run *run, struct error *error)
{
    size_t n_generated = run->tokens.n_ids - run->n_prompt;
    struct generation generation = {
        .tokens = run->tokens.ids,
        .n_tokens = run->tokens.n_ids,
        .boundaries = run->boundaries,
        .n_boundaries = run->n_boundaries,
        .max_tokens = (uint32_t)(run->n_max > n_generated ? run->n_max - n_generated : 1),
        .prompt_logprobs = run->wish->wants_echo && run->wish->wants_logprobs && !n_generated,
        .ignores_end = run->wish->ignores_end,
        .ignores_cache = !run->wish->reuses_cache,
    };
    bool thinks = run->turn && run->opens_thinking;
    struct host_sampling sampling;
    host_sampling_make(run->host, &sampling, run->wish, thinks, run->i_choice);
    generation.sampling = sampling.sampling;
    struct token_list script = {0};
    if (run->host->script && run->turn && !run->is_scripted) {
        run->is_scripted = true;
        struct scripted_answer answer =
            host_script_take(run->host->script, &run->wish->conversation);
        put_scripted(run, &script, answer.text);
        run->scripted = answer;
        run_hold_back(run);
        generation.script = script.ids;
        generation.n_script = script.n_ids;
    } else if (run->forced.n_ids && !n_generated) {
        generation.script = run->forced.ids;
        generation.n_script = run->forced.n_ids;
    } else {
        generation.constraint = host_constrain(run->host, run->wish, run_place(run));
    }
    enum err err = engine_submit(run->host->engine, &run->request, &generation, NULL, NULL, error);
    if (!err)
        add_live(run);
    host_sampling_release(&sampling);
    token_list_release(&script);
    return err;
}

enum err host_start(struct run *run, size_t max_tokens, struct error *error)
{
    run->n_max = max_tokens;
    return run_submit(run, error);
}

// The text of tokens as a short JSON string that a line of the log can hold.
static void show_tokens(const struct host *host, char *out, const token_id *tokens, size_t n)
{
    enum { SHOWN = 40 }; // bytes of text; escaped, six times that does not fit and is cut
    struct buf text = {0}, json = {0};
    for (size_t i = 0; i < n && text.size < SHOWN; i++) {
        struct str bytes = tokenizer_bytes(host->tokenizer, tokens[i]);
        buf_append(&text, bytes.data, bytes.size);
    }
    size_t size = text.size < SHOWN ? text.size : SHOWN;
    while (size > 0 && size < text.size && ((unsigned char)text.data[size] & 0xc0) == 0x80)
        size--; // not within a character
    do {
        buf_reset(&json);
        json_put_string(&json, (struct str){text.data ? text.data : "", size});
        size /= 2;
    } while (json.size >= DIFFERENCE_SIZE);
    memcpy(out, json.data, json.size + 1);
    buf_release(&text);
    buf_release(&json);
}

static void count_difference(const struct run *run, struct run_numbers *n,
                             const struct request_stats *stats)
{
    size_t at = n->first_difference = stats->first_difference;
    if (stats->n_other == 0 || at >= run->n_prompt)
        return;
    show_tokens(run->host, n->remembered, stats->other, stats->n_other);
    show_tokens(run->host, n->found, run->tokens.ids + at, run->n_prompt - at);
}

static void count_generation(struct run *run)
{
    struct request_stats stats;
    request_stats(run->request, &stats);
    struct run_numbers *n = &run->numbers;
    bool is_first = n->usage.n_prompt == 0;
    if (is_first) {
        n->usage.n_prompt = run->n_prompt;
        n->usage.n_reused = stats.n_reused;
        n->n_from_disk = stats.n_from_disk;
        n->n_computed = stats.n_computed;
        count_difference(run, n, &stats);
    }
    n->queued_ms += (double)stats.queued_ns / 1e6;
    n->usage.prompt_ms += (double)stats.prefill_ns / 1e6;
    n->usage.generated_ms += (double)stats.decode_ns / 1e6;
}

// Ends the engine's part; its numbers stay.
void run_end_generation(struct run *run)
{
    if (!run->request)
        return;
    count_generation(run);
    remove_live(run);
    request_close(run->request);
    run->request = NULL;
}

void host_tell_run(const struct run *run, struct run_numbers *numbers)
{
    struct run copy = *run;
    if (copy.request)
        count_generation(&copy);
    *numbers = copy.numbers;
    numbers->usage.n_prompt = run->n_prompt;
    numbers->n_remembered = run->turn ? chat_turn_prompt(run->turn).n_remembered : 0;
    numbers->usage.n_generated = run->tokens.n_ids - run->n_prompt;
    if (numbers->usage.n_generated > run->n_max)
        numbers->usage.n_generated = run->n_max;
    numbers->usage.n_thinking = run->turn ? chat_turn_n_thinking(run->turn) : 0;
    bool can_think = run->turn && chat_model_think_close(run->host->chat)[0];
    numbers->thinks =
        run->opens_thinking || (can_think && run->conversation.thinking.mode == THINKING_ON);
}
