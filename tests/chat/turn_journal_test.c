#include "chat/turn_journal.h"

#include <json-c/json.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "chat/turn_meaning.h"
#include "tests/support/folder.h"
#include "tests/test.h"

enum { N_VOCAB = 100, SIZE_MAX_KEPT = 1 << 20 };

static const token_id ids[] = {5, 6, 7};

// An answer of words alone, told apart by its digest.
static struct sampled_turn answer(unsigned char number)
{
    struct sampled_turn turn = {.ids = ids, .n_ids = 3, .text = STR("Hello.")};
    memset(turn.digest, number, sizeof turn.digest);
    return turn;
}

static bool is_known(struct turn_memory *memory, unsigned char number)
{
    struct turn turn = {.kind = TURN_ASSISTANT, .text = STR("Hello.")};
    struct token_list found = {0};
    struct buf opening = {0};
    memset(turn.digest, number, sizeof turn.digest);
    bool is = turn_memory_find(memory, &turn, &found, &opening);
    if (is)
        assert_memory_equal(found.ids, ids, sizeof ids);
    token_list_release(&found);
    buf_release(&opening);
    return is;
}

static struct turn_journal *reopen(struct turn_memory **memory, const char *path, size_t size_max)
{
    struct turn_journal *journal;
    struct error error;
    *memory = turn_memory_open(MIB);
    if (turn_journal_open(&journal, path, size_max, N_VOCAB, *memory, &error))
        fail_msg("%s", error.text);
    return journal;
}

static void write_answers(const char *path, unsigned char from, unsigned char to)
{
    struct turn_memory *memory;
    struct turn_journal *journal = reopen(&memory, path, SIZE_MAX_KEPT);
    for (unsigned char i = from; i < to; i++) {
        struct sampled_turn turn = answer(i);
        turn_journal_add(journal, &turn);
    }
    turn_journal_close(journal);
    turn_memory_close(memory);
}

TEST(turn_journal, answers_are_known_again_with_all_they_meant)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "answers");
    struct turn_memory *memory;
    struct turn_journal *journal = reopen(&memory, path, SIZE_MAX_KEPT);
    struct sampled_call call = {STR("call_1"), STR("Read"), STR("{\"path\":\"a\"}")};
    struct sampled_turn turn = answer(1);
    turn.opening = STR("<think>\n");
    turn.thinking = STR("Look.");
    turn.signature = STR("c2ln");
    turn.text = STR("");
    turn.calls = &call;
    turn.n_calls = 1;
    turn_journal_add(journal, &turn);
    turn_journal_close(journal);
    turn_memory_close(memory);

    journal = reopen(&memory, path, SIZE_MAX_KEPT);
    struct json_object *arguments = json_tokener_parse("{\"path\":\"a\"}");
    struct turn_call back_call = {.id = call.id, .name = call.name, .arguments = arguments};
    struct turn back = {.kind = TURN_ASSISTANT,
                        .thinking = turn.thinking,
                        .signature = turn.signature,
                        .calls = &back_call,
                        .n_calls = 1};
    struct token_list found = {0};
    struct buf opening = {0};
    assert_true(turn_memory_find(memory, &back, &found, &opening));
    assert_int_equal(found.n_ids, 3);
    assert_memory_equal(found.ids, ids, sizeof ids);
    assert_true(str_is((struct str){opening.data, opening.size}, "<think>\n"));
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    json_object_put(arguments);
    token_list_release(&found);
    buf_release(&opening);
    turn_journal_close(journal);
    turn_memory_close(memory);
    folder_remove(&folder);
}

TEST(turn_journal, a_cut_or_changed_record_is_passed_over_and_the_others_count)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "answers");
    write_answers(path, 0, 3);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(truncate(path, info.st_size - 5), 0); // the third one is torn
    write_answers(path, 3, 4);
    FILE *file = fopen(path, "r+b");
    fseek(file, info.st_size / 3 + 40, SEEK_SET); // within the second one
    fputc('#', file);
    fclose(file);
    struct turn_memory *memory;
    struct turn_journal *journal = reopen(&memory, path, SIZE_MAX_KEPT);
    static const bool expected[] = {true, false, false, true};
    for (unsigned char i = 0; i < 4; i++)
        assert_int_equal(is_known(memory, i), expected[i]);
    turn_journal_close(journal);
    turn_memory_close(memory);
    folder_remove(&folder);
}

TEST(turn_journal, ids_of_another_vocabulary_are_none)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "answers");
    write_answers(path, 0, 1);
    struct turn_memory *memory = turn_memory_open(MIB);
    struct turn_journal *journal;
    struct error error;
    assert_int_equal(turn_journal_open(&journal, path, MIB, 7, memory, &error), OK);
    assert_int_equal(turn_memory_stats(memory).n_turns, 0);
    turn_journal_close(journal);
    turn_memory_close(memory);
    folder_remove(&folder);
}

TEST(turn_journal, of_a_file_that_has_grown_the_newer_part_stays)
{
    (void)state;
    struct folder folder;
    struct stat info;
    folder_make(&folder);
    const char *path = folder_file(&folder, "answers");
    write_answers(path, 0, 100);
    struct turn_memory *memory;
    struct turn_journal *journal = reopen(&memory, path, 1000); // drops
    turn_journal_close(journal);
    turn_memory_close(memory);
    assert_int_equal(stat(path, &info), 0);
    assert_in_range(info.st_size, 500, 1000);
    journal = reopen(&memory, path, 1000);
    assert_true(is_known(memory, 99));
    assert_false(is_known(memory, 0));
    turn_journal_close(journal);
    turn_memory_close(memory);
    folder_remove(&folder);
}

TEST(turn_journal, a_file_that_somebody_removes_begins_anew)
{
    (void)state;
    struct folder folder;
    struct turn_memory *memory;
    folder_make(&folder);
    const char *path = folder_file(&folder, "answers");
    struct turn_journal *journal = reopen(&memory, path, SIZE_MAX_KEPT);
    for (unsigned char i = 0; i < 3; i++) {
        struct sampled_turn turn = answer(i);
        turn_journal_add(journal, &turn);
        if (i == 0)
            assert_int_equal(unlink(path), 0);
    }
    turn_journal_close(journal);
    turn_memory_close(memory);
    journal = reopen(&memory, path, SIZE_MAX_KEPT);
    assert_false(is_known(memory, 0));
    assert_true(is_known(memory, 1) && is_known(memory, 2));
    turn_journal_close(journal);
    turn_memory_close(memory);
    folder_remove(&folder);
}

RUN_TESTS(IS(turn_journal, answers_are_known_again_with_all_they_meant),
          IS(turn_journal, a_cut_or_changed_record_is_passed_over_and_the_others_count),
          IS(turn_journal, ids_of_another_vocabulary_are_none),
          IS(turn_journal, of_a_file_that_has_grown_the_newer_part_stays),
          IS(turn_journal, a_file_that_somebody_removes_begins_anew))
