// The flags of `hearth serve` one by one, through the program itself: $HEARTH, as the test runner sets
// it.  Every spelling is taken; those that do something are seen to do it.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"
#include "model/synthetic.h"
#include "tests/support/program.h"

// ---- to the end ----

static int run(const char *command, struct buf *out)
{
    char bytes[1000];
    FILE *pipe = popen(command, "r");
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, pipe)) > 0;)
        buf_append(out, bytes, n);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_taken(const char *environment, const char *arguments)
{
    struct buf command = {0}, out = {0};
    buf_printf(&command, "%s %s serve --synthetic tiny-qwen3 %s --help 2>&1", environment,
               program(), arguments);
    if (run(command.data, &out) != 0 || !strstr(out.data, "usage: hearth serve"))
        fail_msg("%s %s: %.300s", environment, arguments, out.data);
    buf_release(&command);
    buf_release(&out);
}

TEST(serve_flags, every_spelling_of_llama_server_is_taken)
{
    (void)state;
    static const struct {
        const char *value; // that each of the flags takes; NULL: none
        const char *flags;
    } rows[] = {
        {"4",
         "-t --threads -tb --threads-batch -c --ctx-size -n --predict --n-predict -b --batch-size "
         "-ub --ubatch-size --keep -ngl --gpu-layers --n-gpu-layers -np --parallel -s --seed "
         "--top-k --mirostat --repeat-last-n --dry-allowed-length --dry-penalty-last-n --port -to "
         "--timeout "
         "--threads-http --cache-reuse -cram --cache-ram -ctxcp --ctx-checkpoints "
         "--swa-checkpoints --sleep-idle-seconds --reasoning-budget -lv --verbosity "
         "--log-verbosity --prio --poll -ncmoe --n-cpu-moe -mg --main-gpu --models-max "
         "--sse-ping-interval --yarn-orig-ctx --draft-max --draft-min --image-min-tokens"},
        {"0.5",
         "--temp --temperature --top-p --min-p --typical --typical-p --top-nsigma "
         "--top-n-sigma --xtc-probability --xtc-threshold --repeat-penalty --presence-penalty "
         "--frequency-penalty --dry-multiplier --dry-base --dynatemp-range --dynatemp-exp "
         "--mirostat-lr --mirostat-ent --adaptive-target --adaptive-decay "
         "--rope-scale --rope-freq-base --rope-freq-scale --yarn-ext-factor -sps "
         "--slot-prompt-similarity -dt --defrag-thold"},
        {"on", "-fa --flash-attn -rea --reasoning -fit --fit --log-colors"},
        {"x",
         "-a --alias --host --api-key --api-key-file --chat-template --chat-template-file "
         "--chat-template-kwargs --reasoning-format --log-file --dry-sequence-breaker -hf -hfr "
         "--hf-repo -hff --hf-file -hft --hf-token -mu --model-url -dev --device -ot "
         "--override-tensor -sm --split-mode -ts --tensor-split --samplers --sampler-seq "
         "--grammar --grammar-file -j --json-schema -jf --json-schema-file -r "
         "--reverse-prompt --rope-scaling -md --model-draft -mm --mmproj --lora --lora-scaled "
         "--control-vector --slot-save-path --path --api-prefix --ssl-key-file "
         "--ssl-cert-file --pooling --numa --rpc -C --cpu-mask -Cr --cpu-range --override-kv "
         "--models-dir --models-preset -lm --load-mode --cors-origins --tags"},
        {"q8_0", "-ctk --cache-type-k -ctv --cache-type-v -ctkd --cache-type-k-draft -ctvd "
                 "--cache-type-v-draft"},
        {"7+1.5", "-l --logit-bias"},
        {NULL, "--mlock --mmap --no-mmap --swa-full --jinja --no-jinja --no-context-shift "
               "--context-shift -cb --cont-batching -nocb --no-cont-batching --slots --no-slots "
               "--metrics --props --warmup --no-warmup -kvo --kv-offload -nkvo --no-kv-offload "
               "--op-offload --no-op-offload -kvu --kv-unified -no-kvu --no-kv-unified "
               "--cache-prompt --no-cache-prompt --cache-idle-slots --no-cache-idle-slots "
               "--no-disk-cache --log-disable --log-timestamps --no-log-timestamps --log-prefix "
               "-v --verbose --embedding --embeddings --reranking --webui --no-webui --ui --no-ui "
               "--offline --no-mmproj --ignore-eos --repack -nr --no-repack --check-tensors "
               "-cmoe --cpu-moe --perf --no-perf -e --escape --no-escape -sp --special "
               "--spm-infill --prefill-assistant --no-prefill-assistant --no-host"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf arguments = {0};
        char *flags = mem_copy_string(rows[i].flags), *rest = NULL;
        for (char *flag = strtok_r(flags, " ", &rest); flag; flag = strtok_r(NULL, " ", &rest))
            buf_printf(&arguments, " %s %s", flag, rows[i].value ? rows[i].value : "");
        expect_taken("", arguments.data);
        free(flags);
        buf_release(&arguments);
    }
}

TEST(serve_flags, the_environment_is_read_too)
{
    (void)state;
    expect_taken("LLAMA_ARG_CTX_SIZE=512 LLAMA_ARG_N_PARALLEL=2 LLAMA_ARG_BATCH=64 "
                 "LLAMA_ARG_UBATCH=64 LLAMA_ARG_THREADS=1 LLAMA_ARG_FLASH_ATTN=on "
                 "LLAMA_ARG_N_GPU_LAYERS=9 LLAMA_ARG_CACHE_TYPE_K=f16 LLAMA_ARG_MLOCK=0 "
                 "LLAMA_ARG_NO_MMAP=1 LLAMA_ARG_SWA_FULL=1 LLAMA_ARG_JINJA=1 "
                 "LLAMA_ARG_TOP_K=4 LLAMA_ARG_TEMPERATURE=0.5 LLAMA_ARG_HOST=127.0.0.1 "
                 "LLAMA_ARG_TIMEOUT=9 LLAMA_ARG_REASONING=off LLAMA_ARG_CACHE_RAM=10 "
                 "LLAMA_ARG_ENDPOINT_METRICS=1 LLAMA_ARG_KV_UNIFIED=1",
                 "");
}

// ---- running ----

struct server {
    pid_t pid;
    int port;
    char log_path[64];
    char *log; // so far
};

static void read_log(struct server *server)
{
    free(server->log);
    server->log = access(server->log_path, R_OK) == 0 ? test_read_file(server->log_path, NULL)
                                                      : mem_copy_string("");
}

static void wait_for_line(struct server *server, const char *line)
{
    const struct timespec pause = {0, 10000000};
    for (int i = 0; i < 2000; i++) {
        read_log(server);
        if (strstr(server->log, line))
            return;
        nanosleep(&pause, NULL);
    }
    kill(server->pid, SIGKILL);
    fail_msg("the log never said %s:\n%s", line, server->log);
}

static void start(struct server *server, const char *environment, const char *arguments)
{
    struct buf command = {0};
    snprintf(server->log_path, sizeof server->log_path, "/tmp/hearth-flags-%d.log", (int)getpid());
    unlink(server->log_path);
    buf_printf(&command,
               "exec env %s %s serve --port 0 --no-disk-cache --log-file %s %s >/dev/null",
               environment, program(), server->log_path, arguments);
    server->pid = fork();
    if (server->pid == 0) {
        execl("/bin/sh", "sh", "-c", command.data, (char *)NULL);
        _exit(127);
    }
    buf_release(&command);
    wait_for_line(server, "model loaded");
    wait_for_line(server, "listening on http://127.0.0.1:");
    server->port = atoi(strstr(server->log, "127.0.0.1:") + strlen("127.0.0.1:"));
}

static void stop(struct server *server)
{
    int status = 0;
    kill(server->pid, SIGTERM);
    assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(server->log_path);
    free(server->log);
    *server = (struct server){0};
}

// The whole response, for free().
static char *ask(const struct server *server, const char *path, const char *headers,
                 const char *body)
{
    struct buf text = {0};
    char bytes[4096];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    buf_printf(&text,
               "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: "
               "%zu\r\n\r\n%s",
               *body ? "POST" : "GET", path, headers, strlen(body), body);
    assert_int_equal(send(fd, text.data, text.size, 0), (ssize_t)text.size);
    buf_reset(&text);
    for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, 0)) > 0;)
        buf_append(&text, bytes, (size_t)n);
    close(fd);
    return buf_take(&text);
}

static void expect_answer(const struct server *server, const char *path, const char *headers,
                          const char *body, const char *part)
{
    char *response = ask(server, path, headers, body);
    if (!strstr(response, part))
        fail_msg("%s: no %s in %.2000s", path, part, response);
    free(response);
}

TEST(serve_flags, what_each_one_becomes_is_seen)
{
    (void)state;
    static const struct {
        const char *environment, *arguments;
        const char *log[5];   // lines, in part
        const char *props[8]; // of GET /props
    } rows[] = {
        {"",
         "-c 4096 -np 2 -t 1 -b 128 -ub 64 --keep 5",
         {"n_ctx = 4096", "n_parallel = 2", "64 rows a step, 1 threads", "unloaded after 5 s"},
         {"\"n_ctx\":4096", "\"total_slots\":2"}},
        {"",
         "--ctx-size 2048 --parallel 3 --threads 1 --sleep-idle-seconds 7",
         {"n_ctx = 2048", "n_parallel = 3", "unloaded after 7 s"},
         {"\"n_ctx\":2048"}},
        {"LLAMA_ARG_CTX_SIZE=1024 LLAMA_ARG_N_PARALLEL=1 LLAMA_ARG_UBATCH=32 LLAMA_ARG_TOP_K=9 "
         "LLAMA_ARG_TEMPERATURE=0.5 LLAMA_ARG_SLEEP_IDLE_SECONDS=6",
         "",
         {"n_ctx = 1024", "n_parallel = 1", "32 rows a step", "unloaded after 6 s"},
         {"\"top_k\":9", "\"temperature\":0.5"}},
        {"LLAMA_ARG_CTX_SIZE=1024", "-c 512", {"n_ctx = 512"}, {"\"n_ctx\":512"}}, // flags win
        {"", "-c 0", {"n_ctx = 32768"}, {"\"n_ctx\":32768"}},
        {"", "-c 1000000", {"n_ctx (1000000) > n_ctx_train (32768)"}, {"\"n_ctx\":32768"}},
        {"", "-c 512 -ctk q8_0 -ctv q8_0", {"x 832 bytes"}, {0}},
        {"", "-c 512 --cache-type-k f32 --cache-type-v f32", {"x 3072 bytes"}, {0}},
        {"", "-c 512 -ngl 99", {"no usable GPU found"}, {0}},
        {"",
         "-c 512 --swa-full",
         {"swa_full is not supported by this model, it will be disabled"},
         {0}},
        {"", "-c 512 --context-shift", {"context shift is not supported"}, {0}},
        {"", "-c 512 --kv-unified", {"share one pool of pages"}, {0}},
        {"", "-c 512 -md x", {"second model is not supported"}, {0}},
        {"", "-c 512 --api-key a,b", {"2 API keys"}, {0}},
        {"", "-c 512 --reasoning off", {"reasoning: off"}, {0}},
        {"", "-c 512 -a some-name", {"model: "}, {"\"model_alias\":\"some-name\""}},
        {"",
         "-c 512 --temp 0.25 --top-k 7 --top-p 0.5 --min-p 0.125 --typical 0.75 --top-nsigma 2 "
         "--seed 11",
         {"model loaded"},
         {"\"temperature\":0.25", "\"top_k\":7", "\"top_p\":0.5", "\"min_p\":0.125",
          "\"typical_p\":0.75", "\"top_n_sigma\":2", "\"seed\":11"}},
        {"",
         "-c 512 --xtc-probability 0.5 --xtc-threshold 0.25 --dry-multiplier 0.5 --dry-base 2 "
         "--dry-allowed-length 3 --dry-penalty-last-n 77 --dry-sequence-breaker xyz",
         {"model loaded"},
         {"\"xtc_probability\":0.5", "\"xtc_threshold\":0.25", "\"dry_multiplier\":0.5",
          "\"dry_base\":2", "\"dry_allowed_length\":3", "\"dry_penalty_last_n\":77", "[\"xyz\"]"}},
        {"",
         "-c 512 --mirostat 2 --mirostat-ent 4 --mirostat-lr 0.25 --dynatemp-range 0.5 "
         "--dynatemp-exp 2 --samplers \"top_k;typical_p;temp\"",
         {"model loaded"},
         {"\"mirostat\":2", "\"mirostat_tau\":4", "\"mirostat_eta\":0.25", "\"dynatemp_range\":0.5",
          "\"dynatemp_exponent\":2", "[\"top_k\",\"typ_p\",\"temperature\"]"}},
        {"",
         "-c 512 --repeat-penalty 1.5 --repeat-last-n 33 --presence-penalty 0.5 "
         "--frequency-penalty 0.25 -l 65+1.5",
         {"model loaded"},
         {"\"repeat_penalty\":1.5", "\"repeat_last_n\":33", "\"presence_penalty\":0.5",
          "\"frequency_penalty\":0.25", "{\"token\":65,\"bias\":1.5}"}},
        {"",
         "-c 512 --chat-template \"{{ messages[0].content + '!' }}\"",
         {"model loaded"},
         {"\"chat_template\":\"{{ messages[0].content + '!' }}\""}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct server server = {0};
        char arguments[400];
        snprintf(arguments, sizeof arguments, "--synthetic tiny-qwen3 %s", rows[i].arguments);
        start(&server, rows[i].environment, arguments);
        for (size_t k = 0; k < COUNT_OF(rows[i].log) && rows[i].log[k]; k++)
            if (!strstr(server.log, rows[i].log[k]))
                fail_msg("%s %s: no %s in\n%s", rows[i].environment, arguments, rows[i].log[k],
                         server.log);
        for (size_t k = 0; k < COUNT_OF(rows[i].props) && rows[i].props[k]; k++)
            expect_answer(&server, "/props", "Authorization: Bearer a\r\n", "", rows[i].props[k]);
        stop(&server);
    }
}

TEST(serve_flags, answers_have_the_length_and_template_of_the_command_line)
{
    (void)state;
    static const char question[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    char folder[100], file[200], arguments[500];
    snprintf(folder, sizeof folder, "/tmp/hearth-flags-%d", (int)getpid());
    snprintf(file, sizeof file, "%s-template", folder);
    FILE *template = fopen(file, "w");
    fputs("{{ greeting }} {{ messages[0].content }}", template);
    fclose(template);
    snprintf(arguments, sizeof arguments,
             "--synthetic tiny-qwen3 -c 512 -n 3 --ignore-eos --temp 0 --chat-template-file %s "
             "--chat-template-kwargs '{\"greeting\":\"Hello\"}' --no-slots --api-key-file %s-keys",
             file, folder);
    char keys[200];
    snprintf(keys, sizeof keys, "%s-keys", folder);
    FILE *key_file = fopen(keys, "w");
    fputs("# a comment\nfirst\nsecond\n", key_file);
    fclose(key_file);
    struct server server = {0};
    start(&server, "", arguments);
    expect_answer(&server, "/apply-template", "x-api-key: second\r\n", question, "Hello Hi");
    expect_answer(&server, "/v1/chat/completions", "Authorization: Bearer first\r\n", question,
                  "\"completion_tokens\":3");
    expect_answer(&server, "/v1/chat/completions", "", question, "HTTP/1.1 401");
    expect_answer(&server, "/v1/messages", "x-api-key: # a comment\r\n", question, "HTTP/1.1 401");
    expect_answer(&server, "/slots", "x-api-key: first\r\n", "", "HTTP/1.1 501");
    expect_answer(&server, "/health", "", "", "HTTP/1.1 200");
    stop(&server);
    unlink(file);
    unlink(keys);
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
}

TEST(serve_flags, models_are_found_in_the_caches_of_other_programs)
{
    (void)state;
    static const char *const files[] = {
        "hub/models--Some--Model-GGUF/snapshots/0123/Model-Q8_0.gguf",
        "hub/models--Some--Model-GGUF/snapshots/0123/mmproj-Model-Q8_0.gguf",
        "llama.cpp/Other_Model-GGUF_model-q4_k_m.gguf"};
    static const struct {
        const char *arguments, *found;
    } cases[] = {{"-hf Some/Model-GGUF:Q8_0", "0123/Model-Q8_0.gguf"},
                 {"--hf-repo some-other/x -hfr Some/Model-GGUF:q8_0", "0123/Model-Q8_0.gguf"},
                 {"-hf Some/Model-GGUF -hff Model-Q8_0.gguf", "0123/Model-Q8_0.gguf"},
                 {"-hf Other/Model-GGUF", "Other_Model-GGUF_model-q4_k_m.gguf"}};
    char folder[64], environment[300], path[300];
    struct error error;
    snprintf(folder, sizeof folder, "/tmp/hearth-caches-%d", (int)getpid());
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        make_folders(path);
        if (synthetic_write(path, "tiny-qwen3", &(struct synthetic_options){.seed = 1}, &error))
            fail_msg("%s", error.text);
    }
    snprintf(environment, sizeof environment, "-u HF_HUB_CACHE HF_HOME=%s LLAMA_CACHE=%s/llama.cpp",
             folder, folder);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct server server = {0};
        char arguments[200];
        snprintf(arguments, sizeof arguments, "-c 512 %s", cases[i].arguments);
        start(&server, environment, arguments);
        if (!strstr(server.log, cases[i].found))
            fail_msg("%s: no %s in\n%s", cases[i].arguments, cases[i].found, server.log);
        stop(&server);
    }
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

RUN_TESTS(IS(serve_flags, every_spelling_of_llama_server_is_taken),
          IS(serve_flags, the_environment_is_read_too),
          IS(serve_flags, what_each_one_becomes_is_seen),
          IS(serve_flags, answers_have_the_length_and_template_of_the_command_line),
          IS(serve_flags, models_are_found_in_the_caches_of_other_programs))
