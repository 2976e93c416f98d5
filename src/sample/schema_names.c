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

struct schema_document *schema_document_of(struct schema_store *store, struct json_object *schema)
{
    // schema_add() notes in each object the number of its document, from 1.
    uintptr_t number = json_object_is_type(schema, json_type_object)
                           ? (uintptr_t)json_object_get_userdata(schema)
                           : 0;
    return number && number <= store->n_documents ? &store->documents[number - 1] : NULL;
}

static void add_id(struct schema_document *document, const char *text, struct json_object *schema,
                   bool is_anchor)
{
    STORE_GROW(document->ids, document->n_ids, document->ids_capacity, 16);
    document->ids[document->n_ids++] = (struct schema_id){text, schema, is_anchor};
}

static void collect_ids(struct schema_document *document, struct json_object *node, int depth)
{
    static const char *const keys[] = {"$id", "id", "$anchor", "$dynamicAnchor"};
    if (depth > WALK_DEPTH_MAX)
        return;
    if (json_object_is_type(node, json_type_object)) {
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            struct json_object *id = schema_get(node, keys[k]);
            if (json_object_is_type(id, json_type_string))
                add_id(document, json_object_get_string(id), node, k >= 2);
        }
        json_object_object_foreach(node, name, value)
        {
            (void)name;
            collect_ids(document, value, depth + 1);
        }
    } else if (json_object_is_type(node, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(node); i++)
            collect_ids(document, json_object_array_get_idx(node, i), depth + 1);
    }
}

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

static struct json_object *find_anchor(const struct schema_document *document, const char *name)
{
    for (size_t i = 0; i < document->n_ids; i++) {
        const char *id = document->ids[i].text;
        const char *anchor = document->ids[i].is_anchor ? id : id[0] == '#' ? id + 1 : NULL;
        if (anchor && !strcmp(anchor, name))
            return document->ids[i].schema;
    }
    return NULL;
}

// The resource that `reference` (its first `size` bytes, no fragment) names: an equal id, else one
// that ends in it as a path does.
static struct json_object *find_resource(const struct schema_document *document,
                                         const char *reference, size_t size)
{
    for (size_t i = 0; i < document->n_ids; i++) {
        const char *id = document->ids[i].text;
        size_t id_size = strcspn(id, "#");
        if (!document->ids[i].is_anchor && id_size == size && !memcmp(id, reference, size))
            return document->ids[i].schema;
    }
    while (size && *reference == '/') {
        reference++;
        size--;
    }
    for (size_t i = 0; size && i < document->n_ids; i++) {
        const char *id = document->ids[i].text;
        size_t id_size = strcspn(id, "#");
        if (!document->ids[i].is_anchor && id_size > size && id[id_size - size - 1] == '/' &&
            !memcmp(id + id_size - size, reference, size))
            return document->ids[i].schema;
    }
    return NULL;
}

struct json_object *schema_resolve(struct schema_store *store, struct schema_document *document,
                                   const char *reference)
{
    (void)store;
    size_t size = strcspn(reference, "#");
    const char *fragment = reference[size] ? reference + size + 1 : "";
    if (!size && (!*fragment || *fragment == '/')) {
        struct json_object *target = follow_pointer(document->root, fragment);
        if (target)
            return target;
    }
    if (!document->has_ids) {
        document->has_ids = true;
        collect_ids(document, document->root, 0);
    }
    struct json_object *resource = document->root;
    if (size)
        resource = find_resource(document, reference, size);
    if (!resource || !*fragment)
        return resource;
    if (*fragment != '/')
        return find_anchor(document, fragment);
    struct json_object *target = follow_pointer(resource, fragment);
    for (size_t i = 0; !target && !size && i < document->n_ids; i++) // inside an embedded resource
        target = follow_pointer(document->ids[i].schema, fragment);
    return target;
}
