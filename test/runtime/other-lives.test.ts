import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../src/protocol/journal.ts';
import { startOf } from '../../src/runtime/fold.ts';
import { keepingOf } from '../../src/runtime/keeping.ts';
import { leftovers } from './leftovers.ts';
import { Lives } from './lives.ts';
import { plays } from './random-workflow.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 120;

const stepOf = (key: string) => key.slice(key.indexOf('/') + 1, key.lastIndexOf('#'));
const after = (key: string) => key.slice(key.indexOf('/') + 1);
const essence = (view: { status: string; outputs: unknown; steps: readonly { path: string; outcome: unknown; attempts: number }[] }) => ({
  status: view.status,
  outputs: view.outputs,
  steps: view.steps.map(({ path, outcome, attempts }) => [path, outcome, attempts]),
});

/** Whoever dies after the end of a run leaves nothing to take up, whatever came too late after it. */
const hasEnded = (batches: readonly Batch[]) => batches.some(({ intents }) => intents.some(([kind]) => kind === 'run.end'));

describe('a fork, whatever its steps do together', () => {
  test('of the end of a run that has completed asks nobody anything, and ends as that run did', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), async ({ workflow, script, maxConcurrency }) => {
        const lives = new Lives();
        const before = await lives.start(workflow, script, { maxConcurrency });
        if (before.status !== 'completed') return;
        const fork = await lives.live(script, (runtime) => runtime.fork('run', { id: 'fork' }));
        expect(lives.begun).toEqual([]);
        expect(essence(fork)).toEqual(essence(before));
      }),
      { numRuns: RUNS },
    );
  });

  test('of any moment leaves alone what had ended by then, comes to an end, and folds as it was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.nat(), async ({ workflow, script, maxConcurrency }, moment) => {
        const lives = new Lives();
        await lives.start(workflow, script, { maxConcurrency });
        const batches = await lives.store.read('run');
        const at = moment % batches.length;
        const stood = keepingOf((await lives.fold('run', at + 1)).state, batches.slice(0, at + 1), new Set());
        const fork = await lives.live(script, (runtime) => runtime.fork('run', { id: 'fork', at }));
        expect(lives.begun.filter((key) => stood.steps.has(stepOf(key)))).toEqual([]);
        expect(['completed', 'failed']).toContain(fork.status);
        const folded = await lives.fold('fork');
        expect(folded.status).toBe(fork.status);
        expect(leftovers(folded)).toEqual({});
        expect(await lives.store.read('run')).toEqual(batches);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a run that failed and is tried again', () => {
  test('asks nobody again who has completed and was not undone, uses no key twice, and comes to an end, wherever its hosts die', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.nat(), fc.boolean(), async ({ workflow, script, maxConcurrency }, moment, cured) => {
        const lives = new Lives();
        const before = await lives.start(workflow, script, { maxConcurrency });
        if (before.status !== 'failed') return;
        const keys = lives.begun.map(after);
        const state = (await lives.fold('run')).state;
        const done = before.steps.filter(
          ({ path, outcome }) => outcome === 'completed' && !path.startsWith('(') && !state.records.has(`(compensation)/${path}`),
        );
        const cure = cured ? { '*': { output: { cured: true } } } : script;
        let view: typeof before;
        try {
          view = await lives.live(cure, (runtime) => runtime.retry('run'), maxConcurrency);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'NOTHING_TO_RETRY' });
          return;
        }
        expect(lives.begun.map(after).filter((key) => keys.includes(key))).toEqual([]);
        expect(['completed', 'failed']).toContain(view.status);
        const handlers = new Set(workflow.onWorkflowFailure.map(({ id }) => id));
        for (const { path } of done.filter(({ path }) => !handlers.has(path))) expect(lives.begun.map(stepOf)).not.toContain(path);
        const whole = await lives.store.read('run');
        const folded = await lives.fold('run');
        expect(leftovers(folded)).toEqual({});
        expect(folded.status).toBe(view.status);
        // A host dies after the retry was recorded.
        const retried = whole.findIndex(({ fact }) => fact.type === 'run.retried');
        const other = new Lives();
        const { definition } = startOf('run', whole);
        await other.store.putDefinition(definition, (await lives.store.getDefinition(definition)) ?? {});
        const cut = retried + 1 + (moment % (whole.length - retried));
        for (const batch of whole.slice(0, cut)) await other.store.append('run', batch);
        other.now = lives.now;
        if (hasEnded(whole.slice(retried, cut))) return;
        const again = await other.live(cure, (runtime) => runtime.resume('run'), maxConcurrency);
        expect(['completed', 'failed']).toContain(again.status);
        expect(leftovers(await other.fold('run'))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });
});
