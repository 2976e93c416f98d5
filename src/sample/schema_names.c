// References: which schema does "#/$defs/a", "#name" or "other.json" mean, and where in the document
// does a schema stand?
#include "sample/schema_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define WALK_DEPTH_MAX 600

// Calls nothing back: finds `target` below `node` and writes the way there.
static bool find_below(struct json_object *node, const struct json_object *target, struct buf *way,
                       int depth)
{
    if (node == target)
        return true;
    if (depth > WALK_DEPTH_MAX)
        return false;
    size_t size = way->size;
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach(node, name, value)
        {
            buf_append_byte(way, '/');
            for (const char *c = name; *c; c++) {
                if (*c == '~' || *c == '/')
                    buf_append_text(way, *c == '~' ? "~0" : "~1");
                else
                    buf_append_byte(way, *c);
            }
            if (value && find_below(value, target, way, depth + 1))
                return true;
            way->size = size;
        }
    } else if (json_object_is_type(node, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(node); i++) {
            buf_printf(way, "/%zu", i);
            struct json_object *value = json_object_array_get_idx(node, i);
            if (value && find_below(value, target, way, depth + 1))
                return true;
            way->size = size;
        }
    }
    return false;
}

char *schema_pointer(struct schema_store *store, struct json_object *target, const char *keyword)
{
    struct buf way = {0};
    for (size_t i = 0; target && i < store->n_documents; i++) {
        buf_reset(&way);
        if (find_below(store->documents[i].root, target, &way, 0))
            break;
    }
    if (way.data)
        way.data[way.size] = 0;
    if (keyword)
        buf_printf(&way, "/%s", keyword);
    buf_append(&way, "", 0);
    return way.data ? buf_take(&way) : mem_copy_string("");
}

// ---- URIs ----

// The parts of a URI before its fragment; `size` 0 where one is missing.
struct uri {
    struct str scheme, authority, path, query; // with ":", "//", and "?"
};

static struct uri uri_split(struct str text)
{
    struct uri uri = {{text.data, 0}, {text.data, 0}, {text.data, 0}, {text.data, 0}};
    size_t at = 0, end = 0;
    while (end < text.size && text.data[end] != '#')
        end++;
    while (at < end && !strchr(":/?", text.data[at]))
        at++;
    if (at && at < end && text.data[at] == ':')
        uri.scheme = str_slice(text, 0, ++at);
    else
        at = 0;
    size_t from = at;
    if (at + 1 < end && text.data[at] == '/' && text.data[at + 1] == '/') {
        at += 2;
        while (at < end && text.data[at] != '/' && text.data[at] != '?')
            at++;
        uri.authority = str_slice(text, from, at);
        from = at;
    }
    while (at < end && text.data[at] != '?')
        at++;
    uri.path = str_slice(text, from, at);
    uri.query = str_slice(text, at, end);
    return uri;
}

static void append(struct buf *out, struct str part)
{
    buf_append(out, part.data, part.size);
}

// Appends a path without "." and ".." segments.
static void append_path(struct buf *out, struct str path)
{
    size_t root = out->size;
    for (size_t at = 0; at < path.size;) {
        size_t end = at + 1;
        while (end < path.size && path.data[end] != '/')
            end++;
        struct str segment = str_slice(path, at, end);
        bool is_last = end == path.size;
        if (str_is(segment, "/.") || str_is(segment, "/..")) {
            while (segment.size == 3 && out->size > root && out->data[--out->size] != '/')
                ;
            if (is_last)
                buf_append_byte(out, '/');
        } else {
            append(out, segment);
        }
        at = end;
    }
}

// `reference`, seen from `base`, without its fragment (RFC 3986, 5.2); for free().
static char *uri_resolve(const char *base_text, struct str reference)
{
    struct uri base = uri_split(str_of(base_text)), given = uri_split(reference);
    struct buf out = {0}, merged = {0};
    bool is_same = !given.scheme.size && !given.authority.size && !given.path.size;
    append(&out, given.scheme.size ? given.scheme : base.scheme);
    append(&out, given.scheme.size || given.authority.size ? given.authority : base.authority);
    if (is_same) {
        append(&out, base.path);
        append(&out, given.query.size ? given.query : base.query);
    } else {
        if (!given.scheme.size && !given.authority.size && given.path.data[0] != '/') {
            size_t keep = base.path.size;
            while (keep && base.path.data[keep - 1] != '/')
                keep--;
            append(&merged, str_slice(base.path, 0, keep));
            if (!keep && base.authority.size)
                buf_append_byte(&merged, '/');
        }
        append(&merged, given.path);
        append_path(&out, (struct str){merged.data, merged.size});
        append(&out, given.query);
    }
    buf_append(&out, "", 0);
    buf_release(&merged);
    return out.data ? buf_take(&out) : mem_copy_string("");
}

// ---- resources and anchors ----

static uint32_t resource_of(struct json_object *schema)
{
    // Each object carries the number of its resource, from 1.
    uintptr_t number = json_object_is_type(schema, json_type_object)
                           ? (uintptr_t)json_object_get_userdata(schema)
                           : 0;
    return number ? (uint32_t)number - 1 : SPEC_NONE;
}

struct schema_document *schema_document_of(struct schema_store *store, struct json_object *schema)
{
    uint32_t i = resource_of(schema);
    return i < store->n_resources ? &store->documents[store->resources[i].i_document] : NULL;
}

static uint32_t resource_add(struct schema_store *store, struct json_object *root, char *base,
                             uint32_t i_document)
{
    STORE_GROW(store->resources, store->n_resources, store->resources_capacity, 8);
    store->resources[store->n_resources] = (struct schema_resource){root, base, i_document};
    return (uint32_t)store->n_resources++;
}

static void anchor_add(struct schema_store *store, const char *name, struct json_object *schema,
                       uint32_t i_resource, bool is_dynamic)
{
    STORE_GROW(store->anchors, store->n_anchors, store->anchors_capacity, 8);
    store->anchors[store->n_anchors++] =
        (struct schema_anchor){mem_copy_string(name), schema, i_resource, is_dynamic};
}

void schema_names_release(struct schema_store *store)
{
    for (size_t i = 0; i < store->n_resources; i++)
        free(store->resources[i].base);
    for (size_t i = 0; i < store->n_anchors; i++)
        free(store->anchors[i].name);
    free(store->resources);
    free(store->anchors);
}

// What stands behind a name in a schema.
enum content { CONTENT_DATA, CONTENT_SCHEMA, CONTENT_MAP }; // a list counts as what is in it

static enum content content_of(const char *name)
{
    static const char *const schemas[] = {
        "items",
        "additionalItems",
        "prefixItems",
        "contains",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    };
    static const char *const maps[] = {"properties",  "patternProperties", "$defs",
                                       "definitions", "dependencies",      "dependentSchemas"};
    for (size_t i = 0; i < COUNT_OF(schemas); i++)
        if (!strcmp(schemas[i], name))
            return CONTENT_SCHEMA;
    for (size_t i = 0; i < COUNT_OF(maps); i++)
        if (!strcmp(maps[i], name))
            return CONTENT_MAP;
    return CONTENT_DATA;
}

// The resource of a schema inside `i_resource`: its own when it has an id.  Notes its anchors.
static uint32_t name_schema(struct schema_store *store, struct json_object *schema,
                            uint32_t i_resource)
{
    const uint32_t i_document = store->resources[i_resource].i_document;
    const struct schema_document *document = &store->documents[i_document];
    bool has_id_keyword = document->draft == 4 || !document->is_draft_sure;
    struct json_object *id = schema_get(schema, "$id");
    if (!json_object_is_type(id, json_type_string) && has_id_keyword)
        id = schema_get(schema, "id");
    bool is_reference = document->draft <= 7 && schema_get(schema, "$ref");
    if (json_object_is_type(id, json_type_string) && !is_reference) {
        const char *text = json_object_get_string(id);
        size_t size = strcspn(text, "#");
        if (size) {
            char *base = uri_resolve(store->resources[i_resource].base, str_of(text));
            if (schema == store->documents[i_document].root) {
                free(store->resources[i_resource].base);
                store->resources[i_resource].base = base;
            } else {
                i_resource = resource_add(store, schema, base, i_document);
            }
        }
        if (text[size] && text[size + 1])
            anchor_add(store, text + size + 1, schema, i_resource, false);
    }
    static const char *const keys[] = {"$anchor", "$dynamicAnchor"};
    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        struct json_object *anchor = schema_get(schema, keys[k]);
        if (json_object_is_type(anchor, json_type_string))
            anchor_add(store, json_object_get_string(anchor), schema, i_resource, k > 0);
    }
    if (schema_is_true(schema_get(schema, "$recursiveAnchor")))
        anchor_add(store, "", schema, i_resource, true);
    return i_resource;
}

// Marks all below with their resource.  Schemas are named only when `names`: the first time that a
// reference is followed.
static void mark_below(struct schema_store *store, struct json_object *node, uint32_t i_resource,
                       enum content content, bool names, int depth)
{
    if (depth > WALK_DEPTH_MAX)
        return;
    if (json_object_is_type(node, json_type_object)) {
        if (names && content == CONTENT_SCHEMA)
            i_resource = name_schema(store, node, i_resource);
        json_object_set_userdata(node, (void *)(uintptr_t)(i_resource + 1), NULL);
        json_object_object_foreach(node, name, value)
        {
            enum content inside = content == CONTENT_MAP      ? CONTENT_SCHEMA
                                  : content == CONTENT_SCHEMA ? content_of(name)
                                                              : CONTENT_DATA;
            mark_below(store, value, i_resource, inside, names, depth + 1);
        }
    } else if (json_object_is_type(node, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(node); i++)
            mark_below(store, json_object_array_get_idx(node, i), i_resource, content, names,
                       depth + 1);
    }
}

void schema_mark(struct schema_store *store, uint32_t i_document)
{
    struct json_object *root = store->documents[i_document].root;
    mark_below(store, root, resource_add(store, root, mem_copy_string(""), i_document),
               CONTENT_DATA, false, 0);
}

// ---- references ----

static int hex_digit_of(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

// One step of a JSON pointer, decoded from "%20", "~0" and "~1"; moves `at` behind it.
static void pointer_step(const char **at, struct buf *step)
{
    buf_reset(step);
    const char *c = *at;
    for (; *c && *c != '/'; c++) {
        if (*c == '%' && hex_digit_of(c[1]) >= 0 && hex_digit_of(c[2]) >= 0) {
            buf_append_byte(step, hex_digit_of(c[1]) << 4 | hex_digit_of(c[2]));
            c += 2;
        } else if (*c == '~' && (c[1] == '0' || c[1] == '1')) {
            buf_append_byte(step, c[1] == '0' ? '~' : '/');
            c++;
        } else {
            buf_append_byte(step, *c);
        }
    }
    buf_append(step, "", 0);
    *at = c;
}

static struct json_object *follow_pointer(struct json_object *node, const char *pointer)
{
    struct buf step = {0};
    while (node && *pointer == '/') {
        pointer++;
        pointer_step(&pointer, &step);
        const char *name = step.data ? step.data : "";
        if (json_object_is_type(node, json_type_array)) {
            char *end;
            unsigned long i = strtoul(name, &end, 10);
            node = *name && !*end && i < json_object_array_length(node)
                       ? json_object_array_get_idx(node, i)
                       : NULL;
        } else {
            node = schema_get(node, name);
        }
    }
    buf_release(&step);
    return node && !*pointer ? node : NULL;
}

static const struct schema_anchor *find_anchor(const struct schema_store *store,
                                               uint32_t i_resource, const char *name)
{
    const struct schema_anchor *near = NULL;
    uint32_t i_document = store->resources[i_resource].i_document;
    for (size_t i = 0; i < store->n_anchors; i++) {
        const struct schema_anchor *anchor = &store->anchors[i];
        if (strcmp(anchor->name, name) ||
            store->resources[anchor->i_resource].i_document != i_document)
            continue;
        if (anchor->i_resource == i_resource)
            return anchor;
        near = near ? near : anchor;
    }
    return near; // of another resource, where a schema is careless
}

static bool ends_in(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return end_size && size > end_size && text[size - end_size - 1] == '/' &&
           !strcmp(text + size - end_size, end);
}

// The resource that `reference` (up to its fragment) names, seen from resource `from`: the one with
// that URI, else one whose URI ends in what is written.
static uint32_t find_resource(const struct schema_store *store, uint32_t from,
                              const char *reference, size_t size)
{
    uint32_t i_document = store->resources[from].i_document, found = SPEC_NONE;
    if (!size)
        return from;
    char *uri = uri_resolve(store->resources[from].base, (struct str){reference, size});
    for (uint32_t i = 0; i < store->n_resources && found == SPEC_NONE; i++)
        if (store->resources[i].i_document == i_document && !strcmp(store->resources[i].base, uri))
            found = i;
    free(uri);
    while (size && *reference == '/') {
        reference++;
        size--;
    }
    struct buf written = {0};
    buf_append(&written, reference, size);
    buf_append(&written, "", 1);
    for (uint32_t i = 0; i < store->n_resources && found == SPEC_NONE; i++)
        if (store->resources[i].i_document == i_document &&
            ends_in(store->resources[i].base, written.data))
            found = i;
    buf_release(&written);
    return found;
}

static void collect_names(struct schema_store *store, struct schema_document *document)
{
    if (document->has_names)
        return;
    document->has_names = true;
    uint32_t i_root = resource_of(document->root);
    if (i_root != SPEC_NONE)
        mark_below(store, document->root, i_root, CONTENT_SCHEMA, true, 0);
}

struct json_object *schema_resolve(struct schema_store *store, struct json_object *schema,
                                   struct json_object *reference)
{
    struct schema_document *document = schema_document_of(store, schema);
    if (!document || !json_object_is_type(reference, json_type_string))
        return NULL;
    const char *text = json_object_get_string(reference);
    size_t size = strcspn(text, "#");
    const char *fragment = text[size] ? text + size + 1 : "";
    collect_names(store, document);
    uint32_t i_resource = find_resource(store, resource_of(schema), text, size);
    if (i_resource == SPEC_NONE)
        return NULL;
    if (*fragment && *fragment != '/') {
        const struct schema_anchor *anchor = find_anchor(store, i_resource, fragment);
        return anchor ? anchor->schema : NULL;
    }
    struct json_object *target = follow_pointer(store->resources[i_resource].root, fragment);
    return target || size ? target : follow_pointer(document->root, fragment);
}

struct json_object *schema_resolve_dynamic(struct schema_store *store, struct json_object *schema,
                                           struct json_object *reference)
{
    struct json_object *target = schema_resolve(store, schema, reference);
    uint32_t i_target = resource_of(target);
    if (!target || i_target == SPEC_NONE)
        return target;
    const char *fragment = strchr(json_object_get_string(reference), '#');
    const char *name = fragment ? fragment + 1 : "";
    const struct schema_anchor *first = NULL, *outermost = NULL;
    size_t n = 0;
    uint32_t i_document = store->resources[i_target].i_document;
    uint32_t i_root = resource_of(store->documents[i_document].root);
    for (size_t i = 0; i < store->n_anchors; i++) {
        const struct schema_anchor *anchor = &store->anchors[i];
        if (!anchor->is_dynamic || strcmp(anchor->name, name) ||
            store->resources[anchor->i_resource].i_document != i_document)
            continue;
        n++;
        first = anchor->schema == target ? anchor : first;
        outermost = anchor->i_resource == i_root ? anchor : outermost;
    }
    if (!first) // no dynamic anchor of this name where it leads: as "$ref"
        return target;
    // The way here began at the root: its anchor wins.  Else only a single one is certain.
    return outermost ? outermost->schema : n == 1 ? target : NULL;
}
