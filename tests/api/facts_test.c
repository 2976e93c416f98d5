#include "api/facts.h"

#include "api/json.h"
#include "base/memory.h"
#include "tests/test.h"

static const struct model_facts model = {
    .name = "m \"1\"",
    .path = "/m.gguf",
    .architecture = "qwen3",
    .created_s = 0,
    .n_context = 4096,
    .n_context_train = 8192,
    .n_vocab = 10,
    .n_embd = 4,
    .n_params = 7,
    .size = 9,
    .n_parallel = 2,
    .version = "1",
    .sampling = {.temperature = 0.8, .seed = -1},
};

static struct json_object *parse(struct buf *out)
{
    struct json_object *value = NULL;
    struct error error;
    if (json_read(&value, (struct str){out->data, out->size}, &error))
        fail_msg("%s in %s", error.text, out->data);
    buf_release(out);
    return value;
}

TEST(facts, models_have_both_shapes)
{
    (void)state;
    struct buf out = {0};
    facts_put_models_anthropic(&out, &model);
    struct json_object *value = parse(&out);
    struct json_object *first = json_object_array_get_idx(json_at(value, "data"), 0);
    assert_true(str_is(json_str_at(first, "id"), "m \"1\""));
    assert_true(str_is(json_str_at(first, "created_at"), "1970-01-01T00:00:00Z"));
    assert_true(str_is(json_str_at(value, "last_id"), "m \"1\""));
    json_object_put(value);
    facts_put_models_openai(&out, &model);
    value = parse(&out);
    first = json_object_array_get_idx(json_at(value, "data"), 0);
    assert_true(str_is(json_str_at(first, "object"), "model"));
    assert_int_equal(json_object_get_int(json_at(first, "meta.n_ctx_train")), 8192);
    json_object_put(value);
}

TEST(facts, llama_servers_tools_find_what_they_read)
{
    (void)state;
    struct buf out = {0};
    struct server_facts server = {
        .n_prompt_tokens = 10,
        .n_reused_tokens = 4,
        .prompt_s = 2,
        .n_running = 1,
        .n_slots = 1,
        .slots = {{.number = 41,
                   .n_prompt = 100,
                   .n_reused = 90,
                   .n_computed = 7,
                   .n_generated = 12,
                   .has_settings = true,
                   .has_newline = true,
                   .settings = {.sampling = {.top_k = 9}, .max_tokens = 50}}}};
    facts_put_props(&out, &model);
    struct json_object *value = parse(&out);
    assert_int_equal(json_object_get_int(json_at(value, "default_generation_settings.n_ctx")),
                     4096);
    assert_int_equal(json_object_get_int(json_at(value, "total_slots")), 2);
    struct json_object *params = json_at(value, "default_generation_settings.params");
    assert_true(json_object_get_double(json_at(params, "temperature")) == 0.8);
    assert_int_equal(json_object_get_int64(json_at(params, "seed")), UINT32_MAX);
    assert_int_equal(json_object_get_int(json_at(params, "n_predict")), -1);
    assert_true(json_is(json_at(params, "samplers"), json_type_array));
    json_object_put(value);
    facts_put_slots(&out, &model, &server);
    value = parse(&out);
    assert_int_equal(json_length(value), 2);
    assert_true(
        json_object_get_boolean(json_at(json_object_array_get_idx(value, 0), "is_processing")));
    struct json_object *busy = json_object_array_get_idx(value, 0);
    assert_int_equal(json_object_get_int(json_at(busy, "n_prompt_tokens_cache")), 90);
    assert_int_equal(json_object_get_int(json_at(busy, "n_prompt_tokens_processed")), 7);
    assert_int_equal(json_object_get_int(json_at(busy, "params.top_k")), 9);
    assert_int_equal(json_object_get_int(json_at(busy, "id_task")), 41);
    struct json_object *next = json_object_array_get_idx(json_at(busy, "next_token"), 0);
    assert_true(json_object_get_boolean(json_at(next, "has_next_token")));
    assert_true(json_object_get_boolean(json_at(next, "has_new_line")));
    assert_int_equal(json_object_get_int(json_at(next, "n_remain")), 38);
    assert_null(json_at(json_object_array_get_idx(value, 1), "n_prompt_tokens"));
    json_object_put(value);
    facts_put_metrics(&out, &server);
    assert_non_null(strstr(out.data, "\nllamacpp:prompt_tokens_total 6\n"));
    assert_non_null(strstr(out.data, "\nllamacpp:prompt_tokens_seconds 3\n"));
    static const char *const names[] = {"llamacpp:prompt_tokens_total",
                                        "llamacpp:prompt_seconds_total",
                                        "llamacpp:prompt_tokens_seconds",
                                        "llamacpp:tokens_predicted_total",
                                        "llamacpp:predicted_tokens_seconds",
                                        "llamacpp:tokens_predicted_seconds_total",
                                        "llamacpp:requests_processing",
                                        "llamacpp:requests_deferred",
                                        "llamacpp:n_tokens_max",
                                        "llamacpp:n_decode_total",
                                        "llamacpp:n_busy_slots_per_decode",
                                        "llamacpp:kv_cache_usage_ratio"};
    for (size_t i = 0; i < COUNT_OF(names); i++) { // what dashboards made for llama-server draw
        char line[100];
        snprintf(line, sizeof line, "\n# TYPE %s ", names[i]);
        if (!strstr(out.data, line))
            fail_msg("no %s", names[i]);
    }
    buf_release(&out);
}

RUN_TESTS(IS(facts, models_have_both_shapes), IS(facts, llama_servers_tools_find_what_they_read))
