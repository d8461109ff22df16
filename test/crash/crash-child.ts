/**
 * The process that is killed. It takes up every unfinished run of the store, starts the runs of its orders that are not there yet,
 * and works until all have ended. What it does outside of the store it writes into an effect log first (`begin <key>`, `end <key>`);
 * every such line, and every stage of its own life, is also said to the parent, which uses it to choose the moment of the kill.
 */
import fs from 'node:fs';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Json } from '../../src/protocol/json.ts';
import { wallTime } from '../../src/runtime/host-time.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { breaks, crashWorkflows } from './crash-workflow.ts';

/** What a child is told, as JSON in its first argument. */
export interface Orders {
  readonly store: string;
  readonly log: string;
  /** Run id → name of its workflow. */
  readonly runs: Readonly<Record<string, string>>;
  /** How far the child's clock is ahead of the machine's, ms. */
  readonly aheadMs: number;
  /** The file with the workflows, by name, where the child does not know them itself. */
  readonly workflows?: string;
  /** What is done once a run has ended. */
  readonly again?: 'retry' | 'fork';
}

/** How the runs ended, as the child says it in the end. */
export type Endings = Readonly<
  Record<string, { readonly status: string; readonly outputs: Json; readonly steps: Json; readonly audit?: Json; readonly rounds?: Json }>
>;

const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const log = fs.openSync(orders.log, 'a');
const say = (text: string) => fs.writeSync(1, `${text}\n`);

function note(line: string): void {
  fs.writeSync(log, `${line}\n`);
  say(line);
}

const work: AgentFunction = async ({ task, sleep }) => {
  const { key, step, attempt, params } = task;
  note(`begin ${key}`);
  await sleep(1 + (step.length % 4));
  note(`end ${key}`);
  if (breaks(step, attempt)) throw new Error(`attempt ${attempt} broke`);
  return { of: step, attempt, given: params };
};

say('opening');
const runtime = await createRuntime({
  store: orders.store,
  crew: { personas: { '*': work } },
  time: wallTime(() => Date.now() + orders.aheadMs),
});
say('opened');
const { failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
say('resumed');

async function startOnce(id: string, name: string): Promise<void> {
  const workflow = crashWorkflows[name];
  if (workflow === undefined) throw new Error(`no workflow ${name}`);
  try {
    await runtime.start(workflow, { id, seed: 7 });
  } catch (error) {
    if (!(error instanceof TroupeError && error.code === 'RUN_EXISTS')) throw error;
  }
}

async function sayRetries(id: string): Promise<void> {
  for await (const event of runtime.run(id)?.events() ?? []) if (event.type === 'step.retrying') say(`retrying ${event.step}`);
}

for (const [id, name] of Object.entries(orders.runs)) await startOnce(id, name);
await Promise.all(Object.keys(orders.runs).map(sayRetries));

const endings: Record<string, Endings[string]> = {};
for (const id of Object.keys(orders.runs)) {
  const { status, outputs, steps } = await runtime.view(id);
  endings[id] = { status, outputs, steps: steps.map(({ path, outcome, attempts }) => [path, outcome, attempts]) };
}
await runtime.stop();
say(`done ${JSON.stringify(endings)}`);
