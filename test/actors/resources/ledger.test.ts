import { describe, expect, test } from 'vitest';
import type { NamedLock } from '../../../src/policy/resource-locks.ts';
import { AGEING_MS } from '../../../src/policy/task-order.ts';
import { house, steppedTime } from './house.ts';

const alone = (name: string): NamedLock => ({ name, mode: 'exclusive' });
const runtime = (limits: Record<string, number>) => ({ accounts: [{ name: 'runtime', limits }] });

describe('a ledger', () => {
  test('grants what there is, and the rest as it is given back, the more pressing first', () => {
    const { ask, heard } = house();
    const cpu = { ...runtime({ cpu: 2 }), amounts: { cpu: 2 } };
    const first = ask('a', cpu);
    ask('b', cpu);
    const pressing = ask('c', { ...cpu, priority: 'critical' });
    expect(first.state()).toBe('held');
    expect(pressing.shortage()).toMatchObject({ kind: 'cpu', needed: 2, free: 0 });
    first.settle();
    expect(heard).toEqual(['c: held']);
    pressing.settle();
    expect(heard).toEqual(['c: held', 'b: held']);
  });

  test('counts what was really used, on every account of the way; what nobody knows counts as reserved', () => {
    const { ask, account } = house();
    const way = { accounts: [{ name: 'runtime', limits: { tokens: 100 } }, { name: 'run/r1' }], amounts: { tokens: 30 } };
    expect(ask('a', way).settle({ tokens: 10 })).toEqual({ counted: 10, over: 0 });
    expect(ask('b', way).settle({ tokens: 40 })).toEqual({ counted: 40, over: 10 });
    expect(ask('c', way).settle()).toEqual({ counted: 30, over: 0 });
    expect(account()).toMatchObject({ spent: 80, reserved: { tokens: 0 } });
    expect(account('run/r1')).toMatchObject({ spent: 80 });
    const refused = ask('d', way);
    expect(refused.state()).toBe('refused');
    expect(refused.refusal()).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });

  test('gives back once, however often it is told', () => {
    const { ask, account, ledger } = house();
    const lease = ask('a', { ...runtime({ memoryMb: 100 }), amounts: { memoryMb: 40, tokens: 5 } });
    lease.settle({ tokens: 3 });
    lease.settle({ tokens: 9 });
    lease.release();
    ledger.ownerGone('a');
    expect(account()).toMatchObject({ spent: 3, reserved: { memoryMb: 0, tokens: 0 } });
    expect(ask('b', { amounts: { memoryMb: 100 } }).state()).toBe('held');
  });

  test('released before its call began nothing was used; what an owner that is gone held counts as used', () => {
    const { ask, account, ledger } = house();
    const tokens = { ...runtime({ tokens: 100, concurrency: 1 }), amounts: { tokens: 10, concurrency: 1 } };
    ask('a', tokens).release();
    expect(account()).toMatchObject({ spent: 0 });
    const gone = ask('b', tokens);
    const waits = ask('c', { ...tokens, owner: 'b2' });
    ledger.ownerGone('b');
    expect([gone.state(), waits.state()]).toEqual(['expired', 'held']);
    expect(account()).toMatchObject({ spent: 10 });
  });

  test('leaves the queue when it is not wanted any more', () => {
    const { ask, ledger } = house();
    const x = { locks: [alone('x')] };
    const first = ask('a', x);
    const second = ask('b', x);
    const third = ask('c', x);
    second.release();
    first.release();
    expect([second.state(), third.state()]).toEqual(['released', 'held']);
    expect(ledger.standing().waiting).toEqual([]);
  });

  test('grants what time frees, when it does, and sets no alarm otherwise', () => {
    const { ask, heard, time } = house();
    const call = { ...runtime({ tokensPerMinute: 100 }), amounts: { tokens: 80 } };
    ask('a', call).settle();
    expect(time.nextDue()).toBe(null);
    ask('b', call);
    time.pass(59_999);
    expect(heard).toEqual([]);
    time.pass(1);
    expect(heard).toEqual(['b: held']);
    expect(time.nextDue()).toBe(null);
  });

  test('tells early that a deadline cannot be met, and at the moment when it is lost', () => {
    const { ask, heard, time } = house();
    const call = { ...runtime({ tokensPerMinute: 100 }), amounts: { tokens: 80 } };
    ask('a', call).settle();
    expect(ask('b', { ...call, expectedMs: 10_000, deadlineAt: 69_999 }).refusal()).toMatchObject({ code: 'DEADLINE_UNREACHABLE' });
    ask('l', { locks: [alone('x')] });
    ask('m', { locks: [alone('x')], deadlineAt: 5_000 });
    time.pass(5_000);
    expect(heard).toEqual([]);
    time.pass(1);
    expect(heard).toEqual(['m: refused']);
  });

  test('lets a person raise a budget, and judges those who wait again', () => {
    const { ask, heard, ledger } = house();
    const tokens = (n: number) => ({ accounts: [{ name: 'runtime' }], amounts: { tokens: n } });
    ledger.limit('runtime', { tokens: 100 });
    const first = ask('a', tokens(90));
    ask('b', tokens(20));
    ledger.limit('runtime', { tokens: 110 });
    expect(heard).toEqual(['b: held']);
    expect(ask('c', tokens(10)).state()).toBe('waiting');
    first.settle({ tokens: 105 });
    expect(heard).toEqual(['b: held', 'c: refused']);
    expect(() => ledger.limit('runtime', { tokens: -1 })).toThrow('cannot have -1 of tokens');
  });

  test('a small request does not pass one that has waited long, if it would take what that one asks for', () => {
    const { ask, time } = house();
    const memory = (memoryMb: number) => ({ ...runtime({ memoryMb: 100 }), amounts: { memoryMb } });
    const small = [ask('s0', memory(40)), ask('s1', memory(40))];
    const big = ask('big', { ...memory(90), priority: 'low' });
    time.pass(4 * AGEING_MS);
    const late = ask('late', { ...memory(20), priority: 'critical' });
    const slim = ask('slim', { amounts: { cpu: 1 }, priority: 'low' });
    expect([late.state(), slim.state()]).toEqual(['waiting', 'held']);
    expect(late.shortage()).toEqual({ kind: 'turn', behind: 'big', until: null });
    for (const each of small) each.settle();
    expect([big.state(), late.state()]).toEqual(['held', 'waiting']);
  });

  test('from two holders that want what the other has, the younger gives way, and may ask again', () => {
    const { ask } = house();
    const ofA = ask('a1', { owner: 'a', locks: [alone('x')] });
    const ofB = ask('b1', { owner: 'b', locks: [alone('y')] });
    const wish = ask('a2', { owner: 'a', locks: [alone('y')], turn: ofA.turn });
    const refused = ask('b2', { owner: 'b', locks: [alone('x')], turn: ofB.turn });
    expect([wish.state(), refused.state()]).toEqual(['waiting', 'refused']);
    expect(refused.refusal()).toMatchObject({ code: 'RESOURCE_CONFLICT', retryable: true });
    ofB.release();
    expect(wish.state()).toBe('held');
  });

  test('a holder that waits gives way when what it waits for is granted to somebody older', () => {
    const { ask, heard } = house();
    const memory = (memoryMb: number) => ({ ...runtime({ memoryMb: 10 }), amounts: { memoryMb } });
    const oldest = ask('x1', { owner: 'x', locks: [alone('x')] });
    const holder = ask('w1', { owner: 'w', locks: [alone('w')] });
    ask('y', memory(4));
    expect(ask('w2', { owner: 'w', ...memory(8), turn: holder.turn }).state()).toBe('waiting');
    expect(ask('v', { ...memory(7), priority: 'critical' }).state()).toBe('waiting');
    expect(ask('x2', { owner: 'x', ...memory(6), turn: oldest.turn }).state()).toBe('held');
    expect(heard).toEqual(['w2: refused']);
  });

  test('a holder that waits gives way at once, too, when somebody older is granted that after it was judged', () => {
    const { ask, heard } = house();
    const older = ask('o1', { owner: 'o', locks: [alone('o')], priority: 'low' });
    const holder = ask('h1', { owner: 'h', locks: [alone('h')], priority: 'critical' });
    const before = ask('b', { locks: [alone('x')] });
    ask('c', { locks: [alone('y')] });
    expect(ask('h2', { owner: 'h', locks: [alone('x'), alone('y')], turn: holder.turn }).state()).toBe('waiting');
    expect(ask('o2', { owner: 'o', locks: [alone('x')], turn: older.turn }).state()).toBe('waiting');
    before.release();
    expect(heard.sort()).toEqual(['h2: refused', 'o2: held']);
  });

  test('what is heard may ask and settle, and whatever it throws stays in here', () => {
    const { ledger, faults } = house();
    const lock = { accounts: [], locks: [alone('x')] };
    const order: string[] = [];
    const first = ledger.ask({ lease: 'a', owner: 'a', ...lock });
    ledger.ask({ lease: 'b', owner: 'b', ...lock }, (lease) => {
      order.push(`b ${lease.state()}`);
      ledger.ask({ lease: 'c', owner: 'c', ...lock }, (other) => order.push(`c ${other.state()}`));
      lease.release();
      order.push('b is done');
      throw new Error('of the host');
    });
    first.release();
    expect(order).toEqual(['b held', 'b is done', 'c held']);
    expect(faults).toEqual([new Error('of the host')]);
  });

  test('forgets what is over, with everything below it, and keeps watching nobody after it was closed', () => {
    const { ask, ledger, time } = house(undefined, steppedTime());
    const lease = ask('a', {
      accounts: ['runtime', 'run/r1', 'run/r1/build', 'run/r10'].map((name) => ({ name })),
      amounts: { tokens: 5 },
    });
    ledger.forget('run/r1');
    lease.settle({ tokens: 4 });
    expect(ledger.standing().accounts.map(({ name, spent }) => [name, spent])).toEqual([
      ['runtime', 4],
      ['run/r10', 4],
    ]);
    ask('l', { locks: [alone('x')] });
    ask('m', { locks: [alone('x')], deadlineAt: 5_000 });
    ledger.close();
    expect(time.nextDue()).toBe(null);
  });
});
