import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapterAgent } from '../../src/actors/adapter-agent.ts';
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { AgentAdapter } from '../../src/protocol/agent-adapter.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import { stopReason } from '../../src/protocol/stop-reason.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { RemoteAdapter } from './remote/adapter.ts';
import { bundled, startWorkers, type Workers } from './remote/workers.ts';
import { aContext, aTask } from './work.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-remote-agents-'));
let workers: Workers;
let startHost: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  workers = await startWorkers();
  startHost = await bundled('host', directory);
});
afterAll(async () => {
  await workers.end();
  rmSync(directory, { recursive: true, force: true });
});

/** One life of the host: killed with -9 when it says a line, or to its end. Returns what it said last. */
async function live(store: string, killedAt: string | null): Promise<string> {
  const host = startHost(store, workers.path);
  const ended = new Promise((resolve) => host.once('close', resolve));
  let last = '';
  if (host.stdout === null) throw new Error('the host has no voice');
  for await (const line of createInterface({ input: host.stdout })) {
    last = line;
    if (line === killedAt) host.kill('SIGKILL');
  }
  await ended;
  return last;
}

describe('a host that is killed with -9', () => {
  test('finds the work again, at work or ended: each piece is done once, and counted once', async () => {
    const store = join(directory, 'killed');
    const witness = new RemoteAdapter(workers.path);
    expect(await live(store, 'at work a')).toBe('at work a');
    // it ends while nobody is there
    while (!(await witness.count('r/a#1')).ended) await delay(5);
    expect(await live(store, 'at work b')).toBe('at work b');
    expect(await live(store, 'at work b')).toBe('at work b');
    const done = JSON.parse((await live(store, null)).replace('done ', ''));
    expect(done).toMatchObject({ status: 'completed', outputs: { a: 'of a', b: 'of b', c: 'of c' } });
    for (const step of ['a', 'b', 'c']) expect(await witness.count(`r/${step}#1`)).toMatchObject({ begun: 1, ended: true });
    await witness.close();

    const kept = await openFileStore(store, { readOnly: true });
    const facts = (await kept.read('r')).map(({ fact }) => fact);
    await kept.close();
    const used = facts.flatMap((fact) => ('usage' in fact ? [[fact.step, fact.usage]] : []));
    expect(used).toEqual(['a', 'b', 'c'].map((step) => [step, { tokens: 7 }]));
    expect(facts.filter(({ type }) => type === 'run.recovered')).toHaveLength(3);
  });
});

describe('work that is done elsewhere', () => {
  /** A house's side of an attempt, with a signal of its own. */
  const performed = (agent: Agent, context = aContext()) => {
    const controller = new AbortController();
    const forced = new AbortController();
    const own = { ...context, signal: controller.signal, forced: forced.signal };
    return { report: agent.perform(aTask(), own), abort: (reason: unknown) => controller.abort(reason), force: () => forced.abort() };
  };
  const silent = (over: Partial<AgentAdapter> = {}) => {
    const calls: string[] = [];
    const adapter: AgentAdapter = {
      id: 'far',
      begin: () => new Promise(() => {}),
      cancel: async (_, { forced, reason }) => void calls.push(`cancel ${forced ? 'by force' : 'kindly'}: ${reason}`),
      leave: () => void calls.push('leave'),
      ...over,
    };
    return { calls, agent: adapterAgent(adapter) };
  };

  test('is left alone when the house stops, and cancelled when the task is not wanted', async () => {
    const left = silent();
    const leaving = performed(left.agent);
    leaving.abort(stopReason('k', 'the house stops', true));
    await expect(leaving.report).rejects.toMatchObject({ code: 'TASK_CANCELLED', details: { houseStops: true } });
    expect(left.calls).toEqual(['leave']);

    const cancelled = silent();
    const { abort, force } = performed(cancelled.agent);
    abort(stopReason('k', 'enough', false));
    force();
    expect(cancelled.calls).toEqual(['kindly', 'by force'].map((how) => `cancel ${how}: the task k was cancelled: enough`));
  });

  test('cancelled or left with an adapter that throws, it does not bring the house down', async () => {
    const broken = () => {
      throw new Error('no line');
    };
    const { agent } = silent({ cancel: broken, leave: broken });
    const leaving = performed(agent);
    leaving.abort(stopReason('k', 'the house stops', true));
    await expect(leaving.report).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
    performed(agent).abort(stopReason('k', 'enough', false));
  });

  test('is looked for again when its line breaks, some times, and not when that is final', async () => {
    for (const [breaks, code, begun] of [
      [2, null, 3],
      [99, 'AGENT_UNAVAILABLE', 7],
    ] as const) {
      let calls = 0;
      const lost = () =>
        ++calls <= breaks
          ? Promise.reject(new TroupeError('AGENT_UNAVAILABLE', 'gone'))
          : Promise.resolve({ ok: true, output: 1 } as const);
      const context = aContext();
      const report = performed(silent({ begin: lost }).agent, context).report;
      if (code === null) expect(await report).toEqual({ ok: true, output: 1 });
      else await expect(report).rejects.toMatchObject({ code });
      expect([calls, context.slept.length]).toEqual([begun, begun - 1]);
    }
    const final = silent({ begin: () => Promise.reject(new TroupeError('AGENT_UNAVAILABLE', 'gone', { retryable: false })) });
    await expect(performed(final.agent).report).rejects.toMatchObject({ message: 'gone' });
  });

  test('goes on when its line is cut in the middle', async () => {
    const adapter = new RemoteAdapter(workers.path);
    const task = aTask({ run: 'cut', step: 'last', params: { do: 'last', value: 1 } });
    const context = aContext();
    const report = adapterAgent(adapter).perform(task, {
      ...context,
      sleep: () => delay(1),
      progress: (note) => {
        context.progress(note);
        if (context.notes.length === 1) adapter.cut();
      },
    });
    expect(await report).toMatchObject({ ok: true, output: 1 });
    expect(context.notes.slice(0, 3)).toEqual(['at work', expect.stringContaining('the line to remote is lost'), 'at work']);
    expect((await adapter.count(task.key)).begun).toBe(1);
    await adapter.close();
  });
});

test('an adapter that stands in several places of a crew is one agent, with all that it says of itself', () => {
  const adapter = { id: 'far', capacity: 2, capabilities: ['sum'], begin: async () => ({ ok: true, output: null }) as const };
  const crew = createCrew({ personas: { one: adapter, two: [adapter] }, stepTypes: { three: adapter } });
  expect(crew.agents()).toEqual([expect.objectContaining({ id: 'far', capacity: 2, capabilities: ['sum'] })]);
});
