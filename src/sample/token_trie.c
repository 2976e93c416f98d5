#include "sample/token_trie.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define DEPTH_MAX 4096 // longer tokens are never allowed

#define ALPHANUMERIC (KIND_HEX_LOWER | KIND_LOWER | KIND_HEX_UPPER | KIND_UPPER | KIND_DIGIT)

// Texts that patterns and strings often take as a whole.
static const uint32_t slice_kinds[] = {
    KIND_ALL & ~KIND_BROKEN,
    KIND_ALL & ~KIND_LESS,
    KIND_ALL & ~KIND_LESS & ~KIND_BROKEN,
    KIND_STRING_SAFE,
    KIND_STRING_SAFE & ~KIND_SPACE,
    KIND_STRING_SAFE & ~KIND_HIGH,
    KIND_STRING_SAFE & ~(KIND_HIGH | KIND_SPACE),
    ALPHANUMERIC | KIND_UNDERSCORE | KIND_DASH | KIND_DOT | KIND_SLASH | KIND_COLON,
    ALPHANUMERIC | KIND_UNDERSCORE | KIND_DASH | KIND_DOT | KIND_SPACE,
    ALPHANUMERIC | KIND_UNDERSCORE | KIND_DASH | KIND_DOT,
    ALPHANUMERIC | KIND_UNDERSCORE | KIND_DASH,
    ALPHANUMERIC | KIND_UNDERSCORE,
    ALPHANUMERIC | KIND_DASH,
    ALPHANUMERIC,
    KIND_HEX_LOWER | KIND_LOWER | KIND_HEX_UPPER | KIND_UPPER,
    KIND_HEX_LOWER | KIND_LOWER | KIND_DIGIT | KIND_DASH,
    KIND_HEX_LOWER | KIND_LOWER | KIND_DIGIT,
    KIND_HEX_LOWER | KIND_LOWER,
    KIND_HEX_UPPER | KIND_UPPER,
};

unsigned token_trie_byte_kind(unsigned byte)
{
    static const struct {
        char byte;
        unsigned kind;
    } singles[] = {
        {'_', KIND_UNDERSCORE}, {'-', KIND_DASH},     {'.', KIND_DOT},  {'/', KIND_SLASH},
        {':', KIND_COLON},      {' ', KIND_SPACE},    {'<', KIND_LESS}, {'"', KIND_QUOTE},
        {'\\', KIND_BACKSLASH}, {'\n', KIND_NEWLINE},
    };
    if (byte >= 0x80)
        return KIND_HIGH;
    if (byte >= '0' && byte <= '9')
        return KIND_DIGIT;
    unsigned lower = byte | 32;
    if (lower >= 'a' && lower <= 'z')
        return lower <= 'f' ? (byte == lower ? KIND_HEX_LOWER : KIND_HEX_UPPER)
                            : (byte == lower ? KIND_LOWER : KIND_UPPER);
    for (size_t i = 0; i < COUNT_OF(singles); i++)
        if (byte == (unsigned char)singles[i].byte)
            return singles[i].kind;
    return byte < 0x20 || byte == 0x7f ? KIND_CONTROL : KIND_PUNCTUATION;
}

// Characters of a text that is whole UTF-8, or SIZE_MAX.
static size_t count_characters(struct str text)
{
    size_t n = 0;
    for (size_t at = 0; at < text.size; n++) {
        unsigned char b = (unsigned char)text.data[at];
        size_t size = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
        if (!size || at + size > text.size)
            return SIZE_MAX;
        for (size_t i = 1; i < size; i++)
            if (((unsigned char)text.data[at + i] & 0xc0) != 0x80)
                return SIZE_MAX;
        unsigned char second = size > 1 ? (unsigned char)text.data[at + 1] : 0;
        if ((b == 0xe0 && second < 0xa0) || (b == 0xed && second > 0x9f) ||
            (b == 0xf0 && second < 0x90) || (b == 0xf4 && second > 0x8f))
            return SIZE_MAX;
        at += size;
    }
    return n;
}

static unsigned text_kinds(struct str text, const uint32_t *byte_kinds)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < text.size; i++)
        kinds |= byte_kinds[(unsigned char)text.data[i]];
    return kinds & KIND_HIGH && count_characters(text) == SIZE_MAX ? kinds | KIND_BROKEN : kinds;
}

struct sorted_token {
    struct str text;
    token_id id;
};

static int compare_tokens(const void *a, const void *b)
{
    const struct sorted_token *x = a, *y = b;
    int order = str_compare(x->text, y->text);
    return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

// Appends the nodes of the sorted tokens; `open` holds the node at each depth of the last token.
static void build_nodes(struct token_trie *trie, const struct sorted_token *tokens, size_t n,
                        size_t *open)
{
    struct str last = {NULL, 0};
    trie->n_nodes = 1;
    open[0] = 0;
    for (size_t i = 0; i < n; i++) {
        struct str text = tokens[i].text;
        size_t common = 0;
        while (common < last.size && common < text.size && last.data[common] == text.data[common])
            common++;
        for (size_t d = last.size; d > common; d--)
            trie->nodes[open[d]].skip = (uint32_t)trie->n_nodes;
        for (size_t d = common; d < text.size; d++) {
            open[d + 1] = trie->n_nodes;
            trie->nodes[trie->n_nodes++] = (struct trie_node){.byte = (uint8_t)text.data[d],
                                                              .depth = (uint16_t)(d + 1),
                                                              .token_first = (uint32_t)i};
        }
        trie->order[i] = tokens[i].id;
        last = text;
    }
    for (size_t d = last.size + 1; d-- > 0;)
        trie->nodes[open[d]].skip = (uint32_t)trie->n_nodes;
    trie->nodes[trie->n_nodes] = (struct trie_node){.token_first = (uint32_t)n};
    trie->n_order = n;
}

static void fill_kinds(struct token_trie *trie, const uint32_t *byte_kinds)
{
    for (size_t i = trie->n_nodes; i-- > 0;) {
        struct trie_node *node = &trie->nodes[i];
        for (size_t t = node->token_first; t < trie->nodes[i + 1].token_first; t++)
            node->kinds |= text_kinds(token_trie_bytes(trie, trie->order[t]), byte_kinds);
        for (size_t kid = i + 1; kid < node->skip; kid = trie->nodes[kid].skip) {
            const struct trie_node *below = &trie->nodes[kid];
            node->kinds |= below->kinds;
            node->kinds_below |= byte_kinds[below->byte] | below->kinds_below;
            // What starts or ends inside a character is not whole.
            if ((below->byte & 0xc0) == 0x80 || below->kinds & KIND_BROKEN)
                node->kinds_below |= KIND_BROKEN;
        }
    }
}

static void fill_slices(struct token_trie *trie, const uint32_t *byte_kinds)
{
    trie->n_slices = COUNT_OF(slice_kinds);
    trie->slices = mem_new(struct token_slice, trie->n_slices);
    for (size_t s = 0; s < trie->n_slices; s++) {
        trie->slices[s].kinds = slice_kinds[s];
        trie->slices[s].mask = mem_new(uint64_t, trie->n_words);
    }
    for (size_t k = 0; k <= TRIE_LENGTHS; k++)
        trie->lengths[k] = mem_new(uint64_t, trie->n_words);
    trie->long_tokens = mem_alloc(trie->n_order, sizeof *trie->long_tokens);
    for (size_t i = 0; i < trie->n_order; i++) {
        token_id id = trie->order[i];
        struct str text = token_trie_bytes(trie, id);
        unsigned kinds = text_kinds(text, byte_kinds);
        for (size_t s = 0; s < trie->n_slices; s++)
            if (!(kinds & ~trie->slices[s].kinds))
                mask_set(trie->slices[s].mask, id);
        if (kinds & ~(unsigned)KIND_STRING_SAFE)
            continue;
        size_t n = count_characters(text);
        if (n > TRIE_LENGTHS) {
            trie->long_tokens[trie->n_long].id = id;
            trie->long_tokens[trie->n_long++].n_characters = (uint32_t)n;
        }
        for (size_t k = n; k <= TRIE_LENGTHS; k++)
            mask_set(trie->lengths[k], id);
    }
}

#define CODE_SIZE 5

// Codes are 0xff and the token's number in bytes above ASCII.
static void fill_marks(struct token_trie *trie)
{
    for (size_t id = 0; id < trie->n_tokens; id++)
        trie->n_marks += trie->roles[id] == TOKEN_ROLE_MARK;
    trie->marks = mem_alloc(trie->n_marks + 1, sizeof *trie->marks);
    trie->codes = mem_alloc(trie->n_marks + 1, CODE_SIZE);
    size_t n = 0;
    for (size_t id = 0; id < trie->n_tokens; id++) {
        if (trie->roles[id] != TOKEN_ROLE_MARK)
            continue;
        trie->marks[n] = (struct token_mark){
            {trie->blob + trie->offsets[id], trie->offsets[id + 1] - trie->offsets[id]},
            (token_id)id};
        char *code = trie->codes + n++ * CODE_SIZE;
        code[0] = (char)0xff;
        for (unsigned i = 1; i < CODE_SIZE; i++)
            code[i] = (char)(0x80 | (id >> (6 * (CODE_SIZE - 1 - i)) & 0x3f));
    }
    // Tokens of single bytes could spell a code; 0xff is in no text.
    for (size_t id = 0; trie->n_marks && id < trie->n_tokens; id++)
        if (trie->roles[id] == TOKEN_ROLE_TEXT &&
            memchr(trie->blob + trie->offsets[id], 0xff, trie->offsets[id + 1] - trie->offsets[id]))
            trie->roles[id] = TOKEN_ROLE_UNUSED;
}

static bool copy_vocabulary(struct token_trie *trie, const struct token_vocabulary *vocabulary)
{
    size_t n = vocabulary->n_tokens, size = vocabulary->offsets[n];
    size_t n_marks = 0;
    for (size_t id = 0; vocabulary->roles && id < n; id++)
        n_marks += vocabulary->roles[id] == TOKEN_ROLE_MARK;
    trie->n_tokens = n;
    trie->n_words = (n + 63) / 64;
    trie->blob = mem_try_alloc(size + 1, 1);
    trie->offsets = mem_try_alloc(n + 1, sizeof(uint32_t));
    trie->roles = mem_try_alloc(n + 1, 1);
    trie->order = mem_try_alloc(n + 1, sizeof(token_id));
    trie->ends = mem_try_alloc(n + 1, sizeof(token_id));
    trie->nodes = mem_try_alloc(size + CODE_SIZE * n_marks + 2, sizeof(struct trie_node));
    if (!trie->blob || !trie->offsets || !trie->roles || !trie->order || !trie->ends ||
        !trie->nodes)
        return false;
    if (size)
        memcpy(trie->blob, vocabulary->blob, size);
    memcpy(trie->offsets, vocabulary->offsets, (n + 1) * sizeof(uint32_t));
    if (vocabulary->roles)
        memcpy(trie->roles, vocabulary->roles, n);
    return true;
}

struct token_trie *token_trie_open(const struct token_vocabulary *vocabulary)
{
    struct token_trie *trie = mem_new(struct token_trie, 1);
    size_t n = 0;
    struct sorted_token *tokens = mem_try_alloc(vocabulary->n_tokens + 1, sizeof *tokens);
    size_t *open = mem_new(size_t, DEPTH_MAX + 1);
    if (!tokens || !copy_vocabulary(trie, vocabulary)) {
        token_trie_close(trie);
        trie = NULL;
        goto done;
    }
    fill_marks(trie);
    for (size_t id = 0; id < trie->n_tokens; id++) {
        struct str text = token_trie_bytes(trie, (token_id)id);
        if (trie->roles[id] == TOKEN_ROLE_END)
            trie->ends[trie->n_ends++] = (token_id)id;
        if (trie->roles[id] > TOKEN_ROLE_MARK || !text.size || text.size > DEPTH_MAX)
            continue;
        tokens[n++] = (struct sorted_token){text, (token_id)id};
        trie->depth_max = text.size > trie->depth_max ? text.size : trie->depth_max;
    }
    if (n)
        qsort(tokens, n, sizeof *tokens, compare_tokens);
    uint32_t byte_kinds[256];
    for (unsigned b = 0; b < 256; b++)
        byte_kinds[b] = token_trie_byte_kind(b);
    build_nodes(trie, tokens, n, open);
    fill_kinds(trie, byte_kinds);
    fill_slices(trie, byte_kinds);
done:
    free(open);
    free(tokens);
    return trie;
}

void token_trie_close(struct token_trie *trie)
{
    if (!trie)
        return;
    for (size_t s = 0; s < trie->n_slices; s++)
        free(trie->slices[s].mask);
    for (size_t k = 0; k <= TRIE_LENGTHS; k++)
        free(trie->lengths[k]);
    free(trie->slices);
    free(trie->long_tokens);
    free(trie->nodes);
    free(trie->order);
    free(trie->ends);
    free(trie->marks);
    free(trie->codes);
    free(trie->blob);
    free(trie->offsets);
    free(trie->roles);
    free(trie);
}

struct str token_trie_bytes(const struct token_trie *trie, token_id id)
{
    if (id < 0 || (size_t)id >= trie->n_tokens)
        return (struct str){NULL, 0};
    for (size_t i = 0; trie->roles[id] == TOKEN_ROLE_MARK && i < trie->n_marks; i++)
        if (trie->marks[i].id == id)
            return (struct str){trie->codes + i * CODE_SIZE, CODE_SIZE};
    return (struct str){trie->blob + trie->offsets[id], trie->offsets[id + 1] - trie->offsets[id]};
}

size_t token_trie_child(const struct token_trie *trie, size_t node, unsigned byte)
{
    for (size_t kid = node + 1; kid < trie->nodes[node].skip; kid = trie->nodes[kid].skip)
        if (trie->nodes[kid].byte == byte)
            return kid;
    return 0;
}

bool token_trie_extends(const struct token_trie *trie, struct str bytes)
{
    size_t node = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        node = token_trie_child(trie, node, (unsigned char)bytes.data[i]);
        if (!node)
            return false;
    }
    return trie->nodes[node].skip > node + 1;
}
