#include "base/memory.h"
#include "chat/dialect_table.h"
#include "tests/test.h"

TEST(dialect_table, knows_published_templates)
{
    NEED_DATA(folder);
    static const char *const rows[][2] = {
        {"Qwen3.5-4B", "qwen3.5"},
        {"Qwen3.6-reconstructed", "qwen3.5"},
        {"Qwen3.8", "qwen3.5"},
        {"Qwen3-Coder", "qwen3-coder"},
        {"Qwen-Qwen3-0.6B", "qwen3"},
        {"Qwen-Qwen2.5-7B-Instruct", "qwen2.5"},
        {"Qwen-QwQ-32B", "qwq"},
        {"deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "deepseek-r1"},
        {"deepseek-ai-DeepSeek-R1-Distill-Llama-8B", "deepseek-r1"},
        {"meta-llama-Llama-3.1-8B-Instruct", "llama3"},
        {"meta-llama-Llama-3.2-3B-Instruct", "llama3"},
        {"meta-llama-Llama-3.3-70B-Instruct", "llama3"},
        {"gemma-3-it", "gemma3"},
        {"google-gemma-2-2b-it", "gemma3"},
        {"google-gemma-4-31B-it", "gemma4"},
        {"google-gemma-4-31B-it-interleaved", "gemma4"},
        {"gemma-4-E2B-it", "gemma4"},
        {"gemma-4-31B-it-ollama", "gemma4"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[500];
        size_t size;
        snprintf(path, sizeof path, "%s/data/templates/%s.jinja", folder, rows[i][0]);
        char *text = test_read_file(path, &size);
        const char *name = dialect_detect((struct str){text, size}, STR("qwen2"))->name;
        if (strcmp(name, rows[i][1]) != 0)
            fail_msg("%s is taken for %s", rows[i][0], name);
        free(text);
    }
}

TEST(dialect_table, falls_back_to_the_architecture_and_then_to_chatml)
{
    (void)state;
    assert_string_equal(dialect_detect(STR(""), STR("qwen35moe"))->name, "qwen3.5");
    assert_string_equal(dialect_detect(STR(""), STR("llama"))->name, "llama3");
    assert_string_equal(dialect_detect(STR(""), STR("unheard-of"))->name, "chatml");
    assert_string_equal(dialect_detect(STR("{{ messages }}"), STR("llama"))->name, "chatml");
    assert_null(dialect_find("unheard-of"));
}

TEST(dialect_table, has_complete_rows)
{
    (void)state;
    for (size_t i = 0; dialect_at(i); i++) {
        const struct chat_dialect *d = dialect_at(i);
        const struct tool_markup *m = &d->tools;
        assert_ptr_equal(dialect_find(d->name), d);
        assert_true(d->user.open && d->assistant.open && d->results.open && d->result.open);
        assert_true(d->stops[0] && d->sampling);
        assert_int_equal(!d->think_open, !d->thinking.open);
        assert_int_equal(!d->think_open, !d->think_close);
        const char *const texts[] = {m->list_open,        m->opener,         m->name_prefix,
                                     m->name_suffix,      m->value_suffix,   m->parameter_prefix,
                                     m->parameter_suffix, m->string_quote,   m->arguments_suffix,
                                     m->closer,           m->text_separator, m->separator,
                                     m->list_close};
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            assert_non_null(texts[k]);
    }
}

RUN_TESTS(IS(dialect_table, knows_published_templates),
          IS(dialect_table, falls_back_to_the_architecture_and_then_to_chatml),
          IS(dialect_table, has_complete_rows))
