// Any bytes as the schema of a tool's arguments, in each written form of calls, and a walk.
#include <json-c/json.h>

#include "sample/tool_constraint.h"
#include "tests/fuzz/constraint_walk.h"
#include "tests/sample/tool_markups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tool_markup *const markups[] = {&hermes, &xml, &braces};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    walk_open_vocabulary();
    size_t n_choices = data[0] < size - 1 ? data[0] : size - 2;
    struct json_tokener *tokener = json_tokener_new_ex(200);
    struct json_object *schema =
        json_tokener_parse_ex(tokener, (const char *)data + 2, (int)(size - 2 - n_choices));
    json_tokener_free(tokener);
    const struct constraint_tool tools[] = {{STR("write"), schema}, {STR("write_all"), NULL}};
    const struct tool_constraint_options options = {.choice = data[1] & 1 ? CONSTRAINT_CHOICE_ANY
                                                                          : CONSTRAINT_CHOICE_AUTO,
                                                    .base = {.size_max = 8 * MIB}};
    struct constraint *constraint = constraint_open_tools(
        walk_vocabulary, markups[data[1] / 2 % COUNT_OF(markups)], tools, 2, &options);
    json_object_put(schema);
    walk_constraint(constraint, data + size - n_choices, n_choices);
    return 0;
}
