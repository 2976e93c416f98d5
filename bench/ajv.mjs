// ajv.mjs: a validator of any draft, as callwalk.mjs and schemafuzz.mjs want it.  ajv is looked for
// in AJV_FOLDER or beside this file (npm install ajv ajv-formats ajv-draft-04).
import { createRequire } from 'node:module';

const require = createRequire(
  process.env.AJV_FOLDER ? process.env.AJV_FOLDER + '/' : import.meta.url,
);
const plain = { strict: false, allErrors: false, validateFormats: true, logger: false };
const makers = {
  'draft-04': () => new (require('ajv-draft-04').default)(plain),
  '2019-09': () => new (require('ajv/dist/2019').default)(plain),
  '2020-12': () => new (require('ajv/dist/2020').default)(plain),
  'draft-07': () => new (require('ajv').default)(plain),
};
const addFormats = require('ajv-formats').default;
const formats = [
  'date',
  'time',
  'date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'json-pointer',
  'relative-json-pointer',
];

function draftOf(schema) {
  const name = typeof schema.$schema === 'string' ? schema.$schema : '2020-12';
  return (
    Object.keys(makers).find((draft) => name.includes(draft)) ??
    (name.includes('draft-03') ? 'draft-04' : name.includes('draft-06') ? 'draft-07' : '2020-12')
  );
}

export function compile(schema) {
  const draft = draftOf(schema);
  const ajv = makers[draft]();
  addFormats(ajv, formats); // those of the specification: others are annotations
  const own = { ...schema };
  delete own.$schema;
  if (draft === '2020-12' && !schema.$schema) delete own.id;
  return ajv.compile(own);
}
