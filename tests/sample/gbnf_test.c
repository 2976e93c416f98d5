// Grammars in llama.cpp's notation, and whole-text patterns.
#include "tests/sample/vocabulary.h"

static void check(const char *grammar, const char *const *valid, const char *const *invalid)
{
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint *constraint;
    struct error error;
    if (constraint_open_gbnf(&constraint, vocabulary, str_of(grammar), NULL, &error))
        fail_msg("%s: %s", grammar, error.text);
    for (; *valid; valid++)
        if (!test_accepts(constraint, *valid, strlen(*valid)))
            fail_msg("%s\nrejects %s", grammar, *valid);
    for (; *invalid; invalid++)
        if (test_accepts(constraint, *invalid, strlen(*invalid)))
            fail_msg("%s\naccepts %s", grammar, *invalid);
    constraint_close(constraint);
    constraint_vocabulary_close(vocabulary);
}

#define LIST(...) ((const char *[]){__VA_ARGS__, NULL})

TEST(gbnf, literals_classes_and_counts)
{
    (void)state;
    check("root ::= \"a\\n\" [b-d^]{2,3} (\"x\" | \"y\")? # end\n",
          LIST("a\nbd", "a\n^bcx", "a\nbby"), LIST("a\nb", "a\nbbbb", "a\nbbxy", ""));
    check("root ::= [^a-z\\]]+ \"\\u00e9\" .", LIST("A1\xc3\xa9z", "-\xc3\xa9\xe4\xb8\xad"),
          LIST("a\xc3\xa9z", "]\xc3\xa9z"));
}

TEST(gbnf, recursion)
{
    (void)state;
    check("root ::= expr\nexpr ::= term (\"+\" term)*\nterm ::= [0-9]+ | \"(\" expr \")\"\n",
          LIST("1", "1+(2+3)+44", "((7))"), LIST("(1", "1+", "()"));
    check("root ::= value\nvalue ::= \"[\" (value (\",\" value){0,2})? \"]\" | \"x\"",
          LIST("[]", "[x,[x],x]"), LIST("[x,x,x,x]", "[,]"));
}

TEST(gbnf, rules_that_begin_with_themselves)
{
    (void)state;
    check("root ::= root \"+\" item | item\nitem ::= \"(\" root \")\" | [a-z]",
          LIST("a", "a+b+c", "(a+b)+c"), LIST("+a", "a+", ""));
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint *constraint;
    assert_int_equal(constraint_open_gbnf(&constraint, vocabulary,
                                          STR("root ::= a \"x\" | \"y\"\na ::= root \"z\""), NULL,
                                          NULL),
                     ERR_UNSUPPORTED);
    constraint_vocabulary_close(vocabulary);
}

TEST(gbnf, wrong_grammars_are_refused_with_their_line)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "root ::= \"a",
                                        "root = \"a\"",
                                        "root ::= missing",
                                        "root ::= (\"a\"",
                                        "other ::= \"a\"",
                                        "root ::= \"a\"{2,1}"};
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct constraint *constraint;
        struct error error;
        assert_int_equal(
            constraint_open_gbnf(&constraint, vocabulary, str_of(wrong[i]), NULL, &error),
            ERR_FORMAT);
        assert_null(constraint);
    }
    struct constraint *constraint;
    struct error error;
    constraint_open_gbnf(&constraint, vocabulary, STR("root ::= \"a\"\n\nx ::= ["), NULL, &error);
    assert_non_null(strstr(error.text, "line 3"));
    constraint_vocabulary_close(vocabulary);
}

TEST(gbnf, a_pattern_is_the_whole_text)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct constraint *constraint;
    assert_int_equal(
        constraint_open_regex(&constraint, vocabulary, STR("(yes|no), \\w{2,}!?"), NULL, NULL), OK);
    assert_true(test_accepts(constraint, "no, ab!", 7));
    assert_false(test_accepts(constraint, "no, a", 5));
    assert_false(test_accepts(constraint, "xno, ab", 7));
    constraint_close(constraint);
    assert_int_equal(constraint_open_regex(&constraint, vocabulary, STR("(a"), NULL, NULL),
                     ERR_FORMAT);
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(gbnf, literals_classes_and_counts), IS(gbnf, recursion),
          IS(gbnf, rules_that_begin_with_themselves),
          IS(gbnf, wrong_grammars_are_refused_with_their_line),
          IS(gbnf, a_pattern_is_the_whole_text))
