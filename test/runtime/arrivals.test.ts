import { describe, expect, it } from 'vitest';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { SyncStep } from '../../src/definition/workflow.ts';
import type { Json } from '../../src/protocol/json.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const point = (more: Partial<SyncStep> = {}): SyncStep => ({
  kind: 'sync',
  id: 'meet',
  name: 'meet',
  type: 'sync-point',
  sync: 'barrier',
  members: ['a', 'b'],
  dependencies: ['a', 'b'],
  ...more,
});

/** Two members, a sync point and a step after it, each played by the part of its name. */
function meet(parts: Readonly<Record<string, AgentFunction>>, more: Partial<SyncStep> = {}) {
  const workflow = workflowOf([task('a'), task('b'), point(more), task('after', { dependencies: ['meet'] }), task('stranger')]);
  return simulate(workflow, { crew: { personas: { '*': (work) => parts[work.task.step]?.(work) } } });
}

const codeOf = (thrown: { code: string }): string => thrown.code;

describe('agents at work', () => {
  it('meet at a sync point, and go on together', async () => {
    const arrives: AgentFunction = async ({ task: { step }, sleep, arrive, now }) => {
      await sleep(step === 'a' ? 10 : 70);
      await arrive('meet');
      const at = now();
      await sleep(30);
      return at;
    };
    const { outputs, view } = await meet({ a: arrives, b: arrives, after: ({ now }) => now() });
    expect(outputs).toMatchObject({ a: 70, b: 70, after: 70 });
    expect(view.lateFacts).toBe(0);
  });

  it('are told at once when the point is over, is none of theirs, or is not there', async () => {
    const { outputs } = await meet({
      a: async ({ arrive }) => void (await arrive('meet')),
      stranger: async ({ arrive, sleep }) => {
        const codes = [await arrive('meet').catch(codeOf), await arrive('nowhere').catch(codeOf)];
        await sleep(20);
        return codes;
      },
    });
    expect(outputs).toMatchObject({ stranger: ['RECEIVER_UNKNOWN', 'RECEIVER_UNKNOWN'] });
  });

  it('that come to a point that fails are told why', async () => {
    const codes: Json[] = [];
    const comes: AgentFunction = async ({ arrive }) => void codes.push(await arrive('meet').catch(codeOf));
    const { failedStep } = await meet({ a: comes, b: ({ sleep }) => sleep(500) }, { timeout: 100 });
    expect([codes, failedStep]).toEqual([['SYNC_TIMED_OUT'], 'meet']);
  });

  it('pass a checkpoint by reporting their share of the work', async () => {
    const works: AgentFunction = async ({ task: { step, checkpoints }, report, sleep }) => {
      for (let percent = 10; percent <= 100; percent += 10) {
        await sleep(step === 'a' ? 1 : 4);
        report({ percent });
      }
      return checkpoints ?? [];
    };
    const { outputs, journal } = await meet(
      { a: works, b: works, after: ({ now }) => now() },
      { sync: 'progress_checkpoint', threshold: 50 },
    );
    expect(outputs).toMatchObject({ a: [50], b: [50], after: 20 });
    expect(journal.filter(({ fact }) => fact.type === 'task.progressed')).toHaveLength(2);
  });
});
