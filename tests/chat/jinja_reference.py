#!/usr/bin/env python3
"""Prints what Python's Jinja2 makes of many templates, one JSON object a line:

    {"name", "output"}   or   {"name", "raises", "by_template"}

each about the template and context in the last {"template"} and {"context"} lines, for
tests/chat/jinja_reference_test.c, which compares the engine with it.  The environment is set up as
Hugging Face's transformers does it.  Published templates come from the folder given as the first
argument, if it exists; the second is the number of random snippets (default 300), the third their seed.
With --store alone it prints only the snippets of jinja_snippets.txt: that output is kept as
tests/cases/jinja/snippets.jsonl, for machines without Jinja2.
"""
import copy
import datetime
import itertools
import json
import os
import random
import re
import sys
import warnings

try:
    import jinja2
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment
except ImportError:
    print(json.dumps({"skip": "python3-jinja2 is not installed"}))
    sys.exit(0)

NOW = datetime.datetime(2026, 3, 9, 14, 5, 7)  # the test passes the same time


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_body")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                      sort_keys=sort_keys)


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                        extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


ENV = environment()
LAST = {}  # the template at hand, its text and compiled, and the context


def emit(name, template, context):
    case = {"name": name}
    if LAST.get("context") != context:
        LAST["context"] = copy.deepcopy(context)
        print(json.dumps({"context": context}, ensure_ascii=False))
    if LAST.get("template") != template:
        LAST["template"] = template
        LAST.pop("compiled", None)
        print(json.dumps({"template": template}, ensure_ascii=False))
    try:
        if "compiled" not in LAST:
            LAST["compiled"] = ENV.from_string(template)
        # `list|indent` appends to the list before it fails, hence the copy.
        case["output"] = LAST["compiled"].render(**copy.deepcopy(context))
        case["output"].encode()  # lone surrogates are nothing to compare
        if re.search(" at 0x[0-9a-f]{6}", case["output"]):
            return  # Python prints addresses
    except Exception as error:  # whatever it raises, the engine must raise
        case.pop("output", None)
        is_raise = type(error) is jinja2.exceptions.TemplateError
        case["raises"] = str(error) if is_raise else type(error).__name__
        case["by_template"] = is_raise
    print(json.dumps(case, ensure_ascii=False))


# ---- conversations for the published templates ----

TOOLS = [
    {"type": "function", "function": {
        "name": "read_file", "description": "Reads a \"file\" <now> & then: naïve 日本語 🎉\n\tdone",
        "parameters": {"type": "object", "properties": {
            "path": {"type": "string", "description": "where"},
            "limit": {"type": "integer", "minimum": 0, "default": 1.0},
            "mode": {"type": "string", "enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string"}, "nullable": True},
            "nested": {"type": "object", "properties": {"x": {"type": ["string", "null"]}},
                       "required": ["x"]}},
            "required": ["path"], "additionalProperties": False}}},
    {"type": "function", "function": {
        "name": "now", "description": "", "parameters": {"type": "object", "properties": {}}}},
]


def call(name, arguments, id="call_1"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def conversations():
    user = {"role": "user", "content": "Hello"}
    answer = {"role": "assistant", "content": "Hi!"}
    system = {"role": "system", "content": "Be brief.\n"}
    tricky = {"role": "user", "content": " <|im_start|>system\n{{ x }} </think> <|eot_id|><tool_call> ' \" \\ é 🎉 "}
    parts = {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": " two\n"}]}
    image = {"role": "user", "content": [{"type": "image", "image": "u"}, {"type": "text", "text": "what?"}]}
    thinking = {"role": "assistant", "reasoning_content": "hm\nwell", "content": "So."}
    thought = {"role": "assistant", "content": "<think>\nhm\n</think>\n\nSo."}
    empty = {"role": "assistant", "content": ""}
    one_call = {"role": "assistant", "content": "", "tool_calls": [call("read_file", {"path": "a.txt", "limit": 3})]}
    two_calls = {"role": "assistant", "content": "Both.", "reasoning_content": "two",
                 "tool_calls": [call("read_file", {"path": "ü\"\n", "tags": ["x", 1, None, True, 1.5]}),
                                call("now", {}, "call_2")]}
    text_call = {"role": "assistant", "content": None, "tool_calls": [call("read_file", "{\"path\": \"a\"}")]}
    bare_call = {"role": "assistant", "content": "", "tool_calls": [{"name": "now", "arguments": {}}]}
    result = {"role": "tool", "tool_call_id": "call_1", "name": "read_file", "content": "line\n<|im_end|>\n"}
    result2 = {"role": "tool", "tool_call_id": "call_2", "name": "now", "content": [{"type": "text", "text": "12:00"}]}
    yield "user", [user]
    yield "system", [system, user]
    yield "system list", [{"role": "system", "content": [{"type": "text", "text": "S"}]}, user]
    yield "developer", [{"role": "developer", "content": "D"}, user]
    yield "turns", [system, user, answer, tricky, answer, parts]
    yield "tricky", [tricky]
    yield "parts", [parts, answer, image]
    yield "thinking", [user, thinking, user, thought, user]
    yield "thinking last", [user, thinking]
    yield "empty", [user, empty, user]
    yield "empty user", [{"role": "user", "content": ""}]
    yield "one call", [user, one_call, result]
    yield "two calls", [system, user, two_calls, result, result2]
    yield "two calls done", [user, two_calls, result, result2, thinking, user]
    yield "text call", [user, text_call, result, answer, user]
    yield "bare call", [user, bare_call, result]
    yield "no result", [user, one_call]
    yield "null content", [user, {"role": "assistant", "content": None}, user]
    yield "system mid", [user, answer, system, user]
    yield "system last", [user, system]
    yield "two systems", [system, system, user]
    yield "two users", [user, user]
    yield "assistant first", [answer, user]
    yield "unknown role", [{"role": "critic", "content": "x"}]
    yield "no content", [{"role": "user"}]
    yield "number content", [{"role": "user", "content": 5}]
    yield "nothing", []
    yield "long", [system] + [user, two_calls, result, result2, answer] * 8 + [parts]


def published(folder):
    options = [{}, {"add_generation_prompt": True}, {"tools": TOOLS, "add_generation_prompt": True},
               {"tools": TOOLS, "enable_thinking": False, "add_generation_prompt": True},
               {"enable_thinking": True, "preserve_thinking": True, "add_generation_prompt": True},
               {"tools": [], "reasoning_effort": "high", "date_string": "1 Jan 2026"},
               {"tools": TOOLS[:1], "bos_token": "<bos>", "eos_token": "<eos>", "tools_in_user_message": False}]
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".jinja"):
            continue
        with open(os.path.join(folder, file), encoding="utf-8", newline="") as f:
            source = f.read()
        for (name, messages), option in itertools.product(conversations(), options):
            context = {"bos_token": "<s>", "eos_token": "</s>", **option, "messages": messages}
            emit(f"{file}: {name} {sorted(option)}", source, context)


# ---- snippets ----

CONTEXT = {
    "n": 7, "m": -3, "z": 0, "f": 2.5, "g": -0.125, "big": 1e300, "t": True, "no": False, "none_value": None,
    "s": "Hello, World", "e": "", "u": "Straße ΑΣ ÀÉ ﬁ 日本 🎉é", "w": "  padded \n", "lines": "a\nb\r\n\nc\n",
    "q": "it's \"q\" \\ \t\x01\x7f\u00a0\u200b", "html": "<a href='x'>&amp;</a>",
    "l": [3, 1, 2], "ls": ["b", "A", "c", "a"], "le": [], "ll": [[1, 2], [3], []],
    "d": {"a": 1, "B": "two", "c": None, "items": [1], "get": "g"}, "de": {},
    "users": [{"name": "Bo", "age": 5, "tags": ["x"]}, {"name": "al", "age": 7, "tags": []},
              {"name": "Cy", "age": 5, "on": True}],
    "mix": [1, "1", 1.0, None, True, [], {}],
    "tree": [{"v": 1, "c": [{"v": 2, "c": [{"v": 3}]}, {"v": 4}]}, {"v": 5}],
}


def snippets():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jinja_snippets.txt")
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    for number, block in enumerate(text.split("\n----\n")):
        if block.startswith("expressions\n"):
            for line in block.split("\n")[1:]:
                if line and not line.startswith("#"):
                    yield f"expression {line}", "{{ " + line + " }}"
        elif block.startswith("template\n"):
            yield f"template {number}", block[len("template\n"):]


class Maker:
    """Random expressions and statements that are mostly meaningful."""

    NAMES = sorted(CONTEXT) + ["missing", "x", "y"]
    FILTERS = ["abs", "capitalize", "center(12)", "count", "default('D')", "d('D', true)", "dictsort", "escape",
               "first", "float", "float(0.5)", "groupby('age')", "indent", "indent(2, true)", "indent('> ', blank=true)",
               "int", "int(9)", "int(0, 16)", "items|list", "join", "join('-')", "join(',', attribute='name')", "last",
               "length", "list", "lower", "map('upper')|list", "map(attribute='name')|list",
               "map(attribute='on', default='?')|join('/')", "max", "min", "max(attribute='age')",
               "reject('none')|list", "rejectattr('on')|list", "replace('l', 'LL')", "replace('a', '', 1)",
               "reverse|list", "reverse", "round", "round(1)", "round(1, 'floor')", "round(0, 'ceil')|int", "safe",
               "select|list", "select('string')|list", "select('number')|list", "select('gt', 1)|list",
               "selectattr('age', 'eq', 5)|list", "selectattr('tags')|list", "slice(2)|list", "batch(2)|list",
               "batch(2, 0)|list", "sort", "sort(reverse=true)", "sort(attribute='age')", "sort(attribute='age,name')",
               "sort(case_sensitive=true)", "string", "sum", "sum(attribute='age')", "title", "tojson",
               "tojson(indent=2)", "tojson(separators=(',', ':'))", "tojson(sort_keys=true)", "trim", "trim('Hd')",
               "truncate(5)", "truncate(8, true)", "truncate(7, false, '~', 0)", "unique|list",
               "unique(attribute='age')|list", "upper", "urlencode", "wordcount", "forceescape", "xmlattr",
               "attr('age')", "format(1, 2)", "filesizeformat"]
    TESTS = ["boolean", "callable", "defined", "divisibleby 2", "divisibleby(3)", "eq 7", "equalto('x')", "even", "odd",
             "false", "true", "filter", "float", "integer", "number", "ge 1", "gt(2)", "le 2", "lt 3", "in [1, 7]",
             "in('Hello')", "iterable", "lower", "upper", "mapping", "ne 7", "none", "sameas none", "sameas(true)",
             "sequence", "string", "undefined", "escaped", "== 7", "test"]
    METHODS = ["upper()", "lower()", "title()", "capitalize()", "strip()", "lstrip('H ')", "rstrip()", "split()",
               "split(',')", "split('l', 1)", "rsplit('l', 1)", "split(maxsplit=1)", "rsplit(None, 1)", "startswith('He')",
               "endswith(('d', 'x'))", "find('l')", "rfind('l')", "count('l')", "replace('l', '_')", "splitlines()",
               "splitlines(true)", "partition(',')", "rpartition('l')", "zfill(15)", "center(20, '*')", "ljust(14)",
               "rjust(14, '.')", "isdigit()", "isalpha()", "isalnum()", "isspace()", "islower()", "isupper()", "istitle()",
               "swapcase()", "removeprefix('He')", "removesuffix('ld')", "join(['a', 'b'])", "index('l')", "format(1)",
               "keys()|list", "values()|list", "items()|list", "get('a')", "get('zz', 4)", "get('items')", "age", "name",
               "copy()", "index(1)", "count(1)", "expandtabs(4)", "isdecimal()", "isnumeric()", "isascii()"]
    LITERALS = ["0", "1", "2", "3.5", "1e3", "'x'", "\"Hel\"", "''", "[1, 2]", "(1, 2)", "()", "(3,)", "{'a': 1}", "none",
                "true", "false", "[]", "{}", "range(3)", "'%s-%s'", "100000", "'a,b'"]
    SLICES = ["[0]", "[-1]", "[1:]", "[:2]", "[::-1]", "[::2]", "[-2:]", "[5:1:-2]", "['a']", "[10]", "[:]", "[1:-1]"]
    BINARY = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in", "not in"]

    def __init__(self, seed):
        self.r = random.Random(seed)

    def expression(self, depth):
        r = self.r
        if depth <= 0 or r.random() < 0.15:
            return r.choice(self.NAMES) if r.random() < 0.7 else r.choice(self.LITERALS)
        sub = lambda: self.expression(depth - 1)
        kind = r.randrange(12)
        if kind < 3:
            return f"{self.atom(depth)}|{r.choice(self.FILTERS)}"
        if kind < 5:
            return f"{self.atom(depth)}.{r.choice(self.METHODS)}"
        if kind == 5:
            return f"{self.atom(depth)} is {r.choice(['', 'not '])}{r.choice(self.TESTS)}"
        if kind == 6:
            # Not of literals: Jinja2 folds those and then takes a wrong slice for a missing key.
            return f"{r.choice(self.NAMES)}{r.choice(self.SLICES)}"
        if kind < 10:
            return f"{self.atom(depth)} {r.choice(self.BINARY)} {self.atom(depth)}"
        if kind == 10:
            return f"({sub()} if {sub()} else {sub()})" if r.random() < 0.7 else f"({sub()} if {sub()})"
        return r.choice([f"[{sub()}, {sub()}]", f"{{'k': {sub()}}}", f"not {self.atom(depth)}", f"-{self.atom(depth)}",
                         f"({sub()}, {sub()})", f"{self.atom(depth)} < {self.atom(depth)} < {self.atom(depth)}"])

    def atom(self, depth):
        e = self.expression(depth - 1)
        return e if e.isidentifier() else f"({e})"

    def statement(self, depth):
        r = self.r
        e = lambda: self.expression(1)
        body = lambda: self.statement(depth - 1) if depth > 0 else "{{ " + r.choice(["x", "y", "n"]) + " }}"
        dash = lambda: r.choice(["", "", "-", "+"])
        kind = r.randrange(9)
        space = r.choice(["", " ", "\n", "\n  ", " \n"])
        tag = lambda text: "{%" + dash() + " " + text + " " + r.choice(["", "", "-", "+"]) + "%}" + space
        if kind == 0:
            return tag(f"if {e()}") + body() + tag(f"elif {e()}") + body() + tag("else") + body() + tag("endif")
        if kind == 1:
            test = f" if {r.choice(['x', 'x is string', 'x is not none', 'true'])}" if r.random() < 0.4 else ""
            inner = "{{ loop.index }}" + r.choice(["{{ loop.last }}", "{{ loop.length }}", "{{ loop.nextitem }}", ""])
            inner = inner if r.random() < 0.5 else ""
            other = tag("else") + body() if r.random() < 0.4 else ""
            return (tag(f"for x in {r.choice(['l', 'ls', 'd', 'range(3)', 'users', 'le', 's', 'mix', 'll', 'missing'])}{test}") +
                    inner + body() + r.choice(["", "", tag("if loop.index == 2") + tag(r.choice(["break", "continue"])) + tag("endif")]) +
                    other + tag("endfor"))
        if kind == 2:
            return tag(f"set {r.choice('xy')} = {e()}") + body()
        if kind == 3:
            return tag(f"set {r.choice('xy')}{r.choice(['', '|upper', '|trim'])}") + body() + tag("endset") + "{{ x }}"
        if kind == 4:
            return (tag(f"macro m(x, y={r.choice(['1', 'n', 'x'])})") + "{{ x }}/{{ y }}" + body() + tag("endmacro") +
                    "{{ m(" + r.choice(["1", "1, 2", "y=3", "x=s", "n, y=f", ""]) + ") }}")
        if kind == 5:
            return tag("set ns = namespace(v=0)") + tag("for x in l") + tag("set ns.v = ns.v + x") + body() + tag("endfor") + "{{ ns.v }}"
        if kind == 6:
            return tag(f"with x = {e()}") + body() + tag("endwith")
        if kind == 7:
            return tag("filter " + r.choice(["upper", "trim", "indent(2)", "replace('a','b')"])) + body() + tag("endfilter")
        return "text" + space + "{{" + dash() + " " + e() + " " + r.choice(["", "-"]) + "}}" + space + "{#" + dash() + " c " + dash() + "#}\n"


class Scopes:
    """Random programs that assign and print a few names in nested scopes."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def variable(self):
        return self.r.choice("xynm")

    def show(self):
        return "<{{ " + self.r.choice(["x", "y", "n", "m", "z", "loop.index"]) + " }}>"

    def value(self):
        return self.r.choice(["1", "2", "x", "y", "n", "m", "x ~ 'a'", "n ~ y", "(x, y)", "missing"])

    def block(self, depth):
        return "".join(self.statement(depth) for _ in range(self.r.randrange(1, 4)))

    def loop(self, body):
        r = self.r
        over = r.choice(["l[:2]", "'ab'", "[]", "[[]]", "ls[1:]"])
        test = r.choice([" if x", " if y", " if true", " if n"]) if r.random() < 0.4 else ""
        other = "{% else %}" + body() if r.random() < 0.4 else ""
        if r.random() < 0.15:
            return "{% for x in l recursive %}" + self.show() + "{{ loop([]) }}" + body() + other + "{% endfor %}"
        return "{% for " + self.variable() + f" in {over}{test} %}}" + body() + other + "{% endfor %}"

    def macro(self, body):
        name = f"f{self.r.randrange(4)}"
        parameters = self.r.choice(["", "x", "x, y=n", "y=x"])
        caller = self.r.choice(["", "{{ caller() if caller }}"])
        call = self.r.choice(["", "{{ " + name + "(" + self.r.choice(["", "1"]) + ") }}"])
        return "{% macro " + f"{name}({parameters}) %}}" + body() + caller + "{% endmacro %}" + call

    def statement(self, depth):
        r = self.r
        kind = r.randrange(13 if depth > 0 else 3)
        body = lambda: self.block(depth - 1)
        if kind < 2:
            return self.show()
        if kind == 2:
            return "{% set " + self.variable() + " = " + self.value() + " %}"
        if kind == 3:
            return ("{% if " + r.choice(["true", "false", "x", "n is defined", "m"]) + " %}" + body() +
                    r.choice(["", "{% elif y %}" + body()]) + r.choice(["", "{% else %}" + body()]) + "{% endif %}")
        if kind < 6:
            return self.loop(body)
        if kind == 6:
            return self.macro(body)
        if kind == 7:
            name = f"f{r.randrange(4)}"
            return "{{ " + f"{name}() if {name} is defined" + " }}"
        if kind == 8:
            return "{% with " + self.variable() + " = " + self.value() + " %}" + body() + "{% endwith %}"
        if kind == 9:
            return "{% set " + self.variable() + " %}" + body() + "{% endset %}"
        if kind == 10:
            return ("{% macro g() %}[{{ caller(1) }}]{% endmacro %}{% call(" + r.choice("xzy") + ") g() %}" + body() +
                    "{% endcall %}")
        tag = r.choice(["filter upper", "generation"])
        return "{% " + tag + " %}" + body() + "{% end" + tag.split()[0] + " %}"


def characters():
    """Cases, repr and words of all characters that exist, and the classes of those in busy blocks."""
    tests = ["isalpha", "isdecimal", "isdigit", "isnumeric", "isspace", "isprintable", "islower", "isupper", "istitle"]
    whole = "{{ s.upper() }}{{ s.lower() }}{{ s|title }}{{ [s] }}{{ s|wordcount }}{{ s.split() }}"
    each = ("{% for c in s %}{{ c.title() }}" + "".join("{{ c.%s()|int }}" % test for test in tests) + "{% endfor %}")
    for start in [*range(0, 0x20000, 0x1000), 0x2f000, 0x30000, 0xe0000, 0x10f000]:
        block = "".join(chr(c) for c in range(start, start + 0x1000) if not 0xd800 <= c < 0xe000)
        emit(f"characters from {start:#x}", whole, {"s": block})
        if start in (0, 0x2000, 0xa000, 0x10000, 0x1d000):
            emit(f"classes of characters from {start:#x}", each, {"s": block})


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.stdout.reconfigure(encoding="utf-8")
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    warnings.simplefilter("ignore")
    if os.path.isdir(folder):
        published(folder)
    for name, template in snippets():
        emit(name, template, CONTEXT)
    if folder == "--store":
        return
    characters()
    maker, scopes = Maker(seed), Scopes(seed)
    for i in range(n):
        emit(f"random expression {i}", "{{ " + maker.expression(3) + " }}", CONTEXT)
        if i % 2:
            emit(f"random statement {i}", maker.statement(2) + maker.statement(1), CONTEXT)
            emit(f"random scopes {i}", scopes.block(3), CONTEXT)


main()
