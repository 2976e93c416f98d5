#include "tensor/gguf_read.h"

#include "base/memory.h"
#include "base/os.h"
#include "tensor/dtype.h"
#include "tests/support/folder.h"
#include "tests/tensor/gguf_bytes.h"
#include "tests/test.h"

#define UNUSED (void)state

// ---- a valid file with something of everything ----

static void put_numbers(struct buf *buf)
{
    static const unsigned char ones[8] = {255, 255, 255, 255, 255, 255, 255, 255};
    static const struct {
        const char *key;
        enum gguf_type type;
        size_t size;
    } numbers[] = {{"n.u8", GGUF_U8, 1},   {"n.i8", GGUF_I8, 1},   {"n.u16", GGUF_U16, 2},
                   {"n.i16", GGUF_I16, 2}, {"n.u32", GGUF_U32, 4}, {"n.i32", GGUF_I32, 4},
                   {"n.u64", GGUF_U64, 8}, {"n.i64", GGUF_I64, 8}};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        put_key(buf, numbers[i].key, numbers[i].type);
        buf_append(buf, ones, numbers[i].size);
    }
    float f32 = 0.5f;
    double f64 = -2.25;
    put_key(buf, "n.f32", GGUF_F32);
    buf_append(buf, &f32, sizeof f32);
    put_key(buf, "n.f64", GGUF_F64);
    buf_append(buf, &f64, sizeof f64);
    put_key(buf, "n.yes", GGUF_BOOL);
    buf_append_byte(buf, 1);
}

static struct buf sample_file(void)
{
    struct buf buf = {0};
    put_head(&buf, 3, 15);
    put_key(&buf, "general.architecture", GGUF_STRING);
    put_string(&buf, "llama");
    put_numbers(&buf);
    put_array(&buf, "words", GGUF_STRING, 3);
    put_string(&buf, "one");
    put_string(&buf, "");
    put_string(&buf, "three");
    put_array(&buf, "levels", GGUF_I32, 2);
    put_u32(&buf, 7);
    put_u32(&buf, (uint32_t)-8);
    put_array(&buf, "nothing", GGUF_F32, 0);
    put_tensor(&buf, "a.weight", 32, 2, DTYPE_Q8_0, 0);
    put_tensor(&buf, "b.weight", 4, 1, DTYPE_F32, 96);
    put_tensor(&buf, "c.weight", 5, 1, 26, 128); // I32, which we only know by name
    put_padding(&buf, 32);
    for (int i = 0; i < 148; i++)
        buf_append_byte(&buf, i);
    return buf;
}

static struct gguf *open_bytes(const struct buf *buf)
{
    struct gguf *gguf;
    struct error error = {0};
    if (gguf_open_memory(&gguf, buf->data, buf->size, "sample", &error))
        fail_msg("%s", error.text);
    return gguf;
}

TEST(gguf, gives_values_of_every_type)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf = open_bytes(&buf);
    assert_int_equal(gguf_n_values(gguf), 15);
    static const struct {
        const char *key;
        int64_t value;
    } integers[] = {{"n.u8", 255},         {"n.i8", -1},  {"n.u16", 65535}, {"n.i16", -1},
                    {"n.u32", UINT32_MAX}, {"n.i32", -1}, {"n.i64", -1},    {"n.yes", 1}};
    for (size_t i = 0; i < COUNT_OF(integers); i++) {
        int64_t integer = 99;
        assert_true(gguf_item_i64(gguf_find(gguf, integers[i].key), 0, &integer));
        assert_true(integer == integers[i].value);
    }
    uint64_t wide;
    float number;
    bool yes = false;
    struct str text;
    assert_true(gguf_get_u64(gguf, "n.u64", &wide) && wide == UINT64_MAX);
    assert_true(gguf_get_f32(gguf, "n.f32", &number) && number == 0.5f);
    assert_true(gguf_get_f32(gguf, "n.f64", &number) && number == -2.25f);
    assert_true(gguf_get_f32(gguf, "n.i16", &number) && number == -1.0f);
    assert_true(gguf_get_bool(gguf, "n.yes", &yes) && yes);
    assert_true(gguf_get_str(gguf, "general.architecture", &text) && str_is(text, "llama"));
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, refuses_values_of_another_kind_or_range)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf = open_bytes(&buf);
    uint64_t wide = 5;
    uint32_t narrow = 5;
    int64_t integer = 5;
    float number = 5;
    bool yes = true;
    struct str text = {0};
    assert_false(gguf_get_u64(gguf, "absent", &wide));
    assert_false(gguf_get_u64(gguf, "n.i32", &wide));
    assert_false(gguf_get_u64(gguf, "n.yes", &wide));
    assert_false(gguf_get_u64(gguf, "n.f32", &wide));
    assert_false(gguf_get_u64(gguf, "levels", &wide));
    assert_false(gguf_get_u32(gguf, "n.u64", &narrow));
    assert_false(gguf_item_i64(gguf_find(gguf, "n.u64"), 0, &integer));
    assert_false(gguf_item_i64(gguf_find(gguf, "levels"), 2, &integer));
    assert_false(gguf_get_f32(gguf, "general.architecture", &number));
    assert_false(gguf_get_bool(gguf, "n.u8", &yes));
    assert_false(gguf_get_str(gguf, "words", &text));
    assert_true(wide == 5 && narrow == 5 && integer == 5 && number == 5 && yes && !text.data);
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, gives_items_of_arrays)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf = open_bytes(&buf);
    const struct gguf_value *words = gguf_find(gguf, "words"), *levels = gguf_find(gguf, "levels");
    struct str text;
    int64_t level;
    assert_true(words->is_array && words->n_items == 3);
    assert_true(gguf_item_str(words, 0, &text) && str_is(text, "one"));
    assert_true(gguf_item_str(words, 1, &text) && text.size == 0);
    assert_true(gguf_item_str(words, 2, &text) && str_is(text, "three"));
    assert_false(gguf_item_str(words, 3, &text));
    assert_true(gguf_item_i64(levels, 0, &level) && level == 7);
    assert_true(gguf_item_i64(levels, 1, &level) && level == -8);
    assert_int_equal(gguf_find(gguf, "nothing")->n_items, 0);
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, gives_tensors_by_name)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf = open_bytes(&buf);
    const struct gguf_tensor *a = gguf_find_tensor(gguf, "a.weight");
    const struct gguf_tensor *b = gguf_find_tensor(gguf, "b.weight");
    const struct gguf_tensor *c = gguf_find_tensor(gguf, "c.weight");
    assert_true(a->dtype == DTYPE_Q8_0 && a->ne[0] == 32 && a->ne[1] == 2 && a->ne[3] == 1);
    assert_int_equal(a->size, 68);
    assert_int_equal(((const unsigned char *)a->data)[0], 0);
    assert_int_equal(b->size, 16);
    assert_int_equal(((const unsigned char *)b->data)[0], 96);
    assert_ptr_equal(b->data, buf.data + b->offset);
    assert_true(c->dtype == 26 && c->size == 0 && c->data == NULL); // known only by name
    assert_null(gguf_find_tensor(gguf, "d.weight"));
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, accepts_version_2_and_an_empty_file)
{
    UNUSED;
    struct buf buf = {0};
    put_head(&buf, 0, 0);
    buf.data[4] = 2;
    struct gguf *gguf = open_bytes(&buf);
    assert_true(gguf_n_values(gguf) == 0 && gguf_n_tensors(gguf) == 0);
    assert_null(gguf_find(gguf, "general.architecture"));
    assert_null(gguf_value_at(gguf, 0));
    assert_null(gguf_tensor_at(gguf, 0));
    gguf_close(gguf);
    buf_release(&buf);
}

// ---- hostile files ----

static void wrong_magic(struct buf *buf)
{
    put_head(buf, 0, 0);
    buf->data[3] = 'X';
}
static void version_1(struct buf *buf)
{
    put_head(buf, 0, 0);
    buf->data[4] = 1;
}
static void big_endian(struct buf *buf)
{
    put_head(buf, 0, 0);
    memcpy(buf->data + 4, "\0\0\0\3", 4);
}
static void negative_tensors(struct buf *buf)
{
    put_head(buf, UINT64_MAX, 0);
}
static void too_many_keys(struct buf *buf)
{
    put_head(buf, 0, 2);
    put_key(buf, "a", GGUF_U8);
    buf_append_byte(buf, 1);
}
static void too_many_tensors(struct buf *buf)
{
    put_head(buf, 1 << 20, 0);
    while (buf->size < (25 << 20))
        put_u64(buf, 0);
}
static void empty_key(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "", GGUF_U8);
    buf_append_byte(buf, 1);
}
static void endless_key(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_u64(buf, UINT64_MAX);
    put_u64(buf, 0);
}
static void key_twice(struct buf *buf)
{
    put_head(buf, 0, 2);
    for (int i = 0; i < 2; i++) {
        put_key(buf, "same", GGUF_U8);
        buf_append_byte(buf, 1);
    }
}
static void unknown_value_type(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "odd", (enum gguf_type)13);
    put_u64(buf, 0);
}
static void nested_array(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_array(buf, "nest", GGUF_ARRAY, 1);
    put_u64(buf, 0);
}
static void array_past_the_end(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_array(buf, "long", GGUF_U64, 3);
    put_u64(buf, 0);
    put_u64(buf, 0);
}
static void array_that_overflows(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_array(buf, "long", GGUF_U64, (UINT64_MAX >> 3) + 2); // times 8 is 8
    put_u64(buf, 0);
}
static void strings_past_the_end(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_array(buf, "words", GGUF_STRING, 3);
    put_string(buf, "a");
    put_string(buf, "b");
}
static void string_past_the_end(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "word", GGUF_STRING);
    put_u64(buf, UINT64_MAX - 7);
    put_u64(buf, 0);
}
static void string_one_byte_short(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "word", GGUF_STRING);
    put_u64(buf, 9);
    put_u64(buf, 0);
}
static void odd_alignment(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "general.alignment", GGUF_U32);
    put_u32(buf, 24);
}
static void alignment_in_words(struct buf *buf)
{
    put_head(buf, 0, 1);
    put_key(buf, "general.alignment", GGUF_STRING);
    put_string(buf, "32");
}
static void one_tensor(struct buf *buf, uint64_t ne0, uint64_t ne1, uint32_t dtype, uint64_t offset)
{
    put_head(buf, 1, 0);
    put_tensor(buf, "t", ne0, ne1, dtype, offset);
    put_padding(buf, 32);
    for (int i = 0; i < 8; i++)
        put_u64(buf, 0);
}
static void no_rows(struct buf *buf)
{
    one_tensor(buf, 32, 0, DTYPE_F32, 0);
}
static void negative_columns(struct buf *buf)
{
    one_tensor(buf, (uint64_t)-32, 1, DTYPE_Q8_0, 0);
}
static void shape_that_overflows(struct buf *buf)
{
    one_tensor(buf, (uint64_t)1 << 33, (uint64_t)1 << 33, DTYPE_F32, 0);
}
static void size_that_overflows(struct buf *buf)
{
    one_tensor(buf, (uint64_t)1 << 31, ((uint64_t)1 << 31) + 1, DTYPE_F32, 0);
}
static void part_of_a_block(struct buf *buf)
{
    one_tensor(buf, 48, 1, DTYPE_Q8_0, 0);
}
static void stored_activations(struct buf *buf)
{
    one_tensor(buf, 256, 1, DTYPE_Q8_K, 0);
}
static void crooked_offset(struct buf *buf)
{
    one_tensor(buf, 4, 1, DTYPE_F32, 16);
}
static void offset_past_the_end(struct buf *buf)
{
    one_tensor(buf, 4, 1, DTYPE_F32, 64);
}
static void offset_that_overflows(struct buf *buf)
{
    one_tensor(buf, 4, 1, DTYPE_F32, UINT64_MAX - 31);
}
static void data_past_the_end(struct buf *buf)
{
    one_tensor(buf, 17, 1, DTYPE_F32, 0);
}
static void five_dimensions(struct buf *buf)
{
    put_head(buf, 1, 0);
    put_string(buf, "t");
    put_u32(buf, 5);
    for (int i = 0; i < 8; i++)
        put_u64(buf, 1);
}
static void long_tensor_name(struct buf *buf)
{
    put_head(buf, 1, 0);
    put_tensor(buf, "a.name.of.sixty-four.bytes.is.one.more.than.the.format.allows.it", 1, 1,
               DTYPE_F32, 0);
    put_u64(buf, 0);
}
static void two_tensors(struct buf *buf, const char *second, uint64_t at_first, uint64_t at_second)
{
    put_head(buf, 2, 0);
    put_tensor(buf, "first", 16, 1, DTYPE_F32, at_first);
    put_tensor(buf, second, 8, 1, DTYPE_F32, at_second);
    put_padding(buf, 32);
    for (int i = 0; i < 12; i++)
        put_u64(buf, 0);
}
static void tensor_twice(struct buf *buf)
{
    two_tensors(buf, "first", 0, 64);
}
static void overlapping_tensors(struct buf *buf)
{
    two_tensors(buf, "second", 0, 32);
}
static void overlapping_backwards(struct buf *buf)
{
    two_tensors(buf, "second", 32, 64);
}

TEST(gguf, says_what_is_wrong_with_a_file)
{
    UNUSED;
    static const struct {
        void (*put)(struct buf *buf);
        const char *sentence;
    } cases[] = {
        {wrong_magic, "not a GGUF file"},
        {version_1, "version 1 (known are 2 to 3)"},
        {big_endian, "big-endian"},
        {negative_tensors, "18446744073709551615 tensors do not fit a file of 24 bytes"},
        {too_many_keys, "2 keys do not fit"},
        {too_many_tensors, "1048576 tensors do not fit"},
        {empty_key, "key 0 has a name of 0 bytes"},
        {endless_key, "key 0 has a name of 18446744073709551615 bytes"},
        {key_twice, "the key same appears twice"},
        {unknown_value_type, "odd has the unknown value type 13"},
        {nested_array, "nest is an array of arrays"},
        {array_past_the_end, "long has 3 items of 8 bytes, but only 16 follow"},
        {array_that_overflows, "long is an array of 2305843009213693953 items"},
        {strings_past_the_end, "words has 3 strings, but only 18 bytes follow"},
        {string_past_the_end, "string 0 of word claims 18446744073709551608 bytes, but only 8"},
        {string_one_byte_short, "string 0 of word claims 9 bytes, but only 8 follow"},
        {odd_alignment, "general.alignment is 24, not a power of two"},
        {alignment_in_words, "general.alignment is not a positive integer"},
        {no_rows, "tensor t has the impossible shape 32 x 0 x 1 x 1"},
        {negative_columns, "tensor t has the impossible shape"},
        {shape_that_overflows, "tensor t has the impossible shape"},
        {size_that_overflows, "tensor t has 4611686020574871552 values, too many"},
        {part_of_a_block, "rows of 48 values, no multiple of the 32 in a block of Q8_0"},
        {stored_activations, "tensor t is stored as Q8_K"},
        {crooked_offset, "tensor t begins at 16, no multiple of 32"},
        {offset_past_the_end, "tensor t needs 16 bytes at 160, but the file has 160"},
        {offset_that_overflows, "tensor t needs 16 bytes"},
        {data_past_the_end, "tensor t needs 68 bytes at 96, but the file has 160"},
        {five_dimensions, "tensor t has 5 dimensions"},
        {long_tensor_name, "tensor 0 has a name of 64 bytes"},
        {tensor_twice, "the tensor first appears twice"},
        {overlapping_tensors, "tensor second overlaps tensor first"},
        {overlapping_backwards, "tensor second overlaps tensor first"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf buf = {0};
        struct gguf *gguf;
        struct error error = {0};
        cases[i].put(&buf);
        enum err err = gguf_open_memory(&gguf, buf.data, buf.size, "hostile", &error);
        if (!err || gguf || !strstr(error.text, "hostile") ||
            !strstr(error.text, cases[i].sentence))
            fail_msg("case %zu (%s): \"%s\"", i, cases[i].sentence, error.text);
        buf_release(&buf);
    }
}

TEST(gguf, takes_tensors_in_any_order)
{
    UNUSED;
    struct buf buf = {0};
    two_tensors(&buf, "second", 32, 0);
    struct gguf *gguf = open_bytes(&buf);
    const struct gguf_tensor *first = gguf_find_tensor(gguf, "first");
    assert_int_equal(first->offset - gguf_find_tensor(gguf, "second")->offset, 32);
    gguf_close(gguf);
    buf_release(&buf);
}

// A copy of its own size, so that AddressSanitizer sees the first byte read past the end.
static bool opens(const void *bytes, size_t size)
{
    void *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    struct gguf *gguf;
    struct error error = {0};
    enum err err = gguf_open_memory(&gguf, copy, size, "cut", &error);
    if (err && !error.text[0])
        fail_msg("failed without a sentence");
    if (!err)
        walk(gguf);
    gguf_close(gguf);
    free(copy);
    return !err;
}

TEST(gguf, survives_a_cut_at_every_byte)
{
    UNUSED;
    struct buf buf = sample_file();
    size_t needed = buf.size - 20; // the last tensor is of a format we cannot size
    for (size_t size = 0; size < buf.size; size++)
        if (opens(buf.data, size) != (size >= needed))
            fail_msg("%zu of %zu bytes", size, buf.size);
    assert_true(opens(buf.data, buf.size));
    buf_release(&buf);
}

TEST(gguf, survives_every_flipped_header_byte)
{
    UNUSED;
    struct buf buf = sample_file();
    size_t n_refused = 0;
    for (size_t i = 0; i < buf.size - 148; i++)
        for (int mask = 1; mask < 256; mask++) {
            buf.data[i] ^= (char)mask;
            n_refused += !opens(buf.data, buf.size);
            buf.data[i] ^= (char)mask;
        }
    assert_true(n_refused > 10000);
    buf_release(&buf);
}

TEST(gguf, reports_every_allocation_that_fails)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf;
    struct error error;
    enum err err = ERR_MEMORY;
    uint64_t n = 0;
    while (err) {
        mem_fail_after(++n);
        err = gguf_open_memory(&gguf, buf.data, buf.size, "sample", &error);
        mem_fail_after(0);
        if (err)
            assert_int_equal(err, ERR_MEMORY);
    }
    assert_true(n > 5);
    gguf_close(gguf);
    buf_release(&buf);
}

// ---- files ----

struct watch {
    uint64_t n_done, n_total, n_calls;
    bool cancel;
};

static bool watch_progress(void *context, uint64_t n_done, uint64_t n_total)
{
    struct watch *watch = context;
    *watch = (struct watch){n_done, n_total, watch->n_calls + 1, watch->cancel};
    return !watch->cancel;
}

TEST(gguf, reads_a_file_in_every_mode)
{
    UNUSED;
    struct buf buf = sample_file();
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "m.gguf", &buf);
    struct watch watch = {0};
    uint64_t fingerprint = 0;
    for (int mode = GGUF_MAP; mode <= GGUF_HEADER_ONLY; mode++) {
        struct gguf_options options = {
            .mode = (enum gguf_mode)mode, .progress = watch_progress, .context = &watch};
        struct gguf *gguf;
        assert_int_equal(gguf_open(&gguf, path, &options, NULL), OK);
        assert_string_equal(gguf_path(gguf), path);
        assert_int_equal(gguf_file_size(gguf), buf.size);
        assert_int_equal(gguf_n_parts(gguf), 1);
        assert_true(mode == GGUF_MAP || gguf_fingerprint(gguf) == fingerprint);
        fingerprint = gguf_fingerprint(gguf);
        const struct gguf_tensor *b = gguf_find_tensor(gguf, "b.weight");
        if (mode == GGUF_HEADER_ONLY)
            assert_null(b->data);
        else
            assert_int_equal(((const unsigned char *)b->data)[0], 96);
        walk(gguf);
        gguf_close(gguf);
    }
    assert_true(watch.n_done == buf.size && watch.n_total == buf.size && watch.n_calls == 1);
    folder_remove(&folder);
    buf_release(&buf);
}

TEST(gguf, stops_reading_when_cancelled)
{
    UNUSED;
    struct buf buf = sample_file();
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "m.gguf", &buf);
    struct watch watch = {.cancel = true};
    struct gguf_options options = {
        .mode = GGUF_READ, .progress = watch_progress, .context = &watch};
    struct gguf *gguf;
    assert_int_equal(gguf_open(&gguf, path, &options, NULL), ERR_CANCELLED);
    assert_null(gguf);
    folder_remove(&folder);
    buf_release(&buf);
}

TEST(gguf, reports_memory_that_is_missing_for_a_file)
{
    UNUSED;
    struct buf buf = sample_file();
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "m.gguf", &buf);
    struct gguf_options options = {.mode = GGUF_READ};
    struct gguf *gguf;
    struct error error;
    enum err err = ERR_MEMORY;
    uint64_t n = 0;
    while (err) {
        mem_fail_after(++n);
        err = gguf_open(&gguf, path, &options, &error);
        mem_fail_after(0);
        if (err)
            assert_true(err == ERR_MEMORY && gguf == NULL && strstr(error.text, "m.gguf"));
    }
    assert_true(n > 10);
    gguf_close(gguf);
    folder_remove(&folder);
    buf_release(&buf);
}

TEST(gguf, locks_weights_or_says_which_limit_forbids_it)
{
    UNUSED;
    struct buf buf = sample_file();
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "m.gguf", &buf);
    struct gguf_options options = {.mode = GGUF_READ, .lock = true};
    struct gguf *gguf;
    struct error error = {0};
    enum err err = gguf_open(&gguf, path, &options, &error);
    assert_true(err == OK || strstr(error.text, "cannot lock"));
    gguf_close(gguf);
    folder_remove(&folder);
    buf_release(&buf);
}

TEST(gguf, fingerprints_tell_files_apart)
{
    UNUSED;
    struct buf buf = sample_file();
    struct gguf *gguf = open_bytes(&buf);
    uint64_t first = gguf_fingerprint(gguf);
    assert_true(gguf_fingerprint(gguf) == first);
    gguf_close(gguf);
    buf.data[buf.size - 148] ^= 1; // a weight
    gguf = open_bytes(&buf);
    assert_true(gguf_fingerprint(gguf) != first);
    gguf_close(gguf);
    buf.data[buf.size - 148] ^= 1;
    assert_memory_equal(buf.data + 64, "llama", 5);
    buf.data[64] = 'L'; // metadata
    gguf = open_bytes(&buf);
    assert_true(gguf_fingerprint(gguf) != first);
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, reads_beyond_four_gigabytes)
{
    UNUSED;
    struct buf buf = {0};
    uint64_t far = (uint64_t)(1 << 20) * 1100 * 4; // behind the first tensor, 4.3 GiB
    put_head(&buf, 2, 0);
    put_tensor(&buf, "large", 1 << 20, 1100, DTYPE_F32, 0);
    put_tensor(&buf, "far", 8, 1, DTYPE_F32, far);
    put_padding(&buf, 32);
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "m.gguf", &buf);
    off_t size = (off_t)(buf.size + far + 32);
    FILE *file = fopen(path, "r+b");
    static const float values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    bool sparse = ftruncate(fileno(file), size) == 0 &&
                  fseeko(file, size - (off_t)sizeof values, SEEK_SET) == 0 &&
                  fwrite(values, sizeof values, 1, file) == 1;
    sparse &= fclose(file) == 0;
    struct gguf *gguf = NULL;
    struct error error = {0};
    if (sparse && gguf_open(&gguf, path, NULL, &error))
        fail_msg("%s", error.text);
    if (sparse) {
        assert_memory_equal(gguf_find_tensor(gguf, "far")->data, values, sizeof values);
        assert_true(gguf_file_size(gguf) == (uint64_t)size);
    }
    gguf_close(gguf);
    folder_remove(&folder);
    buf_release(&buf);
    if (!sparse)
        skip(); // no such files here
}

TEST(gguf, sentences_survive_a_long_path)
{
    UNUSED;
    char path[600];
    memset(path, 'p', sizeof path);
    strcpy(path + sizeof path - sizeof "/end.gguf", "/end.gguf");
    struct buf buf = {0};
    put_head(&buf, 1, 0);
    struct gguf *gguf;
    struct error error = {0};
    assert_int_equal(gguf_open_memory(&gguf, buf.data, buf.size, path, &error), ERR_FORMAT);
    assert_non_null(strstr(error.text, "/end.gguf: 1 tensors do not fit a file of 24 bytes"));
    buf_release(&buf);
}

// ---- split files ----

static const char *const part_names[] = {"m-00001-of-00003.gguf", "m-00002-of-00003.gguf",
                                         "m-00003-of-00003.gguf"};

struct split_spec {
    uint32_t number[3], count[3], total;
    const char *tensor[3];
};

static void write_split(struct folder *folder, const struct split_spec *spec)
{
    folder_make(folder);
    for (uint32_t i = 0; i < 3; i++) {
        struct buf buf = {0};
        put_head(&buf, i > 0, 4); // the first part has no tensor
        put_key(&buf, "split.no", GGUF_U16);
        buf_append(&buf, &spec->number[i], 2);
        put_key(&buf, "split.count", GGUF_U16);
        buf_append(&buf, &spec->count[i], 2);
        put_key(&buf, "split.tensors.count", GGUF_I32);
        put_u32(&buf, spec->total);
        put_key(&buf, "part", GGUF_U32);
        put_u32(&buf, i);
        if (i > 0)
            put_tensor(&buf, spec->tensor[i], 8, 1, DTYPE_F32, 0);
        put_padding(&buf, 32);
        for (int j = 0; i > 0 && j < 8; j++)
            put_u32(&buf, i);
        folder_write(folder, part_names[i], &buf);
        buf_release(&buf);
    }
}

static const struct split_spec good_split = {{0, 1, 2}, {3, 3, 3}, 2, {NULL, "x", "y"}};

TEST(gguf, opens_all_parts_given_any)
{
    UNUSED;
    struct folder folder;
    write_split(&folder, &good_split);
    for (int mode = GGUF_MAP; mode <= GGUF_READ; mode++)
        for (int i = 0; i < 3; i++) {
            struct gguf *gguf;
            struct error error;
            struct gguf_options options = {.mode = (enum gguf_mode)mode};
            const char *path = folder_file(&folder, part_names[i]);
            if (gguf_open(&gguf, path, &options, &error))
                fail_msg("%s", error.text);
            uint32_t part = 9;
            const struct gguf_tensor *y = gguf_find_tensor(gguf, "y");
            assert_true(gguf_get_u32(gguf, "part", &part) && part == 0);
            assert_int_equal(gguf_n_parts(gguf), 3);
            assert_int_equal(gguf_n_tensors(gguf), 2);
            assert_int_equal(y->i_part, 2);
            assert_int_equal(*(const uint32_t *)y->data, 2);
            assert_non_null(strstr(gguf_path(gguf), part_names[0]));
            gguf_close(gguf);
        }
    folder_remove(&folder);
}

TEST(gguf, says_what_is_wrong_with_a_split)
{
    UNUSED;
    static const struct {
        struct split_spec spec;
        const char *sentence;
    } cases[] = {
        {{{0, 2, 2}, {3, 3, 3}, 2, {NULL, "x", "y"}}, "file 2 of 3 says it is number 2 of 3"},
        {{{0, 1, 2}, {3, 3, 4}, 2, {NULL, "x", "y"}}, "file 3 of 3 says it is number 2 of 4"},
        {{{0, 1, 2}, {3, 3, 3}, 9, {NULL, "x", "y"}}, "3 parts have 2 tensors instead of 9"},
        {{{0, 1, 2}, {3, 3, 3}, 2, {NULL, "x", "x"}}, "the tensor x is in two parts"},
        {{{0, 1, 2}, {4, 4, 4}, 2, {NULL, "x", "y"}}, "does not end in -00001-of-00004.gguf"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct folder folder;
        write_split(&folder, &cases[i].spec);
        struct gguf *gguf;
        struct error error = {0};
        const char *path = folder_file(&folder, part_names[0]);
        assert_int_equal(gguf_open(&gguf, path, NULL, &error), ERR_FORMAT);
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("case %zu: \"%s\"", i, error.text);
        folder_remove(&folder);
    }
}

TEST(gguf, names_the_part_that_is_missing)
{
    UNUSED;
    struct folder folder;
    write_split(&folder, &good_split);
    remove(folder_file(&folder, part_names[1]));
    const char *path = folder_file(&folder, part_names[2]);
    struct gguf *gguf;
    struct error error = {0};
    assert_int_equal(gguf_open(&gguf, path, NULL, &error), ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, part_names[1]));
    folder_remove(&folder);
}

// ---- speed, and files of others ----

TEST(gguf, opens_a_large_vocabulary_at_once)
{
    UNUSED;
    enum { N = 250000 };
    struct buf buf = {0};
    put_head(&buf, 0, 3);
    put_array(&buf, "tokenizer.ggml.tokens", GGUF_STRING, N);
    char text[32];
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "token%d", i);
        put_string(&buf, text);
    }
    put_array(&buf, "tokenizer.ggml.merges", GGUF_STRING, N);
    for (int i = 0; i < N; i++)
        put_string(&buf, "left right");
    put_array(&buf, "tokenizer.ggml.token_type", GGUF_I32, N);
    for (int i = 0; i < N; i++)
        put_u32(&buf, 1);
    put_padding(&buf, 32);
    uint64_t start = os_time_ns();
    struct gguf *gguf = open_bytes(&buf);
    uint64_t elapsed_ms = (os_time_ns() - start) / 1000000;
    struct str last;
    assert_true(gguf_item_str(gguf_find(gguf, "tokenizer.ggml.tokens"), N - 1, &last));
    assert_true(str_is(last, "token249999"));
    if (elapsed_ms > 500) // 5 to 20 unloaded; sanitizers and neighbours take their share
        fail_msg("opening took %llu ms", (unsigned long long)elapsed_ms);
    gguf_close(gguf);
    buf_release(&buf);
}

TEST(gguf, reads_published_vocabularies)
{
    NEED_DATA(folder);
    char path[4096];
    snprintf(path, sizeof path, "%s/data/vocab/ggml-vocab-llama-spm.gguf", folder);
    struct gguf *gguf;
    struct error error;
    if (gguf_open(&gguf, path, NULL, &error))
        fail_msg("%s", error.text);
    struct str text;
    uint32_t id = 0;
    assert_true(gguf_get_str(gguf, "general.architecture", &text) && str_is(text, "llama"));
    assert_true(gguf_get_u32(gguf, "tokenizer.ggml.bos_token_id", &id) && id == 1);
    assert_true(gguf_item_str(gguf_find(gguf, "tokenizer.ggml.tokens"), 1, &text));
    assert_true(str_is(text, "<s>"));
    walk(gguf);
    gguf_close(gguf);
}

RUN_TESTS(IS(gguf, gives_values_of_every_type), IS(gguf, refuses_values_of_another_kind_or_range),
          IS(gguf, gives_items_of_arrays), IS(gguf, gives_tensors_by_name),
          IS(gguf, accepts_version_2_and_an_empty_file), IS(gguf, says_what_is_wrong_with_a_file),
          IS(gguf, takes_tensors_in_any_order), IS(gguf, survives_a_cut_at_every_byte),
          IS(gguf, survives_every_flipped_header_byte),
          IS(gguf, reports_every_allocation_that_fails), IS(gguf, reads_a_file_in_every_mode),
          IS(gguf, stops_reading_when_cancelled),
          IS(gguf, reports_memory_that_is_missing_for_a_file),
          IS(gguf, locks_weights_or_says_which_limit_forbids_it),
          IS(gguf, fingerprints_tell_files_apart), IS(gguf, reads_beyond_four_gigabytes),
          IS(gguf, sentences_survive_a_long_path), IS(gguf, opens_all_parts_given_any),
          IS(gguf, says_what_is_wrong_with_a_split), IS(gguf, names_the_part_that_is_missing),
          IS(gguf, opens_a_large_vocabulary_at_once), IS(gguf, reads_published_vocabularies))
