import { describe, expect, it } from 'vitest';
import { compileCondition, evaluateCondition } from '../../src/definition/condition.ts';
import type { JsonObject } from '../../src/protocol/json.ts';

const variables: JsonObject = {
  status: 'pass',
  task_type: 'feature',
  labels: ['hotfix', 'ui'],
  note: 'urgent: ui',
  count: 3,
  text_count: '12',
  zero: 0,
  none: null,
  yes: true,
  no: false,
  empty: [],
  hollow: {},
  map: { a: 1, b: 2 },
  shadowed: { status: 'from variables', only: 'here' },
};
const steps: JsonObject = { shadowed: { status: 'from step' }, bare: { status: 'x' }, 'plan-evaluation': { score: 7 } };

const holds = (condition: string): boolean => evaluateCondition(condition, { variables, steps }, { dialect: 'engine' });

const TRUE = [
  "status == 'pass'",
  'status == "pass"',
  "status === 'pass'",
  "${status} == 'pass'",
  "${status == 'pass'}",
  "${status == 'fail' || count == 3}",
  "'${status}' == 'pass'",
  "missing != 'pass'",
  '${missing} != true',
  "status != 'fail' && count > 2",
  "status == 'fail' || count >= 3",
  "status == 'fail' || yes && count == 3",
  "(status == 'fail' || yes) && !no",
  "yes == true && (task_type == 'bug' || task_type == 'feature')",
  'yes',
  '${yes}',
  '!missing',
  '!no',
  '!${no}',
  '!(yes && no)',
  '!empty',
  '!hollow',
  'map',
  'labels',
  'labels.length == 2',
  '${labels.length} > 1',
  'map.length == 2',
  'missing.length == 0',
  'missing.of.anything.length <= 0',
  'count.length == 0',
  'empty == 0',
  'no == 0',
  'none == 0',
  'yes == 1',
  'text_count > 3',
  'text_count >= count',
  'count < 3.5',
  'count > -1',
  '-1 < zero',
  "labels.includes('hotfix')",
  "labels.includes('nope') || labels.includes('ui')",
  "includes(labels, 'ui')",
  "note.includes('urgent')",
  "note.startsWith('urgent') && note.endsWith('ui')",
  "['bug', 'feature'].includes(task_type)",
  "status.toUpperCase() == 'PASS'",
  "shadowed.status == 'from step'",
  "shadowed.only == 'here'",
  'plan-evaluation.score > 5',
  '${plan-evaluation.score} == 7',
  'true',
  'always_true',
  '',
  '  ',
  'none == null',
  'missing == null',
  "labels[0] == 'hotfix'",
];

const FALSE = [
  "status == 'fail'",
  "missing == 'pass'",
  'missing > 0',
  'missing < 1',
  'missing >= 0',
  'missing == 0',
  'missing',
  'empty',
  'hollow',
  'none',
  'zero',
  'bare',
  "yes == 'true'",
  "count == '3'",
  "labels.includes('hot')",
  "missing.includes('x')",
  "status == 'pass' && missing",
  'map > 0',
  'labels > 0',
  'false',
  'always_false',
];

/** Nothing of this can be understood; the engine dialect then says no. */
const NOT_UNDERSTOOD = [
  'status ==',
  "== 'pass'",
  "status == 'pass",
  "status = 'pass'",
  "status == 'pass';",
  'status status',
  '(status',
  'status)',
  '${status',
  'Date.now() > 0',
  'constructor.constructor("return 1")()',
  'status.padEnd(3)',
  '`x`',
  '@',
  'a => a',
  'new Foo()',
  '#',
  `${'('.repeat(1000)}yes${')'.repeat(1000)}`,
  `yes${' + yes'.repeat(500)}`,
  `${'a'.repeat(10_001)}`,
];

describe('conditions of the engine dialect', () => {
  it.each(TRUE)('%s holds', (condition) => {
    expect(holds(condition)).toBe(true);
  });

  it.each(FALSE)('%s does not hold', (condition) => {
    expect(holds(condition)).toBe(false);
  });

  it.each(NOT_UNDERSTOOD.map((condition) => [condition.slice(0, 40), condition]))(
    '%s is not understood, and so does not hold',
    (_, condition) => {
      expect(holds(condition)).toBe(false);
    },
  );

  it('a thousand alternatives are no deeper than two', () => {
    expect(holds(`no${' || no'.repeat(1000)} || yes`)).toBe(true);
  });

  it('a compiled condition answers for each scope anew', () => {
    const condition = compileCondition("state == 'done'", 'engine');
    expect([condition({ variables: { state: 'done' }, steps: {} }), condition({ variables: {}, steps: {} })]).toEqual([true, false]);
  });
});
