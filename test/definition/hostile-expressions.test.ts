/** Expressions that try to break out, to reach code, or to cost too much. Each ends in a typed error, and nothing has happened. */
import { afterEach, describe, expect, it } from 'vitest';
import { evaluateCondition } from '../../src/definition/condition.ts';
import { renderTemplate } from '../../src/definition/template.ts';
import type { Scope } from '../../src/definition/workflow.ts';
import type { Json } from '../../src/protocol/json.ts';
import { thrownBy } from './thrown.ts';

const touched: string[] = [];

/** Data that tells when something of it is called, beside plain data. */
function trapped(): Scope {
  const touch = (name: string) => (): string => {
    touched.push(name);
    return name;
  };
  const trap = Object.defineProperty({ toString: touch('toString'), valueOf: touch('valueOf'), toJSON: touch('toJSON') }, 'secret', {
    enumerable: true,
    get: touch('getter'),
  });
  const list = Object.defineProperty([1], 1, { enumerable: true, get: touch('element') });
  const big = 'x'.repeat(1_000_000);
  const variables = {
    trap,
    list,
    fn: touch('function'),
    a: 'a',
    n: 1,
    big,
    huge: Array(100_000_000),
    many: Array(3_000).fill(1),
    map: { k: 1 },
  };
  Object.defineProperty(variables, 'gate', { enumerable: true, get: touch('variable') });
  // the scope is plain JSON by contract; a host that breaks it must still not be harmed
  return { variables: variables as unknown as Record<string, Json>, steps: { s: { ok: true } } };
}

const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

const REFUSED = [
  // ways to a constructor or prototype
  'a.constructor',
  'a.constructor.constructor("return process")()',
  "a['constructor']",
  "a['const' + 'ructor']",
  "a[`con${'structor'}`]",
  'a.\\u0063onstructor',
  'a.c\\u{6f}nstructor',
  '\\u0063onstructor',
  "map['__pro' + 'to__']",
  'map.__proto__',
  'map?.__proto__',
  'map.__proto__.polluted',
  '({ __proto__: map })',
  "({ '__proto__': map })",
  '({ constructor: 1 })',
  'map.prototype',
  'map.__defineGetter__("x", x => 1)',
  'map.__lookupGetter__("x")',
  "has(map, '__proto__')",
  "'__proto__' in map",
  "context.state.get('constructor')",
  "variables.get('__proto__')",
  '[map].map(constructor => 1)',
  'many.find(x => x).constructor',
  // code and its keywords
  'this',
  'this.constructor',
  'globalThis.process',
  'process.exit(1)',
  'require("fs")',
  'import("fs")',
  'import.meta',
  'eval("1")',
  'Function("return 1")()',
  'new Date()',
  'new Function("return 1")',
  'setTimeout("1")',
  'Date.now()',
  'Math.random()',
  'Object.keys(map)',
  'Reflect.ownKeys(map)',
  'Symbol.iterator',
  'arguments',
  'async () => 1',
  'await a',
  'yield',
  'function f() { return 1 }',
  '(function () { return this })()',
  '(() => 1)()',
  'class A {}',
  'delete map.k',
  'void 0',
  'new.target',
  'super.x',
  'debugger',
  'while (true) {}',
  'for (;;) {}',
  '1; 2',
  '1, 2',
  // writing
  'a = 1',
  'map.k = 2',
  'n++',
  '--n',
  'a ||= 1',
  '[a] = [1]',
  // functions and calls
  'fn()',
  'fn',
  'variables.fn',
  'map.k()',
  "'x'['toUpperCase']()",
  "a.toUpperCase.call('x')",
  'a.at.at',
  'many.map(fn)',
  'many.map(function (x) { return x })',
  'many.map(async x => x)',
  'many.map(x => { return x })',
  'many.map((...xs) => xs)',
  'many.map(({ k }) => k)',
  'many.map((x = 1) => x)',
  'many.sort()',
  'many.push(1)',
  'many.reduce((a, b) => a + b)',
  'many.flatMap(x => x)',
  "a.replace('a', x => x)",
  'a?.includes?.("a")',
  'tag`x`',
  'a.raw`x`',
  '...many',
  '[...many]',
  '({ ...map })',
  '[, 1]',
  '({ get x() { return 1 } })',
  '({ f() { return 1 } })',
  '({ [a]: 1 })',
  'map.#k',
  'a instanceof map',
  '~n',
  'n << 40',
  '10n ** 10n',
  '/(a+)+$/.test(a)',
  'a.match("(a+)+$")',
  'a.split(/a/)',
  '<!-- x',
  '"\\u{110000}"',
  // getters and other traps
  'gate',
  'variables.gate',
  'trap.secret',
  'trap.toString',
  '`${trap}`',
  'string(trap)',
  'values(trap)',
  "'x' + trap",
  'trap + 1',
  'trap > 1',
  '-trap',
  'list[1]',
  'list.join()',
  'list.includes(2)',
  // too much
  nested('(', ')', 1_000),
  nested('[', ']', 1_000),
  nested('{a:', '}', 1_000),
  nested('`${', '}`', 1_000),
  nested('!', '', 1_000),
  nested('- ', '', 1_000),
  nested('a?1:', '', 1_000),
  nested('a=>', '', 1_000),
  nested('2**', '', 1_000),
  `1${'+1'.repeat(2_000)}`,
  `a${'.a'.repeat(2_000)}`,
  `"${'x'.repeat(20_000)}"`,
  'big + big',
  '[big, big].join()',
  "big.replaceAll('x', 'xxxxxxxxxx')",
  "big.replaceAll('', 'xxxxxxxxxx')",
  'big.concat(big)',
  "big.split('')",
  '`${big}${big}`',
  'string([big, big])',
  'many.map(x => big + x)',
  'many.map(x => big.includes("y"))',
  'many.map(x => many.map(y => x + y))',
  'many.some(x => many.every(y => many.find(z => z == 2)))',
  "huge.join('')",
  'huge.includes(1)',
  'huge.map(x => 1)',
  'huge.slice(0)',
  'huge.concat(huge)',
  "a.padEnd(1e9, 'x')",
  'a.repeat(1e9)',
  'a.padStart(1e9)',
  'a.normalize()',
  "'x'.localeCompare('y')",
];

afterEach(() => {
  expect(touched).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

describe('hostile expressions', () => {
  it('there are plenty of them', () => {
    expect(new Set(REFUSED).size).toBe(REFUSED.length);
    expect(REFUSED.length).toBeGreaterThanOrEqual(60);
  });

  it.each(REFUSED.map((source) => [source.length > 50 ? `${source.slice(0, 50)}… (${source.length})` : source, source]))(
    '%s is refused with a typed error, and nothing happens',
    (_, source) => {
      const scope = trapped();
      const before = Object.keys(scope.variables);
      const condition = thrownBy(() => evaluateCondition(source, scope));
      expect(['EXPRESSION_INVALID', 'EXPRESSION_FAILED', 'EXPRESSION_LIMIT']).toContain(condition.code);
      expect(condition.message.length).toBeLessThan(1_000);
      const template = thrownBy(() => renderTemplate(`{{ ${source} }}`, scope));
      expect(template.code).toBe('TEMPLATE_FAILED');
      expect(Object.keys(scope.variables)).toEqual(before);
    },
  );

  it.each(REFUSED.map((source) => [source.slice(0, 50), source]))('%s has no effect in the engine dialect either', (_, source) => {
    const scope = trapped();
    expect(typeof evaluateCondition(source, scope, { dialect: 'engine' })).toBe('boolean');
    renderTemplate(`\${${source}} and \${a}`, scope, { dialect: 'engine' });
  });

  it.each(['trap', 'list', 'huge', 'fn', 'gate', 'big'])('a trap called %s is not sprung by the engine dialect', (name) => {
    const scope = trapped();
    for (const source of [
      name,
      `!${name}`,
      `${name}.length > 0`,
      `${name} == 0`,
      `${name} > ${name}`,
      `${name}.secret == 1`,
      `includes(${name}, 1)`,
      `${name}.join('') == ''`,
    ]) {
      evaluateCondition(source, scope, { dialect: 'engine' });
      renderTemplate(`<\${${source}}>`, scope, { dialect: 'engine' });
    }
  });

  it('templates full of marks that never close take linear time', () => {
    const scope = { variables: {}, steps: {} };
    for (const text of [
      "${'".repeat(100_000),
      '${{'.repeat(100_000),
      '${`'.repeat(100_000),
      '${a} ${{ '.repeat(50_000),
      '${'.repeat(200_000),
    ]) {
      expect(renderTemplate(text, scope, { dialect: 'engine' })).toBe(text);
      expect(() => renderTemplate(text.replaceAll('${', '{{'), scope)).toThrow();
    }
  });
});
