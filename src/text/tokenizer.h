// tokenizer.h - bytes to tokens and back, for one vocabulary.
//
// Opened from a model file's metadata; does not change afterwards, so any thread may use it.  It
// knows byte-level BPE and SentencePiece vocabularies and nothing about chat: what of a text may
// become a control token is said by the caller, range by range.
#ifndef HEARTH_TEXT_TOKENIZER_H
#define HEARTH_TEXT_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "base/token.h"
#include "tensor/gguf_read.h"

struct tokenizer;

enum token_kind { // as in the file's tokenizer.ggml.token_type
    TOKEN_NORMAL = 1,
    TOKEN_UNKNOWN = 2,
    TOKEN_CONTROL = 3,
    TOKEN_USER_DEFINED = 4,
    TOKEN_UNUSED = 5,
    TOKEN_BYTE = 6,
};

struct token_list { // growable; zero is empty; release with token_list_release()
    token_id *ids;
    size_t n_ids, capacity;
};
void token_list_append(struct token_list *list, token_id id);
void token_list_append_all(struct token_list *list, const token_id *ids, size_t n_ids);
void token_list_release(struct token_list *list);

// A stretch of a text.  In markup, control tokens and tokens marked as markup (tokenizer_mark_markup)
// are recognised; elsewhere their text stays text, so nobody's file can open a turn.  Ordinary words
// may run across the border of two ranges, as they do when a template is rendered to one string.
struct text_range {
    size_t start, size; // bytes; ranges are contiguous and cover the text
    bool is_markup;
};

enum err tokenizer_open(struct tokenizer **out, const struct gguf *gguf, struct error *error);
// What was odd about the file but did not stop us, as one sentence to show; NULL when nothing was.
const char *tokenizer_note(const struct tokenizer *tokenizer);
void tokenizer_close(struct tokenizer *tokenizer);

// Declares a user-defined token (say <think>) to be markup: recognised in markup ranges only.  Call
// before the tokenizer is shared.
void tokenizer_mark_markup(struct tokenizer *tokenizer, token_id id);

// Appends the tokens of `text`, never BOS or EOS.  The whole text counts as markup or not.  Takes
// time in proportion to the text (n log n in one endless word); texts are at most 4 GiB.
void tokenizer_encode(const struct tokenizer *tokenizer, struct token_list *out, struct str text,
                      bool is_markup);
// The same with markup only where `ranges` say so.
void tokenizer_encode_ranges(const struct tokenizer *tokenizer, struct token_list *out,
                             struct str text, const struct text_range *ranges, size_t n_ranges);

size_t tokenizer_n_tokens(const struct tokenizer *tokenizer);
enum token_kind tokenizer_kind(const struct tokenizer *tokenizer, token_id id);
// The bytes a token stands for when generated: text as is, control tokens by their written form.
struct str tokenizer_bytes(const struct tokenizer *tokenizer, token_id id);
// The token written exactly so (control or not), or TOKEN_NONE.
token_id tokenizer_find(const struct tokenizer *tokenizer, struct str text);

token_id tokenizer_bos(const struct tokenizer *tokenizer); // TOKEN_NONE when the file has none
token_id tokenizer_eos(const struct tokenizer *tokenizer);
bool tokenizer_adds_bos(const struct tokenizer *tokenizer);
// SentencePiece: an encoded text begins with a space that is not in it.
bool tokenizer_adds_space(const struct tokenizer *tokenizer);
bool tokenizer_is_end(const struct tokenizer *tokenizer, token_id id);       // ends a generation
bool tokenizer_is_samplable(const struct tokenizer *tokenizer, token_id id); // false: padding rows

#endif
