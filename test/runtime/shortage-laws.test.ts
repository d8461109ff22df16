// Whole runs in houses that are short of things, killed and gone on with: every run ends, or waits for what the inbox asks.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { ResourceLimits } from '../../src/policy/resource-amounts.ts';
import { STRATEGIES } from '../../src/policy/shortage-plan.ts';
import { hasEnded } from '../../src/protocol/outcomes.ts';
import { readInbox } from '../../src/runtime/inbox.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime } from '../../src/runtime/runtime-contract.ts';
import { readShortages } from '../../src/runtime/shortage-document.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { settled } from '../actors/work.ts';

const needs = fc.record({ tokens: fc.constantFrom(50, 300), memoryMb: fc.constantFrom(20, 90) }, { requiredKeys: [] });
const house = fc.record({
  limits: fc.record(
    { tokens: fc.constantFrom(0, 200, 900), memoryMb: fc.constantFrom(50, 100), tokensPerMinute: fc.constantFrom(100, 400) },
    { requiredKeys: [] },
  ) as fc.Arbitrary<ResourceLimits>,
  steps: fc.array(needs, { minLength: 1, maxLength: 6 }),
  tokens: fc.constantFrom(0, 40, 350),
  answers: fc.array(fc.constantFrom('raise' as const, 'refuse' as const), { maxLength: 8 }),
  diesAfter: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
});

async function quiet(time: VirtualTime, moves = Number.POSITIVE_INFINITY): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await settled();
  for (let move = 0; move < moves && time.advance(); move += 1) for (let turn = 0; turn < 4; turn += 1) await settled();
}

const open = (run: RunHandle): string[] => run.state().steps.flatMap(({ path, question }) => (question === null ? [] : [path]));

async function lived({ limits, steps, tokens, answers, diesAfter }: typeof house extends fc.Arbitrary<infer One> ? One : never) {
  const store = createMemoryStore();
  const worker = async ({ sleep }: { readonly sleep: (ms: number) => Promise<void> }) => {
    await sleep(1_000);
    return completed('done', { usage: { tokens } });
  };
  const workflow = defineWorkflow({ name: 'short' })
    .parallel('all', {}, (group) => {
      for (const [at, need] of steps.entries()) group.step(`s${at}` as never, { persona: 'worker', needs: need });
      return group;
    })
    .build();
  const life = async (): Promise<readonly [Runtime, VirtualTime]> => {
    const time = new VirtualTime(1_000_000);
    return [await createRuntime({ store, time, crew: { personas: { worker } }, limits, onShortage: STRATEGIES }), time];
  };
  let [runtime, time] = await life();
  let run = await runtime.start(workflow, { id: 'r' });
  for (const moves of diesAfter) {
    await quiet(time, moves);
    [runtime, time] = await life();
    if (hasEnded((await runtime.view('r')).status)) break;
    run = await runtime.resume('r');
  }
  await quiet(time);
  for (const answer of [...answers, ...Array<'refuse'>(steps.length).fill('refuse')]) {
    const [step] = open(run);
    const asked = await readInbox(store, time.now());
    expect(asked.map((item) => item.step).sort()).toEqual(hasEnded(run.state().status) ? [] : open(run).sort());
    if (step === undefined) break;
    await run.answer(step, { by: 'ann', ...(answer === 'raise' ? {} : { decision: 'reject' }) });
    await quiet(time);
  }
  expect(hasEnded((await runtime.view('r')).status)).toBe(true);
  expect([runtime.shortages(), readShortages(store)]).toEqual([[], []]);
  const { held, waiting } = runtime.resources();
  expect([held, waiting]).toEqual([[], []]);
  await runtime.stop();
}

test('whatever is short, whatever people say and whenever the host dies, every run ends or waits for what the inbox asks', async () => {
  await fc.assert(fc.asyncProperty(house, lived), { numRuns: 80 });
}, 60_000);
