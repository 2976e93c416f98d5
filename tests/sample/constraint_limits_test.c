// Schemas made to be expensive: the work and the memory stay within bounds, and the answer is a
// relaxation, not a failure.
#include "base/os.h"
#include "tests/sample/vocabulary.h"

#define STEPS_MAX 4000000

struct limits {
    struct schema_store *store;
    value_ref ref;
};

static struct limits open_schema(struct buf *schema)
{
    struct limits limits = {.store = schema_store_open(32 * MIB)};
    limits.ref = schema_add_text(limits.store, (struct str){schema->data, schema->size});
    buf_release(schema);
    return limits;
}

static void check_bounds(struct limits *limits, bool is_relaxed)
{
    size_t n;
    assert_true(schema_value(limits->store, limits->ref)->n_shapes > 0);
    assert_true(schema_n_steps(limits->store) < STEPS_MAX);
    schema_relaxations(limits->store, &n);
    assert_int_equal(n > 0, is_relaxed);
    schema_store_close(limits->store);
}

TEST(constraint_limits, a_hundred_thousand_constants_are_a_list)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"enum\":[0");
    for (int i = 1; i < 100000; i++)
        buf_printf(&schema, ",\"v%d\"", i);
    buf_append_text(&schema, "]}");
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint *constraint =
        constraint_open_schema(vocabulary, (struct str){schema.data, schema.size}, NULL);
    assert_true(test_accepts(constraint, "\"v99999\"", 8));
    assert_true(test_accepts(constraint, "0", 1));
    assert_false(test_accepts(constraint, "\"v100000\"", 9));
    assert_int_equal(constraint_relaxations(constraint, NULL, 0), 0);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], false);
}

TEST(constraint_limits, a_million_constants_are_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"enum\":[0");
    for (int i = 1; i < 1000000; i++)
        buf_printf(&schema, ",%d", i);
    buf_append_text(&schema, "]}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, products_of_choices_are_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"allOf\":[true");
    for (int i = 0; i < 30; i++) {
        buf_append_text(&schema, ",{\"anyOf\":[false");
        for (int k = 0; k < 10; k++)
            buf_printf(&schema, ",{\"properties\":{\"p%d_%d\":{\"type\":\"integer\"}}}", i, k);
        buf_append_text(&schema, "]}");
    }
    buf_append_text(&schema, "]}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, definitions_that_double_each_other_are_cheap_or_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 40; i++)
        buf_printf(&schema,
                   "\"d%d\":{\"oneOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"not\":{\"$ref\":\"#/$defs/"
                   "d%d\"}}]},",
                   i, i + 1, i + 1);
    buf_append_text(&schema, "\"d40\":{\"type\":\"string\"}}}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, deep_schemas_are_followed_or_relaxed)
{
    (void)state;
    static const int depths[] = {400, 100000};
    for (size_t d = 0; d < COUNT_OF(depths); d++) {
        struct buf schema = {0};
        for (int i = 0; i < depths[d]; i++)
            buf_append_text(&schema, "{\"items\":");
        buf_append_text(&schema, "true");
        for (int i = 0; i < depths[d]; i++)
            buf_append_text(&schema, "}");
        check_bounds(&(struct limits[]){open_schema(&schema)}[0], d > 0);
    }
}

TEST(constraint_limits, patterns_that_multiply_are_bounded)
{
    (void)state;
    static const char *const patterns[] = {
        "a{1,1000}{1,1000}",
        "(a{1,1000}b?){1,1000}",
        "((a|b){1,50}c?){1,50}x",
        "^(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e)(?=.*f)(?=.*g).{20,}$",
        "(.*a){40}",
        "(a?){2000}a{2000}",
        "^([^a]|a[^b]){1,300}(?!.*(x|y|z){1,100}$)",
    };
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    for (size_t p = 0; p < COUNT_OF(patterns); p++) {
        struct buf schema = {0};
        buf_printf(&schema, "{\"type\":\"string\",\"pattern\":\"%s\"}", patterns[p]);
        const struct constraint_options options = {.size_max = 8 * MIB};
        size_t before = os_memory_resident();
        struct constraint *constraint =
            constraint_open_schema(vocabulary, (struct str){schema.data, schema.size}, &options);
        struct constraint_state *text = constraint_state_open(constraint);
        assert_true(constraint_state_accept_bytes(text, STR("\"")));
        for (int i = 0; i < 200; i++) {
            uint64_t mask[(TEST_N_TOKENS + 63) / 64];
            constraint_state_mask(text, mask);
            uint64_t any = 0;
            for (size_t w = 0; w < COUNT_OF(mask); w++)
                any |= mask[w];
            if (!any)
                fail_msg("%s leads nowhere after %d letters", patterns[p], i);
            if (!constraint_state_accept(text, "abcdefg"[i % 7]) &&
                !constraint_state_accept(text, 'a'))
                break;
        }
        assert_true(constraint_state_n_steps(text) < 400000);
        assert_true(os_memory_resident() < before + 40 * MIB);
        constraint_state_close(text);
        constraint_close(constraint);
        buf_release(&schema);
    }
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(constraint_limits, a_hundred_thousand_constants_are_a_list),
          IS(constraint_limits, a_million_constants_are_relaxed),
          IS(constraint_limits, products_of_choices_are_relaxed),
          IS(constraint_limits, definitions_that_double_each_other_are_cheap_or_relaxed),
          IS(constraint_limits, deep_schemas_are_followed_or_relaxed),
          IS(constraint_limits, patterns_that_multiply_are_bounded))
