// What schemas say about each other: negations, choices that exclude each other, what was evaluated,
// references by URI.  Nothing in these tables is relaxed.
#include <stdlib.h>

#include "base/rng.h"
#include "tests/sample/schema_rows.h"

TEST(schema_logic, negations)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'type':'object','not':{'properties':{'a':{}},'additionalProperties':false}}",
         {"{'b': 1}", "{'a': 1, 'b': 2}"},
         {"{}", "{'a': 1}"}},
        {"{'type':'object','not':{'properties':{'a':{}},'additionalProperties':{'type':'integer'}}"
         "}",
         {"{'b': 'x'}", "{'c': 1, 'b': []}"},
         {"{'b': 1}", "{'a': 's'}", "{'a': 's', 'b': 2, 'c': 3}"}},
        {"{'type':'object','not':{'patternProperties':{'^x':{'type':'null'}}}}",
         {"{'x1': 1}", "{'a': null, 'xx': 0}"},
         {"{}", "{'x': null}", "{'a': 1}"}},
        {"{'type':'object','not':{'required':['a','b']}}",
         {"{}", "{'a': 1}", "{'b': 1, 'c': 2}"},
         {"{'a': 1, 'b': 2}"}},
        {"{'type':'array','not':{'items':{'type':'integer'}}}",
         {"['a']", "[1, 'a']"},
         {"[]", "[1, 2]"}},
        {"{'type':'array','not':{'prefixItems':[{'const':1},{'const':2}]}}",
         {"[2]", "[1, 1]", "[1, 3, 2]"},
         {"[]", "[1]", "[1, 2]", "[1, 2, 3]"}},
        {"{'type':'array','not':{'contains':{'const':1}}}", {"[]", "[2]"}, {"[1]", "[2, 1]"}},
        {"{'type':'array','not':{'prefixItems':[{}],'items':{'type':'null'}}}",
         {"[1, 2]", "[null, null, 3]"},
         {"[1]", "[1, null]"}},
        {"{'type':'integer','not':{'minimum':3,'maximum':5}}", {"2", "6"}, {"3", "4", "5"}},
        {"{'type':'string','not':{'format':'ipv4'}}", {"'1.2.3'", "'x'"}, {"'1.2.3.4'"}},
        {"{'not':{'oneOf':[{'type':'integer'},{'minimum':3}]}}",
         {"3", "4", "2.5"},
         {"2", "3.5", "'a'"}},
        {"{'type':'object','not':{'if':{'required':['a']},'then':{'required':['b']}}}",
         {"{'a': 1}", "{'a': 1, 'c': 2}"},
         {"{}", "{'b': 1}", "{'a': 1, 'b': 2}"}},
        {"{'type':'object','not':{'dependentRequired':{'a':['b']}}}",
         {"{'a': 1}"},
         {"{}", "{'a': 1, 'b': 1}"}},
        {"{'type':'object','properties':{'a':{'type':'integer'}},'not':{'properties':{'a':{'"
         "maximum'"
         ":3}}}}",
         {"{'a': 4}"},
         {"{}", "{'a': 3}"}},
        {"{'not':{'not':{'type':'integer'}}}", {"1"}, {"'a'", "1.5"}},
        {"{'not':{'anyOf':[{'type':'string'},{'type':'null'}]}}", {"1", "[]"}, {"null", "''"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

TEST(schema_logic, options_that_exclude_each_other)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'oneOf':[{'type':'object','properties':{'a':{}},'additionalProperties':false},{'type':"
         "'object','properties':{'b':{}},'additionalProperties':false}]}",
         {"{'a': 1}", "{'b': 1}"},
         {"{}", "{'a': 1, 'b': 1}", "{'c': 1}"}},
        {"{'oneOf':[{'type':'object','properties':{'k':{'const':'a'},'v':{'type':'integer'}},"
         "'required':['k']},{'type':'object','properties':{'k':{'const':'b'},'v':{'type':'string'}}"
         ","
         "'required':['k']}]}",
         {"{'k': 'a', 'v': 1}", "{'k': 'b', 'v': 's'}", "{'v': 1, 'k': 'a'}"},
         {"{'k': 'a', 'v': 's'}", "{'k': 'c'}", "{}"}},
        {"{'oneOf':[{'type':'integer'},{'type':'number','minimum':2}]}",
         {"1", "2.5"},
         {"2", "3", "1.5"}},
        {"{'oneOf':[{'type':'string','maxLength':2},{'type':'string','minLength':2}]}",
         {"'a'", "'abc'"},
         {"'ab'"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

TEST(schema_logic, what_nobody_evaluated)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'type':'object','properties':{'a':{}},'unevaluatedProperties':false}",
         {"{'a': 1}", "{}"},
         {"{'b': 1}"}},
        {"{'allOf':[{'properties':{'a':{}}}],'type':'object','unevaluatedProperties':false}",
         {"{'a': 1}"},
         {"{'b': 1}"}},
        {"{'type':'object','anyOf':[{'properties':{'a':{'const':1}},'required':['a']},{'properties'"
         ":"
         "{'b':{'const':1}},'required':['b']}],'unevaluatedProperties':false}",
         {"{'a': 1}", "{'b': 1}", "{'a': 1, 'b': 1}"},
         {"{'a': 1, 'b': 2}", "{'a': 1, 'c': 1}", "{}"}},
        {"{'type':'object','allOf':[{'properties':{'a':{}},'unevaluatedProperties':true}],"
         "'unevaluatedProperties':false}",
         {"{'a': 1, 'b': 2}"},
         {NULL}},
        {"{'type':'object','properties':{'a':{}},'allOf':[{'properties':{'b':{}},"
         "'unevaluatedProperties':false}]}",
         {"{'b': 1}"},
         {"{'a': 1}"}},
        {"{'type':'object','if':{'properties':{'a':{'const':1}},'required':['a']},"
         "'unevaluatedProperties':false}",
         {"{'a': 1}", "{}"},
         {"{'a': 2}", "{'a': 1, 'b': 1}"}},
        {"{'type':'object','unevaluatedProperties':{'type':'integer'},'patternProperties':{'^s':{"
         "'type':'string'}}}",
         {"{'s': 'x', 'i': 1}"},
         {"{'s': 1}", "{'i': 'x'}"}},
        {"{'type':'array','prefixItems':[{'type':'string'}],'unevaluatedItems':false}",
         {"['a']", "[]"},
         {"['a', 1]"}},
        {"{'type':'array','contains':{'type':'string'},'unevaluatedItems':{'type':'integer'}}",
         {"['a']", "[1, 'a']"},
         {"[1]", "['a', null]"}},
        {"{'type':'array','anyOf':[{'prefixItems':[{'const':1}]},{'prefixItems':[{},{'const':2}]}],"
         "'unevaluatedItems':false}",
         {"[1]", "[1, 2]", "[5, 2]", "[5]"},
         {"[1, 3]", "[1, 2, 3]"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

TEST(schema_logic, references_by_uri)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'$id':'http://x.test/"
         "root.json','$ref':'item.json','$defs':{'i':{'$id':'item.json','type':"
         "'integer'}}}",
         {"1"},
         {"'a'"}},
        {"{'$id':'http://x.test/a/root.json','$ref':'/b/item.json#/$defs/s','$defs':{'i':{'$id':"
         "'../b/item.json','$defs':{'s':{'type':'string'}}}}}",
         {"'a'"},
         {"1"}},
        {"{'$id':'http://x.test/root','$ref':'nested#foo','$defs':{'A':{'$anchor':'foo','type':"
         "'string'},'B':{'$id':'nested','$defs':{'C':{'$anchor':'foo','type':'integer'}}}}}",
         {"1"},
         {"'a'"}},
        {"{'$schema':'http://json-schema.org/draft-04/schema#','id':'http://x.test/"
         "','items':{'$ref':"
         "'#num'},'type':'array','definitions':{'n':{'id':'#num','type':'integer'}}}",
         {"[1]"},
         {"['a']"}},
        // What only looks like an id is none.
        {"{'$ref':'#/$defs/a','$defs':{'e':{'enum':[{'$id':'x.json','type':'null'}]},'a':{'type':"
         "'string'}}}",
         {"'a'"},
         {"null"}},
        {"{'$id':'http://x.test/t','$dynamicAnchor':'node','type':'object','properties':{'kids':{"
         "'type':'array','items':{'$dynamicRef':'#node'}},'n':{'type':'integer'}},"
         "'additionalProperties':false}",
         {"{'kids': [{'n': 1}]}"},
         {"{'kids': [{'x': 1}]}", "{'kids': [1]}"}},
        {"{'$schema':'https://json-schema.org/draft/2019-09/schema','$recursiveAnchor':true,'type':"
         "'object','properties':{'k':{'$recursiveRef':'#'}},'additionalProperties':false}",
         {"{'k': {'k': {}}}"},
         {"{'k': 1}", "{'k': {'x': 1}}"}},
        {"{'definitions':{'a/b':{'%c':{'type':'integer'}}},'$ref':'#/definitions/a~1b/%25c'}",
         {"1"},
         {"'a'"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

TEST(schema_logic, formats)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'type':'string','format':'uri'}",
         {"'http://a.b/c?d=e#f'", "'mailto:a@b.c'", "'urn:x:y'", "'http://[::1]:80/'", "'a:/b'"},
         {"'a b'", "'//a'", "'http://a b'", "'http:'", "'http://a:x/'", "'http:/[::1]'",
          "'http://[1]'"}},
        {"{'type':'string','format':'uri-reference'}",
         {"'/a'", "'a/b'", "'#x'", "''", "'?q'", "'//h/p'"},
         {"'a b'", "'1:b'", "'//a@b@c/'"}},
        {"{'type':'string','format':'time'}",
         {"'12:00:00Z'", "'23:59:60Z'", "'01:29:60+01:30'", "'12:00:00.5+02:00'"},
         {"'12:00:00'", "'22:59:60Z'", "'24:00:00Z'", "'23:59:60+24:00'"}},
        {"{'type':'string','format':'uri-template'}",
         {"'http://a/{b}{?c,d*}'", "'{+x:3}'", "''"},
         {"'{'", "'{a,,b}'", "'{v:0}'", "'a}'", "'{}'"}},
        {"{'type':'string','format':'email'}",
         {"'a.b+c@d-e.f'", "'a@1.2'", "'{x}@y.zz.org'"},
         {"'a'", "'a@b'", "'.a@b.c'", "'a..b@c.d'", "'a@b.c-'", "'a@[127.0.0.1]'", "'a b@c.d'"}},
        {"{'type':'string','format':'hostname'}",
         {"'a.b-c'", "'xn--x'"},
         {"'-a'", "'a-'", "'a..b'"}},
        {"{'type':'string','format':'iri'}", {"'http://\xc3\xa9.test/\xc3\xa9'"}, {"'\xc3\xa9'"}},
    };
    check_rows(rows, COUNT_OF(rows));
    char host[300];
    memset(host, 'a', sizeof host);
    host[0] = '\'', host[60] = host[120] = host[180] = host[240] = '.';
    struct schema_row longest = {"{'type':'string','format':'hostname'}", {host}, {NULL}};
    memcpy(host + 254, "'", 2);
    check_rows(&longest, 1);
    memcpy(host + 254, "a'", 3);
    check_rows(&(struct schema_row){longest.schema, {NULL}, {host}}, 1);
}

// What bench/schemafuzz.mjs found, made small.
TEST(schema_logic, found_by_comparison_with_a_validator)
{
    (void)state;
    static const struct schema_row rows[] = {
        // Items that are used count against a place only where they belong to it.
        {"{'type':'array','prefixItems':[{'type':'number'},{'type':'string','maxLength':0}],"
         "'uniqueItems':true}",
         {"[2.5, '']", "[1]"},
         {"[1, 'a']"}},
        {"{'type':'array','prefixItems':[{'type':'string'},{'type':'string','pattern':'^a?$'}],"
         "'uniqueItems':true}",
         {"['ab', 'a']", "['a', '']"},
         {"['a', 'a']"}},
        {"{'type':'number','maximum':12,'multipleOf':1.5}",
         {"4.5", "12", "-1.5", "10.5"},
         {"13.5", "4", "1.25"}},
        {"{'not':{'enum':[0,[],{}]}}", {"[0]", "1", "{'a': 0}"}, {"[]", "0", "{}"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

// What a value is inside of may be open until long after its end.
TEST(schema_logic, nested_values_of_several_readings)
{
    (void)state;
    static const struct schema_row rows[] = {
        {"{'anyOf':[{'type':'array','items':{'$ref':'#'},'maxItems':1},{'type':'array','items':{"
         "'$ref':'#'},'minItems':3},{'type':'integer'}]}",
         {"[]", "[[1]]", "[[], [], []]", "[[[1]], 1, 2]", "[[[[[[[[[[]]]]]]]], [], []]]"},
         {"[1, 2]", "[[1, 2]]", "[[[1, 2]], 1, 1]", "[[[[[[[[[[]]]]]]]], []]]"}},
        {"{'anyOf':[{'type':'object','properties':{'of':{'$ref':'#'},'is':{'const':'a'}},'required'"
         ":['is'],'additionalProperties':false},{'type':'object','properties':{'of':{'$ref':'#'},"
         "'is':{'const':'b'},'n':{'type':'integer'}},'required':['is','n'],'additionalProperties':"
         "false}]}",
         {"{'of': {'of': {'is': 'a'}, 'is': 'b', 'n': 1}, 'is': 'a'}",
          "{'of': {'of': {'n': 1, 'is': 'b'}, 'is': 'a'}, 'n': 2, 'is': 'b'}"},
         {"{'of': {'of': {'is': 'a'}, 'is': 'b', 'n': 1}, 'is': 'a', 'n': 1}",
          "{'of': {'of': {'is': 'b'}}, 'is': 'a'}"}},
        {"{'anyOf':[{'type':'array','uniqueItems':true,'items':{'$ref':'#'}},{'type':'array',"
         "'maxItems':2,'items':{'$ref':'#'}},{'enum':[1,2]}]}",
         {"[[1], [1]]", "[[1], [2], [1, 1]]", "[[[1], [1]], [[1], [1]]]"},
         {"[[1], [1], [2]]", "[[1, 1, 1]]"}},
        // Readings of one object share what they have seen of it.
        {"{'anyOf':[{'properties':{'a':{'$ref':'#'}},'maxProperties':3},{'properties':{'a':{'$ref':"
         "'#'},'b':{'$ref':'#'}},'required':['b']},{'properties':{'b':{'$ref':'#'}},'minProperties'"
         ":1}],'type':['object','integer']}",
         {"{'a': {'a': {'a': {'a': {'b': 1}, 'b': 2}, 'b': 3}, 'b': 4}, 'b': {'a': {'b': {'a': "
          "1}}}}"},
         {"{'a': 'x', 'b': 'x'}"}},
    };
    check_rows(rows, COUNT_OF(rows));
}

// A walk never comes to a place without a token, however the properties that a negation asks for, the
// companions of others, counts, and items that must differ get into each other's way.
TEST(schema_logic, no_walk_gets_stuck)
{
    (void)state;
    static const char *const schemas[] = {
        "{'type':'object','properties':{'a':{},'b':{},'c':{}},'additionalProperties':false,'not':{"
        "'properties':{'a':{},'b':{}},'additionalProperties':false}}",
        "{'type':'object','properties':{'a':{'type':'boolean'},'b':{'type':'boolean'}},"
        "'additionalProperties':false,'not':{'properties':{'x':{}},'additionalProperties':{'const':"
        "true}}}",
        "{'type':'object','properties':{'a':{},'b':{}},'additionalProperties':false,"
        "'dependentRequired':{'a':['z'],'b':['a']}}",
        "{'type':'object','properties':{'a':{},'b':{},'c':{},'d':{}},'maxProperties':3,"
        "'dependentRequired':{'a':['b'],'b':['c']}}",
        "{'type':'array','uniqueItems':true,'items':{'type':'string','pattern':'^(a|b[0-9]?)$'}}",
        "{'type':'array','uniqueItems':true,'items':{'anyOf':[{'type':'boolean'},{'type':'integer',"
        "'minimum':9,'maximum':11},{'type':'null'}]},'minItems':3}",
        "{'type':'array','uniqueItems':true,'items':{'type':'object','properties':{'a':{'type':"
        "'boolean'}},'additionalProperties':false}}",
        "{'type':'array','prefixItems':[{'type':'string'},{'type':'integer'}],'items':false,"
        "'contains':{'type':'integer'}}",
        "{'type':'array','contains':{'const':1},'minContains':2,'maxItems':3}",
        "{'anyOf':[{'type':'array','uniqueItems':true,'items':{'$ref':'#'}},{'type':'array',"
        "'maxItems':2,'items':{'$ref':'#'}},{'enum':[1,2]}]}",
        "{'type':'array','uniqueItems':true,'items':{'type':'string','pattern':'^[ab]$'},"
        "'minItems':3}",
        "{'type':'number','exclusiveMinimum':0}",
        "{'type':'number','minimum':0}",
        "{'type':'number','maximum':-5,'multipleOf':0.01}",
    };
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t s = 0; s < COUNT_OF(schemas); s++) {
        char *schema = with_quotes(schemas[s]);
        struct constraint *constraint = constraint_open_schema(vocabulary, str_of(schema), NULL);
        for (int walk = 0; walk < 40; walk++) {
            struct constraint_state *text = constraint_state_open(constraint);
            struct buf said = {0};
            for (int i = 0; i < 120 && !constraint_state_is_complete(text); i++) {
                uint64_t mask[(TEST_N_TOKENS + 63) / 64];
                token_id ids[TEST_N_TOKENS];
                size_t n = 0;
                constraint_state_mask(text, mask);
                for (token_id id = 0; id < TEST_N_TOKENS; id++)
                    if (mask_has(mask, id) && id != ' ' && id != '\t')
                        ids[n++] = id;
                buf_append(&said, "", 0);
                if (!n)
                    fail_msg("%s\nis stuck after %s", schema, said.data);
                token_id id = ids[rng_below(&rng, n)];
                if (!constraint_state_accept(text, id))
                    fail_msg("%s\nrefuses token %d after %s", schema, (int)id, said.data);
                struct str bytes = token_trie_bytes(constraint_vocabulary_trie(vocabulary), id);
                buf_append(&said, bytes.data, bytes.size);
            }
            buf_release(&said);
            constraint_state_close(text);
        }
        constraint_close(constraint);
        free(schema);
    }
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(schema_logic, negations), IS(schema_logic, options_that_exclude_each_other),
          IS(schema_logic, what_nobody_evaluated), IS(schema_logic, references_by_uri),
          IS(schema_logic, formats), IS(schema_logic, found_by_comparison_with_a_validator),
          IS(schema_logic, nested_values_of_several_readings), IS(schema_logic, no_walk_gets_stuck))
