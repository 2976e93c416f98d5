// store_file.h - one file of the disk cache: its bytes and its name.
//
// A file is written once, never changed, and holds either a chunk (the KV pages of full attention of
// STORE_CHUNK_TOKENS tokens) or a state: all that is needed, besides the chunks before it, to go on
// behind a token (pages of the tokens since the last whole chunk, the window's pages, the recurrent
// state).  One block of STORE_BLOCK bytes says what it is and repeats the tokens; the payload follows,
// in the backend's own form: pages of group 0, pages of group 1, state.  All integers little-endian.
//
//   0  "hearthKV"          8  version          12  kind             16  model's key
//  32  own key            48  parent's key     64  first token      68  end token
//  72  n pages, group 0   76  n pages, group 1 80  first page of group 1
//  88  page size, group 0 96  page size, group 1                   104  state size
// 112  written at, s     120  payload's size  128  payload's checksum
// 136  model's name, 64 bytes, zeros behind it
// 200  tokens, 4 bytes each, zeros behind them
// 4088 checksum of everything before it
//
// Nothing in a file is trusted: what it says must be, field for field and token for token, what the
// reader expects of a file with this key.  Pure functions; any thread.
#ifndef HEARTH_ENGINE_STORE_FILE_H
#define HEARTH_ENGINE_STORE_FILE_H

#include "base/error.h"
#include "engine/store_key.h"

enum {
    STORE_VERSION = 1,
    STORE_BLOCK = 4096,
    STORE_MODEL_NAME = 64,
    STORE_NAME_MAX = 128, // of a file, with its NUL
};

enum store_kind { // states are numbered as enum snapshot_kind, after the chunk
    STORE_CHUNK,
    STORE_TRUNK,
    STORE_MESSAGE,
    STORE_TIP,
    STORE_KINDS,
};

struct store_shape { // what all files of one model share
    struct store_key model;
    char name[STORE_MODEL_NAME];
    uint64_t page_size[KV_GROUPS_MAX]; // 0: the model has no such group
    uint64_t state_size;               // 0: no recurrent layers
    uint32_t window;                   // tokens; 0: no group 1
};

struct store_file { // which file
    enum store_kind kind;
    struct store_key key, parent;
    uint32_t n_start, n_tokens; // it holds [n_start, n_tokens)
};

struct store_header { // what its first block says
    struct store_file file;
    struct store_shape shape; // `window` is not in it
    uint32_t n_pages[KV_GROUPS_MAX];
    uint32_t i_window_page; // the first of group 1 begins at token 64 * i_window_page
    int64_t written_s;
    uint64_t payload_size, payload_sum;
    token_id tokens[STORE_CHUNK_TOKENS]; // [n_tokens - n_start]
};

// The header of a file as it has to be, but for written_s and payload_sum; `tokens` is the whole
// sequence.
void store_header_make(struct store_header *header, const struct store_shape *shape,
                       const struct store_file *file, const token_id *tokens);
void store_header_write(const struct store_header *header, unsigned char block[STORE_BLOCK]);
// ERR_FORMAT: not a file of ours, or not whole.
enum err store_header_read(struct store_header *header, const void *block, size_t size,
                           struct error *error);
// Whether the file read is the one expected.  Kinds of states count as one.
bool store_header_agrees(const struct store_header *found, const struct store_header *expected);

// The largest file of a kind for such a model, with its first block.
uint64_t store_chunk_size(const struct store_shape *shape);
uint64_t store_state_size_max(const struct store_shape *shape);

// "tip-31204-KEY-PARENT.kv".  Parsing leaves n_start alone.
void store_name_print(const struct store_file *file, char name[STORE_NAME_MAX]);
bool store_name_parse(struct store_file *file, const char *name);
const char *store_kind_name(enum store_kind kind);

#endif
