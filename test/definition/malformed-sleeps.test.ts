import { describe, expect, test } from 'vitest';
import { loadWorkflow } from '../../src/definition/load-workflow.ts';

async function problems(step: string) {
  const { diagnostics } = await loadWorkflow(`name: w\nsteps:\n  - { id: nap, type: sleep${step} }\n`, { file: 'w.yaml' });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, line, column }) => [code, line, column]);
}

describe('a sleep in a file', () => {
  test.each([
    ['', [['KEY_MISSING', 3, 5]]],
    [', for: soon', [['DURATION_INVALID', 3, 34]]],
    [', until: 2027-01-31T09:00:00', [['VALUE_UNKNOWN', 3, 36]]],
    [', until: 2027-13-31', [['VALUE_UNKNOWN', 3, 36]]],
    [', until: "variables.x > 1"', [['KEY_MISSING', 3, 36]]],
    [', for: 1h, until: 2027-01-31', [['DECLARATION_CONFLICT', 3, 29]]],
    [', for: 1h, until: "1 >"', [['EXPRESSION_INVALID', 3, 49]]],
    [', for: 1h, until: "steps.nobody?.ok"', [['NAME_UNKNOWN', 3, 52]]],
    [', for: 1h, timeout: 2h', [['KEY_UNKNOWN', 3, 38]]],
    [', for: 1h', []],
    [', until: 2027-01-31T09:00:00+01:00', []],
    [', until: 1800000000000', []],
  ])('written as "%s" has %j', async (step, expected) => expect(await problems(step)).toEqual(expected));
});
