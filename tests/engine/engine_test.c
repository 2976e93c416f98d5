#include "engine/engine.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/os.h"
#include "base/rng.h"
#include "sample/constraint.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

static const struct fake_config hybrid = {.has_full = true, .has_states = true};
static const struct fake_config plain = {.has_full = true};
static const struct fake_config sliding = {.has_full = true, .window = 70};

struct rig {
    struct fake_config config;
    struct model *model;
    struct engine *engine;
};

static void open_rig(struct rig *rig, struct fake_config config, const struct engine_config *wanted)
{
    struct hyperparams hyperparams;
    struct model_options options = {.k_type = DTYPE_F16, .v_type = DTYPE_F16};
    fake_hyperparams(&hyperparams, config);
    engine_model_options(&hyperparams, wanted, &options);
    rig->config = config;
    rig->model = fake_open(config, &options);
    struct error error;
    assert_int_equal(engine_open(&rig->engine, rig->model, NULL, wanted, &error), OK);
}

static void close_rig(struct rig *rig)
{
    engine_close(rig->engine);
    assert_int_equal(rig->model->n_violations, 0);
    fake_close(rig->model);
}

// Tokens that depend on the seed from position `parts_at` on.
static void fill(token_id *tokens, uint32_t n, uint32_t parts_at, uint64_t seed)
{
    for (uint32_t i = 0; i < n; i++)
        tokens[i] = (token_id)(fake_mix(i, i < parts_at ? 0 : seed) % FAKE_VOCAB);
}

struct answer {
    token_id tokens[1024];
    uint32_t n_tokens; // the end token counts
    enum stop_reason stop;
    enum err error;
    struct request_stats stats;
};

static void finish(struct request *request, struct answer *answer)
{
    struct event event = {0};
    while (event.kind != EVENT_STOP) {
        assert_true(request_next(request, &event, 20000));
        if (event.kind == EVENT_TOKEN && !event.is_prompt)
            answer->tokens[answer->n_tokens++] = event.token;
    }
    answer->stop = event.stop;
    answer->error = event.error;
    request_stats(request, &answer->stats);
    request_close(request);
}

static struct request *submit(struct rig *rig, const token_id *tokens, uint32_t n,
                              uint32_t max_tokens)
{
    struct request *request;
    struct error error;
    struct generation generation = {
        .tokens = tokens, .n_tokens = n, .max_tokens = max_tokens, .ignores_end = true};
    if (engine_submit(rig->engine, &request, &generation, NULL, NULL, &error))
        fail_msg("%s", error.text);
    return request;
}

static struct answer ask(struct rig *rig, const token_id *tokens, uint32_t n, uint32_t max_tokens)
{
    struct answer answer = {0};
    finish(submit(rig, tokens, n, max_tokens), &answer);
    return answer;
}

// The greedy answer computed from nothing.
static void assert_is_cold_answer(const struct rig *rig, const token_id *prompt, uint32_t n,
                                  const struct answer *answer)
{
    token_id *tokens = mem_new(token_id, n + answer->n_tokens);
    float logits[FAKE_VOCAB];
    memcpy(tokens, prompt, n * sizeof *tokens);
    for (uint32_t i = 0; i < answer->n_tokens; i++) {
        fake_fill_logits(logits, fake_cold(rig->config, tokens, n + i));
        token_id best = 0;
        for (token_id v = 1; v < FAKE_VOCAB; v++)
            best = logits[v] > logits[best] ? v : best;
        assert_int_equal(answer->tokens[i], best);
        tokens[n + i] = best;
    }
    free(tokens);
}

TEST(engine, answers_as_the_model_alone_would)
{
    (void)state;
    const struct fake_config configs[] = {plain, hybrid, sliding, {.has_states = true}};
    for (size_t i = 0; i < COUNT_OF(configs); i++) {
        struct rig rig;
        open_rig(&rig, configs[i], &(struct engine_config){.n_context = 1000, .n_batch = 64});
        token_id prompt[300];
        fill(prompt, 300, 0, 1);
        struct answer answer = ask(&rig, prompt, 300, 20);
        assert_int_equal(answer.stop, STOP_LENGTH);
        assert_int_equal(answer.n_tokens, 20);
        assert_is_cold_answer(&rig, prompt, 300, &answer);
        close_rig(&rig);
    }
}

TEST(engine, continues_a_conversation_from_its_last_answer)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid,
             &(struct engine_config){.n_context = 1000, .snapshot_size_max = 40 * FAKE_STATE_SIZE});
    token_id tokens[400];
    fill(tokens, 400, 0, 1);
    struct answer first = ask(&rig, tokens, 300, 20);
    memcpy(tokens + 300, first.tokens, 20 * sizeof *tokens);
    struct answer second = ask(&rig, tokens, 330, 5);
    assert_int_equal(second.stats.n_reused,
                     319); // all but the last token, which was never computed
    assert_int_equal(second.stats.n_computed, 11);
    assert_int_equal(second.stats.first_difference, 319);
    assert_is_cold_answer(&rig, tokens, 330, &second);
    close_rig(&rig);
}

TEST(engine, a_third_prompt_goes_on_where_two_parted)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid,
             &(struct engine_config){.n_context = 2000, .snapshot_size_max = 40 * FAKE_STATE_SIZE});
    token_id prompt[1200];
    for (uint64_t seed = 1; seed <= 3; seed++) {
        fill(prompt, 1200, 1000, seed);
        struct answer answer = ask(&rig, prompt, 1200, 3);
        assert_int_equal(answer.stats.first_difference, seed == 1 ? 0 : 1000);
        assert_int_equal(answer.stats.n_other, seed == 1 ? 0 : ENGINE_DIFFERENCE_TOKENS);
        assert_int_equal(answer.stats.n_reused, seed < 3 ? 0 : 1000 / 64 * 64);
        assert_is_cold_answer(&rig, prompt, 1200, &answer);
    }
    close_rig(&rig);
}

TEST(engine, the_end_of_a_system_prompt_may_change)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid,
             &(struct engine_config){.n_context = 2000, .snapshot_size_max = 40 * FAKE_STATE_SIZE});
    token_id prompt[1400];
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct request *request;
        struct error error;
        struct answer answer = {0};
        uint32_t end = 1280;
        struct generation generation = {.tokens = prompt,
                                        .n_tokens = 1400,
                                        .boundaries = &end,
                                        .n_boundaries = 1,
                                        .max_tokens = 3,
                                        .ignores_end = true};
        fill(prompt, 1400, 1200, seed);
        assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, &error), OK);
        finish(request, &answer);
        assert_int_equal(answer.stats.n_reused, seed == 1 ? 0 : 1280 - 512);
        assert_is_cold_answer(&rig, prompt, 1400, &answer);
    }
    close_rig(&rig);
}

TEST(engine, asks_the_same_again_for_one_row)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid,
             &(struct engine_config){.n_context = 1000, .snapshot_size_max = 40 * FAKE_STATE_SIZE});
    token_id tokens[300];
    fill(tokens, 300, 0, 1);
    struct answer first = ask(&rig, tokens, 300, 3), again = ask(&rig, tokens, 300, 3);
    assert_int_equal(again.stats.n_computed, 1);
    assert_memory_equal(first.tokens, again.tokens, 3 * sizeof(token_id));
    assert_true(first.stats.logits_hash == again.stats.logits_hash && first.stats.logits_hash);
    close_rig(&rig);
}

TEST(engine, keeps_the_end_of_the_system_prompt)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid,
             &(struct engine_config){.n_context = 1000, .snapshot_size_max = 6 * FAKE_STATE_SIZE});
    const uint32_t boundary = 200;
    token_id tokens[300];
    struct answer answer = {0};
    for (uint64_t seed = 1; seed < 12; seed++) {
        fill(tokens, 300, boundary, seed);
        struct request *request;
        struct generation generation = {.tokens = tokens,
                                        .n_tokens = 300,
                                        .boundaries = &boundary,
                                        .n_boundaries = 1,
                                        .max_tokens = 3};
        assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL), OK);
        answer = (struct answer){0};
        finish(request, &answer);
        assert_int_equal(answer.stats.n_reused, seed == 1 ? 0 : boundary);
    }
    close_rig(&rig);
}

// An agent's turn: the last prompt, its answer, and what a tool said to it.
struct conversation {
    token_id tokens[4000];
    uint32_t n_tokens, boundaries[40];
    size_t n_boundaries;
};

static void say(struct conversation *conversation, uint32_t n, uint64_t seed)
{
    for (uint32_t i = 0; i < n; i++)
        conversation->tokens[conversation->n_tokens++] = (token_id)(fake_mix(i, seed) % 60 + 1);
    conversation->boundaries[conversation->n_boundaries++] = conversation->n_tokens;
}

TEST(engine, conversations_in_turns_compute_little_again_with_few_states)
{
    (void)state;
    enum { N = 6, N_TURNS = 12, NEW = 80, BOUND = 256 };
    static struct conversation conversations[N];
    struct rig rig;
    open_rig(&rig, (struct fake_config){.has_states = true},
             &(struct engine_config){.n_context = 5000,
                                     .n_cache_tokens = 40000,
                                     .snapshot_size_max = 2 * N * FAKE_STATE_SIZE});
    memset(conversations, 0, sizeof conversations);
    for (unsigned turn = 0; turn < N_TURNS; turn++)
        for (unsigned i = 0; i < N; i++) {
            struct conversation *c = &conversations[i];
            token_id script[200];
            uint32_t n_answer = 20 + (turn * 50 + i * 30) % 180;
            uint64_t seed = turn * N + i + 1;
            if (turn == 0)
                say(c, 1100, 1000 + i); // system prompt and tools
            say(c, NEW, seed);
            fill(script, n_answer, 0, seed + 500);
            struct generation generation = {.tokens = c->tokens,
                                            .n_tokens = c->n_tokens,
                                            .boundaries = c->boundaries,
                                            .n_boundaries = c->n_boundaries,
                                            .script = script,
                                            .n_script = n_answer,
                                            .ignores_end = true};
            struct request *request;
            struct answer answer = {0};
            assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL),
                             OK);
            finish(request, &answer);
            if (turn > 0)
                assert_in_range(answer.stats.n_computed, NEW, NEW + BOUND);
            // Some clients write the answer in other tokens than it was given in.
            if ((turn + i) % 3 == 0)
                fill(script, n_answer, 0, seed + 900);
            memcpy(c->tokens + c->n_tokens, script, n_answer * sizeof *script);
            c->n_tokens += n_answer;
        }
    close_rig(&rig);
}

TEST(engine, runs_many_at_once_as_each_alone)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 600,
                                   .n_parallel = 4,
                                   .n_queue_max = 40,
                                   .n_batch = 48,
                                   .n_cache_tokens = 1600,
                                   .snapshot_size_max = 16 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config);
    enum { N = 24 };
    static token_id prompts[N][500];
    struct request *requests[N];
    uint32_t n_tokens[N];
    for (int i = 0; i < N; i++) {
        n_tokens[i] = 20 + (uint32_t)(fake_mix((uint64_t)i, 3) % 400);
        fill(prompts[i], n_tokens[i], i % 3 ? 150 : 0, (uint64_t)i);
        requests[i] = submit(&rig, prompts[i], n_tokens[i], 30);
    }
    for (int i = 0; i < N; i++) {
        struct answer answer = {0};
        finish(requests[i], &answer);
        assert_int_equal(answer.n_tokens, 30);
        assert_is_cold_answer(&rig, prompts[i], n_tokens[i], &answer);
    }
    struct engine_stats stats;
    engine_stats(rig.engine, &stats);
    assert_int_equal(stats.n_generated_tokens, N * 30);
    assert_int_equal(stats.n_running + stats.n_waiting, 0);
    assert_true(stats.n_reused_tokens > 0);
    close_rig(&rig);
}

TEST(engine, computes_a_prompt_once_that_is_asked_twice_at_once)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 1000,
                                   .n_cache_tokens = 3000,
                                   .n_parallel = 2,
                                   .n_batch = 64,
                                   .n_queue_max = 4,
                                   .snapshot_size_max = 8 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config);
    rig.model->row_us = 20;
    token_id tokens[800];
    fill(tokens, 800, 0, 1);
    struct request *first = submit(&rig, tokens, 800, 3), *second = submit(&rig, tokens, 800, 3);
    struct answer answers[2] = {0};
    finish(first, &answers[0]);
    finish(second, &answers[1]);
    assert_memory_equal(answers[0].tokens, answers[1].tokens, 3 * sizeof(token_id));
    assert_in_range(rig.model->n_rows, 800, 1100); // the second began one chunk in four
    close_rig(&rig);
}

TEST(engine, keeps_what_a_cancelled_prefill_computed)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 4000,
                                   .n_batch = 64,
                                   .wait_ms_max = 10,
                                   .snapshot_size_max = 4 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config);
    rig.model->row_us = 200;
    static token_id tokens[3000];
    fill(tokens, 3000, 0, 1);
    struct request *request = submit(&rig, tokens, 3000, 1);
    struct event event = {0};
    while (event.n_done < 200)
        assert_true(request_next(request, &event, 1000));
    uint64_t start_ns = os_time_ns();
    request_cancel(request);
    struct answer answer = {0};
    finish(request, &answer);
    assert_int_equal(answer.stop, STOP_CANCELLED);
    assert_in_range((os_time_ns() - start_ns) / 1000000, 0, 300); // what is left takes 500
    rig.model->row_us = 0;
    answer = ask(&rig, tokens, 3000, 2);
    assert_true(answer.stats.n_reused >= 200);
    assert_is_cold_answer(&rig, tokens, 3000, &answer);
    close_rig(&rig);
}

TEST(engine, stops_at_an_end_token_unless_told_not_to)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 1000});
    token_id tokens[50];
    for (uint64_t seed = 1;; seed++) { // some prompt whose answer has an end token early
        fill(tokens, 50, 0, seed);
        struct request *request;
        struct generation generation = {.tokens = tokens, .n_tokens = 50, .max_tokens = 60};
        assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL), OK);
        struct answer answer = {0};
        finish(request, &answer);
        if (answer.stop == STOP_LENGTH)
            continue;
        assert_int_equal(answer.stop, STOP_END);
        assert_int_equal(answer.tokens[answer.n_tokens - 1], FAKE_END);
        assert_int_equal(ask(&rig, tokens, 50, 60).n_tokens, 60);
        break;
    }
    close_rig(&rig);
}

TEST(engine, stops_where_the_context_is_full)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 100});
    token_id tokens[100];
    fill(tokens, 100, 0, 1);
    struct answer answer = ask(&rig, tokens, 90, 0);
    assert_int_equal(answer.stop, STOP_CONTEXT);
    assert_int_equal(answer.n_tokens, 10);
    close_rig(&rig);
}

TEST(engine, refuses_what_cannot_be)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 100});
    token_id tokens[100];
    fill(tokens, 100, 0, 1);
    struct request *request;
    struct error error;
    struct generation generation = {.tokens = tokens, .n_tokens = 100};
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, &error),
                     ERR_LIMIT);
    assert_non_null(strstr(error.text, "100 tokens"));
    generation.n_tokens = 0;
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, &error),
                     ERR_ARGUMENT);
    generation.n_tokens = 10;
    tokens[4] = FAKE_VOCAB;
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, &error),
                     ERR_ARGUMENT);
    assert_null(request);
    close_rig(&rig);
}

TEST(engine, says_busy_when_the_queue_is_full)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 1000, .n_queue_max = 2});
    rig.model->row_us = 1000;
    token_id tokens[200];
    fill(tokens, 200, 0, 1);
    struct request *requests[3], *one_more;
    for (int i = 0; i < 3; i++)
        requests[i] = submit(&rig, tokens, 200, 100);
    struct generation generation = {.tokens = tokens, .n_tokens = 200};
    struct error error;
    assert_int_equal(engine_submit(rig.engine, &one_more, &generation, NULL, NULL, &error),
                     ERR_BUSY);
    for (int i = 0; i < 3; i++)
        request_close(requests[i]);
    close_rig(&rig);
}

TEST(engine, never_breaks_a_running_answer_for_lack_of_pages)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {
        .n_context = 300, .n_parallel = 3, .n_queue_max = 50, .n_batch = 32};
    open_rig(&rig, plain, &config); // pages for one full context only
    static token_id prompts[30][200];
    struct request *requests[30];
    for (int i = 0; i < 30; i++) {
        fill(prompts[i], 200, 0, (uint64_t)i + 1);
        requests[i] = submit(&rig, prompts[i], 20 + (uint32_t)i * 6, 80);
    }
    for (int i = 0; i < 30; i++) {
        struct answer answer = {0};
        finish(requests[i], &answer);
        assert_int_equal(answer.stop, STOP_LENGTH);
        assert_int_equal(answer.n_tokens, 80);
        assert_is_cold_answer(&rig, prompts[i], 20 + (uint32_t)i * 6, &answer);
    }
    close_rig(&rig);
}

TEST(engine, runs_answers_of_unknown_length_together_and_finishes_them_all)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 700,
                                   .n_parallel = 3,
                                   .n_queue_max = 50,
                                   .n_batch = 32,
                                   .snapshot_size_max = 10 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config); // together they would need three times the pages there are
    rig.model->row_us = 50;
    static token_id prompts[6][100];
    struct request *requests[6];
    struct event event = {0};
    for (int i = 0; i < 6; i++) {
        fill(prompts[i], 100, 0, (uint64_t)i + 1);
        requests[i] = submit(&rig, prompts[i], 100, 0);
    }
    while (event.kind != EVENT_TOKEN)
        assert_true(request_next(requests[2], &event, 5000));
    struct request_stats first;
    request_stats(requests[0], &first);
    assert_true(first.n_generated < 600); // the third did not wait for its end
    for (int i = 0; i < 6; i++) {
        struct answer answer = {0};
        if (i == 2)
            answer = (struct answer){.tokens = {event.token}, .n_tokens = 1};
        finish(requests[i], &answer);
        assert_int_equal(answer.stop, STOP_CONTEXT);
        assert_int_equal(answer.n_tokens, 600);
        assert_is_cold_answer(&rig, prompts[i], 100, &answer);
    }
    close_rig(&rig);
}

TEST(engine, parks_background_prefill_for_a_foreground_request)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 2000,
                                   .n_queue_max = 4,
                                   .n_batch = 32,
                                   .wait_ms_max = 10,
                                   .snapshot_size_max = 4 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config);
    rig.model->row_us = 300;
    static token_id tokens[1500], other[50];
    fill(tokens, 1500, 0, 1);
    fill(other, 50, 0, 2);
    struct request *background = submit(&rig, tokens, 1500, 4);
    struct event event = {0};
    while (event.n_done < 100)
        assert_true(request_next(background, &event, 1000));
    request_set_priority(background, -1);
    struct answer quick = ask(&rig, other, 50, 4); // though there is one place only
    assert_int_equal(quick.stop, STOP_LENGTH);
    assert_false(request_next(background, &event, 0) && event.kind == EVENT_STOP);
    struct answer slow = {0};
    finish(background, &slow);
    assert_int_equal(slow.n_tokens, 4);
    assert_is_cold_answer(&rig, tokens, 1500, &slow);
    assert_true(rig.model->n_rows < 1500 + 100 + 32); // nothing was computed twice
    close_rig(&rig);
}

TEST(engine, scores_the_prompt)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid, &(struct engine_config){.n_context = 1000, .n_batch = 64});
    token_id tokens[150];
    fill(tokens, 150, 0, 1);
    struct request *request;
    struct generation generation = {.tokens = tokens,
                                    .n_tokens = 150,
                                    .max_tokens = 1,
                                    .prompt_logprobs = true,
                                    .sampling = {.logprobs = true, .n_logprobs = 3}};
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL), OK);
    struct event event = {0};
    uint32_t n_scored = 0;
    while (event.kind != EVENT_STOP) {
        assert_true(request_next(request, &event, 5000));
        if (event.kind != EVENT_TOKEN || !event.is_prompt)
            continue;
        n_scored++;
        assert_int_equal(event.token, tokens[n_scored]);
        float logits[FAKE_VOCAB];
        double sum = 0;
        fake_fill_logits(logits, fake_cold(hybrid, tokens, n_scored));
        for (int v = 0; v < FAKE_VOCAB; v++)
            sum += exp(logits[v]);
        assert_true(fabs(event.logprob - (logits[event.token] - log(sum))) < 1e-4);
        assert_int_equal(event.n_top, 3);
        assert_true(event.top[0].logprob >= event.logprob);
    }
    assert_int_equal(n_scored, 149);
    request_close(request);
    close_rig(&rig);
}

TEST(engine, reports_a_failing_model_and_goes_on)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid, &(struct engine_config){.n_context = 1000, .n_batch = 32});
    rig.model->fail_at_step = 3;
    token_id tokens[200];
    fill(tokens, 200, 0, 1);
    struct answer answer = ask(&rig, tokens, 200, 4);
    assert_int_equal(answer.stop, STOP_ERROR);
    assert_int_equal(answer.error, ERR_IO);
    answer = ask(&rig, tokens, 200, 4);
    assert_int_equal(answer.stop, STOP_LENGTH);
    assert_is_cold_answer(&rig, tokens, 200, &answer);
    close_rig(&rig);
}

TEST(engine, stops_everything_when_it_closes)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 1000, .n_queue_max = 5});
    rig.model->row_us = 100;
    token_id tokens[200];
    fill(tokens, 200, 0, 1);
    struct request *requests[3];
    for (int i = 0; i < 3; i++)
        requests[i] = submit(&rig, tokens, 200, 700);
    close_rig(&rig);
    for (int i = 0; i < 3; i++) {
        struct answer answer = {0};
        finish(requests[i], &answer);
        assert_int_equal(answer.stop, STOP_CANCELLED);
    }
}

// ---- constraints ----

// A constraint on text of the fake vocabulary.
static struct constraint_state *constrain(struct constraint_vocabulary **vocabulary,
                                          const char *schema)
{
    struct buf blob = {0};
    uint32_t offsets[FAKE_VOCAB + 1];
    uint8_t roles[FAKE_VOCAB] = {[FAKE_END] = TOKEN_ROLE_END};
    for (token_id id = 0; id < FAKE_VOCAB; id++) {
        struct str bytes = tokenizer_bytes(NULL, id);
        offsets[id] = (uint32_t)blob.size;
        buf_append(&blob, bytes.data, bytes.size);
    }
    offsets[FAKE_VOCAB] = (uint32_t)blob.size;
    struct token_vocabulary source = {blob.data, offsets, roles, FAKE_VOCAB};
    assert_int_equal(constraint_vocabulary_open(vocabulary, &source, NULL), OK);
    struct constraint *constraint =
        constraint_open_schema(*vocabulary, str_of(schema), &(struct constraint_options){0});
    struct constraint_state *state = constraint_state_open(constraint);
    constraint_close(constraint);
    buf_release(&blob);
    return state;
}

static void assert_says(const struct answer *answer, const char *const *texts)
{
    struct buf said = {0};
    for (uint32_t i = 0; i < answer->n_tokens; i++) {
        struct str bytes = tokenizer_bytes(NULL, answer->tokens[i]);
        buf_append(&said, bytes.data, bytes.size);
    }
    bool is_one_of_them = false;
    for (; *texts; texts++)
        is_one_of_them |= strcmp(said.data, *texts) == 0;
    if (!is_one_of_them)
        fail_msg("said %s", said.data);
    buf_release(&said);
}

TEST(engine, says_what_a_constraint_allows_and_stops_when_it_is_complete)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, hybrid, &(struct engine_config){.n_context = 1000});
    token_id tokens[100];
    fill(tokens, 100, 0, 1);
    static const char *const texts[] = {"\"hello_world\"", "\"help_me\"", NULL};
    struct constraint_vocabulary *vocabulary;
    struct generation generation = {
        .tokens = tokens,
        .n_tokens = 100,
        .constraint = constrain(&vocabulary, "{\"enum\":[\"hello_world\",\"help_me\"]}")};
    struct request *request;
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL), OK);
    struct answer answer = {0};
    finish(request, &answer);
    assert_int_equal(answer.stop, STOP_COMPLETE);
    assert_says(&answer, texts);
    // Most of it was forced, and computed in a few steps.
    assert_true(rig.model->n_steps < 3 + answer.n_tokens / 2);
    // What comes next continues from the forced tokens as from any others.
    memcpy(tokens + 60, answer.tokens, answer.n_tokens * sizeof *tokens);
    answer = ask(&rig, tokens, 60 + answer.n_tokens, 5);
    assert_is_cold_answer(&rig, tokens, 60 + (answer.stats.n_prompt - 60), &answer);
    close_rig(&rig);
    constraint_vocabulary_close(vocabulary);
}

TEST(engine, takes_a_constraint_over_even_when_it_refuses)
{
    (void)state;
    struct rig rig;
    open_rig(&rig, plain, &(struct engine_config){.n_context = 1000});
    struct constraint_vocabulary *vocabulary;
    struct generation generation = {.constraint = constrain(&vocabulary, "true")};
    struct request *request;
    assert_int_equal(engine_submit(rig.engine, &request, &generation, NULL, NULL, NULL),
                     ERR_ARGUMENT);
    close_rig(&rig);
    constraint_vocabulary_close(vocabulary);
}

// ---- many readers ----

struct reader {
    struct rig *rig;
    uint64_t seed;
    atomic_uint n_calls;
};

static void count_call(void *context)
{
    atomic_fetch_add(&((struct reader *)context)->n_calls, 1);
}

static void *read_answers(void *context)
{
    struct reader *reader = context;
    struct rng rng;
    rng_seed(&rng, reader->seed);
    for (int i = 0; i < 25; i++) {
        token_id tokens[200];
        uint32_t n = 1 + (uint32_t)rng_below(&rng, 200);
        fill(tokens, n, 60, rng_below(&rng, 4));
        struct generation generation = {
            .tokens = tokens, .n_tokens = n, .max_tokens = 10, .ignores_end = true};
        struct request *request;
        if (engine_submit(reader->rig->engine, &request, &generation, count_call, reader, NULL))
            continue;
        struct event event;
        struct request_stats stats;
        switch (rng_below(&rng, 4)) {
        case 0:
            request_close(request);
            continue;
        case 1:
            request_next(request, &event, 1);
            request_cancel(request);
            break;
        case 2:
            request_stats(request, &stats);
            request_set_priority(request, -1);
            break;
        }
        struct answer answer = {0};
        finish(request, &answer);
        if (answer.stop == STOP_LENGTH)
            assert_is_cold_answer(reader->rig, tokens, n, &answer);
    }
    return NULL;
}

TEST(engine, serves_many_threads)
{
    (void)state;
    struct rig rig;
    struct engine_config config = {.n_context = 300,
                                   .n_parallel = 3,
                                   .n_queue_max = 6,
                                   .n_batch = 32,
                                   .n_cache_tokens = 700,
                                   .snapshot_size_max = 8 * FAKE_STATE_SIZE};
    open_rig(&rig, hybrid, &config);
    struct reader readers[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        readers[i] = (struct reader){.rig = &rig, .seed = (uint64_t)i};
        pthread_create(&threads[i], NULL, read_answers, &readers[i]);
    }
    unsigned n_calls = 0;
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        n_calls += atomic_load(&readers[i].n_calls);
    }
    assert_true(n_calls > 100);
    close_rig(&rig);
}

RUN_TESTS(IS(engine, answers_as_the_model_alone_would),
          IS(engine, continues_a_conversation_from_its_last_answer),
          IS(engine, a_third_prompt_goes_on_where_two_parted),
          IS(engine, the_end_of_a_system_prompt_may_change),
          IS(engine, asks_the_same_again_for_one_row),
          IS(engine, keeps_the_end_of_the_system_prompt),
          IS(engine, conversations_in_turns_compute_little_again_with_few_states),
          IS(engine, runs_many_at_once_as_each_alone),
          IS(engine, computes_a_prompt_once_that_is_asked_twice_at_once),
          IS(engine, keeps_what_a_cancelled_prefill_computed),
          IS(engine, stops_at_an_end_token_unless_told_not_to),
          IS(engine, stops_where_the_context_is_full), IS(engine, refuses_what_cannot_be),
          IS(engine, says_busy_when_the_queue_is_full),
          IS(engine, never_breaks_a_running_answer_for_lack_of_pages),
          IS(engine, runs_answers_of_unknown_length_together_and_finishes_them_all),
          IS(engine, parks_background_prefill_for_a_foreground_request),
          IS(engine, scores_the_prompt), IS(engine, reports_a_failing_model_and_goes_on),
          IS(engine, says_what_a_constraint_allows_and_stops_when_it_is_complete),
          IS(engine, takes_a_constraint_over_even_when_it_refuses),
          IS(engine, stops_everything_when_it_closes), IS(engine, serves_many_threads))
