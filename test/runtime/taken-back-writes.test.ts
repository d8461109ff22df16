import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { Json } from '../../src/protocol/json.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';

const writer = (id: string) => `{ id: ${id}, type: persona-request, persona: w, writes: [n] }`;

/** Adds one to what it sees; the reviewer sends back twice. */
const crew = () => {
  let reviews = 0;
  return {
    personas: {
      w: ({ task }: { task: { context?: { values: { n?: Json } } } }) => {
        const n = Number(task.context?.values.n ?? 0) + 1;
        return completed({ n }, { writes: { n } });
      },
      r: () => ({ status: ++reviews > 2 ? 'pass' : 'fail', issues: reviews }),
    },
  };
};

const looping = (feedback: string) =>
  loaded(
    `name: n\nmode: sequential\nshared: { n: 0 }\nsteps:\n  - { id: a, type: phase, steps: [${writer('first')}] }\n  - { id: b, type: phase, steps: [${writer('second')}] }\n  - { id: c, type: phase, steps: [{ id: read, type: persona-request, persona: r }], feedback: { to: b${feedback} } }\n`,
  );

const reworked = (gate: string) =>
  loaded(
    `name: n\nmode: sequential\nshared: { n: 0 }\nsteps:\n  - { id: a, type: phase, steps: [${writer('first')}] }\n  - { id: b, type: phase, steps: [${writer('second')}], gate: { check: len(feedback) >= 2, on_failure: rework${gate} } }\n`,
  );

describe('what steps that run again wrote to the shared context', () => {
  test.each([
    ['stays', '', 4],
    ['is taken back where that is said, and nothing else', ', take_back: true', 2],
  ])('%s', async (_what, more, n) => {
    for (const workflow of [looping(more), reworked(more)]) {
      const run = await simulate(workflow, { crew: crew() });
      expect([run.status, run.view.shared?.keys.n?.value]).toEqual(['completed', n]);
    }
  });
});
