import { describe, expect, it } from 'vitest';
import { shortHouse } from './short-house.ts';
import { settled } from './work.ts';

const GROSS = { tokens: 400, ms: 1_000 };
const FINE = { tokens: 100, ms: 5_000 };

describe('what a task is expected to use', () => {
  it('is what its agent has used before, where its step says nothing and a limit counts', async () => {
    const { start, quiet, ledger } = shortHouse({ limits: { tokens: 10_000 }, agents: { ann: GROSS } });
    start('a');
    await settled();
    expect(ledger.standing().accounts).toMatchObject([{ reserved: {} }]);
    await quiet();
    start('a', { attempt: 2 });
    await settled();
    expect(ledger.standing().accounts).toMatchObject([{ spent: 400, reserved: { tokens: 400 } }]);
    await quiet();
  });

  it('is what its agent says of itself, as long as nothing was learned; what its step states goes before', async () => {
    const { start, quiet, ledger } = shortHouse({
      limits: { memoryMb: 100, tokens: 100 },
      agents: { ann: { uses: { memoryMb: 40, cpu: 3 } } },
    });
    start('a');
    start('b', { needs: { memoryMb: 10 } });
    await settled();
    expect(ledger.standing().held.map(({ amounts }) => amounts)).toEqual([{ memoryMb: 40 }, { memoryMb: 10 }]);
    await quiet();
  });

  it('never keeps a task out that did not say so itself: an average asks for no more at once, or in a minute, than there is', async () => {
    const uses = { memoryMb: 300, tokens: 900 };
    const { start, quiet, report, heard } = shortHouse({
      limits: { memoryMb: 100, tokensPerMinute: 500 },
      agents: { ann: { uses, ms: 1_000 } },
    });
    start('a');
    start('b');
    await quiet();
    expect([report('a')?.ok, report('b')?.ok, heard[0]]).toEqual([true, true, 'begin a by ann at 0']);
  });
});

describe('a shortage of memory', () => {
  it('keeps tasks that are alike from the queue, but for as many as have room; others pass', async () => {
    const { start, quiet, ledger, heard, desk } = shortHouse({ limits: { memoryMb: 100 }, agents: { ann: {} } });
    for (const step of ['a', 'b', 'c', 'd', 'e', 'f']) start(step, { needs: { memoryMb: 50 } });
    await settled();
    expect(ledger.standing().waiting.map(({ lease }) => lease)).toEqual(['r/c#1']);
    await quiet();
    expect(heard.map((each) => each.replace(' by ann', ''))).toEqual([
      'begin a at 0',
      'begin b at 0',
      'begin c at 1000',
      'begin d at 1000',
      'begin e at 2000',
      'begin f at 2000',
    ]);
    expect([ledger.standing().held, ledger.standing().waiting, desk.questions()]).toEqual([[], [], []]);
  });

  it('keeps nobody waiting behind one that is cancelled', async () => {
    const { start, time, quiet, heard, dispatcher } = shortHouse({ limits: { tokensPerMinute: 100 }, agents: { ann: { ms: 1 } } });
    const at = async (ms: number, step: string, tokens: number) => {
      time.alarm(ms, () => {});
      while (time.now() < ms && time.advance()) await settled();
      start(step, { needs: { tokens } });
      await settled();
    };
    await at(0, 'a', 60);
    await at(10_000, 'b', 40);
    await at(20_000, 'waits', 90);
    await at(61_000, 'passes', 60);
    await at(100_000, 'behind', 90);
    dispatcher.cancel('r/waits#1', 'enough');
    await quiet();
    expect(heard.at(-1)).toMatch(/^begin behind by ann/u);
  });

  it('is that of one account: what tasks of others have keeps nobody waiting there', async () => {
    const { start, quiet, heard } = shortHouse({ limits: { memoryMb: 1_000 }, agents: { ann: { ms: 10_000 }, ben: { ms: 1_000 } } });
    const short = (run: string) => [{ name: `run/${run}`, limits: { memoryMb: 100 } }];
    for (const step of ['s', 't', 'u']) start(step, { agent: 'ann', needs: { memoryMb: 50 }, accounts: short('slow') });
    for (const step of ['a', 'b', 'c', 'd']) start(step, { agent: 'ben', needs: { memoryMb: 50 }, accounts: short('fast') });
    await quiet();
    expect(heard.filter((each) => each.includes('ben')).map((each) => each.replace(' by ben', ''))).toEqual([
      'begin a at 0',
      'begin b at 0',
      'begin c at 1000',
      'begin d at 1000',
    ]);
  });

  it('is over when the limit is raised: everybody asks again', async () => {
    const { start, ledger, desk, heard, quiet } = shortHouse({ limits: { memoryMb: 50 }, agents: { ann: {} } });
    for (const step of ['a', 'b', 'c', 'd']) start(step, { needs: { memoryMb: 50 } });
    await settled();
    ledger.limit('runtime', { memoryMb: 200 });
    desk.limitsChanged();
    await settled();
    expect(heard).toHaveLength(4);
    await quiet();
  });

  it('gives a task to a lighter agent that has room, says so, and remembers it', async () => {
    const agents = { ann: { uses: { memoryMb: 80 } }, ben: { uses: { memoryMb: 20 } } };
    const { start, quiet, heard, choices } = shortHouse({ limits: { memoryMb: 100 }, agents });
    start('a');
    start('b');
    await settled();
    expect(heard).toEqual(['begin a by ann at 0', 'begin b by ben at 0']);
    expect(choices[1]).toMatchObject({ agent: 'ben', lighter: { insteadOf: 'ann', why: expect.stringContaining('ben would do with 20') } });
    expect(choices[0]).not.toHaveProperty('lighter');
    await quiet();
  });

  it('does not take a task from the agent that its step names, nor gives it to one that is no lighter', async () => {
    const agents = { ann: { uses: { memoryMb: 80 } }, ben: { uses: { memoryMb: 80 } }, cleo: {} };
    const { start, quiet, heard } = shortHouse({ limits: { memoryMb: 100 }, agents });
    start('a', { agent: 'ann' });
    start('b', { agent: 'ann' });
    start('c', { agent: 'ben' });
    await quiet();
    expect(heard).toEqual(['begin a by ann at 0', 'begin b by ann at 1000', 'begin c by ben at 2000']);
  });
});

describe('a shortage of tokens per minute', () => {
  it('spreads what is alike over the minute, instead of one burst after another', async () => {
    const { start, quiet, heard } = shortHouse({ limits: { tokensPerMinute: 300 }, agents: { ann: { ms: 1_000, tokens: 100 } } });
    for (const step of ['a', 'b', 'c', 'd', 'e', 'f']) start(step, { needs: { tokens: 100 } });
    await quiet();
    expect(heard.map((each) => Number(each.split(' at ')[1]))).toEqual([0, 0, 0, 61_000, 81_000, 101_000]);
  });
});

describe('tokens that are spent', () => {
  const needs = { tokens: 400 };

  it('are asked of a person, who raises the limit by what is lacking at least, and then it goes on', async () => {
    const { start, quiet, report, asked, desk, ledger } = shortHouse({ limits: { tokens: 500 }, agents: { ann: GROSS } });
    start('a', { needs });
    await quiet();
    start('b', { needs });
    await quiet();
    expect([...asked.values()]).toMatchObject([{ id: 'r/b#1', account: 'runtime', kind: 'tokens', needed: 400, limit: 500, lacking: 300 }]);
    expect(report('b')).toBe(undefined);
    for (const no of [{ raise: 299 }, { raise: Number.NaN }, {}, null, { raise: 1_000, refuse: 'x' }]) {
      expect(() => desk.answer('r/b#1', no as never)).toThrow(expect.objectContaining({ code: 'ANSWER_REFUSED' }));
    }
    desk.answer('r/b#1', { raise: 300 });
    await quiet();
    expect([report('b')?.ok, asked.size, ledger.limits('runtime')]).toEqual([true, 0, { tokens: 800 }]);
    expect(() => desk.answer('r/b#1', { raise: 300 })).toThrow(expect.objectContaining({ code: 'ANSWER_REFUSED' }));
  });

  it('end a task that is given no more, now or by what was said before', async () => {
    const { start, quiet, report, desk } = shortHouse({ limits: { tokens: 100 }, agents: { ann: GROSS }, refused: { 'r/b#1': 'no' } });
    start('a', { needs });
    start('b', { needs });
    await quiet();
    desk.answer('r/a#1', { refuse: 'too dear' });
    await quiet();
    expect(report('a')).toMatchObject({
      ok: false,
      error: { code: 'RESOURCE_EXHAUSTED', cause: { code: 'APPROVAL_REJECTED', message: 'too dear' } },
    });
    expect(report('b')).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED', cause: { message: 'no' } } });
  });

  it('end a task at once where nobody may be asked', async () => {
    const { start, quiet, report } = shortHouse({ limits: { tokens: 100 }, agents: { ann: GROSS }, ways: ['wait', 'lighter_agent'] });
    start('a', { needs });
    await quiet();
    expect(report('a')).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } });
  });

  it('are enough for a lighter agent, which is waited for while it is busy', async () => {
    const agents = { ann: { uses: { tokens: 400 }, ...GROSS }, ben: { ...FINE, uses: { tokens: 100 }, capacity: 1 } };
    const { start, quiet, heard, report } = shortHouse({ limits: { tokens: 350 }, agents });
    start('a', { agent: 'ben' });
    start('b');
    await quiet();
    expect(heard).toEqual(['begin a by ben at 0', 'begin b by ben at 5000']);
    expect(report('b')).toMatchObject({ ok: true, output: 'ben' });
  });

  it('are not asked for any more once the task is cancelled, or cannot be done in time', async () => {
    const { start, quiet, report, asked, dispatcher, desk } = shortHouse({ limits: { tokens: 100 }, agents: { ann: GROSS } });
    start('a', { needs });
    start('b', { needs, deadlineAt: 60_000 });
    await settled();
    expect([...asked.keys()]).toEqual(['r/a#1', 'r/b#1']);
    dispatcher.cancel('r/a#1', 'enough');
    await quiet();
    expect([asked.size, desk.questions().length, report('b')]).toMatchObject([
      0,
      0,
      { ok: false, error: { code: 'DEADLINE_UNREACHABLE' } },
    ]);
  });

  it('lets its task go on even where the limit that was raised cannot be written down', async () => {
    const { start, ledger, desk, heard, quiet } = shortHouse({ limits: { tokens: 50 }, agents: { ann: {} } });
    start('a', { needs: { tokens: 60 } });
    await settled();
    const limit = ledger.limit.bind(ledger);
    ledger.limit = (...change) => {
      limit(...change);
      throw new Error('the disk is full');
    };
    expect(() => desk.answer('r/a#1', { raise: 10 })).toThrow('the disk is full');
    await quiet();
    expect(heard).toEqual(['asked a', 'begin a by ann at 0']);
  });
});

it('where nobody waits, what cannot be had at once fails, to be tried again', async () => {
  const { start, quiet, report, ledger } = shortHouse({ limits: { memoryMb: 100 }, agents: { ann: {} }, ways: [] });
  start('a', { needs: { memoryMb: 60 } });
  start('b', { needs: { memoryMb: 60 } });
  await quiet();
  expect(report('b')).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED', retryable: true } });
  expect([report('a')?.ok, ledger.standing().waiting]).toEqual([true, []]);
});
