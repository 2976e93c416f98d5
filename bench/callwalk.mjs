// callwalk.mjs [--show N] < CALLS: validates what callwalk prints with ajv, which is looked for in
// NODE_PATH or beside this file (npm install ajv ajv-formats ajv-draft-04).  Exit status 1 where a
// call does not follow its schema.
import { createInterface } from 'node:readline';
import { compile } from './ajv.mjs';

const show = Number(process.argv[process.argv.indexOf('--show') + 1]) || 10;

// JavaScript's numbers do not tell the multiples of 1 above 2^53 apart.
function isLarge(data, error) {
  const value = error.instancePath.split('/').slice(1).reduce((at, step) => at[step], data);
  return error.keyword === 'multipleOf' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

const validators = new Map();
let nCalls = 0, nValid = 0, nUnchecked = 0, nUncompiled = 0, nRelaxed = 0;
const invalid = new Map(); // of each set: how many, and what is to be shown
for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  const key = JSON.stringify([line.set, line.tool]);
  if (line.relaxed) {
    nRelaxed += (invalid.get(line.set) ?? []).length;
    invalid.delete(line.set);
    continue;
  }
  if ('schema' in line) {
    try {
      validators.set(key, compile(line.schema));
    } catch (error) {
      nUncompiled++;
      if (process.argv.includes('--verbose')) console.log(`not compiled: ${key}: ${error.message}`);
    }
    continue;
  }
  const validate = validators.get(key);
  nCalls++;
  if (!validate) {
    nUnchecked++;
  } else if (validate(line.arguments)) {
    nValid++;
  } else if (isLarge(line.arguments, validate.errors[0])) {
    nUnchecked++;
  } else {
    const told = `INVALID ${line.dialect} ${key}: ${JSON.stringify(line.arguments).slice(0, 300)}\n` +
      `  ${JSON.stringify(validate.errors[0])}`;
    invalid.set(line.set, [...(invalid.get(line.set) ?? []), told]);
  }
}
const told = [...invalid.values()].flat();
told.slice(0, show).forEach((text) => console.log(text));
console.log(`${nCalls} calls: ${nValid} valid, ${told.length} invalid, ${nRelaxed} against schemas ` +
  `that were relaxed, ${nUnchecked} not checked (${nUncompiled} schemas that ajv does not compile)`);
process.exit(told.length ? 1 : 0);
