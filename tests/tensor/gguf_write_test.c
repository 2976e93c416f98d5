#include "tensor/gguf_write.h"

#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "tests/support/folder.h"
#include "tests/tensor/gguf_bytes.h"
#include "tests/test.h"

#define UNUSED (void)state

static const float sample_floats[3] = {0.5f, -1.25f, 3e8f};

static struct gguf_writer *sample_writer(void)
{
    struct gguf_writer *writer = gguf_writer_open();
    gguf_writer_put_str(writer, "general.architecture", STR("qwen3"));
    gguf_writer_put_u32(writer, "u32", 4000000000u);
    gguf_writer_put_f32(writer, "f32", 0.1f);
    gguf_writer_put_bool(writer, "yes", true);
    gguf_writer_put_number(writer, "i64", GGUF_I64, &(int64_t){-5000000000});
    gguf_writer_put_number(writer, "u8", GGUF_U8, &(uint8_t){200});
    gguf_writer_put_number(writer, "i8", GGUF_I8, &(int8_t){-100});
    gguf_writer_put_number(writer, "u16", GGUF_U16, &(uint16_t){60000});
    gguf_writer_put_number(writer, "i16", GGUF_I16, &(int16_t){-30000});
    gguf_writer_put_number(writer, "i32", GGUF_I32, &(int32_t){-2000000000});
    gguf_writer_put_number(writer, "u64", GGUF_U64, &(uint64_t){UINT64_MAX});
    gguf_writer_put_number(writer, "f64", GGUF_F64, &(double){1e100});
    gguf_writer_put_array(writer, "floats", GGUF_F32, sample_floats, 3);
    gguf_writer_put_strings(writer, "words", (struct str[]){STR("a"), STR(""), STR("\0z")}, 3);
    gguf_writer_add_tensor(writer, "one", DTYPE_Q8_0, 2, (uint64_t[]){32, 3});
    gguf_writer_add_tensor(writer, "two", DTYPE_F32, 1, (uint64_t[]){5});
    gguf_writer_add_tensor(writer, "three", DTYPE_Q4_K, 3, (uint64_t[]){256, 2, 2});
    return writer;
}

// A file laid out in memory, every byte of tensor i being i + 1.
static unsigned char *lay_out(struct gguf_writer *writer, size_t n_tensors, size_t *size)
{
    *size = gguf_writer_file_size(writer);
    unsigned char *bytes = mem_alloc(*size, 1);
    struct str header = gguf_writer_header(writer);
    memcpy(bytes, header.data, header.size);
    for (size_t i = 0; i < n_tensors; i++)
        memset(bytes + gguf_writer_offset(writer, i), (int)i + 1,
               gguf_writer_tensor_size(writer, i));
    return bytes;
}

static void check_sample(const struct gguf *gguf)
{
    struct str text;
    uint64_t wide;
    float number;
    bool yes = false;
    static const struct {
        const char *key;
        int64_t value;
    } integers[] = {{"u32", 4000000000}, {"i64", -5000000000}, {"u8", 200},         {"i8", -100},
                    {"u16", 60000},      {"i16", -30000},      {"i32", -2000000000}};
    assert_int_equal(gguf_n_values(gguf), 14);
    for (size_t i = 0; i < COUNT_OF(integers); i++) {
        int64_t integer;
        assert_true(gguf_item_i64(gguf_find(gguf, integers[i].key), 0, &integer));
        assert_true(integer == integers[i].value);
    }
    assert_true(gguf_get_str(gguf, "general.architecture", &text) && str_is(text, "qwen3"));
    assert_true(gguf_get_u64(gguf, "u64", &wide) && wide == UINT64_MAX);
    assert_true(gguf_get_f32(gguf, "f32", &number) && number == 0.1f);
    assert_true(gguf_get_bool(gguf, "yes", &yes) && yes);
    assert_int_equal(gguf_find(gguf, "f64")->type, GGUF_F64);
    for (uint64_t i = 0; i < 3; i++)
        assert_true(gguf_item_f32(gguf_find(gguf, "floats"), i, &number) &&
                    number == sample_floats[i]);
    assert_true(gguf_item_str(gguf_find(gguf, "words"), 2, &text));
    assert_true(str_equal(text, STR("\0z")));
    assert_int_equal(gguf_n_tensors(gguf), 3);
    assert_int_equal(gguf_find_tensor(gguf, "one")->size, 102);
    assert_int_equal(gguf_find_tensor(gguf, "two")->size, 20);
    assert_int_equal(gguf_find_tensor(gguf, "three")->size, 576);
    assert_int_equal(gguf_find_tensor(gguf, "three")->ne[2], 2);
    for (size_t i = 0; i < 3; i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        for (size_t j = 0; j < tensor->size; j++)
            assert_int_equal(((const unsigned char *)tensor->data)[j], i + 1);
    }
}

TEST(gguf_write, what_is_laid_out_in_memory_reads_back)
{
    UNUSED;
    struct gguf_writer *writer = sample_writer();
    size_t size;
    unsigned char *bytes = lay_out(writer, 3, &size);
    struct gguf *gguf;
    struct error error = {0};
    if (gguf_open_memory(&gguf, bytes, size, "written", &error))
        fail_msg("%s", error.text);
    check_sample(gguf);
    gguf_close(gguf);
    free(bytes);
    gguf_writer_close(writer);
}

// Streams the sample into a file, in portions of every size that cross tensors and padding.
TEST(gguf_write, a_streamed_file_is_the_same_in_any_portions)
{
    UNUSED;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    struct gguf_writer *writer = sample_writer();
    size_t size;
    unsigned char *bytes = lay_out(writer, 3, &size), data[102 + 20 + 576];
    gguf_writer_close(writer);
    memset(data, 1, 102);
    memset(data + 102, 2, 20);
    memset(data + 122, 3, 576);
    for (size_t portion = 1; portion <= sizeof data; portion += portion < 130 ? 1 : 100) {
        writer = sample_writer();
        assert_int_equal(gguf_writer_create(writer, path, NULL), OK);
        for (size_t at = 0; at < sizeof data; at += portion) {
            size_t n = sizeof data - at < portion ? sizeof data - at : portion;
            assert_int_equal(gguf_writer_append(writer, data + at, n, NULL), OK);
        }
        assert_int_equal(gguf_writer_publish(writer, NULL), OK);
        gguf_writer_close(writer);
        size_t written;
        char *file = test_read_file(path, &written);
        assert_int_equal(written, size);
        assert_memory_equal(file, bytes, size);
        free(file);
    }
    struct gguf *gguf;
    assert_int_equal(gguf_open(&gguf, path, NULL, NULL), OK);
    check_sample(gguf);
    gguf_close(gguf);
    folder_remove(&folder); // so no temporary file is left
    free(bytes);
}

TEST(gguf_write, an_abandoned_file_leaves_the_old_one)
{
    UNUSED;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    FILE *old = fopen(path, "w");
    fputs("old", old);
    fclose(old);
    struct gguf_writer *writer = sample_writer();
    assert_int_equal(gguf_writer_create(writer, path, NULL), OK);
    assert_int_equal(gguf_writer_append(writer, "0123456789", 10, NULL), OK);
    gguf_writer_close(writer);
    char *file = test_read_file(path, NULL);
    assert_string_equal(file, "old");
    free(file);
    folder_remove(&folder);
}

TEST(gguf_write, a_folder_that_is_missing_is_named)
{
    UNUSED;
    struct gguf_writer *writer = sample_writer();
    struct error error = {0};
    assert_int_equal(gguf_writer_create(writer, "/nonexistent/model.gguf", &error), ERR_IO);
    assert_non_null(strstr(error.text, "/nonexistent/model.gguf"));
    gguf_writer_close(writer);
}

TEST(gguf_write, a_full_disk_is_reported)
{
    UNUSED;
    FILE *full = fopen("/dev/full", "wb");
    if (!full)
        skip(); // Linux only
    fclose(full);
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_file(&folder, "model.gguf");
    char temporary[600];
    snprintf(temporary, sizeof temporary, "%s.%ld.part", path, (long)getpid());
    assert_int_equal(symlink("/dev/full", temporary), 0);
    struct gguf_writer *writer = sample_writer();
    struct error error = {0};
    enum err err = gguf_writer_create(writer, path, &error);
    static const char zeros[102 + 20 + 576];
    if (!err)
        err = gguf_writer_append(writer, zeros, sizeof zeros, &error);
    if (!err)
        err = gguf_writer_publish(writer, &error);
    assert_int_equal(err, ERR_IO);
    assert_non_null(strstr(error.text, strerror(ENOSPC)));
    gguf_writer_close(writer);
    assert_int_equal(access(path, F_OK), -1);
    folder_remove(&folder);
}

TEST(gguf_write, values_can_be_copied_from_another_file)
{
    UNUSED;
    struct gguf_writer *first = sample_writer(), *second = gguf_writer_open();
    size_t size, copy_size;
    unsigned char *bytes = lay_out(first, 3, &size);
    struct gguf *gguf;
    assert_int_equal(gguf_open_memory(&gguf, bytes, size, "first", NULL), OK);
    for (size_t i = 0; i < gguf_n_values(gguf); i++)
        gguf_writer_put_value(second, gguf_value_at(gguf, i));
    struct gguf_value split = *gguf_find(gguf, "u16");
    split.key = STR("split.count");
    gguf_writer_put_value(second, &split);
    for (size_t i = 0; i < 3; i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        char name[8] = {0};
        memcpy(name, tensor->name.data, tensor->name.size);
        gguf_writer_add_tensor(second, name, (enum dtype)tensor->dtype, tensor->n_dims, tensor->ne);
    }
    unsigned char *copy = lay_out(second, 3, &copy_size);
    assert_int_equal(copy_size, size);
    assert_memory_equal(copy, bytes, size);
    gguf_close(gguf);
    gguf_writer_close(first);
    gguf_writer_close(second);
    free(bytes);
    free(copy);
}

RUN_TESTS(IS(gguf_write, what_is_laid_out_in_memory_reads_back),
          IS(gguf_write, a_streamed_file_is_the_same_in_any_portions),
          IS(gguf_write, an_abandoned_file_leaves_the_old_one),
          IS(gguf_write, a_folder_that_is_missing_is_named),
          IS(gguf_write, a_full_disk_is_reported),
          IS(gguf_write, values_can_be_copied_from_another_file))
