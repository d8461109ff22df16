/**
 * The process that is killed with five runs in it. It takes up what is unfinished, starts what is not there yet, answers for the people
 * that are asked, and works until all have ended. Each attempt that is performed is witnessed outside of the store first.
 */
import fs from 'node:fs';
import { completed, fail } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { hasEnded } from '../../src/protocol/outcomes.ts';
import type { Task } from '../../src/protocol/task.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Endings, Orders } from './crash-child.ts';

/** What people say, by step and in order; `to` passes a question on. */
const SAID: Readonly<
  Record<string, readonly { readonly by: string; readonly to?: string; readonly edit?: { readonly amount: number } }[]>
> = {
  fit: [{ by: 'ann' }],
  price: [{ by: 'bob', to: 'eve' }, { by: 'ann', edit: { amount: 7 } }, { by: 'eve' }],
  ship: [{ by: 'ann' }],
};

const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const workflows: Readonly<Record<string, Workflow>> = JSON.parse(fs.readFileSync(orders.workflows ?? '', 'utf8'));
const log = fs.openSync(orders.log, 'a');
const say = (text: string) => fs.writeSync(1, `${text}\n`);

function note(line: string): void {
  fs.writeSync(log, `${line}\n`);
  say(line);
}

/** What comes of an attempt: the same whenever and wherever it is performed. */
function outcome({ step, attempt, params, context }: Task): unknown {
  const of = { of: step, attempt };
  if (Array.isArray(params.conflicts)) {
    const values = (params.conflicts as { key: string; ours: number; theirs: number }[]).map(({ key, ours, theirs }) => [
      key,
      Math.max(ours, theirs),
    ]);
    return { values: Object.fromEntries(values) };
  }
  const { notes } = (context?.values ?? {}) as { notes?: JsonObject };
  if (context?.writable.includes('version')) {
    return completed(of, { writes: { notes: { ...notes, [step]: attempt }, version: step.charCodeAt(0) } });
  }
  if (step === 'read') return { status: attempt < 3 ? 'fail' : 'pass', issues: [attempt] };
  if (step === 'docs' && attempt === 1) return fail('not yet');
  if (step === 'seven' && attempt === 1) return fail('it never works the first time');
  return { ...of, notes: notes ?? null, given: params };
}

const work: AgentFunction = async ({ task, sleep }) => {
  note(`begin ${task.key}`);
  await sleep(1 + (task.step.length % 3));
  note(`end ${task.key}`);
  return outcome(task);
};

/** Says everything that people say to what a run asks, also what they may have said before: whoever is not heard yet is heard now. */
async function answerFor(handle: RunHandle): Promise<void> {
  for await (const event of handle.events()) {
    if (event.type !== 'approval' || event.entry.what !== 'asked') continue;
    const { step } = event.entry;
    let { token } = event.entry;
    for (const { by, to, edit } of SAID[step] ?? []) {
      say(`answering ${step}`);
      await said(
        to === undefined
          ? handle.answer(step, { by, token, ...(edit ? { decision: 'edit', values: edit } : {}) })
          : handle.delegate(step, { by, to, token }),
      );
      // Whoever comes after a change approves the values as they are then.
      if (edit !== undefined) token = `${token}.1`;
      say(`answered ${step}`);
    }
  }
}

/** What took effect in an earlier life takes none again. */
async function said(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof TroupeError && ['ANSWER_REFUSED', 'RUN_ENDED', 'INPUT_INVALID'].includes(error.code))) throw error;
  }
}

/** When people answered is nobody's to repeat. */
const timeless = (outputs: Json): Json => JSON.parse(JSON.stringify(outputs, (key, value) => (key === 'at' ? undefined : value)));

const essence = (view: RunView) => ({
  status: view.status,
  outputs: timeless(view.outputs),
  steps: view.steps.map(({ path, outcome: end, attempts }) => [path, end, attempts]).sort(),
  audit: view.steps.flatMap(({ audit }) =>
    audit
      .filter(({ what }) => ['asked', 'answered', 'delegated', 'withdrawn', 'expired'].includes(what))
      .map(({ step, token, what, by, to, decision, values }) => ({
        step,
        token,
        what,
        by,
        to: to === null ? null : [...to],
        decision,
        values,
      })),
  ),
  rounds: view.phases.map(({ path, rounds }) => [path, rounds.map(({ result, counts }) => [result, counts && { ...counts }])]),
});

say('opening');
const runtime = await createRuntime({ store: orders.store, crew: { personas: { '*': work } }, maxConcurrentTasks: 20 });
say('opened');
const { failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
say('resumed');

/** What is begun once: in a later life it is there already. */
async function once(begin: () => Promise<RunHandle>, id: string): Promise<RunHandle | null> {
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof TroupeError && error.code === 'RUN_EXISTS')) throw error;
    return runtime.run(id);
  }
}

/** Runs a workflow to its end, and as it was ordered once more. */
async function complete(id: string, name: string): Promise<void> {
  const workflow = workflows[name];
  if (workflow === undefined) throw new Error(`no workflow ${name}`);
  const handle = await once(() => runtime.start(workflow, { id, seed: 7 }), id);
  if (handle !== null) await Promise.all([answerFor(handle), handle.result()]);
  if (orders.again === 'retry' && (await runtime.view(id)).status === 'failed') {
    say('going back');
    const retried = await runtime.retry(id);
    say('gone back');
    await retried.result();
  }
  if (orders.again === 'fork') {
    say('going back');
    const fork = await once(() => runtime.fork(id, { id: `${id}-fork`, with: { link3: { of: 'link3', changed: true } } }), `${id}-fork`);
    say('gone back');
    await fork?.result();
  }
}

await Promise.all(Object.entries(orders.runs).map(([id, name]) => complete(id, name)));
const endings: Record<string, Endings[string]> = {};
for (const { id } of await runtime.list()) {
  const view = await runtime.view(id);
  if (!hasEnded(view.status)) throw new Error(`run ${id} is ${view.status}`);
  endings[id] = essence(view);
}
await runtime.stop();
say(`done ${JSON.stringify(endings)}`);
