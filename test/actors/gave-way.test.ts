import { describe, expect, it } from 'vitest';
import type { LeaseWish } from '../../src/protocol/agent.ts';
import { leaseStage } from './lease-stage.ts';
import { aTask, settled } from './work.ts';

const DB: LeaseWish = { locks: { db: 'exclusive' } };
const SITE: LeaseWish = { locks: { site: 'exclusive' } };

const same = (thrown: unknown): unknown => thrown;

type Stage = ReturnType<typeof leaseStage>;

/** `young` has the site, `old` the database; the young one asks for the database, and fails with the refusal. */
async function givingWay(stage: Stage, needs = {}): Promise<void> {
  const { start, ask, at } = stage;
  start('old');
  start('young', needs);
  await ask('old', DB);
  await ask('young', SITE);
  const refusal = await at('young').context.lease(DB).then(String, same);
  await at('young').break(refusal);
  expect(stage.reports.get('run/young#1')).toMatchObject([{ ok: false, error: { code: 'RESOURCE_CONFLICT' } }]);
}

describe('an attempt that had to give way', () => {
  it('is followed by one that waits, before it begins, for what it lacked, and has it when it asks', async () => {
    const stage = leaseStage();
    const { start, ask, at, has, held } = stage;
    await givingWay(stage);
    start('young', { attempt: 2 });
    await settled();
    expect([has('young', 2), held()]).toEqual([false, ['run/old#1~1']]);
    await at('old').end();
    expect([has('young', 2), held()]).toEqual([true, ['run/young#2~before1']]);
    const site = await ask('young', SITE, 2);
    const db = await ask('young', DB, 2);
    expect([site.lease !== null, db.lease !== null]).toEqual([true, true]);
    db.lease?.release();
    expect(held()).toEqual(['run/young#2~1']);
    await at('young', 2).end();
    expect(held()).toEqual([]);
  });

  it('keeps its age: those that came after it wait for it, or give way', async () => {
    const stage = leaseStage();
    const { start, ask, at } = stage;
    await givingWay(stage);
    start('newcomer');
    await ask('newcomer', { locks: { other: 'exclusive' } });
    await at('old').end();
    start('young', { attempt: 2 });
    await ask('young', SITE, 2);
    expect((await ask('young', { locks: { other: 'exclusive' } }, 2)).code).toBeNull();
    expect((await ask('newcomer', SITE)).code).toBe('RESOURCE_CONFLICT');
  });

  it('does not count against its agent', async () => {
    const stage = leaseStage();
    await givingWay(stage);
    expect(stage.dispatcher.roster.history()).toMatchObject({ a: { record: { completed: 0, failed: 0 } } });
  });

  it('takes what its task requires beside it, and gives back what it did not ask for again', async () => {
    const stage = leaseStage();
    const { start, at, account, ledger } = stage;
    await givingWay(stage, { needs: { memoryMb: 10, tokens: 50 } });
    await at('old').end();
    start('young', { attempt: 2, needs: { memoryMb: 10, tokens: 50 } });
    expect(account()?.reserved).toMatchObject({ memoryMb: 10, tokens: 50 });
    await at('young', 2).end();
    expect(ledger.standing()).toMatchObject({ held: [], waiting: [] });
    expect(account()?.reserved).toMatchObject({ memoryMb: 0, tokens: 0 });
  });

  it('asks for one thing after the other again where all of it together is more than there is', async () => {
    const { start, ask, at, has } = leaseStage();
    const refusedOf = (attempt: number, memoryMb: number) => at('young', attempt).context.lease({ memoryMb }).then(String, same);
    start('old');
    start('young', { needs: { memoryMb: 10 } });
    const some = await ask('old', { memoryMb: 40 });
    const first = await refusedOf(1, 60);
    expect(first).toMatchObject({ code: 'RESOURCE_CONFLICT' });
    await at('young').break(first);
    start('young', { attempt: 2, needs: { memoryMb: 10 } });
    expect(has('young', 2)).toBe(false);
    some.lease?.release();
    await settled();
    (await ask('young', { memoryMb: 60 }, 2)).lease?.release();
    await ask('old', { memoryMb: 40 });
    await at('young', 2).break(await refusedOf(2, 55));
    start('young', { attempt: 3, needs: { memoryMb: 10 } });
    expect(has('young', 3)).toBe(true);
  });

  it('is forgotten when its step has done what it wanted, or is cancelled', async () => {
    const stage = leaseStage();
    const { start, dispatcher, at, held, has } = stage;
    await givingWay(stage);
    start('young', { attempt: 2 });
    dispatcher.cancel(aTask({ step: 'young', attempt: 2 }).key, 'enough');
    await at('old').end();
    start('young', { attempt: 3 });
    expect([has('young', 3), held()]).toEqual([true, []]);
  });
});
