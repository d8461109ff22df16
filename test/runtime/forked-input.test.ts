import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { ChoiceStep, MapStep, NestedStep, Step } from '../../src/definition/workflow.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';

const base = { type: 'holds', dependencies: [] as readonly string[] };

/** What a step may do with an input of the name `n`. */
const uses: readonly ((id: string, n: string) => Step)[] = [
  (id) => task(id, { params: { plain: 'nothing' } }),
  (id, n) => task(id, { params: { text: `{{ ${n} }} and more` } }),
  (id, n) => task(id, { params: { text: `{{ input.${n} }}` } }),
  (id, n) => task(id, { params: { all: '{{ input }}', n } }),
  (id, n) => task(id, { params: { text: `{{ variables.made_of_${n} }}` } }),
  (id, n) => task(id, { condition: `variables['${n}'] > 1` }),
  (id, n) => task(id, { params: {}, inputs: { it: { from: 'input', path: [n] } } }),
  (id, n) => task(id, { params: {}, reads: [`shared_${n}`] }),
  (id, n): NestedStep => ({
    ...base,
    kind: 'workflow',
    id,
    name: id,
    ref: 'inner',
    inputs: { it: `{{ ${n} }}` },
    workflow: workflowOf([task('x', { params: { it: '{{ it }}' } })]),
  }),
  (id, n): MapStep => ({
    ...base,
    kind: 'map',
    id,
    name: id,
    over: '[1, 2]',
    as: 'item',
    workflow: workflowOf([task('x', { params: { it: `{{ ${n} + item }}` } })]),
  }),
  (id, n): ChoiceStep => ({
    ...base,
    kind: 'choice',
    id,
    name: id,
    when: `${n} > 1`,
    then: [task(`${id}_yes`)],
    otherwise: [task(`${id}_no`)],
  }),
];

const NAMES = ['alpha', 'beta', 'gamma'];
const flows = fc
  .array(fc.record({ use: fc.nat(uses.length - 1), name: fc.constantFrom(...NAMES), waits: fc.array(fc.nat(), { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((drafts) =>
    workflowOf(
      drafts.map(({ use, name, waits }, at): Step => {
        const dependencies = at === 0 ? [] : [...new Set(waits.map((other) => `s${other % at}`))];
        return { ...(uses[use] as (id: string, n: string) => Step)(`s${at}`, name), dependencies };
      }),
      {
        variables: Object.fromEntries(NAMES.map((name) => [`made_of_${name}`, `{{ ${name} }}!`])),
        shared: Object.fromEntries(NAMES.map((name) => [`shared_${name}`, `{{ ${name} }}`])),
      },
    ),
  );

const values = fc.record({ alpha: fc.nat(2), beta: fc.nat(2), gamma: fc.nat(2) });

describe('a fork with other input', () => {
  test('ends as a run that was started with it, and runs again only what may have read what is different', async () => {
    await fc.assert(
      fc.asyncProperty(flows, values, fc.constantFrom(...NAMES), fc.nat(2), async (workflow, input, name, value) => {
        const asked: string[] = [];
        const echo: AgentFunction = ({ task: { key, params, context } }) => {
          asked.push(key);
          return { params, seen: (context?.values ?? {}) as JsonObject };
        };
        const time = new VirtualTime();
        const runtime = await createRuntime({ time, crew: { personas: { '*': echo } } });
        await untilQuiet(await runtime.start(workflow, { id: 'run', input, seed: 1 }), time, 1000);
        const other = { [name]: value };
        asked.length = 0;
        const fork = await runtime.fork('run', { id: 'fork', input: other });
        await untilQuiet(fork, time, 1000);
        const again = asked.splice(0).length;
        const fresh = await runtime.start(workflow, { id: 'fresh', input: { ...input, ...other }, seed: 1 });
        await untilQuiet(fresh, time, 1000);
        expect([fork.state().status, fork.state().outputs]).toEqual([fresh.state().status, fresh.state().outputs]);
        if (input[name as keyof typeof input] === value) expect(again).toBe(0);
        await runtime.stop();
      }),
      { numRuns: process.env.TROUPE_DEEP === '1' ? 3_000 : 150 },
    );
  });

  test('leaves alone what mentions none of it', async () => {
    const asked: string[] = [];
    const crew = {
      personas: {
        '*': ({ task }: Parameters<AgentFunction>[0]) => {
          asked.push(task.key);
        },
      },
    };
    const runtime = await createRuntime({ crew });
    const steps = [task('a', { params: { it: '{{ input.alpha }}' } }), task('b', { params: { it: '{{ input.beta }}' } }), task('c')];
    await (await runtime.start(workflowOf(steps), { id: 'run', input: { alpha: 1, beta: 2 } })).result();
    asked.length = 0;
    await (await runtime.fork('run', { id: 'fork', input: { beta: 3 } })).result();
    expect(asked).toEqual(['fork/b#1']);
    await runtime.stop();
  });
});
