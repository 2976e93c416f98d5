#include "engine/guide.h"

#include <string.h>

#include "engine/guide_worker.h"
#include "tests/sample/vocabulary.h"
#include "tests/test.h"

enum { N_GUIDES = 4, N_WORDS = (TEST_N_TOKENS + 63) / 64 };

static struct constraint_state *open_state(const struct constraint_vocabulary *vocabulary)
{
    struct constraint *constraint = constraint_open_schema(
        vocabulary, str_of("{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"),
        &(struct constraint_options){0});
    struct constraint_state *opened = constraint_state_open(constraint);
    constraint_close(constraint);
    return opened;
}

// The n-th token of a mask, counted round and round.
static token_id pick(const uint64_t *mask, unsigned n)
{
    for (token_id id = 0;; id = (id + 1) % TEST_N_TOKENS)
        if (mask[id / 64] >> id % 64 & 1 && n-- == 0)
            return id;
}

TEST(guide, masks_that_were_prepared_are_those_of_the_state_as_it_is)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct guide_worker *worker = guide_worker_open();
    assert_non_null(worker);
    struct guide ahead[N_GUIDES], asked[N_GUIDES];
    struct guide *list[N_GUIDES];
    for (int i = 0; i < N_GUIDES; i++) {
        guide_init(&ahead[i], open_state(vocabulary), NULL, TEST_N_TOKENS);
        guide_init(&asked[i], open_state(vocabulary), NULL, TEST_N_TOKENS);
        list[i] = &ahead[i];
    }
    unsigned random = 1, n_differ = 0;
    uint64_t before[N_WORDS] = {0};
    for (int turn = 0; turn < 200; turn++) {
        guide_worker_start(worker, list, N_GUIDES);
        guide_worker_wait(worker);
        for (int i = 0; i < N_GUIDES; i++) {
            assert_true(ahead[i].has_mask);
            const uint64_t *mask = guide_mask(&asked[i]);
            assert_memory_equal(guide_mask(&ahead[i]), mask, sizeof before);
            n_differ += memcmp(before, mask, sizeof before) != 0;
            memcpy(before, mask, sizeof before);
            random = random * 1103515245u + 12345u;
            token_id token = pick(mask, random >> 16 & 63);
            if (token == TEST_END)
                continue;
            assert_true(guide_accept(&asked[i], token));
            assert_true(guide_accept(&ahead[i], token));
        }
    }
    assert_true(n_differ > 100);
    guide_worker_close(worker);
    for (int i = 0; i < N_GUIDES; i++) {
        guide_release(&ahead[i]);
        guide_release(&asked[i]);
    }
    constraint_vocabulary_close(vocabulary);
}

TEST(guide, without_a_thread_masks_are_computed_when_asked_for)
{
    (void)state;
    struct constraint_vocabulary *vocabulary = test_vocabulary();
    struct guide guide;
    guide_init(&guide, open_state(vocabulary), NULL, TEST_N_TOKENS);
    guide_worker_start(NULL, &(struct guide *){&guide}, 1);
    guide_worker_wait(NULL);
    assert_false(guide.has_mask);
    const uint64_t *mask = guide_mask(&guide);
    assert_true(mask['[' / 64] >> '[' % 64 & 1);
    assert_false(mask[']' / 64] >> ']' % 64 & 1);
    guide_release(&guide);
    constraint_vocabulary_close(vocabulary);
}

RUN_TESTS(IS(guide, masks_that_were_prepared_are_those_of_the_state_as_it_is),
          IS(guide, without_a_thread_masks_are_computed_when_asked_for))
