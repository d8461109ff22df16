import { describe, expect, it } from 'vitest';
import type { LeaseWish } from '../../src/protocol/agent.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { leaseStage } from './lease-stage.ts';
import { aTask, settled } from './work.ts';

const DB: LeaseWish = { locks: { db: 'exclusive' } };
const SITE: LeaseWish = { locks: { site: 'exclusive' } };

describe('an agent that asks for resources while it works', () => {
  it('has them at once, or when whoever has them gives them back', async () => {
    const { start, ask } = leaseStage();
    start('x');
    start('y');
    const first = await ask('x', DB);
    const second = await ask('y', DB);
    expect([first.lease !== null, second.lease, second.code]).toEqual([true, null, null]);
    first.lease?.release();
    await settled();
    expect(second.lease).not.toBeNull();
  });

  it('is refused what would have it wait for an older one while it has something itself, and told who that is', async () => {
    const { start, ask, at } = leaseStage();
    start('old');
    start('young');
    await ask('old', DB);
    await ask('young', SITE);
    const waits = await ask('old', SITE);
    const refusal = await at('young').context.lease(DB).then(String, errorData);
    expect([waits.lease, waits.code]).toEqual([null, null]);
    expect(refusal).toMatchObject({
      code: 'RESOURCE_CONFLICT',
      retryable: true,
      where: 'step young',
      details: { why: { kind: 'lock', lock: 'db', holders: ['run/old#1~1'] } },
    });
    await at('young').break(refusal);
    expect(waits.lease).not.toBeNull();
  });

  it('may wait for younger ones, and for whatever it likes while it has nothing', async () => {
    const { start, ask } = leaseStage();
    start('old');
    start('young');
    await ask('old', DB);
    const waits = await ask('young', DB);
    expect(waits.code).toBeNull();
  });

  it('takes from the same accounts as its task', async () => {
    const { start, ask, account } = leaseStage();
    start('x', { needs: { memoryMb: 60 } });
    expect((await ask('x', { memoryMb: 50 })).code).toBe('RESOURCE_EXHAUSTED');
    expect((await ask('x', { memoryMb: 101 })).code).toBe('RESOURCE_EXHAUSTED');
    await ask('x', { memoryMb: 40 });
    expect(account()?.reserved.memoryMb).toBe(100);
  });

  it('counts tokens once: what leases were settled with is a part of what the attempt used in all', async () => {
    const { start, ask, at, account, held } = leaseStage();
    start('x', { needs: { tokens: 100 } });
    const call = await ask('x', { tokens: 200 });
    await ask('x', { tokens: 50 });
    call.lease?.settle({ tokens: 170 });
    call.lease?.settle({ tokens: 999 });
    call.lease?.release();
    expect(account()).toMatchObject({ spent: 170, reserved: { tokens: 150 } });
    await at('x').end({ ok: true, output: null, usage: { tokens: 300 } });
    expect([account()?.spent, account()?.reserved.tokens, held()]).toEqual([300, 0, []]);
  });

  it('is counted as it was reserved where it does not say what was used', async () => {
    const { start, ask, at, account } = leaseStage();
    start('x');
    const call = await ask('x', { tokens: 200 });
    await ask('x', { tokens: 50 });
    call.lease?.settle();
    expect(account()?.spent).toBe(200);
    await at('x').end();
    expect(account()).toMatchObject({ spent: 250, reserved: { tokens: 0 } });
  });

  it.each<[string, unknown]>([
    ['what is no map', 7],
    ['what nobody knows', { gpus: 1 }],
    ['less than nothing', { tokens: -1 }],
    ['a lock of another sort', { locks: { db: 'mine' } }],
    ['locks in a list', { locks: ['db'] }],
    ['a lock without a name', { locks: { '': 'shared' } }],
  ])('is refused %s', async (_, wish) => {
    const { start, ask, held } = leaseStage();
    start('x');
    expect((await ask('x', wish as LeaseWish)).code).toBe('AGENT_OUTPUT_INVALID');
    expect(held()).toEqual([]);
  });
});

describe('what an attempt has ends with it', () => {
  const ends: Record<string, (stage: ReturnType<typeof leaseStage>) => Promise<unknown> | unknown> = {
    'it completes': ({ at }) => at('x').end(),
    'it fails': ({ at }) => at('x').break(new Error('no')),
    'it is cancelled, and its agent stops': async ({ dispatcher, at }) => {
      dispatcher.cancel(aTask({ step: 'x' }).key, 'enough');
      await at('x').break(new Error('stopped'));
    },
    'it is cancelled, and its agent is abandoned': async ({ dispatcher, passTime }) => {
      dispatcher.cancel(aTask({ step: 'x' }).key, 'enough');
      passTime();
      await settled();
    },
    'the house stops': ({ dispatcher }) => dispatcher.stop(0).then(settled),
  };

  it.each(Object.entries(ends))('when %s', async (_, end) => {
    const stage = leaseStage();
    const { start, ask, at, held, ledger } = stage;
    start('x', { needs: { memoryMb: 10 } });
    start('y');
    await ask('x', DB);
    const handle = (await ask('x', { tokens: 10 })).lease;
    await ask('y', SITE);
    const waits = await ask('x', SITE);
    const { lease } = at('x').context;
    await end(stage);
    expect([held().filter((name) => name.startsWith('run/x')), ledger.standing().waiting]).toEqual([[], []]);
    expect(waits.code).toBe('TASK_CANCELLED');
    const spent = stage.account()?.spent;
    handle?.settle({ tokens: 500 });
    handle?.release();
    expect(stage.account()?.spent).toBe(spent);
    expect(await lease(DB).then(String, errorData)).toMatchObject({ code: 'TASK_CANCELLED' });
  });

  it('and whoever did not wait for an answer brings nothing down', async () => {
    const { start, ask, at, ledger } = leaseStage();
    start('y');
    start('x');
    await ask('y', DB);
    void at('x').context.lease(DB);
    void at('x').context.lease({ tokens: -1 });
    await at('x').end();
    expect(ledger.standing().waiting).toEqual([]);
  });

  it('only when its agent has really stopped', async () => {
    const { start, ask, dispatcher, at, held } = leaseStage();
    start('x');
    await ask('x', DB);
    dispatcher.cancel(aTask({ step: 'x' }).key, 'enough');
    expect(held()).toEqual(['run/x#1~1']);
    await at('x').break(new Error('stopped'));
    expect(held()).toEqual([]);
  });
});
