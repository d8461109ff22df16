/**
 * The process that is killed while its crew is at work. It takes up the run of its orders, or starts it, and works until it has ended. What
 * its agents do is in the effect log, and said to the parent: `life`, `begin <key> <agent>`, `end <key> <agent>`.
 */
import fs from 'node:fs';
import type { Agent } from '../../src/protocol/agent.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeOptions } from '../../src/runtime/runtime-contract.ts';
import type { Endings, Orders } from './crash-child.ts';
import { CREW_LIMITS, crewWorkflows, LONGEST_MS } from './crew-workflows.ts';

const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const name = orders.runs.run ?? '';
const log = fs.openSync(orders.log, 'a');

function note(line: string): void {
  fs.writeSync(log, `${line}\n`);
  fs.writeSync(1, `${line}\n`);
}

const agent = (id: string, more: Partial<Agent>): Agent => ({
  id,
  async perform({ key, step }, { sleep }) {
    note(`begin ${key} ${id}`);
    await sleep((Number(step.replace(/\D/gu, '')) * 7) % LONGEST_MS);
    note(`end ${key} ${id}`);
    return { ok: true, output: null, usage: { tokens: CREW_LIMITS.estimate } };
  },
  ...more,
});

const crews: Readonly<Record<string, Omit<RuntimeOptions, 'store'>>> = {
  branches: { crew: { personas: { coder: agent('all', {}) } }, maxConcurrentTasks: 100, limits: { tokens: CREW_LIMITS.tokens } },
  hands: {
    crew: { personas: { coder: ['ann', 'ben', 'cleo'].map((id) => agent(id, { capacity: 1 })) } },
    maxConcurrentTasks: 100,
  },
  queue: { crew: { personas: { coder: agent('only', { capacity: 1 }) } } },
};

note('life');
const runtime = await createRuntime({ store: orders.store, ...crews[name] });
const { resumed, failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
const workflow = crewWorkflows[name];
if (workflow === undefined) throw new Error(`no workflow ${name}`);
const has = await runtime.list();
const run = resumed[0] ?? (has.length > 0 ? null : await runtime.start(workflow, { id: 'run', maxConcurrency: 100 }));
await run?.result();
const { status, steps } = await runtime.view('run');
await runtime.stop();
const ends = steps.map(({ path, outcome, error }) => [path, error?.code ?? outcome]);
const endings: Endings = { run: { status, outputs: null, steps: Object.fromEntries(ends) } };
fs.writeSync(1, `done ${JSON.stringify(endings)}\n`);
