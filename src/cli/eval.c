// eval.c - what does the model say, in numbers: log-probabilities, perplexity, a hash of the logits.
#include "base/buf.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "text/tokenizer.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct eval_options {
    struct loading_options loading; // first
    bool logprobs, logits_hash, drafts;
    const char *tokens, *positions, *perplexity;
    uint32_t n_top, n_window;
};

static const struct option eval_table[] = {
    LOADING_OPTIONS_ROWS,
    {"--ctx-size", "-c", "N", OPTION_U32, offsetof(struct loading_options, n_context),
     "tokens of context (default: as many as are asked for)"},
    {"--logprobs", NULL, NULL, OPTION_FLAG, offsetof(struct eval_options, logprobs),
     "token ids in (--tokens, or JSON on stdin), next-token log-probabilities out, as JSON"},
    {"--tokens", NULL, "IDS", OPTION_TEXT, offsetof(struct eval_options, tokens),
     "comma-separated token ids"},
    {"--positions", NULL, "LIST", OPTION_TEXT, offsetof(struct eval_options, positions),
     "after which tokens (default: the last; 0 is the first, -1 the last)"},
    {"--top", NULL, "N", OPTION_U32, offsetof(struct eval_options, n_top),
     "how many tokens to list (default 20)"},
    {"--mtp", NULL, NULL, OPTION_FLAG, offsetof(struct eval_options, drafts),
     "also the drafts of the file's MTP block"},
    {"--perplexity", NULL, "FILE", OPTION_TEXT, offsetof(struct eval_options, perplexity),
     "perplexity of a text, in windows of --window tokens"},
    {"--window", NULL, "N", OPTION_U32, offsetof(struct eval_options, n_window),
     "tokens per window (default 512; the second half is scored)"},
    {"--logits-hash", NULL, NULL, OPTION_FLAG, offsetof(struct eval_options, logits_hash),
     "a 64-bit hash of the logits after --tokens, for comparing builds and settings"},
};

struct job { // one sequence to score
    token_id *tokens;
    uint32_t n_tokens;
    int64_t *positions; // as asked; negative counts from the end
    size_t n_positions;
};

static double log_sum_exp(const float *row, uint32_t n)
{
    float max = row[0];
    for (uint32_t i = 1; i < n; i++)
        max = row[i] > max ? row[i] : max;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += exp((double)row[i] - max);
    return max + log(sum);
}

// The n_top most likely tokens as [[id, logp], ...]; ties: lowest id.
static json_object *top_of(const float *row, uint32_t n_vocab, uint32_t n_top)
{
    n_top = n_top < n_vocab ? n_top : n_vocab;
    uint32_t *top = mem_new(uint32_t, n_top + 1), n = 0;
    for (uint32_t v = 0; v < n_vocab; v++) {
        if (n == n_top && !(row[v] > row[top[n - 1]]))
            continue;
        uint32_t i = n < n_top ? n++ : n - 1;
        for (; i > 0 && row[v] > row[top[i - 1]]; i--)
            top[i] = top[i - 1];
        top[i] = v;
    }
    double total = log_sum_exp(row, n_vocab);
    json_object *list = json_object_new_array();
    for (uint32_t i = 0; i < n; i++) {
        char text[32];
        double logp = row[top[i]] - total;
        snprintf(text, sizeof text, "%.6f", logp);
        json_object *pair = json_object_new_array();
        json_object_array_add(pair, json_object_new_int64(top[i]));
        json_object_array_add(pair, json_object_new_double_s(logp, text));
        json_object_array_add(list, pair);
    }
    free(top);
    return list;
}

static bool wants_position(const struct job *job, uint32_t position)
{
    if (job->n_positions == 0)
        return position + 1 == job->n_tokens;
    for (size_t i = 0; i < job->n_positions; i++) {
        int64_t p = job->positions[i];
        if ((p < 0 ? p + job->n_tokens : p) == position)
            return true;
    }
    return false;
}

static void add_rows(json_object *out, const struct job *job, uint32_t first, uint32_t n,
                     const float *logits, uint32_t n_vocab, uint32_t n_top)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!wants_position(job, first + i))
            continue;
        char key[16];
        snprintf(key, sizeof key, "%u", first + i);
        json_object_object_add(out, key, top_of(logits + (size_t)i * n_vocab, n_vocab, n_top));
    }
}

static enum err check_tokens(const struct job *job, uint32_t n_vocab, struct error *error)
{
    if (job->n_tokens == 0)
        return fail(error, ERR_ARGUMENT, "no tokens to evaluate");
    for (uint32_t i = 0; i < job->n_tokens; i++)
        if (job->tokens[i] < 0 || (uint32_t)job->tokens[i] >= n_vocab)
            return fail(error, ERR_ARGUMENT, "token %d at position %u is not in a vocabulary of %u",
                        job->tokens[i], i, n_vocab);
    return OK;
}

static enum err add_drafts(json_object *result, struct loaded *loaded, const struct job *job,
                           uint32_t n_top, struct error *error)
{
    if (!model_has_drafts(loaded->model))
        return fail(error, ERR_UNSUPPORTED, "this file has no MTP block");
    if (job->n_tokens > loaded->n_batch)
        return fail(error, ERR_LIMIT, "drafts need the sequence in one batch: %u tokens, -b is %u",
                    job->n_tokens, loaded->n_batch);
    json_object *drafts = json_object_new_object();
    json_object_object_add(result, "mtp_logprobs_after", drafts);
    if (job->n_tokens < 2)
        return OK;
    const float *logits;
    loaded_reset(loaded);
    enum err err = loaded_step(loaded, job->tokens, job->n_tokens, job->n_tokens, &logits, error);
    struct batch_sequence sequence = {job->n_tokens, 0, 0, {loaded->pages, loaded->pages}};
    struct batch batch = {job->tokens, job->n_tokens, &sequence, 1};
    if (!err)
        err = model_draft(loaded->model, &batch, &logits, error);
    if (!err) // draft row k speaks of what follows token k + 1
        add_rows(drafts, job, 1, job->n_tokens - 1, logits, loaded->n_vocab, n_top);
    return err;
}

static enum err score(struct loaded *loaded, const struct job *job, const struct eval_options *o,
                      struct error *error)
{
    enum err err = check_tokens(job, loaded->n_vocab, error);
    if (err)
        return err;
    json_object *result = json_object_new_object(), *after = json_object_new_object();
    json_object *tokens = json_object_new_array();
    for (uint32_t i = 0; i < job->n_tokens; i++)
        json_object_array_add(tokens, json_object_new_int(job->tokens[i]));
    json_object_object_add(result, "tokens", tokens);
    json_object_object_add(result, "logprobs_after", after);
    loaded_reset(loaded);
    for (uint32_t i = 0; i < job->n_tokens && !err; i += loaded->n_batch) {
        uint32_t n = job->n_tokens - i < loaded->n_batch ? job->n_tokens - i : loaded->n_batch;
        const float *logits;
        err = loaded_step(loaded, job->tokens + i, n, n, &logits, error);
        if (!err)
            add_rows(after, job, i, n, logits, loaded->n_vocab, o->n_top);
    }
    if (!err && o->drafts)
        err = add_drafts(result, loaded, job, o->n_top, error);
    if (!err)
        printf("%s\n", json_object_to_json_string_ext(result, JSON_C_TO_STRING_PLAIN));
    json_object_put(result);
    return err;
}

// FNV-1a over the bytes of a row.
static uint64_t hash_row(const float *row, uint32_t n)
{
    const unsigned char *bytes = (const unsigned char *)row;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n * sizeof *row; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static enum err print_hash(struct loaded *loaded, const struct job *job, struct error *error)
{
    enum err err = check_tokens(job, loaded->n_vocab, error);
    const float *logits = NULL;
    for (uint32_t i = 0; i < job->n_tokens && !err; i += loaded->n_batch) {
        uint32_t n = job->n_tokens - i < loaded->n_batch ? job->n_tokens - i : loaded->n_batch;
        err = loaded_step(loaded, job->tokens + i, n, 1, &logits, error);
    }
    if (!err)
        printf("%016llx\n", (unsigned long long)hash_row(logits, loaded->n_vocab));
    return err;
}

// ---- input ----

static void job_release(struct job *job)
{
    free(job->tokens);
    free(job->positions);
    *job = (struct job){0};
}

static enum err numbers_of(json_object *array, int64_t **numbers, size_t *n, struct error *error)
{
    if (!json_object_is_type(array, json_type_array))
        return fail(error, ERR_ARGUMENT, "expected a JSON array of numbers");
    *n = json_object_array_length(array);
    *numbers = mem_new(int64_t, *n);
    for (size_t i = 0; i < *n; i++)
        (*numbers)[i] = json_object_get_int64(json_object_array_get_idx(array, i));
    return OK;
}

static void take_tokens(struct job *job, const int64_t *numbers, size_t n)
{
    job->tokens = mem_new(token_id, n);
    job->n_tokens = (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        job->tokens[i] =
            numbers[i] < 0 || numbers[i] > INT32_MAX ? TOKEN_NONE : (token_id)numbers[i];
}

// [1, 2, 3] or {"tokens": [...], "positions": [...]}; positions may also be the keys of a
// "logprobs_after" object, so that a file of expected values can be fed back in.
static enum err job_from_json(struct job *job, json_object *object, struct error *error)
{
    *job = (struct job){0};
    json_object *tokens = object, *field;
    if (json_object_is_type(object, json_type_object) &&
        !json_object_object_get_ex(object, "tokens", &tokens))
        return fail(error, ERR_ARGUMENT, "a sequence needs \"tokens\"");
    int64_t *numbers = NULL;
    size_t n = 0;
    enum err err = numbers_of(tokens, &numbers, &n, error);
    if (err)
        return err;
    take_tokens(job, numbers, n);
    free(numbers);
    if (!json_object_is_type(object, json_type_object))
        return OK;
    if (json_object_object_get_ex(object, "positions", &field))
        return numbers_of(field, &job->positions, &job->n_positions, error);
    if (json_object_object_get_ex(object, "logprobs_after", &field) &&
        json_object_is_type(field, json_type_object)) {
        job->positions = mem_new(int64_t, json_object_object_length(field) + 1);
        json_object_object_foreach(field, key, unused)
        {
            (void)unused;
            job->positions[job->n_positions++] = atoll(key);
        }
    }
    return OK;
}

static void read_all(FILE *file, struct buf *buf)
{
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_append(buf, block, n);
}

static enum err jobs_from_stdin(struct job **jobs, size_t *n_jobs, struct error *error)
{
    struct buf text = {0};
    read_all(stdin, &text);
    json_object *root = json_tokener_parse(text.data ? text.data : ""), *sequences;
    buf_release(&text);
    if (!root)
        return fail(error, ERR_ARGUMENT, "stdin holds no JSON, and --tokens was not given");
    bool is_list = json_object_is_type(root, json_type_object) &&
                   json_object_object_get_ex(root, "sequences", &sequences) &&
                   json_object_is_type(sequences, json_type_array);
    *n_jobs = is_list ? json_object_array_length(sequences) : 1;
    *jobs = mem_new(struct job, *n_jobs);
    enum err err = OK;
    for (size_t i = 0; i < *n_jobs && !err; i++)
        err = job_from_json(&(*jobs)[i], is_list ? json_object_array_get_idx(sequences, i) : root,
                            error);
    json_object_put(root);
    return err;
}

static enum err jobs_from_options(struct job **jobs, size_t *n_jobs, const struct eval_options *o,
                                  struct error *error)
{
    if (!o->tokens)
        return jobs_from_stdin(jobs, n_jobs, error);
    size_t max = strlen(o->tokens) + 1, n;
    int64_t *numbers = mem_new(int64_t, max);
    *jobs = mem_new(struct job, 1);
    *n_jobs = 1;
    bool good = parse_numbers(o->tokens, numbers, max, &n);
    if (good)
        take_tokens(*jobs, numbers, n);
    free(numbers);
    if (!good)
        return fail(error, ERR_ARGUMENT, "--tokens takes comma-separated numbers");
    if (o->positions) {
        size_t max_positions = strlen(o->positions) + 1;
        (*jobs)->positions = mem_new(int64_t, max_positions);
        if (!parse_numbers(o->positions, (*jobs)->positions, max_positions, &(*jobs)->n_positions))
            return fail(error, ERR_ARGUMENT, "--positions takes comma-separated numbers");
    }
    return OK;
}

// ---- perplexity ----

static enum err read_text(struct buf *text, const char *path, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail(error, ERR_NOT_FOUND, "cannot open %s", path);
    read_all(file, text);
    fclose(file);
    return OK;
}

// Windows of n tokens; in each the second half is scored, so that every scored token has context.
static enum err perplexity(struct loaded *loaded, const struct eval_options *o, struct error *error)
{
    struct buf text = {0};
    struct tokenizer *tokenizer = NULL;
    struct token_list tokens = {0};
    enum err err = read_text(&text, o->perplexity, error);
    if (!err)
        err = tokenizer_open(&tokenizer, loaded->gguf, error);
    if (!err)
        tokenizer_encode(tokenizer, &tokens, (struct str){text.data, text.size}, false);
    uint32_t window = o->n_window;
    if (!err && tokens.n_ids < window)
        err = fail(error, ERR_ARGUMENT, "%s has %zu tokens, a window needs %u", o->perplexity,
                   tokens.n_ids, window);
    double sum = 0;
    size_t n_scored = 0;
    for (size_t start = 0; !err && start + window <= tokens.n_ids; start += window) {
        loaded_reset(loaded);
        for (uint32_t i = 0; i < window && !err; i += loaded->n_batch) {
            uint32_t n = window - i < loaded->n_batch ? window - i : loaded->n_batch;
            const float *logits;
            err = loaded_step(loaded, tokens.ids + start + i, n, n, &logits, error);
            for (uint32_t k = 0; k < n && !err; k++) {
                uint32_t p = i + k;
                if (p + 1 < window / 2 || p + 1 >= window)
                    continue;
                const float *row = logits + (size_t)k * loaded->n_vocab;
                sum += log_sum_exp(row, loaded->n_vocab) - row[tokens.ids[start + p + 1]];
                n_scored++;
            }
        }
    }
    if (!err)
        printf("perplexity %.4f over %zu tokens (%zu in the text, windows of %u)\n",
               exp(sum / (double)n_scored), n_scored, tokens.n_ids, window);
    token_list_release(&tokens);
    tokenizer_close(tokenizer);
    buf_release(&text);
    return err;
}

static void print_help(void)
{
    printf(
        "hearth eval - what the model says, in numbers\n\n"
        "  hearth eval -m FILE --logprobs --tokens 1,2,3 [--positions 0,2] [--top 20]\n"
        "  hearth eval -m FILE --logprobs < sequences.json   {\"sequences\":[{\"tokens\":[...]}]}\n"
        "  hearth eval -m FILE --perplexity TEXT.txt\n"
        "  hearth eval -m FILE --logits-hash --tokens 1,2,3\n\n");
    options_print(eval_table, COUNT_OF(eval_table));
}

int eval_command(int argc, char **argv)
{
    struct eval_options o = {.n_top = 20, .n_window = 512};
    struct arguments arguments;
    struct error error;
    bool wants_help;
    loading_defaults(&o.loading);
    o.loading.n_context = 0;
    enum err err = options_parse(eval_table, COUNT_OF(eval_table), &o, argc, argv, &arguments,
                                 &wants_help, &error);
    if (!err && wants_help) {
        print_help();
        return EXIT_FINE;
    }
    struct job *jobs = NULL;
    size_t n_jobs = 0;
    struct loaded loaded = {0};
    if (!err && arguments.n && !o.loading.model)
        o.loading.model = arguments.items[0];
    if (!err && !o.logprobs && !o.logits_hash && !o.perplexity)
        err = fail(&error, ERR_ARGUMENT, "say what: --logprobs, --perplexity or --logits-hash");
    if (!err && (o.logprobs || o.logits_hash))
        err = jobs_from_options(&jobs, &n_jobs, &o, &error);
    uint32_t longest = o.perplexity ? o.n_window : 1;
    for (size_t i = 0; i < n_jobs; i++)
        longest = jobs[i].n_tokens > longest ? jobs[i].n_tokens : longest;
    if (!err) {
        o.loading.drafts = o.drafts;
        if (o.loading.n_context == 0)
            o.loading.n_context = longest;
        if (o.drafts && o.loading.n_batch < longest)
            o.loading.n_batch = longest; // drafts want the sequence in one step
        err = loading_open(&loaded, &o.loading, o.loading.n_batch, &error);
    }
    for (size_t i = 0; i < n_jobs && !err && o.logprobs; i++)
        err = score(&loaded, &jobs[i], &o, &error);
    if (!err && o.logits_hash)
        err = print_hash(&loaded, &jobs[0], &error);
    if (!err && o.perplexity)
        err = perplexity(&loaded, &o, &error);
    for (size_t i = 0; i < n_jobs; i++)
        job_release(&jobs[i]);
    free(jobs);
    loading_close(&loaded);
    return err ? report_error("eval", &error) : EXIT_FINE;
}
