/**
 * The process that is killed once circuit breakers have opened. Its orders say what it does (`runs.does`): `break` an agent and a service,
 * `look` how they stand and that nobody is let through, or `finish` what is left, when all is well again.
 */
import fs from 'node:fs';
import type { Agent } from '../../src/protocol/agent.ts';
import { wallTime } from '../../src/runtime/host-time.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { task, workflowOf } from '../runtime/linear.ts';
import type { Endings, Orders } from './crash-child.ts';

const HOUR = 3_600_000;
const BREAKER = { failures: 1, coolMs: 600_000, successes: 1 };

const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const { does } = orders.runs;
const log = fs.openSync(orders.log, 'a');
const say = (text: string) => fs.writeSync(1, `${text}\n`);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const agent = (id: string, work: Agent['perform'], more: Partial<Agent> = {}): Agent => ({
  id,
  perform(given, context) {
    fs.writeSync(log, `begin ${given.key}\n`);
    return work(given, context);
  },
  ...more,
});
const answer = async (): Promise<{ ok: true; output: string }> => {
  if (does !== 'finish') throw new Error('down');
  return { ok: true, output: 'done' };
};

const runtime = await createRuntime({
  store: orders.store,
  time: wallTime(() => Date.now() + orders.aheadMs),
  services: { github: BREAKER },
  crew: {
    personas: {
      fragile: agent('fragile', answer, { breaker: BREAKER }),
      caller: agent('caller', (_task, { call }) => call('github', answer)),
    },
  },
});
const { resumed, failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
const begun: RunHandle[] = [...resumed];
const retry = { retries: 9, delayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0, on: 'failure' as const };
if (does === 'break') {
  const [broken, calling] = [
    task('a', { persona: 'fragile', retry }),
    task('a', { persona: 'caller', retry, needs: { services: ['github'] } }),
  ];
  begun.push(await runtime.start(workflowOf([broken]), { id: 'agent' }), await runtime.start(workflowOf([calling]), { id: 'service' }));
}
if (does === 'finish') {
  const endings: Record<string, Endings[string]> = {};
  for (const handle of begun) {
    const { status, outputs } = await handle.result();
    endings[handle.id] = { status, outputs, steps: null };
  }
  say(`done ${JSON.stringify(endings)}`);
  await runtime.stop();
} else {
  const areQueued = () => begun.every((run) => run.state().steps[0]?.state === 'queued');
  const standing = () => [runtime.agents().find(({ id }) => id === 'fragile')?.breaker, runtime.services()[0]];
  while (!areQueued() || standing().some((each) => each?.state !== 'open')) await turn();
  say(`spared ${JSON.stringify(standing())}`);
  // Stays until it is killed.
  setInterval(() => {}, HOUR);
}
