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

// ---- texts: each byte of them costs a bounded number of steps ----

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
size_t __sanitizer_get_current_allocated_bytes(void); // gcc comes without its header
#endif

// Bytes in use.  Sanitizers keep what was freed for a while, so there it is what they count themselves.
static size_t memory_in_use(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return __sanitizer_get_current_allocated_bytes();
#else
    return os_memory_resident();
#endif
}

struct text_cost {
    size_t n_steps, n_bytes_memory;
    bool is_taken;
};

// Takes the text byte by byte, with the mask before each one.
static struct text_cost take_text(struct str schema, struct str text)
{
    const struct constraint_options options = {.size_max = 8 * MIB};
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    size_t before = memory_in_use();
    struct constraint *constraint = constraint_open_schema(vocabulary, schema, &options);
    struct constraint_state *state = constraint_state_open(constraint);
    struct text_cost cost = {.is_taken = true};
    for (size_t i = 0; i < text.size && cost.is_taken; i++) {
        uint64_t mask[(TEST_N_TOKENS + 63) / 64];
        constraint_state_mask(state, mask);
        cost.is_taken = mask_has(mask, (token_id)(unsigned char)text.data[i]) &&
                        constraint_state_accept(state, (unsigned char)text.data[i]);
    }
    cost.n_steps = constraint_state_n_steps(state);
    size_t after = memory_in_use();
    cost.n_bytes_memory = after > before ? after - before : 0;
    constraint_state_close(state);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
    return cost;
}

static void check_text(struct buf *schema, struct buf *text, size_t n_steps_of_byte)
{
    struct text_cost cost =
        take_text((struct str){schema->data, schema->size}, (struct str){text->data, text->size});
    assert_true(cost.is_taken);
    assert_true(cost.n_steps < n_steps_of_byte * text->size);
    assert_true(cost.n_bytes_memory < 64 * MIB);
    buf_release(schema);
    buf_release(text);
}

TEST(constraint_limits, a_chain_of_thousands_of_definitions_needs_little_stack)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 20000; i++)
        buf_printf(&schema,
                   "\"d%d\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{"
                   "\"$ref\":\"#/$defs/d%d\"}}},",
                   i, i + 1);
    buf_append_text(&schema, "\"d20000\":{\"type\":\"string\"}}}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, a_hundred_thousand_options_are_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"anyOf\":[false");
    for (int i = 0; i < 100000; i++)
        buf_printf(&schema, ",{\"const\":%d}", i);
    buf_append_text(&schema, "]}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, what_sets_of_options_evaluate_is_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"unevaluatedProperties\":false,\"allOf\":[true");
    for (int i = 0; i < 12; i++) {
        buf_append_text(&schema, ",{\"anyOf\":[false");
        for (int k = 0; k < 4; k++)
            buf_printf(&schema, ",{\"required\":[\"p%d_%d\"],\"properties\":{\"p%d_%d\":true}}", i,
                       k, i, k);
        buf_append_text(&schema, "]}");
    }
    buf_append_text(&schema, "]}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, negations_of_negations_are_relaxed)
{
    (void)state;
    struct buf schema = {0};
    buf_append_text(&schema, "{\"allOf\":[true");
    for (int i = 0; i < 40; i++)
        buf_printf(&schema,
                   ",{\"not\":{\"allOf\":[{\"required\":[\"a%d\"]},{\"not\":{\"anyOf\":[{"
                   "\"minimum\":%d},{\"required\":[\"b%d\"]}]}}]}}",
                   i, i, i);
    buf_append_text(&schema, "]}");
    check_bounds(&(struct limits[]){open_schema(&schema)}[0], true);
}

TEST(constraint_limits, twenty_thousand_properties_cost_little_for_each_byte)
{
    (void)state;
    static const char *const bounds[] = {"\"maxProperties\":2", "\"minProperties\":2",
                                         "\"dependentRequired\":{\"p1\":[\"p2\",\"p3\"]},"
                                         "\"maxProperties\":5"};
    for (size_t b = 0; b < COUNT_OF(bounds); b++) {
        struct buf schema = {0}, text = {0};
        buf_printf(&schema,
                   "{\"type\":\"object\",\"additionalProperties\":false,%s,"
                   "\"required\":[\"p19999\"],\"properties\":{\"p0\":{}",
                   bounds[b]);
        for (int i = 1; i < 20000; i++)
            buf_printf(&schema, ",\"p%d\":{\"type\":\"string\",\"maxLength\":%d}", i, 1 + i % 50);
        buf_append_text(&schema, "}}");
        buf_append_text(&text, "{\"p777\": \"abc\", \"p19999\": \"x\"}");
        check_text(&schema, &text, 1000);
    }
}

TEST(constraint_limits, items_that_must_differ_cost_little_for_each_byte)
{
    (void)state;
    static const char *const items[] = {
        "{\"type\":\"string\",\"pattern\":\"^[ab]{0,8}$\"}",
        "{\"type\":\"string\"}",
        "{\"type\":\"string\",\"pattern\":\"^([ab]{8}|[cd]{8}){0,2}$\",\"maxLength\":8}",
    };
    for (size_t s = 0; s < COUNT_OF(items); s++) {
        struct buf schema = {0}, text = {0};
        buf_printf(&schema, "{\"type\":\"array\",\"uniqueItems\":true,\"items\":%s}", items[s]);
        for (unsigned i = 0; i < 250; i++) {
            buf_append_text(&text, i ? ", \"" : "[\"");
            for (unsigned bit = 0; bit < 8; bit++)
                buf_append_byte(&text, i >> bit & 1 ? 'b' : 'a');
            buf_append_byte(&text, '"');
        }
        check_text(&schema, &text, 20000);
    }
}

// Each bracket may be one of two arrays, so that a text has as many readings as two to its depth.
TEST(constraint_limits, readings_that_double_with_each_level_are_bounded)
{
    (void)state;
    struct buf schema = {0}, text = {0};
    buf_append_text(&schema, "{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},"
                             "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"},\"maxItems\":9},"
                             "{\"type\":\"integer\"}]}");
    for (int i = 0; i < 40; i++)
        buf_append_byte(&text, '[');
    buf_append_byte(&text, '1');
    for (int i = 0; i < 40; i++)
        buf_append_byte(&text, ']');
    check_text(&schema, &text, 4000);
}

RUN_TESTS(IS(constraint_limits, a_hundred_thousand_constants_are_a_list),
          IS(constraint_limits, a_million_constants_are_relaxed),
          IS(constraint_limits, products_of_choices_are_relaxed),
          IS(constraint_limits, definitions_that_double_each_other_are_cheap_or_relaxed),
          IS(constraint_limits, deep_schemas_are_followed_or_relaxed),
          IS(constraint_limits, patterns_that_multiply_are_bounded),
          IS(constraint_limits, a_chain_of_thousands_of_definitions_needs_little_stack),
          IS(constraint_limits, a_hundred_thousand_options_are_relaxed),
          IS(constraint_limits, what_sets_of_options_evaluate_is_relaxed),
          IS(constraint_limits, negations_of_negations_are_relaxed),
          IS(constraint_limits, twenty_thousand_properties_cost_little_for_each_byte),
          IS(constraint_limits, items_that_must_differ_cost_little_for_each_byte),
          IS(constraint_limits, readings_that_double_with_each_level_are_bounded))
