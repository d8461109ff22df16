/**
 * The process that is killed while a task has resources and another one waits for them. Its orders say what it does (`runs.does`): `hold` them
 * until it is killed, or `finish` what is left. It says first how its resources stand.
 */
import { wallTime } from '../../src/runtime/host-time.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { task, workflowOf } from '../runtime/linear.ts';
import type { Orders } from './crash-child.ts';

const HOUR = 3_600_000;
const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const { does } = orders.runs;
const say = (text: string) => process.stdout.write(`${text}\n`);

const runtime = await createRuntime({
  store: orders.store,
  time: wallTime(),
  limits: { tokens: 1_000, memoryMb: 100 },
  crew: {
    personas: {
      '*': {
        id: 'worker',
        perform: () => (does === 'finish' ? Promise.resolve({ ok: true, output: 1, usage: { tokens: 50 } }) : new Promise<never>(() => {})),
      },
    },
  },
});
say(`stands ${JSON.stringify(runtime.resources())}`);
const { resumed, failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
if (does === 'finish') {
  const [run] = resumed as readonly [RunHandle];
  const { status, outputs } = await run.result();
  say(`left ${JSON.stringify(runtime.resources())}`);
  await runtime.stop();
  say(`done ${JSON.stringify({ [run.id]: { status, outputs, steps: null } })}`);
} else {
  const needs = { memoryMb: 60, tokens: 300, locks: { db: 'exclusive' as const } };
  const steps = [task('a', { persona: 'p', needs }), task('b', { persona: 'p', needs })];
  const run = resumed[0] ?? (await runtime.start(workflowOf(steps), { id: 'r' }));
  const waits = () => run.state().steps.some(({ state, why }) => state === 'queued' && why?.includes('60 MB of memory') === true);
  while (!waits()) await new Promise<void>((resolve) => setTimeout(resolve, 5));
  say(`held ${JSON.stringify(runtime.resources())}`);
  setInterval(() => {}, HOUR);
}
