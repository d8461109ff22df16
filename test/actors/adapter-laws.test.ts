import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completed, fail } from '../../src/actors/answer.ts';
import { functionAdapter, type Work } from '../../src/actors/function-agent.ts';
import { moduleAgent } from '../../src/actors/module-agent.ts';
import { commandAdapter } from '../../src/actors/programs/command-agent.ts';
import { type ScriptedAnswer, scriptedAdapter } from '../../src/actors/scripted-agent.ts';
import { adapterLaws } from '../../src/testing/adapter-laws.ts';
import type { AdapterSubject, LawWord } from '../../src/testing/adapter-subject.ts';
import { RemoteAdapter } from './remote/adapter.ts';
import { startWorkers, type Workers } from './remote/workers.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-laws-'));
const register = (laws: ReturnType<typeof adapterLaws>) => {
  for (const { name, run } of laws) test(name, run);
};
let workers: Workers;
beforeAll(async () => {
  workers = await startWorkers();
});
afterAll(async () => {
  await workers.end();
  rmSync(directory, { recursive: true, force: true });
});

const usage = { tokens: 7 };
const told = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

function functions(): AdapterSubject {
  const begun = new Map<string, number>();
  const play = async ({ task, progress, signal }: Work): Promise<unknown> => {
    begun.set(task.key, (begun.get(task.key) ?? 0) + 1);
    progress('at work');
    const answer = completed(task.params.value, { usage });
    switch (task.step as LawWord) {
      case 'refuse':
        throw fail('no');
      case 'break':
        throw new Error('oh');
      case 'wait':
        return told(signal);
      case 'insist':
        return told(signal).catch(() => answer);
      case 'lie':
        return { at: () => 1 };
      case 'chatter':
        for (const after of [0, 5]) setTimeout(() => progress('and another thing'), after);
        return answer;
      default:
        return answer;
    }
  };
  return { adapter: functionAdapter('worker', play), begun: (key) => begun.get(key) ?? 0 };
}

function scripts(): AdapterSubject {
  const answer = (word: LawWord): ScriptedAnswer => ({ output: { made: ['of', word] }, progress: ['at work'], usage });
  const adapter = scriptedAdapter('worker', {
    answer: answer('answer'),
    chatter: answer('chatter'),
    refuse: { fail: 'no' },
    break: { throw: 'oh' },
    lie: { output: 1, usage: { tokens: -1 } },
    '*': { progress: ['at work'], forever: true },
  });
  return { adapter };
}

const PROGRAM = `
  const task = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  require('fs').appendFileSync(process.env.LOG, task.key + '\\n');
  console.error('at work');
  const answer = (usage) => console.log(JSON.stringify({ output: task.params.value, usage }));
  const plays = {
    refuse: () => process.exit(3),
    break: () => process.kill(process.pid, 'SIGKILL'),
    wait: () => setInterval(() => {}, 1e6),
    insist: () => { process.on('SIGTERM', () => { answer({ tokens: 7 }); process.exit(0); }); setInterval(() => {}, 1e6); },
    lie: () => answer({ tokens: -1 }),
  };
  (plays[task.step] ?? (() => answer({ tokens: 7 })))();
`;

function programs(): AdapterSubject {
  const log = join(directory, 'begun');
  appendFileSync(log, '');
  const command = [process.execPath, '-e', PROGRAM];
  const lines = () => readFileSync(log, 'utf8').split('\n');
  return {
    adapter: commandAdapter('worker', { command, output: 'report', env: { LOG: log } }),
    begun: (key) => lines().filter((line) => line === key).length,
    held: () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length - others,
  };
}
/** The remote workers are a process, too. */
const others = 1;

const MODULE = `
  const told = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const failure = (thrown) => ({ ok: false, thrown, error: { code: 'AGENT_FAILED', message: 'no' } });
  export const worker = {
    id: 'worker',
    async begin(task, { progress, signal }) {
      progress('at work');
      const answer = { ok: true, output: task.params.value, usage: { tokens: 7 } };
      if (task.step === 'chatter') setTimeout(() => progress('and another thing'));
      if (task.step === 'wait') return told(signal);
      if (task.step === 'insist') return told(signal).catch(() => answer);
      if (task.step === 'refuse' || task.step === 'break') return failure(task.step === 'break');
      return task.step === 'lie' ? new Date() : answer;
    },
  };
`;

function modules(): AdapterSubject {
  const path = join(directory, 'worker.mjs');
  writeFileSync(path, MODULE);
  return { adapter: moduleAgent('worker', { path }) };
}

function remotes(): AdapterSubject {
  const adapters: RemoteAdapter[] = [];
  const another = () => {
    const adapter = new RemoteAdapter(workers.path);
    adapters.push(adapter);
    return adapter;
  };
  const witness = new RemoteAdapter(workers.path);
  return {
    adapter: another(),
    another,
    begun: async (key) => (await witness.count(key)).begun,
    held: () => adapters.reduce((sum, { held }) => sum + held, 0),
    close: () => witness.close(),
  };
}

describe('functions keep the laws of adapters', () => register(adapterLaws(functions)));
describe('scripts keep the laws of adapters', () => register(adapterLaws(scripts)));
describe('programs keep the laws of adapters', () => register(adapterLaws(programs)));
describe('what modules export keeps the laws of adapters', () => register(adapterLaws(modules)));
describe('workers in another process keep them, and those of work that outlives us', () =>
  register(adapterLaws(remotes, { outlives: true })));

describe('the laws tell right from wrong', () => {
  const named = (part: string, make: () => AdapterSubject) => {
    const law = adapterLaws(make).find(({ name }) => name.includes(part));
    if (law === undefined) throw new Error(`no law speaks of ${part}`);
    return law.run();
  };
  const bent = (bend: (subject: AdapterSubject) => AdapterSubject['adapter']) => () => ({ ...functions(), adapter: bend(functions()) });

  test.each([
    ['used up', () => functionAdapter('worker', () => completed({ made: ['of', 'answer'] }))],
    ['told from breaking', () => functionAdapter('worker', () => fail('no'))],
    ['while it works', () => functionAdapter('worker', ({ task }) => task.params.value)],
    ['AGENT_OUTPUT_INVALID', () => functionAdapter('worker', () => 1)],
    ['mixed up', () => functionAdapter('worker', () => 1)],
    ['without a report', () => functionAdapter('worker', ({ progress }) => progress('at work'))],
  ])('%s', async (part, adapter) => {
    await expect(named(part, bent(adapter))).rejects.toThrow();
  });
});
