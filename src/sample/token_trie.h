// token_trie.h - the texts of a vocabulary as a tree, walked together with an automaton.
//
// A mask asks, of 150,000 to 250,000 tokens, which ones an automaton can follow.  The tree is stored
// in preorder, so that a walk is a loop: go on to the next node, or skip a subtree that is dead.
// Each node knows which kinds of characters the tokens below it are made of; where the automaton
// takes any text of these kinds, whole subtrees and whole prepared sets (slices) count at once.
//
// Built once for a vocabulary; does not change afterwards, any thread may read it.
#ifndef HEARTH_SAMPLE_TOKEN_TRIE_H
#define HEARTH_SAMPLE_TOKEN_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/token.h"

enum token_role {
    TOKEN_ROLE_TEXT, // stands for its bytes
    // A dialect's mark that is a token of its own.  It never stands for its characters: the tree holds
    // a code in its place that is no UTF-8, so text that spells the mark is text.  Where there are such
    // marks, tokens with the byte that codes begin with are never allowed.
    TOKEN_ROLE_MARK,
    TOKEN_ROLE_CONTROL, // never text: only a constraint that names it allows it
    TOKEN_ROLE_END,     // ends a generation: allowed where the constraint is complete
    TOKEN_ROLE_UNUSED,  // never allowed
};

struct token_vocabulary { // borrowed while the tree is built
    const char *blob;
    const uint32_t *offsets; // [n_tokens + 1] into blob
    const uint8_t *roles;    // [n_tokens] of enum token_role, or NULL: all TEXT
    size_t n_tokens;
};

// Kinds of characters.  A token's kinds are those of its bytes; one whose bytes are not whole UTF-8
// characters is KIND_BROKEN.
enum {
    KIND_HEX_LOWER = 1 << 0, // a-f
    KIND_LOWER = 1 << 1,     // g-z
    KIND_HEX_UPPER = 1 << 2,
    KIND_UPPER = 1 << 3,
    KIND_DIGIT = 1 << 4,
    KIND_UNDERSCORE = 1 << 5,
    KIND_DASH = 1 << 6,
    KIND_DOT = 1 << 7,
    KIND_SLASH = 1 << 8,
    KIND_COLON = 1 << 9,
    KIND_SPACE = 1 << 10,
    KIND_LESS = 1 << 11,
    KIND_PUNCTUATION = 1 << 12, // the rest of ASCII
    KIND_QUOTE = 1 << 13,
    KIND_BACKSLASH = 1 << 14,
    KIND_NEWLINE = 1 << 15,
    KIND_CONTROL = 1 << 16,
    KIND_HIGH = 1 << 17, // not ASCII
    KIND_BROKEN = 1 << 18,
    KIND_ALL = (1 << 19) - 1,
    // What a JSON string holds as it is.
    KIND_STRING_SAFE =
        KIND_ALL & ~(KIND_QUOTE | KIND_BACKSLASH | KIND_NEWLINE | KIND_CONTROL | KIND_BROKEN),
};

struct trie_node {
    uint32_t skip;        // the node after this subtree
    uint32_t token_first; // tokens that end here: order[token_first .. next node's token_first)
    uint32_t kinds;       // of all tokens in the subtree, from their first byte on
    uint32_t kinds_below; // of what these tokens have after this node
    uint16_t depth;       // bytes from the root
    uint8_t byte;
};

#define TRIE_LENGTHS 32 // string-safe tokens of up to 1 .. 32 characters have a set each

struct token_slice {
    uint32_t kinds;
    uint64_t *mask; // the text tokens made of these kinds only
};

struct token_trie {
    size_t n_tokens, n_words; // words of 64 bits in a mask
    struct trie_node *nodes;  // [n_nodes + 1]; node 0 is the root, the last is a guard
    size_t n_nodes;
    size_t depth_max;
    token_id *order; // tokens by their node
    size_t n_order;
    struct token_slice *slices; // the largest first
    size_t n_slices;
    uint64_t *lengths[TRIE_LENGTHS + 1]; // [k]: string-safe tokens of at most k characters
    struct {                             // string-safe tokens of more than TRIE_LENGTHS characters
        token_id id;
        uint32_t n_characters;
    } * long_tokens;
    size_t n_long;
    struct token_mark {
        struct str text; // as written in a dialect's markup
        token_id id;     // token_trie_bytes() gives its code
    } * marks;
    size_t n_marks;
    token_id *ends; // TOKEN_ROLE_END
    size_t n_ends;
    char *blob, *codes; // copies, for token_trie_bytes
    uint32_t *offsets;
    uint8_t *roles;
};

// Never fails on content; NULL when the memory is not there.
struct token_trie *token_trie_open(const struct token_vocabulary *vocabulary);
void token_trie_close(struct token_trie *trie);

struct str token_trie_bytes(const struct token_trie *trie, token_id id);
unsigned token_trie_byte_kind(unsigned byte); // KIND_HIGH for all bytes above ASCII

// The child of `node` by `byte`, or 0.
size_t token_trie_child(const struct token_trie *trie, size_t node, unsigned byte);
// Whether a token starts with `bytes` and is longer.
bool token_trie_extends(const struct token_trie *trie, struct str bytes);

static inline void mask_set(uint64_t *mask, token_id id)
{
    mask[(size_t)id >> 6] |= UINT64_C(1) << ((size_t)id & 63);
}
static inline bool mask_has(const uint64_t *mask, token_id id)
{
    return mask[(size_t)id >> 6] >> ((size_t)id & 63) & 1;
}
static inline void mask_or(uint64_t *mask, const uint64_t *other, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        mask[i] |= other[i];
}
// Adds the tokens that end in nodes [from, to).
static inline void mask_add_nodes(uint64_t *mask, const struct token_trie *trie, size_t from,
                                  size_t to)
{
    for (size_t i = trie->nodes[from].token_first; i < trie->nodes[to].token_first; i++)
        mask_set(mask, trie->order[i]);
}

#endif
