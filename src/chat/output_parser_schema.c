#include "chat/output_parser_schema.h"
#include "base/memory.h"
#include "chat/json_scan.h"
#include "chat/white_space.h"

#include <json-c/json.h>

#define SCHEMA_DEPTH_MAX 16
#define SCHEMA_NODES_MAX 1000

static const struct {
    const char *word;
    unsigned type;
} type_words[] = {
    {"string", VALUE_STRING},   {"number", VALUE_NUMBER}, {"integer", VALUE_NUMBER},
    {"boolean", VALUE_BOOLEAN}, {"null", VALUE_NULL},     {"object", VALUE_OBJECT},
    {"array", VALUE_ARRAY},
};

static unsigned type_of_word(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(type_words); i++)
        if (strcmp(word, type_words[i].word) == 0)
            return type_words[i].type;
    return VALUE_ANY;
}

static unsigned type_of_value(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_string:
        return VALUE_STRING;
    case json_type_int:
    case json_type_double:
        return VALUE_NUMBER;
    case json_type_boolean:
        return VALUE_BOOLEAN;
    case json_type_object:
        return VALUE_OBJECT;
    case json_type_array:
        return VALUE_ARRAY;
    default:
        return VALUE_NULL;
    }
}

static bool is_array(struct json_object *node)
{
    return json_object_is_type(node, json_type_array);
}

// What "#/a/b" points at, or NULL.
static struct json_object *follow_ref(struct json_object *root, struct json_object *ref)
{
    struct json_object *target = NULL;
    const char *path = json_object_get_string(ref);
    if (!path || path[0] != '#')
        return NULL;
    if (!path[1])
        return root;
    return json_pointer_get(root, path + 1, &target) == 0 ? target : NULL;
}

// Schemas may refer to themselves in several places, so a bound on depth alone is not enough.
struct walk {
    struct json_object *root;
    int n_nodes_left;
};

static unsigned node_types(struct walk *walk, struct json_object *node, int depth);

static unsigned union_of_types(struct walk *walk, struct json_object *list, int depth)
{
    unsigned types = 0;
    for (size_t i = 0; i < json_object_array_length(list) && types != VALUE_ANY; i++)
        types |= node_types(walk, json_object_array_get_idx(list, i), depth + 1);
    return types;
}

static unsigned types_of_enum(struct json_object *list)
{
    unsigned types = 0;
    for (size_t i = 0; i < json_object_array_length(list); i++)
        types |= type_of_value(json_object_array_get_idx(list, i));
    return types;
}

static unsigned types_of_type(struct json_object *type)
{
    if (json_object_is_type(type, json_type_string))
        return type_of_word(json_object_get_string(type));
    unsigned types = 0;
    for (size_t i = 0; is_array(type) && i < json_object_array_length(type); i++) {
        struct json_object *word = json_object_array_get_idx(type, i);
        types |= json_object_is_type(word, json_type_string)
                     ? type_of_word(json_object_get_string(word))
                     : VALUE_ANY;
    }
    return types ? types : VALUE_ANY;
}

static unsigned node_types(struct walk *walk, struct json_object *node, int depth)
{
    if (!json_object_is_type(node, json_type_object) || depth > SCHEMA_DEPTH_MAX ||
        walk->n_nodes_left-- <= 0)
        return VALUE_ANY;
    unsigned types = VALUE_ANY;
    struct json_object *part;
    if (json_object_object_get_ex(node, "type", &part))
        types &= types_of_type(part);
    if (json_object_object_get_ex(node, "const", &part))
        types &= type_of_value(part);
    if (json_object_object_get_ex(node, "enum", &part) && is_array(part))
        types &= types_of_enum(part);
    if (json_object_object_get_ex(node, "anyOf", &part) && is_array(part))
        types &= union_of_types(walk, part, depth);
    if (json_object_object_get_ex(node, "oneOf", &part) && is_array(part))
        types &= union_of_types(walk, part, depth);
    if (json_object_object_get_ex(node, "allOf", &part) && is_array(part))
        for (size_t i = 0; i < json_object_array_length(part); i++)
            types &= node_types(walk, json_object_array_get_idx(part, i), depth + 1);
    if (json_object_object_get_ex(node, "$ref", &part))
        types &= node_types(walk, follow_ref(walk->root, part), depth + 1);
    return types ? types : VALUE_ANY; // a contradiction forbids everything: then take anything
}

unsigned schema_parameter_types(const struct tool_def *tool, struct str key)
{
    struct json_object *properties, *node = NULL;
    if (!tool || !json_object_is_type(tool->schema, json_type_object))
        return VALUE_ANY;
    struct walk walk = {tool->schema, SCHEMA_NODES_MAX};
    if (json_object_object_get_ex(tool->schema, "properties", &properties) &&
        json_object_is_type(properties, json_type_object)) {
        json_object_object_foreach(properties, name, value)
        {
            if (str_is(key, name))
                return node_types(&walk, value, 0);
        }
    }
    json_object_object_get_ex(tool->schema, "additionalProperties", &node);
    return node_types(&walk, node, 0);
}

void json_escape(struct buf *out, struct str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_append(out, text.data + start, i - start);
        start = i + 1;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n' || c == '\t' || c == '\r')
            buf_printf(out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        else
            buf_printf(out, "\\u%04x", c);
    }
    buf_append(out, text.data + start, text.size - start);
}

// The type that JSON text shows with its first byte.
static unsigned type_of_text(struct str json)
{
    switch (json.data[0]) {
    case '"':
        return VALUE_STRING;
    case '{':
        return VALUE_OBJECT;
    case '[':
        return VALUE_ARRAY;
    case 't':
    case 'f':
        return VALUE_BOOLEAN;
    case 'n':
        return VALUE_NULL;
    default:
        return VALUE_NUMBER;
    }
}

// Values written as Python or JavaScript would: True, None, single quotes, a trailing comma.
static bool write_loose_value(struct buf *out, struct str text, unsigned types)
{
    static const struct {
        const char *word, *json;
        unsigned type;
    } words[] = {
        {"True", "true", VALUE_BOOLEAN},
        {"False", "false", VALUE_BOOLEAN},
        {"None", "null", VALUE_NULL},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(text, words[i].word) && types & words[i].type)
            return buf_append_text(out, words[i].json);
    if (text.size == 0 || text.size > INT32_MAX || !strchr("[{", text.data[0]) || !text.data[0])
        return false;
    struct json_tokener *tokener = json_tokener_new_ex(JSON_SCAN_DEPTH_MAX);
    struct json_object *value = json_tokener_parse_ex(tokener, text.data, (int)text.size);
    bool is_whole = value && json_tokener_get_parse_end(tokener) == text.size;
    json_tokener_free(tokener);
    struct str json = {0};
    if (is_whole && type_of_value(value) & types)
        json = str_of(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                                JSON_C_TO_STRING_NOSLASHESCAPE));
    bool is_written = json_is_valid(json) && buf_append(out, json.data, json.size); // no NaN
    json_object_put(value);
    return is_written;
}

void schema_write_value(struct buf *out, struct str raw, unsigned types)
{
    struct str text = str_trim(raw);
    if (types != VALUE_STRING && text.size) {
        if (json_is_valid(text) && type_of_text(text) & types & ~(unsigned)VALUE_STRING) {
            buf_append(out, text.data, text.size);
            return;
        }
        if (!(types & VALUE_STRING) && write_loose_value(out, text, types))
            return;
    }
    buf_append_byte(out, '"');
    json_escape(out, raw);
    buf_append_byte(out, '"');
}
