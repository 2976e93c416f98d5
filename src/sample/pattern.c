// Parts of a pattern to expressions.
#include "sample/pattern.h"

#include "base/memory.h"
#include "sample/pattern_parts.h"

#define PATTERN_SIZE_MAX 4096

// What stands before (or after) a part: other parts, the open end of the pattern, where any text may
// stand, or an end that an anchor has closed.
enum edge { INSIDE, OPEN, ANCHORED };

static regex_id compile(struct pattern_parser *parser, const struct pattern_part *part,
                        enum edge start, enum edge end);

static regex_id wrap(struct pattern_parser *parser, regex_id id, enum edge start, enum edge end)
{
    if (start == OPEN)
        id = regex_concat(parser->pool, parser->any_text, id);
    return end == OPEN ? regex_concat(parser->pool, id, parser->any_text) : id;
}

static bool is_zero_width(const struct pattern_part *part)
{
    return part->kind == START || part->kind == END || part->kind == AHEAD ||
           part->kind == NOT_AHEAD || part->kind == DROPPED;
}

static bool contains(const struct pattern_part *part, enum pattern_part_kind kind)
{
    if (part->kind == kind)
        return true;
    for (const struct pattern_part *kid = part->kids; kid; kid = kid->next)
        if (contains(kid, kind))
            return true;
    return false;
}

// Whether only `kind` stands from `part` on.
static bool is_only(const struct pattern_part *part, enum pattern_part_kind kind)
{
    for (const struct pattern_part *kid = part; kid; kid = kid->next)
        if (kid->kind != kind && kid->kind != DROPPED)
            return false;
    return true;
}

// A look-ahead and what follows it, up to the end of the pattern.
static regex_id compile_ahead(struct pattern_parser *parser, const struct pattern_part *ahead,
                              regex_id rest)
{
    regex_id seen = compile(parser, ahead->kids, INSIDE, OPEN);
    if (ahead->kind == NOT_AHEAD)
        seen = regex_not(parser->pool, seen);
    return regex_and2(parser->pool, seen, rest);
}

static regex_id compile_sequence(struct pattern_parser *parser, const struct pattern_part *part,
                                 enum edge start, enum edge end)
{
    if (!part)
        return wrap(parser, REGEX_EPSILON, start, end);
    switch (part->kind) {
    case START: // in the middle it can never hold
        return start == INSIDE ? REGEX_EMPTY : compile_sequence(parser, part->next, ANCHORED, end);
    case END:
        return end != INSIDE && is_only(part, END) ? wrap(parser, REGEX_EPSILON, start, ANCHORED)
                                                   : REGEX_EMPTY;
    case DROPPED:
        return compile_sequence(parser, part->next, start, end);
    case AHEAD:
    case NOT_AHEAD: {
        regex_id rest = compile_sequence(parser, part->next, INSIDE, end);
        if (end != INSIDE)
            rest = compile_ahead(parser, part, rest);
        else
            parser->relaxed = "a look-ahead before the end";
        return wrap(parser, rest, start, INSIDE);
    }
    default:
        break;
    }
    bool is_last = !part->next;
    if (!is_last && end != INSIDE && is_only(part->next, END))
        return compile(parser, part, start, ANCHORED);
    regex_id first = compile(parser, part, start, is_last ? end : INSIDE);
    if (is_last)
        return first;
    return regex_concat(parser->pool, first, compile_sequence(parser, part->next, INSIDE, end));
}

static uint32_t one_less(uint32_t count)
{
    return count && count != REGEX_NO_LIMIT ? count - 1 : count;
}

// A repeat whose first or last turn may hold an anchor: that turn is compiled by itself.
static regex_id compile_edge_repeat(struct pattern_parser *parser, const struct pattern_part *part,
                                    enum edge start, enum edge end)
{
    struct regex_pool *pool = parser->pool;
    regex_id none = part->min ? REGEX_EMPTY : wrap(parser, REGEX_EPSILON, start, end);
    regex_id once = compile(parser, part->kids, start, end);
    if (part->max == 1)
        return regex_or2(pool, none, once);
    regex_id inner = regex_repeat(pool, compile(parser, part->kids, INSIDE, INSIDE),
                                  one_less(one_less(part->min)), one_less(one_less(part->max)));
    regex_id more =
        regex_concat(pool, compile(parser, part->kids, start, INSIDE),
                     regex_concat(pool, inner, compile(parser, part->kids, INSIDE, end)));
    if (part->min <= 1)
        more = regex_or2(pool, more, once);
    return regex_or2(pool, none, more);
}

static regex_id compile(struct pattern_parser *parser, const struct pattern_part *part,
                        enum edge start, enum edge end)
{
    regex_id id;
    switch (part->kind) {
    case SET:
        return wrap(parser, part->set, start, end);
    case ANY_TEXT:
        return parser->any_text;
    case SEQUENCE:
        return compile_sequence(parser, part->kids, start, end);
    case CHOICE:
        id = REGEX_EMPTY;
        for (const struct pattern_part *kid = part->kids; kid; kid = kid->next)
            id = regex_or2(parser->pool, id, compile(parser, kid, start, end));
        return id;
    case REPEAT:
        if (is_zero_width(part->kids))
            return wrap(parser, REGEX_EPSILON, start, end);
        if (part->max && ((start != INSIDE && contains(part->kids, START)) ||
                          (end != INSIDE && contains(part->kids, END))))
            return compile_edge_repeat(parser, part, start, end);
        id = compile(parser, part->kids, INSIDE, INSIDE);
        return wrap(parser, regex_repeat(parser->pool, id, part->min, part->max), start, end);
    default: // a lone assertion
        return compile_sequence(
            parser, &(struct pattern_part){.kind = part->kind, .kids = part->kids}, start, end);
    }
}

enum err pattern_compile(struct regex_pool *pool, regex_id *out, struct str pattern,
                         const struct pattern_options *options, const char **relaxed,
                         struct error *error)
{
    struct error own = {0};
    struct pattern_parser parser = {
        .pool = pool, .text = pattern, .options = options, .error = &own};
    *out = REGEX_EMPTY;
    *relaxed = NULL;
    if (pattern.size > PATTERN_SIZE_MAX)
        return fail(error, ERR_LIMIT, "a pattern of %zu bytes", pattern.size);
    arena_init(&parser.arena, 8 * MIB);
    parser.any_character = charset_any(pool, options->form);
    parser.any_text = regex_repeat(pool, parser.any_character, 0, REGEX_NO_LIMIT);
    struct pattern_part *part = pattern_read(&parser);
    if (part)
        *out = compile(&parser, part, options->is_anchored ? ANCHORED : OPEN,
                       options->is_anchored ? ANCHORED : OPEN);
    *relaxed = parser.relaxed;
    arena_release(&parser.arena);
    if (part && regex_pool_is_full(pool)) {
        part = NULL;
        fail(&own, ERR_LIMIT, "the pattern is too large");
    }
    return part ? OK : fail(error, own.code, "%s", own.text);
}
