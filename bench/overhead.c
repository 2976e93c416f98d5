// What does everything but the model cost?  A request of 100 kB until its prompt is there, and a token
// of a stream from the engine to the socket.
//
//     build/bench/overhead [VOCABULARY.gguf TEMPLATE.jinja [REQUEST.json]]
//
// Without arguments the small vocabulary and template of a synthetic model are used: then a token is a
// byte or two, and there are five times as many as usual.  REQUEST.json is a body for /v1/messages,
// or a recording with that under "body"; else one of 100 kB is made, shaped like a coding client's.
//
// Streams run through the whole server on loopback, with answers from a script in the sampler's place,
// over a model so small that its own time can be measured alone and told beside.  All times are of
// the processor, so that other programs do not count; the client's thread is left out.
#include <arpa/inet.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api/dialect.h"
#include "api/sampling_fields.h"
#include "base/memory.h"
#include "base/os.h"
#include "chat/turn.h"
#include "engine/engine.h"
#include "model/synthetic.h"
#include "server/flights.h"
#include "server/host.h"
#include "server/server.h"
#include "tensor/gguf_read.h"

enum {
    N_BOUND = 5,
    N_REQUESTS = 30,
    N_TOKENS = 600,
    N_ROUNDS = 3,
    STREAMS_MAX = 64,
    SIZE_WANTED = 100000
};
static const char shape[] = "tiny-qwen3";

struct tiny { // a model of one layer
    void *bytes;
    size_t size;
    struct gguf *gguf;
};

static double cpu_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void die(const struct error *error)
{
    fprintf(stderr, "overhead: %s\n", error->text);
    exit(1);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct buf text = {0};
    char bytes[4096];
    if (!file) {
        fprintf(stderr, "overhead: cannot open %s\n", path);
        exit(1);
    }
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_append(&text, bytes, n);
    fclose(file);
    *size = text.size;
    return buf_take(&text);
}

// ---- a request like a coding client's: tools, a system prompt, a conversation with files in it ----

static void put_words(struct buf *out, size_t size, unsigned seed)
{
    static const char *const words[] = {
        "the", "file",    "function", "returns", "value",  "if",    "not",     "path", "of",
        "a",   "(int i)", "->next",   "error",   "buffer", "and",   "command", "in",   "must",
        "be",  "\\n    ", "x = y;",   "number",  "line",   "12345", "read",    "to",   "`git`",
    };
    for (size_t end = out->size + size; out->size < end;) {
        seed = seed * 1103515245 + 12345;
        buf_printf(out, "%s ", words[(seed >> 16) % COUNT_OF(words)]);
    }
}

static void put_tool(struct buf *out, int i)
{
    buf_printf(out, "%s{\"name\":\"tool_%d\",\"description\":\"", i ? "," : "", i);
    put_words(out, 1800, (unsigned)i);
    buf_append_text(out, "\",\"input_schema\":{\"type\":\"object\",\"properties\":{");
    for (int k = 0; k < 8; k++) {
        buf_printf(out, "%s\"parameter_%d\":{\"type\":\"%s\",\"description\":\"", k ? "," : "", k,
                   k % 3 ? "string" : "integer");
        put_words(out, 80, (unsigned)(i * 8 + k));
        buf_append_text(out, "\"}");
    }
    buf_append_text(out, "},\"required\":[\"parameter_0\",\"parameter_1\"],"
                         "\"additionalProperties\":false}}");
}

static void put_request(struct buf *out)
{
    buf_append_text(out,
                    "{\"model\":\"m\",\"max_tokens\":32000,\"stream\":true,\"system\":[{\"type\":"
                    "\"text\",\"text\":\"");
    put_words(out, 6000, 1);
    buf_append_text(out, "\"}],\"tools\":[");
    for (int i = 0; i < 25; i++)
        put_tool(out, i);
    buf_append_text(out, "],\"messages\":[{\"role\":\"user\",\"content\":\"");
    put_words(out, 300, 2);
    for (int i = 0; out->size + 300 < SIZE_WANTED; i++) {
        buf_printf(
            out,
            "\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I look.\"},"
            "{\"type\":\"tool_use\",\"id\":\"t%d\",\"name\":\"tool_1\",\"input\":{\"parameter_0\":"
            "%d,\"parameter_1\":\"src/a.c\"}}]},{\"role\":\"user\",\"content\":[{\"type\":"
            "\"tool_result\",\"tool_use_id\":\"t%d\",\"content\":\"",
            i, i, i);
        put_words(out, 2200, (unsigned)i + 77);
        buf_append_text(out, "\"}]},{\"role\":\"user\",\"content\":\"Go on.");
    }
    buf_append_text(out, "\"}]}");
}

static void load_request(struct buf *out, const char *path)
{
    size_t size;
    char *text = read_file(path, &size);
    struct json_object *file = NULL;
    struct error error;
    if (json_read(&file, (struct str){text, size}, &error))
        die(&error);
    struct json_object *body = json_at(file, "body");
    struct str body_text = json_text(body ? body : file);
    buf_append(out, body_text.data, body_text.size);
    json_object_put(file);
    free(text);
}

// ---- from the body to the prompt ----

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_ms(const char *what, double *us, size_t n)
{
    qsort(us, n, sizeof *us, compare);
    printf("  %-44s %8.2f ms (median of %zu)\n", what, us[n / 2] / 1000, n);
}

struct parts { // microseconds of each run
    double reading[N_REQUESTS], digest[N_REQUESTS], prompt[N_REQUESTS], all[N_REQUESTS];
};

static void measure_requests(struct chat_model *chat, struct str body)
{
    struct parts *us = mem_new(struct parts, 1);
    size_t n_tokens = 0;
    for (size_t i = 0; i < N_REQUESTS; i++) {
        struct api_request request;
        struct chat_turn *turn = NULL;
        struct chat_turn_options options = {0};
        struct error error;
        double t[4] = {cpu_us(CLOCK_THREAD_CPUTIME_ID)};
        api_request_init(&request);
        if (api_request_parse(&request, body, &error) || api_anthropic.read(&request, &error))
            die(&error);
        t[1] = cpu_us(CLOCK_THREAD_CPUTIME_ID);
        struct digest_key key = flight_key_of("/v1/messages", &request);
        t[2] = cpu_us(CLOCK_THREAD_CPUTIME_ID) + 0 * key.bytes[0];
        if (chat_turn_open(&turn, chat, &request.conversation, &options, &error))
            die(&error);
        n_tokens = chat_turn_prompt(turn).n_ids;
        t[3] = cpu_us(CLOCK_THREAD_CPUTIME_ID);
        us->reading[i] = t[1] - t[0];
        us->digest[i] = t[2] - t[1];
        us->prompt[i] = t[3] - t[2];
        us->all[i] = t[3] - t[0];
        chat_turn_close(turn);
        api_request_release(&request);
    }
    printf("a request of %zu bytes, %zu tokens\n", body.size, n_tokens);
    print_ms("reading the JSON", us->reading, N_REQUESTS);
    print_ms("its digest, for retries", us->digest, N_REQUESTS);
    print_ms("rendering and tokenising", us->prompt, N_REQUESTS);
    print_ms("together", us->all, N_REQUESTS);
    free(us);
}

static void run_requests(struct gguf *gguf, struct str chat_template, const char *request_path)
{
    struct error error;
    struct tokenizer *tokenizer = NULL;
    struct chat_model *chat = NULL;
    struct buf body = {0};
    if (tokenizer_open(&tokenizer, gguf, &error))
        die(&error);
    struct chat_model_source source = {.tokenizer = tokenizer, .chat_template = chat_template};
    if (chat_model_open(&chat, &source, &error))
        die(&error);
    if (request_path)
        load_request(&body, request_path);
    else
        put_request(&body);
    measure_requests(chat, (struct str){body.data, body.size});
    buf_release(&body);
    chat_model_close(chat);
    tokenizer_close(tokenizer);
}

// ---- the model alone ----

// Microseconds of one step with `n_rows` sequences.
static double measure_model(struct gguf *gguf, uint32_t n_rows)
{
    enum { N_PAGES = (N_TOKENS + 200) / KV_PAGE_TOKENS + 1, N_STEPS = 300 }; // of each sequence
    struct error error;
    struct backend *backend = NULL;
    struct model *model = NULL;
    uint32_t pages[STREAMS_MAX][N_PAGES], outputs[STREAMS_MAX], n_pages = n_rows * N_PAGES;
    struct batch_sequence sequences[STREAMS_MAX];
    token_id tokens[STREAMS_MAX];
    struct model_options options = {.k_type = DTYPE_F16,
                                    .v_type = DTYPE_F16,
                                    .n_rows_max = n_rows,
                                    .n_outputs_max = n_rows,
                                    .n_pages_max = {n_pages, n_pages},
                                    .n_states_max = 1};
    if (backend_open(&backend, "cpu", &(struct backend_options){1, UINT32_MAX}, &error) ||
        model_open(&model, gguf, backend, &options, &error))
        die(&error);
    for (uint32_t i = 0; i < n_rows; i++) {
        tokens[i] = (token_id)(i + 40);
        outputs[i] = i;
        for (uint32_t k = 0; k < N_PAGES; k++)
            pages[i][k] = i * N_PAGES + k;
    }
    double start = cpu_us(CLOCK_PROCESS_CPUTIME_ID);
    for (uint32_t i = 0; i < N_STEPS; i++) {
        uint32_t position = N_TOKENS / N_STEPS * i; // at all lengths of the answer
        for (uint32_t k = 0; k < n_rows; k++)
            sequences[k] = (struct batch_sequence){1, position, 0, {pages[k], pages[k]}};
        struct batch batch = {tokens, n_rows, sequences, n_rows};
        const float *logits;
        if (model_forward(model, &batch, outputs, n_rows, &logits, &error))
            die(&error);
    }
    double us = (cpu_us(CLOCK_PROCESS_CPUTIME_ID) - start) / N_STEPS;
    model_close(model);
    backend_close(backend);
    return us;
}

// ---- streams through the server ----

struct stage {
    struct host *host;
    struct model_side side;
    struct server *server;
    pthread_t thread;
    char script[64];
};

static void *serve(void *context)
{
    server_run(context);
    return NULL;
}

// Answers of words, in the sampler's place; without, they are sampled.
static void write_script(struct stage *stage, struct host_config *config)
{
    struct buf words = {0};
    snprintf(stage->script, sizeof stage->script, "/tmp/hearth-overhead-%d", (int)getpid());
    FILE *file = fopen(stage->script, "w");
    if (!file)
        exit(1);
    put_words(&words, 3 * N_TOKENS, 5);
    fprintf(file, "==\n%s\n", words.data);
    fclose(file);
    buf_release(&words);
    config->script = stage->script;
}

static void open_stage(struct stage *stage, const struct tiny *model, uint32_t n_streams,
                       bool is_sampled)
{
    struct error error;
    struct host_config config = {.model_path = shape,
                                 .bytes = model->bytes,
                                 .size = model->size,
                                 .backend = "cpu",
                                 .cpu_features = UINT32_MAX,
                                 .n_threads = 1,
                                 .n_context = 8192,
                                 .n_parallel = n_streams,
                                 .n_queue_max = 2 * n_streams,
                                 .k_type = DTYPE_F16,
                                 .v_type = DTYPE_F16,
                                 .reasoning = REASONING_OFF};
    sampling_wish_init(&config.sampling);
    config.sampling.temperature = 1;
    if (!is_sampled)
        write_script(stage, &config);
    if (host_open(&stage->host, &config, &error))
        die(&error);
    stage->side = host_side(stage->host);
    while (stage->side.state(stage->side.self, &error) == MODEL_LOADING)
        usleep(1000);
    struct server_config server = {.host = "127.0.0.1", .model = &stage->side};
    if (server_open(&stage->server, &server, &error))
        die(&error);
    pthread_create(&stage->thread, NULL, serve, stage->server);
}

static void close_stage(struct stage *stage)
{
    server_stop(stage->server);
    pthread_join(stage->thread, NULL);
    server_close(stage->server);
    host_close(stage->host);
    if (stage->script[0])
        unlink(stage->script);
}

static int ask(const struct stage *stage, const char *path, const char *fields)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server_port(stage->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct buf request = {0}, body = {0};
    buf_printf(
        &body,
        "{\"max_tokens\":%d,\"max_output_tokens\":%d,\"stream\":true,\"messages\":[{\"role\":"
        "\"user\",\"content\":\"Go\"}],\"input\":\"Go\"%s}",
        N_TOKENS, N_TOKENS, fields);
    buf_printf(&request,
               "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
               "%zu\r\n\r\n%s",
               path, body.size, body.data);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) ||
        send(fd, request.data, request.size, 0) != (ssize_t)request.size)
        exit(1);
    buf_release(&request);
    buf_release(&body);
    return fd;
}

// Reads all streams to their ends; returns the bytes.
static size_t read_streams(const int *fds, uint32_t n_streams)
{
    struct pollfd polls[STREAMS_MAX];
    static char bytes[65536];
    size_t size = 0;
    for (uint32_t i = 0; i < n_streams; i++)
        polls[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    for (uint32_t n_open = n_streams; n_open;) {
        poll(polls, n_streams, -1);
        for (uint32_t i = 0; i < n_streams; i++) {
            if (!(polls[i].revents & (POLLIN | POLLHUP)))
                continue;
            ssize_t n = recv(polls[i].fd, bytes, sizeof bytes, 0);
            if (n > 0) {
                size += (size_t)n;
                continue;
            }
            close(polls[i].fd);
            polls[i].fd = -1;
            n_open--;
        }
    }
    return size;
}

static void measure_streams(const struct tiny *model, const char *path, uint32_t n_streams)
{
    struct stage stage = {0};
    int fds[STREAMS_MAX];
    double model_us = measure_model(model->gguf, n_streams) / n_streams; // and again afterwards
    open_stage(&stage, model, n_streams, false);
    double process = cpu_us(CLOCK_PROCESS_CPUTIME_ID), client = cpu_us(CLOCK_THREAD_CPUTIME_ID);
    size_t size = 0;
    for (int round = 0; round < N_ROUNDS; round++) {
        for (uint32_t i = 0; i < n_streams; i++)
            fds[i] = ask(&stage, path, "");
        size += read_streams(fds, n_streams);
    }
    process = cpu_us(CLOCK_PROCESS_CPUTIME_ID) - process;
    client = cpu_us(CLOCK_THREAD_CPUTIME_ID) - client;
    close_stage(&stage);
    model_us = (model_us + measure_model(model->gguf, n_streams) / n_streams) / 2;
    double n_tokens = (double)n_streams * N_TOKENS * N_ROUNDS, each = (process - client) / n_tokens;
    printf(
        "  %-22s %3u streams  %6.1f us a token, %5.1f of them the model: %6.1f us, %4.0f bytes\n",
        path, n_streams, each, model_us, each - model_us, (double)size / n_tokens);
}

// Once nothing runs any more.
static uint64_t n_generated(const struct stage *stage)
{
    struct model_facts facts;
    struct server_facts server;
    do {
        usleep(1000);
        stage->side.tell(stage->side.self, &facts, &server);
    } while (server.n_running || server.n_waiting);
    return server.n_generated_tokens;
}

// Processor time per token of one round of streams, the model's included.
static double time_round(const struct stage *stage, uint32_t n_streams, const char *fields)
{
    int fds[STREAMS_MAX];
    uint64_t n_before = n_generated(stage);
    double process = cpu_us(CLOCK_PROCESS_CPUTIME_ID), client = cpu_us(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t i = 0; i < n_streams; i++)
        fds[i] = ask(stage, "/v1/chat/completions", fields);
    read_streams(fds, n_streams);
    client = cpu_us(CLOCK_THREAD_CPUTIME_ID) - client;
    process = cpu_us(CLOCK_PROCESS_CPUTIME_ID) - process;
    return (process - client) / (double)(n_generated(stage) - n_before);
}

// A token of an answer that a schema binds, sampled: the mask's work and the sampler's are in it.
static void measure_bound(const struct tiny *model, uint32_t n_streams, uint32_t n_vocab)
{
    static const char schema[] =
        ",\"max_tokens\":150,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{"
        "\"name\":"
        "\"x\",\"schema\":{\"type\":\"array\",\"minItems\":100000,\"items\":{\"type\":\"object\","
        "\"properties\":{\"name\":{\"type\":\"string\"},\"n\":{\"type\":\"integer\"},\"kind\":{"
        "\"enum\":[\"one\",\"two\"]}},\"required\":[\"name\",\"n\",\"kind\"],"
        "\"additionalProperties\":false}}}}";
    struct stage stage = {0};
    double us[N_BOUND];
    double model_us = measure_model(model->gguf, n_streams) / n_streams;
    open_stage(&stage, model, n_streams, true);
    time_round(&stage, n_streams, schema); // the schema is compiled from here on
    for (int i = 0; i < N_BOUND; i++)
        us[i] = time_round(&stage, n_streams, schema);
    close_stage(&stage);
    qsort(us, N_BOUND, sizeof *us, compare);
    double each = us[N_BOUND / 2];
    printf(
        "  a schema, %6u words  %3u streams  %6.1f us a token, %5.1f of them the model: %6.1f us\n",
        n_vocab, n_streams, each, model_us, each - model_us);
}

static void run_bound(void)
{
    static const uint32_t counts[] = {1, 4, 16}, sizes[] = {500, 50000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct error error;
        struct tiny tiny = {0};
        struct synthetic_options options = {.seed = 1, .n_layers = 1, .n_vocab = sizes[i]};
        if (synthetic_make(&tiny.bytes, &tiny.size, shape, &options, &error) ||
            gguf_open_memory(&tiny.gguf, tiny.bytes, tiny.size, shape, &error))
            die(&error);
        for (size_t k = 0; k < COUNT_OF(counts); k++)
            measure_bound(&tiny, counts[k], sizes[i]);
        gguf_close(tiny.gguf);
        free(tiny.bytes);
    }
}

static void run_streams(const struct tiny *model)
{
    static const char *const paths[] = {"/v1/messages", "/v1/chat/completions", "/v1/responses"};
    static const uint32_t counts[] = {1, 4, 16, 64};
    printf("a token of a stream\n");
    for (size_t k = 0; k < COUNT_OF(counts); k++)
        for (size_t i = 0; i < COUNT_OF(paths); i++)
            measure_streams(model, paths[i], counts[k]);
}

int main(int argc, char **argv)
{
    struct error error;
    struct gguf *gguf = NULL;
    struct tiny tiny = {0};
    struct synthetic_options options = {.seed = 1, .n_layers = 1};
    size_t size;
    struct str chat_template = {0};
    char *text = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 || argc > 4) {
        fprintf(stderr, "usage: overhead [VOCABULARY.gguf TEMPLATE.jinja [REQUEST.json]]\n");
        return 2;
    }
    if (synthetic_make(&tiny.bytes, &tiny.size, shape, &options, &error) ||
        gguf_open_memory(&tiny.gguf, tiny.bytes, tiny.size, shape, &error))
        die(&error);
    if (argc > 2) {
        text = read_file(argv[2], &size);
        chat_template = (struct str){text, size};
        if (gguf_open(&gguf, argv[1], NULL, &error))
            die(&error);
    } else {
        gguf_get_str(tiny.gguf, "tokenizer.chat_template", &chat_template);
    }
    run_requests(gguf ? gguf : tiny.gguf, chat_template, argc > 3 ? argv[3] : NULL);
    run_streams(&tiny);
    run_bound();
    gguf_close(gguf);
    gguf_close(tiny.gguf);
    free(tiny.bytes);
    free(text);
    return 0;
}
