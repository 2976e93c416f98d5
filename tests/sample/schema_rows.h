// schema_rows.h - a schema and what it accepts and refuses, as a row of a table.  Quotation marks are
// written ' here.
#ifndef HEARTH_TESTS_SAMPLE_SCHEMA_ROWS_H
#define HEARTH_TESTS_SAMPLE_SCHEMA_ROWS_H

#include "tests/sample/vocabulary.h"

struct schema_row {
    const char *schema;
    const char *valid[8], *invalid[10];
};

static char *with_quotes(const char *text)
{
    char *copy = mem_copy_string(text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static void check_texts(struct constraint *constraint, const char *schema, const char *const *texts,
                        size_t n_max, bool is_valid)
{
    for (size_t i = 0; i < n_max && texts[i]; i++) {
        char *text = with_quotes(texts[i]);
        if (test_accepts(constraint, text, strlen(text)) != is_valid)
            fail_msg("%s\n%s %s", schema, is_valid ? "rejects" : "accepts", text);
        free(text);
    }
}

static void check_rows(const struct schema_row *rows, size_t n)
{
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    for (size_t r = 0; r < n; r++) {
        char *schema = with_quotes(rows[r].schema);
        struct constraint *constraint = constraint_open_schema(vocabulary, str_of(schema), NULL);
        check_texts(constraint, schema, rows[r].valid, COUNT_OF(rows[r].valid), true);
        check_texts(constraint, schema, rows[r].invalid, COUNT_OF(rows[r].invalid), false);
        struct relaxation told;
        if (constraint_relaxations(constraint, &told, 1))
            fail_msg("%s\nrelaxes %s: %s", schema, told.pointer, told.cause);
        constraint_close(constraint);
        free(schema);
    }
    constraint_vocabulary_close(vocabulary);
}

#endif
