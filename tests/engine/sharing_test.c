// What do requests that share the engine cost each other?  In the time of a clock that only the model's
// steps move, so that a busy machine changes nothing.
#include "engine/engine.h"

#include "tests/engine/fake_model.h"
#include "tests/test.h"

enum {
    LONG = 20000,
    SHORT = 256,
    STREAM_TOKENS = 400,
    MS = 1000000,
    SHORTS_MAX = 64,
    TIMEOUT_MS = 60000
};

// Milliseconds of a step, microseconds of a row: 12 layers of a 35B-A3B on two cores, something slower,
// a laptop, and a machine whose whole batch takes less than anybody may wait.
static const struct {
    unsigned step_ms, row_us;
} machines[] = {{59, 9200}, {100, 21000}, {20, 2000}, {5, 300}};

struct client { // watched from the engine's thread
    struct scene *scene;
    struct request *request;
    uint64_t arrived_ns, first_ns, last_ns, longest_gap_ns;
    uint32_t n_tokens;
    bool has_stopped;
};

struct scene {
    struct model *model;
    struct engine *engine;
    uint64_t n_rows_before;        // of the long prompt, when the first short one comes
    uint32_t n_long, n_long_later; // its rows: so far, and in steps after that of the arrival
    uint32_t n_shorts, n_wanted;
    bool has_stream; // an answer of its own, running from the long prompt's beginning on
    struct client shorts[SHORTS_MAX], stream;
};

static uint64_t scene_now_ns(void *context)
{
    return ((struct model *)context)->now_ns;
}

static void open_scene(struct scene *scene, size_t i_machine)
{
    const struct fake_config config = {.has_states = true};
    struct hyperparams hyperparams;
    struct model_options options = {.k_type = DTYPE_F16, .v_type = DTYPE_F16};
    fake_hyperparams(&hyperparams, config);
    struct engine_config wanted = {.n_context = LONG + 1000,
                                   .n_cache_tokens = 3 * LONG,
                                   .n_parallel = 4,
                                   .n_batch = 512,
                                   .n_queue_max = 4,
                                   .snapshot_size_max = 64 * FAKE_STATE_SIZE,
                                   .clock_ns = scene_now_ns};
    engine_model_options(&hyperparams, &wanted, &options);
    scene->model = fake_open(config, &options);
    scene->model->step_ns = (uint64_t)machines[i_machine].step_ms * MS;
    scene->model->row_ns = (uint64_t)machines[i_machine].row_us * 1000;
    wanted.clock_context = scene->model;
    struct error error;
    assert_int_equal(engine_open(&scene->engine, scene->model, NULL, &wanted, &error), OK);
}

static void close_scene(struct scene *scene)
{
    for (uint32_t i = 0; i < scene->n_shorts; i++)
        request_close(scene->shorts[i].request);
    request_close(scene->stream.request);
    engine_close(scene->engine);
    assert_int_equal(scene->model->n_violations, 0);
    fake_close(scene->model);
}

static struct request *submit(struct scene *scene, uint32_t n, uint32_t n_answer, uint64_t seed,
                              void (*notify)(void *), void *context)
{
    static token_id tokens[LONG];
    struct request *request;
    struct error error;
    for (uint32_t i = 0; i < n; i++)
        tokens[i] = (token_id)(fake_mix(i, seed) % FAKE_VOCAB);
    struct generation generation = {
        .tokens = tokens, .n_tokens = n, .max_tokens = n_answer, .ignores_end = true};
    if (engine_submit(scene->engine, &request, &generation, notify, context, &error))
        fail_msg("%s", error.text);
    return request;
}

static void note_events(void *context);

static void submit_short(struct scene *scene)
{
    struct client *client = &scene->shorts[scene->n_shorts++];
    client->scene = scene;
    client->arrived_ns = scene->model->now_ns;
    client->request = submit(scene, SHORT, 1, 100 + scene->n_shorts, note_events, client);
}

static void note_events(void *context)
{
    struct client *client = context;
    struct scene *scene = client->scene;
    struct event event;
    while (request_next(client->request, &event, 0)) {
        uint64_t now_ns = scene->model->now_ns;
        client->has_stopped |= event.kind == EVENT_STOP;
        if (event.kind != EVENT_TOKEN)
            continue;
        if (client->n_tokens++ == 0)
            client->first_ns = now_ns;
        else if (now_ns - client->last_ns > client->longest_gap_ns)
            client->longest_gap_ns = now_ns - client->last_ns;
        client->last_ns = now_ns;
    }
    if (client->has_stopped && client != &scene->stream && scene->n_shorts < scene->n_wanted)
        submit_short(scene);
}

static void submit_stream(struct scene *scene)
{
    scene->stream.scene = scene;
    scene->stream.request = submit(scene, 50, STREAM_TOKENS, 2, note_events, &scene->stream);
}

// Positions tell the long prompt from the others, which are shorter than where it is by then.
static void watch(void *context, const struct batch *batch)
{
    struct scene *scene = context;
    if (scene->has_stream && !scene->stream.request)
        submit_stream(scene);
    for (uint32_t i = 0; i < batch->n_sequences; i++)
        if (scene->n_shorts == 0 || batch->sequences[i].position > 2 * SHORT) {
            scene->n_long = batch->sequences[i].position + batch->sequences[i].n_rows;
            if (scene->n_shorts > 0 && scene->shorts[scene->n_shorts - 1].n_tokens == 0)
                scene->n_long_later += batch->sequences[i].n_rows;
        }
    if (scene->n_shorts == 0 && scene->n_long > scene->n_rows_before && scene->n_wanted > 0)
        submit_short(scene); // as this step begins: it waits for all of it
}

// One short request after the other, as many as wanted, beside a long prompt that has come so far.
static void play(struct scene *scene, uint32_t n_long, uint32_t n_rows_before, uint32_t n_wanted)
{
    scene->n_rows_before = n_rows_before;
    scene->n_wanted = n_wanted;
    scene->model->watch_context = scene;
    scene->model->watch = watch;
    struct event event = {0};
    struct request *request = submit(scene, n_long, 1, 1, NULL, NULL);
    while (event.kind != EVENT_STOP)
        assert_true(request_next(request, &event, TIMEOUT_MS));
    request_close(request);
}

// How long the same takes with the engine to itself.
static uint64_t time_alone_ns(struct scene *scene)
{
    struct event event = {0};
    uint64_t start_ns = scene->model->now_ns;
    scene->model->watch = NULL;
    struct request *request = submit(scene, SHORT, 1, 7, NULL, NULL);
    while (event.kind != EVENT_STOP)
        assert_true(request_next(request, &event, TIMEOUT_MS));
    request_close(request);
    return scene->model->now_ns - start_ns;
}

TEST(sharing, a_short_request_has_its_first_token_within_a_second_more_than_alone)
{
    (void)state;
    for (size_t m = 0; m < COUNT_OF(machines); m++)
        for (uint32_t n_before = 2000; n_before < 8000; n_before += 1111) {
            static struct scene scene;
            scene = (struct scene){0};
            open_scene(&scene, m);
            play(&scene, LONG, n_before, 1);
            const struct client *client = &scene.shorts[0];
            assert_int_equal(client->n_tokens, 1);
            uint64_t alone_ns = time_alone_ns(&scene);
            assert_in_range(client->first_ns - client->arrived_ns, alone_ns,
                            alone_ns + 1000 * (uint64_t)MS);
            assert_int_equal(scene.n_long_later, 0);
            close_scene(&scene);
        }
}

TEST(sharing, a_long_prompt_goes_on_where_short_ones_keep_coming)
{
    (void)state;
    for (size_t m = 0; m < COUNT_OF(machines); m++) {
        static struct scene scene;
        scene = (struct scene){0};
        open_scene(&scene, m);
        play(&scene, LONG, 2000, SHORTS_MAX);
        assert_int_equal(scene.n_shorts, SHORTS_MAX);
        // The first ones have most turns, the later ones three in four.
        assert_in_range(scene.n_long_later, SHORTS_MAX * SHORT / 5, SHORTS_MAX * SHORT);
        uint64_t alone_ns = time_alone_ns(&scene);
        for (uint32_t i = 0; i < SHORTS_MAX; i++)
            assert_in_range(scene.shorts[i].first_ns - scene.shorts[i].arrived_ns, 1,
                            2 * alone_ns + 1000 * (uint64_t)MS);
        close_scene(&scene);
    }
}

TEST(sharing, a_running_answer_pauses_no_longer_than_promised)
{
    (void)state;
    for (size_t m = 0; m < COUNT_OF(machines); m++) {
        static struct scene scene;
        scene = (struct scene){0};
        open_scene(&scene, m);
        scene.has_stream = true;
        play(&scene, 4000, 2000, 3);
        assert_in_range(scene.stream.n_tokens, 15, STREAM_TOKENS);
        assert_in_range(scene.stream.longest_gap_ns, 1, 300 * (uint64_t)MS);
        assert_int_equal(scene.n_shorts, 3);
        close_scene(&scene);
    }
}

RUN_TESTS(IS(sharing, a_short_request_has_its_first_token_within_a_second_more_than_alone),
          IS(sharing, a_long_prompt_goes_on_where_short_ones_keep_coming),
          IS(sharing, a_running_answer_pauses_no_longer_than_promised))
