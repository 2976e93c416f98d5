// schemafuzz.mjs [--schemas N] [--instances N] [--seed N] [--draft NAME] > FILE.jsonl
//
// Random schemas of all drafts with random instances, each said by ajv to be valid or not, as lines
// that maskbench reads:  schemafuzz.mjs > FILE && maskbench FILE VOCAB.gguf.  No valid instance may be
// rejected, and an invalid one only be accepted where its schema is relaxed.
//
// Schemas are made of few names and values, so that what they say meets.  Instances are grown along the
// schema, then changed here and there: most are nearly valid.  What ajv itself gets wrong is not made:
// siblings of $ref before 2019-09, contains beside unevaluatedItems or a list of items.  ajv is looked for in AJV_FOLDER or
// beside this file (npm install ajv ajv-formats ajv-draft-04).
import { compile } from './ajv.mjs';

function option(name, otherwise) {
  const at = process.argv.indexOf('--' + name);
  return at < 0 ? otherwise : process.argv[at + 1];
}

const DRAFTS = {
  'draft-04': 'http://json-schema.org/draft-04/schema#',
  'draft-06': 'http://json-schema.org/draft-06/schema#',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
const YEAR = { 'draft-04': 4, 'draft-06': 6, 'draft-07': 7, '2019-09': 8, '2020-12': 9 };

// ---- chance ----

let state;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;
const some = (n, make) => Array.from({ length: n }, make);
const distinct = (list) => [...new Map(list.map((v) => [JSON.stringify(v), v])).values()];

// ---- what schemas and instances are made of ----

const NAMES = ['a', 'b', 'c', 'ab', 'x1', 'a b', 'é', 'q"'];
const NUMBERS = [0, 1, 2, 3, 4, 5, -1, -2, 10, 0.5, 1.5, 2.5, -0.5, 12, 100, 99, 7.25];
const WORDS = ['', 'a', 'b', 'ab', 'abc', 'aa', 'x1', 'é', '12', '123', 'A', 'a b', 'q"\\', '😀', '\n',
  'abab', 'aaaa', 'zz'];
const PATTERNS = ['^a', 'b$', '^[a-c]*$', '^x', '..', '^(ab)+$', '^\\d{2,3}$', '^(?!a)', '[^a-z]',
  'a|b', '^(a|b){1,3}$', '^\\w+$', '^.$', '\\s', '^(?=.*b)a', '\\u00e9', '^$', '^[^"]*$', '(aa)+',
  '^\\p{L}+$', '^[\\w.-]+@', '^.{2,}$', '^(?:a|ab)(?:c|bc)?$', '\\S', '^\\D*$'];
const FORMATS = {
  date: ['2024-02-29', '2023-02-29', '2024-13-01', '1999-12-31', '2024-2-1'],
  time: ['12:00:00Z', '23:59:59+01:00', '24:00:00Z', '12:00', '01:02:03.5Z'],
  'date-time': ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.25+02:00', '2024-01-01', '2024-01-01T25:00:00Z'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '123e4567', '123E4567-E89B-12D3-A456-426614174000'],
  ipv4: ['1.2.3.4', '255.255.255.255', '256.1.1.1', '1.2.3', '01.2.3.4'],
  ipv6: ['::1', '1::', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1::2::3', 'g::'],
  email: ['a@b.c', 'a.b+c@d.org', 'a', '@b', 'a@'],
  hostname: ['a.b', 'a-b.c1', '-a', 'a..b', 'a_b'],
  'json-pointer': ['', '/a', '/a~0b/~1', 'a', '/~'],
  duration: ['P1D', 'PT1H2M', 'P', 'P1Y2M3DT4H', 'PT', 'P2W', '1D'],
};
const SCALARS = [null, true, false, ...NUMBERS, ...WORDS];

function anyValue(depth) {
  const kind = below(depth > 0 ? 10 : 7);
  if (kind < 7) return pick(SCALARS);
  if (kind < 8) return some(below(4), () => anyValue(depth - 1));
  return Object.fromEntries(some(below(4), () => [pick(NAMES), anyValue(depth - 1)]));
}

// ---- schemas ----

class Maker {
  constructor(draft) {
    this.draft = draft;
    this.year = YEAR[draft];
    this.definitions = this.year >= 8 ? '$defs' : 'definitions';
    this.names = some(below(3), (_, i) => 'd' + i);
  }

  root() {
    let schema = this.demands(3);
    if (this.names.length)
      schema[this.definitions] = Object.fromEntries(this.names.map((name) => [name,
        this.year >= 8 ? { $anchor: name, ...this.demands(2) } : this.schema(2)]));
    return { $schema: DRAFTS[this.draft], ...schema };
  }

  schema(depth) {
    if (this.year >= 6 && chance(0.08)) return chance(0.7);
    return this.demands(depth);
  }

  demands(depth) {
    if (this.names.length && chance(0.12)) {
      const ref = { $ref: chance(0.2) ? '#' : `#/${this.definitions}/${pick(this.names)}` };
      if (this.year >= 8 && chance(0.2)) ref.$ref = `#${pick(this.names)}`;
      if (this.year < 8 || chance(0.6)) return ref;
      return { ...this.demands(depth), ...ref };
    }
    const schema = {};
    const kinds = ['string', 'number', 'array', 'object'];
    if (chance(0.75)) {
      const types = [...kinds, 'object', 'array', 'integer', 'boolean', 'null'];
      schema.type = chance(0.8) ? pick(types) : distinct(some(1 + below(3), () => pick(types)));
    }
    const of = [schema.type ?? kinds].flat();
    const bases = depth > 0 ? of : of.filter((type) => !['array', 'object'].includes(type));
    for (const kind of bases)
      if (chance(of.length > 2 ? 0.4 : 0.9)) this[kind === 'integer' ? 'number' : kind]?.(schema, depth - 1);
    if (chance(0.06)) schema.enum = distinct(some(1 + below(4), () => anyValue(1)));
    if (this.year >= 6 && chance(0.04)) schema.const = anyValue(1);
    if (depth > 0) this.logic(schema, depth - 1);
    return schema;
  }

  logic(schema, depth) {
    if (chance(0.12)) schema.anyOf = some(1 + below(3), () => this.schema(depth));
    if (chance(0.08)) schema.oneOf = some(1 + below(3), () => this.schema(depth));
    if (chance(0.08)) schema.allOf = some(1 + below(2), () => this.schema(depth));
    if (chance(0.08)) schema.not = this.schema(depth);
    if (this.year >= 7 && chance(0.08)) {
      schema.if = this.schema(depth);
      if (chance(0.8)) schema.then = this.schema(depth);
      if (chance(0.5)) schema.else = this.schema(depth);
    }
  }

  string(schema) {
    if (chance(0.3)) schema.minLength = below(3);
    if (chance(0.3)) schema.maxLength = below(5);
    if (chance(0.3)) schema.pattern = pick(PATTERNS);
    const formats = Object.keys(FORMATS).filter((f) => this.year >= 8 || !['uuid', 'duration'].includes(f));
    if (chance(0.12)) schema.format = pick(formats);
  }

  number(schema) {
    if (chance(0.3)) schema.minimum = pick(NUMBERS);
    if (chance(0.3)) schema.maximum = pick(NUMBERS);
    if (chance(0.2)) schema.multipleOf = pick([1, 2, 3, 0.5, 1.5, 10]);
    for (const [own, beside] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']])
      if (chance(0.15)) {
        if (this.year > 4) schema[own] = pick(NUMBERS);
        else if (beside in schema) schema[own] = true;
      }
  }

  array(schema, depth) {
    const positions = this.year >= 9 ? 'prefixItems' : 'items';
    if (chance(0.35)) {
      schema[positions] = some(1 + below(3), () => this.schema(depth));
      if (chance(0.5)) schema[this.year >= 9 ? 'items' : 'additionalItems'] = this.rest(depth);
    } else if (chance(0.7)) {
      schema.items = this.demands(depth);
    }
    if (chance(0.25)) schema.minItems = below(3);
    if (chance(0.25)) schema.maxItems = below(4);
    if (chance(0.15)) schema.uniqueItems = true;
    if (this.year >= 8 && chance(0.12)) {
      schema.unevaluatedItems = this.rest(depth);
    } else if (this.year >= 6 && !Array.isArray(schema[positions]) && chance(0.15)) {
      schema.contains = this.schema(depth);
      if (this.year >= 8 && chance(0.3)) schema.minContains = below(3);
      if (this.year >= 8 && chance(0.3)) schema.maxContains = 1 + below(2);
    }
  }

  rest(depth) {
    return chance(0.5) ? false : this.demands(depth);
  }

  someNames() {
    return distinct(some(1 + below(3), () => pick(NAMES)));
  }

  object(schema, depth) {
    const part = () => Object.fromEntries(this.someNames().map((name) => [name, this.schema(depth)]));
    if (chance(0.85)) schema.properties = part();
    if (chance(0.5)) schema.required = this.someNames();
    if (chance(0.2))
      schema.patternProperties = Object.fromEntries(some(1 + below(2), () => [pick(PATTERNS), this.schema(depth)]));
    if (chance(0.35)) schema.additionalProperties = this.rest(depth);
    if (chance(0.12)) schema.minProperties = below(3);
    if (chance(0.12)) schema.maxProperties = below(4);
    if (this.year >= 6 && chance(0.1)) schema.propertyNames = { ...this.words() };
    if (this.year >= 8 && chance(0.2)) schema.unevaluatedProperties = this.rest(depth);
    const lists = () => Object.fromEntries(this.someNames().map((name) => [name, this.someNames()]));
    if (this.year < 8) {
      if (chance(0.1)) schema.dependencies = chance(0.5) ? lists() : part();
    } else {
      if (chance(0.08)) schema.dependentRequired = lists();
      if (chance(0.08)) schema.dependentSchemas = part();
    }
  }

  words() {
    const schema = {};
    this.string(schema);
    return chance(0.2) ? { enum: distinct(some(3, () => pick(NAMES))) } : schema;
  }
}

// ---- instances ----

class Grower {
  constructor(root) {
    this.root = root;
  }

  // A value that follows much of the schema.
  grow(schema, depth) {
    if (typeof schema !== 'object' || depth < 0 || chance(0.03)) return anyValue(Math.min(depth, 1));
    const from = [schema];
    for (let i = 0; i < from.length && i < 8; i++) {
      const { allOf = [], anyOf, oneOf, then, $ref } = from[i];
      const ref = $ref === '#' ? this.root : $ref?.startsWith('#/') ? $ref.split('/').slice(1).reduce((at, step) => at?.[step], this.root) : null;
      from.push(...[...allOf, anyOf && pick(anyOf), oneOf && pick(oneOf), then, from[i].if, ref]
        .filter((part) => part && typeof part === 'object'));
    }
    const one = (key) => {
      const found = from.filter((part) => key in part);
      return found.length ? pick(found)[key] : undefined;
    };
    if (one('const') !== undefined && chance(0.9)) return one('const');
    if (one('enum') && chance(0.9)) return pick(one('enum'));
    const type = one('type') ?? pick(['string', 'number', 'array', 'object', 'null', 'boolean']);
    switch (Array.isArray(type) ? pick(type) : type) {
      case 'null': return null;
      case 'boolean': return chance(0.5);
      case 'integer': return chance(0.1) ? below(40) - 8 : pick(NUMBERS.filter(Number.isInteger));
      case 'number': return chance(0.1) ? below(80) / 4 - 4 : pick(NUMBERS);
      case 'string': return this.text(one('format'), one('minLength'), one('maxLength'));
      case 'array': return this.items(from, one, depth);
      default: return this.properties(from, one, depth);
    }
  }

  text(format, min = 0, max = 4) {
    if (format && chance(0.8)) return pick(FORMATS[format]);
    if (chance(0.7)) return pick(WORDS);
    return some(min + below(Math.max(1, max - min + 1)), () => pick(['a', 'b', 'c', '1', 'x', ' ', 'é'])).join('');
  }

  items(from, one, depth) {
    const prefix = one('prefixItems') ?? (Array.isArray(one('items')) ? one('items') : []) ?? [];
    const items = one('items'), rest = Array.isArray(items) ? one('additionalItems') : items;
    const n = Math.max(one('minItems') ?? 0, chance(0.5) ? (prefix.length ?? 0) : 0) + (chance(0.5) ? 0 : below(3));
    return some(n, (_, i) => {
      if (one('contains') !== undefined && chance(0.3)) return this.grow(one('contains'), depth - 1);
      return this.grow(prefix[i] ?? rest ?? one('unevaluatedItems') ?? {}, depth - 1);
    });
  }

  properties(from, one, depth) {
    const known = Object.assign({}, ...from.map((part) => part.properties ?? {}));
    const wanted = new Set(from.flatMap((part) => part.required ?? []));
    for (const name of Object.keys(known)) if (chance(0.5)) wanted.add(name);
    for (let n = one('minProperties') ?? 0; n > wanted.size && n < 5;) wanted.add(pick(NAMES));
    if (chance(0.3)) wanted.add(pick(NAMES));
    const value = {};
    for (const name of wanted) {
      const patterns = Object.entries(one('patternProperties') ?? {}).filter(([p]) => new RegExp(p, 'u').test(name));
      value[name] = this.grow(known[name] ?? patterns[0]?.[1] ?? one('additionalProperties') ??
        one('unevaluatedProperties') ?? {}, depth - 1);
    }
    return value;
  }

  // Something in it is different.
  change(value) {
    if (chance(0.25) || value === null || typeof value !== 'object')
      return typeof value === 'number' && chance(0.6) ? value + pick([1, -1, 0.5]) : anyValue(1);
    const copy = Array.isArray(value) ? [...value] : { ...value };
    const keys = Object.keys(copy), key = pick(keys);
    if (keys.length && chance(0.5)) copy[key] = this.change(copy[key]);
    else if (Array.isArray(copy)) chance(0.5) ? copy.push(anyValue(1)) : copy.pop();
    else if (keys.length && chance(0.5)) delete copy[key];
    else copy[pick(NAMES)] = anyValue(1);
    return copy;
  }
}

// Items that differ are compared as they are written: one order of names.
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function makeLine(seed, nInstances, draft) {
  state = seed | 0;
  for (let i = 0; i < 4; i++) random();
  const schema = new Maker(draft ?? pick(Object.keys(DRAFTS))).root();
  let validate;
  try {
    validate = compile(schema);
  } catch (error) {
    process.stderr.write(`${seed}: ${error.message}\n`);
    return null;
  }
  const grower = new Grower(schema), text = JSON.stringify(schema);
  let values = [];
  for (let i = 0; i < nInstances; i++) {
    let value = grower.grow(schema, 4);
    for (let n = chance(0.5) ? 0 : 1 + below(2); n > 0; n--) value = grower.change(value);
    values.push(text.includes('uniqueItems') ? sorted(value) : value);
  }
  try {
    const tests = distinct(values).map((data) => ({ valid: validate(data), data }));
    return tests.some((test) => test.valid) ? { name: `seed-${seed}`, schema, tests } : null;
  } catch (error) { // definitions that lead to each other and nowhere else
    return null;
  }
}

const first = Number(option('seed', 1)), n = Number(option('schemas', 1000));
for (let seed = first; seed < first + n; seed++) {
  const line = makeLine(seed, Number(option('instances', 12)), option('draft'));
  if (line) process.stdout.write(JSON.stringify(line) + '\n');
}
