// Services outside behind circuit breakers: who is let through when, what counts for whom, and what is kept.
import { describe, expect, it } from 'vitest';
import { breakerSettings } from '../../src/policy/breaker-window.ts';
import { errorData, TroupeError } from '../../src/protocol/errors.ts';
import { failure, quiet, type ServicesStage, setServicesStage } from './services-stage.ts';
import { aTask } from './work.ts';

const TERMS = { github: { failures: 2, windowMs: 1_000, coolMs: 100, successes: 2 } };

/** Two failures open it. */
async function opened(given: Parameters<typeof setServicesStage>[0] = {}): Promise<ServicesStage> {
  const stage = setServicesStage({ terms: TERMS, ...given });
  for (const step of ['x', 'y']) {
    stage.start(step);
    await stage.end(step, failure('github'));
  }
  expect(stage.services.standings().github?.state).toBe('open');
  return stage;
}

const stateOf = ({ services }: ServicesStage) => services.standings().github?.state;

describe('a task that requires a service', () => {
  it('waits while that is spared; then one tries it out, the others wait for what becomes of it', async () => {
    const stage = await opened();
    for (const step of ['a', 'b', 'c', 'd']) stage.start(step, ['github']);
    stage.start('other');
    stage.start('elsewhere', ['gitlab']);
    await quiet();
    expect(stage.atWork()).toEqual(['other', 'elsewhere']);
    await stage.end('other');
    await stage.pass();
    expect(stage.time.now()).toBe(100);
    expect(stage.atWork()).toEqual(['elsewhere', 'a']);
    await stage.end('a');
    expect([stateOf(stage), stage.atWork()]).toEqual(['halfOpen', ['elsewhere', 'b']]);
    await stage.end('b');
    expect([stateOf(stage), stage.atWork()]).toEqual(['closed', ['elsewhere', 'c', 'd']]);
  });

  it('opens it again where it fails by it, and says nothing of it where it fails otherwise or is cancelled', async () => {
    const stage = await opened();
    for (const step of ['a', 'b', 'c', 'd']) stage.start(step, ['github']);
    await stage.pass();
    await stage.end('a', failure());
    expect([stateOf(stage), stage.atWork()]).toEqual(['halfOpen', ['b']]);
    stage.dispatcher.cancel('run/b#1', 'enough');
    await quiet();
    expect(stage.atWork()).toEqual(['b']);
    await stage.end('b');
    expect([stateOf(stage), stage.atWork()]).toEqual(['halfOpen', ['c']]);
    await stage.end('c', failure('github'));
    expect([stateOf(stage), stage.atWork()]).toEqual(['open', []]);
    await stage.pass();
    expect([stage.time.now(), stage.atWork()]).toEqual([200, ['d']]);
  });

  it('fails at once where nobody is waited for', async () => {
    const stage = await opened({ whenAway: 'fail' });
    stage.start('a', ['gitlab', 'github']);
    await quiet();
    expect(stage.reports.get('a')).toMatchObject({
      ok: false,
      error: { code: 'CIRCUIT_OPEN', retryable: true, where: 'step a', details: { service: 'github', retryAfterMs: 100 } },
    });
  });

  it('goes on at once when a person knows better', async () => {
    const stage = await opened();
    for (const step of ['a', 'b']) stage.start(step, ['github']);
    stage.services.breaker('github').reset();
    await quiet();
    expect([stateOf(stage), stage.atWork()]).toEqual(['closed', ['a', 'b']]);
  });

  it('of several services waits for all, and tries none of them out before', async () => {
    const stage = await opened({ terms: { ...TERMS, gitlab: { failures: 1, coolMs: 500, successes: 1 } } });
    stage.start('z');
    await stage.end('z', failure('gitlab'));
    stage.start('both', ['github', 'gitlab']);
    await stage.pass();
    stage.start('one', ['github']);
    await quiet();
    expect(stage.atWork()).toEqual(['one']);
    await stage.end('one');
    await stage.pass();
    expect([stage.time.now(), stage.atWork()]).toEqual([500, ['both']]);
    await stage.end('both');
    expect(Object.values(stage.services.standings()).map(({ state }) => state)).toEqual(['closed', 'closed']);
  });
});

describe('a call', () => {
  it('passes on what comes of it, as it is, and names the service where that becomes data', async () => {
    const stage = setServicesStage({ terms: TERMS });
    stage.start('a');
    const { call } = stage.context('a');
    expect(await call('github', () => 7)).toBe(7);
    const thrown = Object.assign(new RangeError('too many'), { status: 503 });
    await expect(call('github', () => Promise.reject(thrown))).rejects.toBe(thrown);
    expect(errorData(new Error('not published', { cause: thrown }))).toMatchObject({
      cause: { message: 'too many', details: { status: 503, service: 'github' } },
    });
    const ours = new TroupeError('DATA_MISSING', 'nothing there', { details: { page: 2 } });
    await expect(call('github', () => Promise.reject(ours))).rejects.toBe(ours);
    expect(errorData(ours).details).toEqual({ page: 2, service: 'github' });
  });

  it('is not made while its service is spared; one at a time tries it out', async () => {
    const stage = await opened();
    for (const step of ['a', 'b']) stage.start(step);
    const [a, b] = [stage.context('a'), stage.context('b')];
    let made = 0;
    const made1 = () => a.call('github', () => (made += 1));
    await expect(made1()).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', details: { service: 'github', retryAfterMs: 100 } });
    expect(made).toBe(0);
    await stage.pass();
    let answer = (_: unknown): void => {};
    const trial = b.call('github', () => new Promise((resolve) => (answer = resolve)));
    await expect(made1()).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', details: { service: 'github' } });
    answer('well');
    expect(await trial).toBe('well');
    expect(await made1()).toBe(1);
    expect(stateOf(stage)).toBe('closed');
  });

  it('of a task that tries the service out is let through, and its failure decides at once', async () => {
    const stage = await opened();
    stage.start('a', ['github']);
    await stage.pass();
    const { call } = stage.context('a');
    await call('github', () => 'well');
    expect(stage.services.breaker('github').isProbe('run/a#1')).toBe(true);
    await expect(call('github', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(stateOf(stage)).toBe('open');
    await expect(call('github', () => 1)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    await stage.end('a');
    expect(stateOf(stage)).toBe('open');
  });

  it('that came back well decides for a task that then fails by something else', async () => {
    const stage = await opened();
    stage.start('a', ['github']);
    await stage.pass();
    await stage.context('a').call('github', () => 'well');
    await stage.end('a', failure());
    expect(stage.services.standings().github).toMatchObject({ state: 'halfOpen', successes: 1 });
  });

  it('counts once, though the task then fails by it; what is not blamed on the service does not count', async () => {
    const stage = setServicesStage({ terms: TERMS });
    stage.start('a');
    const { call } = stage.context('a');
    const down = new Error('down');
    await expect(call('github', () => Promise.reject(down))).rejects.toBe(down);
    await expect(call('github', () => Promise.reject(new Error('404')), { blames: () => false })).rejects.toThrow('404');
    await stage.end('a', failure('github'));
    expect(stage.services.standings().github).toMatchObject({ state: 'closed', failures: [0] });
  });

  it('that is cut short, or is still on its way when its attempt ends, counts for nobody and lets others try', async () => {
    const stage = await opened();
    for (const step of ['a', 'b']) stage.start(step);
    const [a, b] = [stage.context('a'), stage.context('b')];
    await stage.pass();
    const cut = a.call('github', () => new Promise((_, reject) => a.signal.addEventListener('abort', () => reject(a.signal.reason))));
    stage.dispatcher.cancel('run/a#1', 'enough');
    await expect(cut).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
    expect(stateOf(stage)).toBe('halfOpen');
    void b.call('github', () => new Promise(() => {}));
    expect(stage.services.refusal(['github'])).toEqual({ service: 'github', triedAt: null });
    await stage.end('b');
    expect(stage.services.refusal(['github'])).toBeNull();
    await expect(b.call('github', () => 1)).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
  });
});

describe('what is told of a service', () => {
  it('does not count against the agent that met it', async () => {
    const stage = setServicesStage({ terms: TERMS, breaker: { failures: 1 } });
    for (const step of ['a', 'b']) {
      stage.start(step);
      await stage.end(step, failure(undefined, { cause: { code: 'AGENT_FAILED', message: 'down', details: { service: 'github' } } }));
    }
    expect(stateOf(stage)).toBe('open');
    expect(stage.dispatcher.roster.members().map(({ away, record }) => [away, record.failed])).toEqual([[null, 0]]);
  });

  it('that it was not called is no failure of it', async () => {
    const stage = setServicesStage({ terms: TERMS });
    for (const step of ['a', 'b', 'c']) {
      stage.start(step);
      await stage.end(step, failure('github', { code: 'CIRCUIT_OPEN' }));
    }
    expect(stage.services.standings()).toEqual({});
  });

  it('are not taken note of without end: beyond a thousand, only those that are called or required', () => {
    const { services } = setServicesStage({ terms: TERMS });
    const task = aTask({ step: 'a' });
    for (let i = 0; i < 1_100; i += 1) services.ended(task, failure(`made up ${i}`), null);
    expect(Object.keys(services.standings())).toHaveLength(1_000);
    services.breaker('github');
    services.ended(task, failure('github'), null);
    expect(services.standings().github?.failures).toHaveLength(1);
  });

  it('is kept: at once when it opens, soon when it counts or closes; the next house begins with it', async () => {
    const stage = await opened();
    expect(stage.kept.map(({ when, standings }) => [when, standings.github?.state])).toEqual([
      ['soon', 'closed'],
      ['now', 'open'],
    ]);
    const { standings = {} } = stage.kept.at(-1) ?? {};
    const next = setServicesStage({ terms: TERMS, former: standings, time: stage.time });
    next.start('a', ['github']);
    await quiet();
    expect(next.atWork()).toEqual([]);
    await next.pass();
    expect([next.time.now(), next.atWork()]).toEqual([100, ['a']]);
  });

  it('goes by terms that are checked; who has none has the defaults', () => {
    const refused = (terms: object) => () => setServicesStage({ terms: { npm: {}, github: terms } });
    expect(refused({ failures: 0 })).toThrow('failures of the circuit breaker before the service "github" must be a whole number');
    expect(refused({ coolMS: 5 })).toThrow('the circuit breaker before the service "github" has no setting "coolMS"');
    expect(setServicesStage().services.settings('github')).toEqual(breakerSettings());
  });
});
