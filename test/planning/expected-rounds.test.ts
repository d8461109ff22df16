import { describe, expect, test } from 'vitest';
import { planPage } from '../../src/cli/rendering/plan-page.ts';
import { learnedFrom } from '../../src/planning/learned-steps.ts';
import { plan } from '../../src/planning/plan.ts';
import type { Json } from '../../src/protocol/json.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';

const workflow = (max: number) =>
  loaded(`
name: looped
mode: sequential
steps:
  - { id: first, type: persona-request, persona: p, estimate: 10m }
  - { id: build, type: phase, steps: [{ id: code, type: persona-request, persona: p, estimate: 10m, requires: { tokens: 100 } }] }
  - { id: read, type: persona-request, persona: reader, estimate: 10m, feedback: { to: build, max: ${max}, findings: read.issues } }
  - { id: ship, type: persona-request, persona: p, estimate: 10m }
`);

/** A run in which the review says no so many times. */
async function ran(refusals: number) {
  const crew = {
    personas: {
      reader: ({ task: { attempt } }: { task: { attempt: number } }): Json =>
        attempt > refusals ? { status: 'pass' } : { status: 'fail', issues: attempt },
      '*': (): Json => 'done',
    },
  };
  const { status, journal } = await simulate(workflow(3), { crew });
  expect(status).toBe('completed');
  return journal;
}

const MINUTE = 60_000;

describe('the plan of a workflow with loops', () => {
  test('reckons with one round where nothing is known', () => {
    const made = plan(workflow(3));
    expect(made.loops).toEqual([{ path: 'read.feedback', to: 'build', rounds: 1, most: 4 }]);
    expect([made.criticalMs, made.expectedTokens]).toEqual([40 * MINUTE, 100]);
  });

  test('reckons with as many rounds as earlier runs came to, and with none beyond the bound', async () => {
    const history = learnedFrom([await ran(2)]);
    expect(history.code?.rounds).toBe(3);
    expect(history.ship?.rounds).toBeUndefined();
    const made = plan(workflow(3), { history });
    expect(made.loops).toMatchObject([{ rounds: 3 }]);
    expect([made.criticalMs, made.expectedTokens]).toEqual([80 * MINUTE, 300]);
    expect(made.outlook.tokens).toEqual({ p50: 300, p90: 300 });
    expect(made.outlook.finishMs.p50).toBeGreaterThan(plan(workflow(3)).outlook.finishMs.p90);
    const bounded = plan(workflow(1), { history });
    expect([bounded.loops[0]?.rounds, bounded.criticalMs]).toEqual([2, 60 * MINUTE]);
    const unbound = plan(workflow(0), { history });
    expect([unbound.loops, unbound.criticalMs]).toEqual([[], 40 * MINUTE]);
  });

  test('counts runs without another round, and lets the share of runs with one be seen in the worst tenth', async () => {
    const history = learnedFrom([await ran(0), await ran(1)]);
    expect(history.read?.rounds).toBeCloseTo(0.3 * 2 + 0.7);
    const { loops, outlook, expectedTokens } = plan(workflow(3), { history });
    expect([loops[0]?.rounds, expectedTokens]).toEqual([expect.closeTo(1.3), expect.closeTo(130)]);
    expect(outlook.tokens).toEqual({ p50: 100, p90: 200 });
  });

  test('says so', async () => {
    const made = plan(workflow(3), { history: learnedFrom([await ran(2)]) });
    const page = planPage({ name: 'looped', plan: made, findings: [], learnedFrom: 1, command: 'troupe run' }, {
      width: 100,
      paint: { bold: String, dim: String, red: String, yellow: String },
    } as never);
    expect(page).toContain('read.feedback back to build: 3 rounds expected, at most 4');
  });
});
