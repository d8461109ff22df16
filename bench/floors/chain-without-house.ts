/** A run whose tasks go straight to one function: no crew, no pool, no dispatcher. Everything else is as a runtime has it. */
import type { Workflow } from '../../src/definition/workflow.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import { FACT_FORMAT, type RunStarted } from '../../src/protocol/facts.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import type { Task } from '../../src/protocol/task.ts';
import { adoptDefinition } from '../../src/runtime/adopted-definition.ts';
import { wallTime } from '../../src/runtime/host-time.ts';
import { HostedRun } from '../../src/runtime/hosted-run.ts';
import { writeDown } from '../../src/runtime/hosted-summary.ts';
import type { Hosting } from '../../src/runtime/hosting.ts';
import { reportedFact } from '../../src/runtime/reported-fact.ts';
import { Run } from '../../src/runtime/run.ts';

const nothing = (): never => {
  throw new Error('the floor can only start tasks and end');
};

/** Runs a workflow to its end. `perform` gives a task's output. */
export async function withoutHouse(
  store: JournalStore,
  id: string,
  workflow: Workflow,
  perform: (task: Task) => Promise<null>,
): Promise<void> {
  const time = wallTime();
  const { workflow: own, hash } = adoptDefinition(workflow, []);
  await store.putDefinition(hash, own as unknown as JsonObject);
  const started: RunStarted = {
    type: 'run.started',
    at: time.now(),
    format: FACT_FORMAT,
    workflow: own.name,
    definition: hash,
    input: {},
    variables: {},
    seed: 1,
    maxConcurrency: 5,
  };
  const hosting: Hosting = {
    store,
    time,
    house: { cancel: nothing, deliver: nothing, force: nothing, stopping: nothing, stopped: nothing },
    startTask(task) {
      void perform(task).then((output) => run.take(reportedFact(task, { ok: true, output }, time.now())));
    },
    recall() {},
    refold: nothing,
    wake: nothing,
    rests() {},
    left: () => writeDown(store, run, time.now()),
  };
  const run = new HostedRun(
    { id, startedAt: started.at, definition: hash, workflow: own },
    new Run(id, blueprintOf(own), started),
    0,
    hosting,
  );
  await run.deliver(started);
  const { status } = await run.result;
  if (status !== 'completed') throw new Error(`the floor ended as ${status}`);
}
