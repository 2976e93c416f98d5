#include "engine/ledger.h"

#include "base/memory.h"
#include "engine/store.h"
#include "tests/engine/fake_model.h"
#include "tests/test.h"

static struct ledger plan(struct fake_config fake, uint64_t memory_total,
                          const struct engine_config *config)
{
    struct hyperparams hyperparams;
    struct ledger ledger;
    fake_hyperparams(&hyperparams, fake);
    struct ledger_input input = {
        .hyperparams = &hyperparams,
        .weights_size = 3 * GIB,
        .config = config,
        .types = {.k_type = DTYPE_F16, .v_type = DTYPE_F16},
        .n_threads = 2,
        .memory_total = memory_total,
    };
    ledger_plan(&ledger, &input);
    return ledger;
}

static const struct fake_config hybrid = {.has_full = true, .has_states = true};

TEST(ledger, adds_up_its_lines)
{
    (void)state;
    struct engine_config config = {.n_context = 4096, .snapshot_size_max = 1 * MIB};
    struct ledger ledger = plan(hybrid, 16 * GIB, &config);
    uint64_t total = 0;
    for (size_t i = 0; i < ledger.n_lines; i++)
        total += ledger.lines[i].size;
    assert_true(total == ledger.total && ledger.n_lines >= 5);
    assert_string_equal(ledger.lines[1].name, "KV cache");
    // one layer, one head of 32 halves for K and for V; one page more than the context
    assert_int_equal(ledger.lines[1].size, (4096 + 64) * 32 * 2 * 2);
    assert_int_equal(ledger_check(&ledger, NULL), OK);
}

TEST(ledger, says_which_context_would_fit)
{
    (void)state;
    struct engine_config config = {.n_context = 1 << 20};
    uint64_t memory = 4 * GIB + 64 * MIB; // 64 MiB beside weights and system
    struct ledger ledger = plan(hybrid, memory, &config);
    struct error error;
    char sentence[64];
    assert_int_equal(ledger_check(&ledger, &error), ERR_MEMORY);
    snprintf(sentence, sizeof sentence, "a context of %u tokens would fit", ledger.n_context_fit);
    assert_non_null(strstr(error.text, sentence));
    config.n_context = ledger.n_context_fit;
    struct ledger shorter = plan(hybrid, memory, &config);
    assert_true(ledger_fits(&shorter));
    config.n_context += 1024;
    struct ledger longer = plan(hybrid, memory, &config);
    assert_false(ledger_fits(&longer));
}

TEST(ledger, leaves_a_small_machine_half_of_itself_and_a_larger_one_an_eighth)
{
    (void)state;
    static const struct {
        uint64_t memory, share;
    } cases[] = {{1 * GIB, 512 * MIB},
                 {2 * GIB, 1 * GIB},
                 {4 * GIB, 1 * GIB},
                 {16 * GIB, 2 * GIB},
                 {96 * GIB, 6 * GIB}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct engine_config config = {.n_context = 1024};
        struct ledger ledger = plan(hybrid, cases[i].memory, &config);
        const struct ledger_line *last = &ledger.lines[ledger.n_lines - 1];
        assert_string_equal(last->name, "left to the system");
        assert_int_equal(last->size, cases[i].share);
    }
}

TEST(ledger, says_when_nothing_fits)
{
    (void)state;
    struct ledger ledger = plan(hybrid, 2 * GIB, &(struct engine_config){.n_context = 1024});
    struct error error;
    assert_int_equal(ledger.n_context_fit, 0);
    assert_int_equal(ledger_check(&ledger, &error), ERR_MEMORY);
    assert_non_null(strstr(error.text, "no context is short enough"));
}

TEST(ledger, shares_what_is_left_among_sequences)
{
    (void)state;
    struct engine_config config = {.n_context = 100000, .n_parallel = 4};
    struct ledger ledger = plan(hybrid, 64 * GIB, &config);
    assert_int_equal(ledger.n_cache_tokens_fit, 400000);
    ledger = plan(hybrid, 4 * GIB + 40 * MIB, &config);
    assert_in_range(ledger.n_cache_tokens_fit, 100000, 399999);
    config.n_cache_tokens = ledger.n_cache_tokens_fit;
    ledger = plan(hybrid, 4 * GIB + 40 * MIB, &config);
    assert_true(ledger_fits(&ledger));
}

TEST(ledger, prints_every_line_and_the_totals)
{
    (void)state;
    struct ledger ledger = plan((struct fake_config){.has_full = true, .window = 512}, 16 * GIB,
                                &(struct engine_config){.n_context = 4096});
    struct buf out = {0};
    ledger_print(&ledger, &out);
    for (size_t i = 0; i < ledger.n_lines; i++)
        assert_non_null(strstr(out.data, ledger.lines[i].name));
    assert_non_null(strstr(out.data, "sliding"));
    assert_non_null(strstr(out.data, "this machine                    16384.0 MiB"));
    buf_release(&out);
}

TEST(ledger, counts_the_buffers_of_the_disk_cache)
{
    (void)state;
    struct store_options disk = {.folder = "unused"};
    struct engine_config config = {.n_context = 4096, .snapshot_size_max = 1 * MIB};
    uint64_t without = plan(hybrid, 16 * GIB, &config).total;
    config.disk = &disk;
    // Eight chunks of four pages of 8 KiB, and a state of 4 KiB with as many pages, each with its block.
    uint64_t chunk = 4096 + 4 * 8 * KIB, largest = chunk + 4 * KIB;
    assert_int_equal(plan(hybrid, 16 * GIB, &config).total - without, 8 * chunk + largest);
}

RUN_TESTS(IS(ledger, counts_the_buffers_of_the_disk_cache), IS(ledger, adds_up_its_lines),
          IS(ledger, says_which_context_would_fit),
          IS(ledger, leaves_a_small_machine_half_of_itself_and_a_larger_one_an_eighth),
          IS(ledger, says_when_nothing_fits), IS(ledger, shares_what_is_left_among_sequences),
          IS(ledger, prints_every_line_and_the_totals))
