// What each keyword of JSON Schema allows and forbids, as rows of a table.
#include "tests/sample/vocabulary.h"

struct row {
    const char *schema;
    const char *valid[6], *invalid[8];
};

static void check(const struct row *rows, size_t n)
{
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    for (size_t r = 0; r < n; r++) {
        struct constraint *constraint =
            constraint_open_schema(vocabulary, str_of(rows[r].schema), NULL);
        for (size_t i = 0; i < COUNT_OF(rows[r].valid) && rows[r].valid[i]; i++)
            if (!test_accepts(constraint, rows[r].valid[i], strlen(rows[r].valid[i])))
                fail_msg("%s\nrejects %s", rows[r].schema, rows[r].valid[i]);
        for (size_t i = 0; i < COUNT_OF(rows[r].invalid) && rows[r].invalid[i]; i++)
            if (test_accepts(constraint, rows[r].invalid[i], strlen(rows[r].invalid[i])))
                fail_msg("%s\naccepts %s", rows[r].schema, rows[r].invalid[i]);
        constraint_close(constraint);
    }
    constraint_vocabulary_close(vocabulary);
}

TEST(json_schema, types_and_unions)
{
    (void)state;
    static const struct row rows[] = {
        {"true",
         {"1", "\"a\"", "{\"a\": [1, {}]}", "null", "-0.5e+3"},
         {"", "{", "[1,]", "01", "nul"}},
        {"{\"type\":\"string\"}",
         {"\"\"", "\"a\\n\\u00e9\\ud83d\\ude00\""},
         {"1", "\"\n\"", "\"\\ud83d\"", "\"\\x\"", "\"\xff\"", "\"a"}},
        {"{\"type\":[\"integer\",\"null\"]}", {"0", "-12", "null"}, {"1.5", "\"1\"", "-", "00"}},
        {"{\"type\":\"number\"}", {"1", "1.25", "1e-5"}, {"1.", ".5", "+1"}},
        {"{\"type\":\"boolean\"}", {"true", "false"}, {"null", "tru"}},
        {"{\"enum\":[\"a\",\"ab\",1,null,{\"x\":[1]}]}",
         {"\"a\"", "\"ab\"", "1", "null", "{\"x\": [1]}"},
         {"\"b\"", "2", "{\"x\": []}", "{}"}},
        {"{\"const\":\"caf\\u00e9\"}", {"\"caf\xc3\xa9\"", "\"caf\\u00e9\""}, {"\"cafe\""}},
        {"{\"type\":\"integer\",\"enum\":[1,2.5,\"x\"]}", {"1"}, {"2.5", "\"x\""}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, objects)
{
    (void)state;
    static const struct row rows[] = {
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{}},"
         "\"required\":[\"b\"],\"additionalProperties\":false}",
         {"{\"a\": 1, \"b\": 2}", "{\"b\":null}", "{\"b\": 1, \"a\": 2}", "{\n  \"b\": []\n}"},
         {"{}", "{\"a\": 1}", "{\"a\": \"x\", \"b\": 1}", "{\"b\": 1, \"c\": 2}",
          "{\"b\": 1, \"b\": 1}", "{\"b\": 1,}"}},
        {"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}",
         {"{}", "{\"x\": 1, \"y\": 2}"},
         {"{\"x\": \"y\"}"}},
        {"{\"type\":\"object\",\"patternProperties\":{\"^a\":{\"type\":\"integer\"},\"z$\":{"
         "\"minimum\":5}},"
         "\"additionalProperties\":false}",
         {"{\"ab\": 1}", "{\"az\": 7}", "{\"z\": \"x\"}"},
         {"{\"az\": 3}", "{\"az\": \"x\"}", "{\"b\": 1}"}},
        {"{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}",
         {"{\"abc\": 1}"},
         {"{\"A\": 1}", "{\"\": 1}"}},
        {"{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":2}",
         {"{\"a\": 1}", "{\"a\": 1, \"b\": 2}"},
         {"{}", "{\"a\": 1, \"b\": 2, \"c\": 3}"}},
        {"{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"dependentRequired\":{\"a\":["
         "\"b\"]}}",
         {"{}", "{\"b\": 1}", "{\"a\": 1, \"b\": 1}"},
         {"{\"a\": 1}"}},
        {"{\"type\":\"object\",\"properties\":{\"a\":{},\"no\":false}}",
         {"{\"a\": 1}"},
         {"{\"no\": 1}"}},
        {"{\"type\":\"object\",\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}",
         {"{\"a\": 1, \"b\": 1}", "{}"},
         {"{\"a\": 1}"}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, arrays)
{
    (void)state;
    static const struct row rows[] = {
        {"{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":1,\"maxItems\":2}",
         {"[1]", "[1, 2]"},
         {"[]", "[1, 2, 3]", "[\"a\"]", "[1"}},
        {"{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"type\":\"string\"}],\"items\":"
         "false}",
         {"[]", "[1]", "[1, \"a\"]"},
         {"[2]", "[1, \"a\", 1]"}},
        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":[{\"const\":1}],"
         "\"additionalItems\":{\"type\":\"string\"}}",
         {"[1, \"a\"]", "5"},
         {"[1, 2]", "[3]"}},
        {"{\"type\":\"array\",\"contains\":{\"const\":5}}", {"[5]", "[1, 5, 2]"}, {"[]", "[1]"}},
        {"{\"type\":\"array\",\"items\":{\"enum\":[1,2,5]},\"contains\":{\"const\":5},"
         "\"maxContains\":1}",
         {"[5]", "[1, 5]"},
         {"[5, 5]", "[1]"}},
        {"{\"type\":\"array\",\"items\":{\"enum\":[\"a\",\"ab\"]},\"uniqueItems\":true}",
         {"[\"ab\", \"a\"]", "[]"},
         {"[\"a\", \"a\"]", "[\"a\", \"ab\", \"a\"]"}},
        {"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}",
         {"[\"a\", \"ab\", \"\", \"b\"]", "[\"a\"]"},
         {"[\"ab\", \"ab\"]", "[\"\", \"x\", \"\"]"}},
        {"{\"type\":\"array\",\"uniqueItems\":true}",
         {"[1, 12, \"1\", true, null, [1], [2], {\"a\": 1}, {}]", "[0.5, 0.55]"},
         {"[12, 1, 12]", "[null, null]", "[[1, 2], [1, 2]]", "[{\"a\": 1}, 5, {\"a\": 1}]"}},
        {"{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"integer\",\"minimum\":"
         "1,\"maximum\":3}}",
         {"[1, 3, 2]"},
         {"[1, 2, 1]", "[1, 2, 3, 1]", "[1, 2, 3,"}},
        {"{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"pattern\":\"^("
         "a|b[0-9]*)$\"}}",
         {"[\"a\", \"b\", \"b1\"]"},
         {"[\"a\", \"a\"]", "[\"b1\", \"b1\"]"}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, strings)
{
    (void)state;
    static const struct row rows[] = {
        {"{\"type\":\"string\",\"minLength\":2,\"maxLength\":3}",
         {"\"ab\"", "\"abc\"", "\"\xc3\xa9\xc3\xa9\"", "\"\\ud83d\\ude00x\""},
         {"\"a\"", "\"abcd\""}},
        {"{\"type\":\"string\",\"pattern\":\"^[a-c]+\\\\d{2}$\"}",
         {"\"ab12\""},
         {"\"ab1\"", "\"12\""}},
        {"{\"type\":\"string\",\"pattern\":\"b\"}", {"\"abc\"", "\"b\""}, {"\"ac\""}},
        {"{\"type\":\"string\",\"pattern\":\"^(?!foo)\\\\w+$\"}",
         {"\"bar\"", "\"fo\""},
         {"\"foobar\""}},
        {"{\"type\":\"string\",\"pattern\":\"^(?=.*\\\\d)(?=.*[a-z]).{4,}$\"}",
         {"\"ab12\""},
         {"\"abcd\"", "\"1234\"", "\"a1\""}},
        {"{\"type\":\"string\",\"format\":\"date\"}",
         {"\"2024-02-29\""},
         {"\"2024-13-01\"", "\"x\""}},
        {"{\"type\":\"string\",\"format\":\"uuid\"}",
         {"\"123e4567-e89b-12d3-a456-426614174000\""},
         {"\"123e4567\""}},
        {"{\"type\":\"string\",\"format\":\"ipv4\"}", {"\"10.0.0.255\""}, {"\"10.0.0.256\""}},
        {"{\"type\":\"string\",\"format\":\"ipv6\"}",
         {"\"::1\"", "\"1:2:3:4:5:6:7:8\""},
         {"\"1:2\""}},
        {"{\"type\":\"string\",\"pattern\":\"^\\\"q\\\\\\\\$\"}", {"\"\\\"q\\\\\""}, {"\"q\""}},
        {"{\"type\":\"string\",\"pattern\":\"a\",\"maxLength\":2}",
         {"\"ba\""},
         {"\"bb\"", "\"bba\""}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, numbers)
{
    (void)state;
    static const struct row rows[] = {
        {"{\"type\":\"integer\",\"minimum\":5,\"maximum\":120}",
         {"5", "9", "10", "99", "120"},
         {"4", "121", "-5", "1000", "12.5"}},
        {"{\"type\":\"integer\",\"exclusiveMinimum\":-3,\"maximum\":-1}",
         {"-2", "-1"},
         {"-3", "0", "1"}},
        {"{\"type\":\"number\",\"minimum\":0.5,\"exclusiveMaximum\":1}",
         {"0.5", "0.75", "0.999"},
         {"0.4", "1", "0", "1.0"}},
        {"{\"type\":\"integer\",\"multipleOf\":7,\"minimum\":1,\"maximum\":30}",
         {"7", "14", "28"},
         {"1", "35", "0"}},
        {"{\"type\":\"number\",\"minimum\":0}", {"0", "1e-05", "12.5"}, {"-1"}},
        {"{\"$schema\":\"http://json-schema.org/draft-04/"
         "schema#\",\"type\":\"integer\",\"minimum\":1,"
         "\"exclusiveMinimum\":true}",
         {"2"},
         {"1"}},
        {"{\"type\":\"number\",\"multipleOf\":0.25}", {"0.25", "1.5", "3"}, {"0.3", "0.125"}},
        {"{\"type\":\"integer\",\"not\":{\"const\":3},\"minimum\":2,\"maximum\":4}",
         {"2", "4"},
         {"3"}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, combinations)
{
    (void)state;
    static const struct row rows[] = {
        {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}],\"enum\":[\"a\",1,true]}",
         {"\"a\"", "1"},
         {"true", "2"}},
        {"{\"oneOf\":[{\"type\":\"object\",\"required\":[\"a\"]},{\"type\":\"object\",\"required\":"
         "[\"b\"]}]}",
         {"{\"a\": 1}", "{\"b\": 1}"},
         {"{}", "{\"a\": 1, \"b\": 1}"}},
        {"{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"minimum\":3}}},"
         "{\"properties\":{\"a\":{\"maximum\":4}},\"required\":[\"a\"]}]}",
         {"{\"a\": 3}", "{\"a\": 4}"},
         {"{\"a\": 5}", "{}", "{\"a\": 2}"}},
        {"{\"not\":{\"type\":\"string\"}}", {"1", "[]"}, {"\"a\""}},
        {"{\"not\":{\"enum\":[\"a\",\"b\"]},\"type\":\"string\"}",
         {"\"c\"", "\"ab\""},
         {"\"a\"", "\"b\""}},
        {"{\"type\":\"object\",\"if\":{\"properties\":{\"k\":{\"const\":1}},\"required\":[\"k\"]},"
         "\"then\":{\"required\":[\"a\"]},\"else\":{\"required\":[\"b\"]}}",
         {"{\"k\": 1, \"a\": 0}", "{\"b\": 0}", "{\"k\": 2, \"b\": 0}"},
         {"{\"k\": 1, \"b\": 0}", "{}"}},
        {"{\"$defs\":{\"t\":{\"type\":\"object\",\"properties\":{\"kids\":{\"type\":\"array\","
         "\"items\":"
         "{\"$ref\":\"#/$defs/t\"}}},\"additionalProperties\":false}},\"$ref\":\"#/$defs/t\"}",
         {"{\"kids\": [{\"kids\": []}, {}]}"},
         {"{\"kids\": [{\"x\": 1}]}", "{\"kids\": {}}"}},
        {"{\"$defs\":{\"n\":{\"$anchor\":\"num\",\"type\":\"integer\"}},\"$ref\":\"#num\"}",
         {"1"},
         {"\"a\""}},
        // A value that would have to contain itself cannot be written: the other way is taken.
        {"{\"$defs\":{\"r\":{\"type\":\"object\",\"required\":[\"r\"],\"properties\":{\"r\":"
         "{\"$ref\":\"#/$defs/r\"}}}},\"anyOf\":[{\"$ref\":\"#/$defs/r\"},{\"const\":0}]}",
         {"0"},
         {"{"}},
    };
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, what_cannot_be_decided_is_relaxed_once_and_told)
{
    (void)state;
    static const char schema[] =
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(?<=x)y\"},"
        "\"b\":{\"$ref\":\"other.json\"}},\"required\":[\"a\"]}";
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint *constraint = constraint_open_schema(vocabulary, str_of(schema), NULL);
    static const char text[] = "{\"a\": \"zy\", \"b\": [1]}";
    assert_true(test_accepts(constraint, text, sizeof text - 1));
    assert_true(test_accepts(constraint, text, sizeof text - 1));
    struct relaxation told[4];
    assert_int_equal(constraint_relaxations(constraint, told, 4), 2);
    bool has_pattern = false, has_reference = false;
    for (int i = 0; i < 2; i++) {
        has_pattern = has_pattern || !strcmp(told[i].pointer, "/properties/a/pattern");
        has_reference = has_reference || !strcmp(told[i].pointer, "/properties/b/$ref");
    }
    assert_true(has_pattern && has_reference);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
}

TEST(json_schema, a_reference_elsewhere_may_have_evaluated_anything)
{
    (void)state;
    static const struct row rows[] = {{"{\"type\":\"object\",\"$ref\":\"elsewhere.json\","
                                       "\"unevaluatedProperties\":false}",
                                       {"{\"a\": 1}"},
                                       {"1"}}};
    check(rows, COUNT_OF(rows));
}

TEST(json_schema, no_text_makes_opening_fail)
{
    (void)state;
    static const char *const texts[] = {
        "",      "{",
        "3",     "null",
        "[]",    "{\"type\":5}",
        "false", "{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}"};
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct constraint *constraint = constraint_open_schema(vocabulary, str_of(texts[i]), NULL);
        struct relaxation told;
        assert_true(test_accepts(constraint, "{\"a\": 1}", 8));
        assert_true(constraint_relaxations(constraint, &told, 1) > 0);
        constraint_close(constraint);
    }
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(json_schema, types_and_unions), IS(json_schema, objects), IS(json_schema, arrays),
          IS(json_schema, strings), IS(json_schema, numbers), IS(json_schema, combinations),
          IS(json_schema, what_cannot_be_decided_is_relaxed_once_and_told),
          IS(json_schema, a_reference_elsewhere_may_have_evaluated_anything),
          IS(json_schema, no_text_makes_opening_fail))
