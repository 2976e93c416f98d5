// Tests: what follows `is`.
#include "base/memory.h"
#include "chat/jinja_ast.h"
#include "chat/jinja_builtin.h"

JINJA_FUNCTION(test_defined)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type != JV_UNDEFINED);
}

JINJA_FUNCTION(test_undefined)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_UNDEFINED);
}

JINJA_FUNCTION(test_none)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_NONE);
}

JINJA_FUNCTION(test_boolean)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_BOOL);
}

JINJA_FUNCTION(test_true)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_BOOL && self.boolean);
}

JINJA_FUNCTION(test_false)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_BOOL && !self.boolean);
}

JINJA_FUNCTION(test_integer)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_INT || self.type == JV_BIG);
}

JINJA_FUNCTION(test_float)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_FLOAT);
}

JINJA_FUNCTION(test_number)
{
    (void)run, (void)args, (void)call;
    return jv_bool(jv_is_number(self) || self.type == JV_BIG);
}

JINJA_FUNCTION(test_string)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_STRING);
}

JINJA_FUNCTION(test_mapping)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_DICT);
}

JINJA_FUNCTION(test_sequence)
{
    (void)run, (void)args, (void)call;
    bool is_view = self.type == JV_ITEMS || self.type == JV_KEYS || self.type == JV_VALUES;
    return jv_bool(jv_has_length(self) && !is_view);
}

JINJA_FUNCTION(test_iterable)
{
    (void)run, (void)args, (void)call;
    return jv_bool(jv_is_iterable(self) || self.type == JV_LOOP);
}

JINJA_FUNCTION(test_callable)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_FUNCTION || self.type == JV_MACRO || self.type == JV_LOOP ||
                   self.type == JV_JOINER || self.type == JV_UNDEFINED);
}

JINJA_FUNCTION(test_escaped)
{
    (void)run, (void)args, (void)call;
    return jv_bool(self.type == JV_STRING && self.html);
}

JINJA_FUNCTION(test_lower)
{
    (void)args, (void)call;
    return jv_bool(jinja_is_case(run, jv_to_string(run, self), CHAR_LOWER));
}

JINJA_FUNCTION(test_upper)
{
    (void)args, (void)call;
    return jv_bool(jinja_is_case(run, jv_to_string(run, self), CHAR_UPPER));
}

static bool remainder_is(struct jinja_run *run, struct jv v, struct jv by, int64_t wanted)
{
    return jv_equal(run, jv_arithmetic(run, N_MOD, v, by), jv_int(wanted));
}

JINJA_FUNCTION(test_odd)
{
    (void)args, (void)call;
    return jv_bool(remainder_is(run, self, jv_int(2), 1));
}

JINJA_FUNCTION(test_even)
{
    (void)args, (void)call;
    return jv_bool(remainder_is(run, self, jv_int(2), 0));
}

JINJA_FUNCTION(test_divisibleby)
{
    (void)call;
    return jv_bool(remainder_is(run, self, args[0], 0));
}

JINJA_FUNCTION(test_sameas)
{
    (void)run, (void)call;
    return jv_bool(jv_same(self, args[0]));
}

JINJA_FUNCTION(test_in)
{
    (void)call;
    return jv_bool(jv_contains(run, args[0], self));
}

JINJA_FUNCTION(test_eq)
{
    (void)call;
    return jv_bool(jv_equal(run, self, args[0]));
}

JINJA_FUNCTION(test_ne)
{
    (void)call;
    return jv_bool(!jv_equal(run, self, args[0]));
}

JINJA_FUNCTION(test_lt)
{
    (void)call;
    return jv_bool(jv_compare(run, self, args[0], "<") == -1);
}

JINJA_FUNCTION(test_gt)
{
    (void)call;
    return jv_bool(jv_compare(run, self, args[0], ">") == 1);
}

JINJA_FUNCTION(test_le)
{
    (void)call;
    int order = jv_compare(run, self, args[0], "<=");
    return jv_bool(order == -1 || order == 0);
}

JINJA_FUNCTION(test_ge)
{
    (void)call;
    int order = jv_compare(run, self, args[0], ">=");
    return jv_bool(order == 1 || order == 0);
}

JINJA_FUNCTION(test_filter)
{
    (void)args, (void)call;
    jv_need_hashable(run, self);
    return jv_bool(self.type == JV_STRING && jinja_filter_find(jstr_bytes(self.string)));
}

JINJA_FUNCTION(test_test)
{
    (void)args, (void)call;
    jv_need_hashable(run, self);
    return jv_bool(self.type == JV_STRING && jinja_test_find(jstr_bytes(self.string)));
}

static const struct jinja_builtin tests[] = {
    JINJA_ROW("boolean", test_boolean, 0, NULL),
    JINJA_ROW("callable", test_callable, 0, NULL),
    JINJA_ROW("defined", test_defined, 0, NULL),
    JINJA_ROW("divisibleby", test_divisibleby, 1, "num"),
    JINJA_ROW("escaped", test_escaped, 0, NULL),
    JINJA_ROW("even", test_even, 0, NULL),
    JINJA_ROW("false", test_false, 0, NULL),
    JINJA_ROW("filter", test_filter, 0, NULL),
    JINJA_ROW("float", test_float, 0, NULL),
    JINJA_ROW("in", test_in, 1, "seq"),
    JINJA_ROW("integer", test_integer, 0, NULL),
    JINJA_ROW("iterable", test_iterable, 0, NULL),
    JINJA_ROW("lower", test_lower, 0, NULL),
    JINJA_ROW("mapping", test_mapping, 0, NULL),
    JINJA_ROW("none", test_none, 0, NULL),
    JINJA_ROW("number", test_number, 0, NULL),
    JINJA_ROW("odd", test_odd, 0, NULL),
    JINJA_ROW("sameas", test_sameas, 1, "other"),
    JINJA_ROW("sequence", test_sequence, 0, NULL),
    JINJA_ROW("string", test_string, 0, NULL),
    JINJA_ROW("test", test_test, 0, NULL),
    JINJA_ROW("true", test_true, 0, NULL),
    JINJA_ROW("undefined", test_undefined, 0, NULL),
    JINJA_ROW("upper", test_upper, 0, NULL),
    JINJA_ROW("==", test_eq, 1, ""),
    JINJA_ROW("eq", test_eq, 1, ""),
    JINJA_ROW("equalto", test_eq, 1, ""),
    JINJA_ROW("!=", test_ne, 1, ""),
    JINJA_ROW("ne", test_ne, 1, ""),
    JINJA_ROW("<", test_lt, 1, ""),
    JINJA_ROW("lt", test_lt, 1, ""),
    JINJA_ROW("lessthan", test_lt, 1, ""),
    JINJA_ROW("<=", test_le, 1, ""),
    JINJA_ROW("le", test_le, 1, ""),
    JINJA_ROW(">", test_gt, 1, ""),
    JINJA_ROW("gt", test_gt, 1, ""),
    JINJA_ROW("greaterthan", test_gt, 1, ""),
    JINJA_ROW(">=", test_ge, 1, ""),
    JINJA_ROW("ge", test_ge, 1, ""),
};

const struct jinja_builtin *jinja_test_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(tests); i++)
        if (str_is(name, tests[i].name))
            return &tests[i];
    return NULL;
}
