#include "chat/jinja_builtin.h"

#include <string.h>

struct jv jv_function(struct jinja_run *run, const struct jinja_builtin *builtin, struct jv self)
{
    struct jfunction *function = jinja_new(run, struct jfunction, 1);
    *function = (struct jfunction){builtin, self};
    return (struct jv){.type = JV_FUNCTION, .function = function};
}

static void bind_keyword(struct jinja_run *run, const struct jinja_builtin *builtin,
                         struct jv args[JINJA_PARAMS_MAX], const struct jkeyword *keyword)
{
    for (size_t i = 0; i < JINJA_PARAMS_MAX && builtin->params[i]; i++) {
        if (!builtin->params[i][0] || !str_is(jstr_bytes(keyword->name), builtin->params[i]))
            continue;
        if (args[i].type != JV_MISSING)
            jinja_fail(run, ERR_FORMAT, "%s() got multiple values for argument '%s'", builtin->name,
                       builtin->params[i]);
        args[i] = keyword->value;
        return;
    }
    jinja_fail(run, ERR_FORMAT, "%s() got an unexpected keyword argument '%.*s'", builtin->name,
               (int)(keyword->name->size % 100), keyword->name->data);
}

struct jv jinja_builtin_call(struct jinja_run *run, const struct jinja_builtin *builtin,
                             struct jv self, const struct jargs *call)
{
    struct jv args[JINJA_PARAMS_MAX] = {{0}};
    size_t n_params = 0;
    if (builtin->takes_any)
        return builtin->run(run, self, args, call);
    while (n_params < JINJA_PARAMS_MAX && builtin->params[n_params])
        n_params++;
    if (call->n_items > n_params)
        jinja_fail(run, ERR_FORMAT, "%s() takes at most %zu arguments, %zu were given",
                   builtin->name, n_params, call->n_items);
    if (call->n_items)
        memcpy(args, call->items, call->n_items * sizeof *args);
    for (size_t i = 0; i < call->n_keywords; i++)
        bind_keyword(run, builtin, args, &call->keywords[i]);
    for (size_t i = 0; i < builtin->n_required; i++)
        if (args[i].type == JV_MISSING)
            jinja_fail(run, ERR_FORMAT, "%s() misses the argument '%s'", builtin->name,
                       builtin->params[i]);
    return builtin->run(run, self, args, call);
}
