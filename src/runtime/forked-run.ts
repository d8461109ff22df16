/** A run that begins where another one stood: what does not depend on what is changed stands as it ended there. */
import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import { TroupeError } from '../protocol/errors.ts';
import { FACT_FORMAT, type RunStarted } from '../protocol/facts.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { KeptStep } from '../protocol/kept-steps.ts';
import { changedSteps } from './changed-steps.ts';
import { factNumber } from './fact-number.ts';
import { changedNames, readersOfInput } from './input-readers.ts';
import { checkInput, plainMap } from './intake.ts';
import { KEPT_WHOLE, keepingOf } from './keeping.ts';
import { OpenedGroups } from './opened-groups.ts';
import { foldRun } from './recovery.ts';
import { knownStep, roundsAgain } from './retried-run.ts';
import { Run } from './run.ts';
import type { Beginnings, RunBeginning } from './run-beginning.ts';
import type { RunState } from './run-state.ts';
import { viewOf } from './run-view.ts';
import { affectedSteps } from './steps-again.ts';
import { undoneSteps } from './undone-steps.ts';

/** Where a fork begins, and what is otherwise there. */
export interface ForkOptions {
  /** The last fact that the fork shares with its origin: its number, or the path of a checkpoint. Default: the last there is. */
  readonly at?: number | string;
  /** By path of a step: the output it is given in place of its own. */
  readonly with?: Readonly<Record<string, Json>>;
  /** Other input, by name, in place of what the origin was started with: steps that may read it run again, with what depends on them. */
  readonly input?: JsonObject;
  /** Another definition: steps that are otherwise there run again, with what depends on them. */
  readonly definition?: Workflow;
  /** Rounds of phases and of ways back that run again are counted anew. Default false: they are counted on. */
  readonly freshRounds?: boolean;
  /** The id of the fork. Default: a random one. */
  readonly id?: string;
}

/** Rejects with RUN_NOT_FOUND, INPUT_INVALID, REPLAY_DIVERGED, STORE_…. */
export async function forkedRun(host: Beginnings, origin: string, id: string, options: ForkOptions): Promise<RunBeginning> {
  const { store, time, inspector } = host;
  const at = await lastShared(host, origin, options.at);
  const folded = await foldRun(store, origin, null, at === null ? undefined : at + 1);
  const last = at ?? folded.batches.length - 1;
  const { state } = folded.run;
  const outputs = plainMap(options.with, 'with');
  for (const path of Object.keys(outputs)) checkChange(state, path);
  const { workflow, hash } =
    options.definition === undefined ? { workflow: folded.workflow, hash: folded.definition } : host.adopt(options.definition);
  const { messages: _told, rounds: _counted, ...begun } = folded.started;
  const input = { ...begun.input, ...plainMap(options.input, 'input') };
  const other = changedNames(begun.input, input);
  // What was undone there has to be done here.
  const from = [
    ...undoneSteps(state),
    ...readersOfInput(state, other),
    ...(options.definition === undefined ? [] : changedSteps(state, workflow)),
  ];
  const again = affectedSteps(state, { from, changed: Object.keys(outputs) });
  const { steps, signals, messages, rounds } = keepingOf(state, folded.batches.slice(0, last + 1), again, roundsAgain(options.freshRounds));
  const kept = [...[...steps.values()].filter(({ step }) => !Object.hasOwn(outputs, step)), ...replaced(state, steps, outputs, time.now())];
  const started: RunStarted = {
    ...begun,
    input,
    at: time.now(),
    format: FACT_FORMAT,
    workflow: workflow.name,
    definition: hash,
    origin: { run: origin, at: last, changes: Object.keys(outputs), ...(other.length === 0 ? {} : { inputs: other }) },
    kept,
    signals,
    ...(messages.length === 0 ? {} : { messages }),
    ...(rounds === null ? {} : { rounds }),
  };
  checkInput(workflow, { ...started.input, ...started.variables });
  await store.putDefinition(hash, workflow as unknown as JsonObject);
  const run = new Run(id, blueprintOf(workflow), started, inspector);
  return { origin: { id, startedAt: started.at, definition: hash, workflow }, run, next: 0, first: [started] };
}

/** The number of the last fact that is shared; null for the last there is. */
async function lastShared({ store, time }: Beginnings, origin: string, at: number | string | undefined): Promise<number | null> {
  if (at === undefined) return null;
  const { run, started, batches } = await foldRun(store, origin);
  return factNumber(viewOf(run, started.at, time.now()), batches.length, at);
}

/** Only what somebody made can be replaced: what is made up of members follows from them. */
function checkChange(state: RunState, path: string): void {
  knownStep(state, path);
  const place = new OpenedGroups(state).place(path);
  const step = place?.group.blueprint.members[place.member]?.step;
  if (step === undefined || KEPT_WHOLE.has(step.kind)) return;
  throw new TroupeError('INPUT_INVALID', `the output of ${path} is made up of what stands in it`, {
    hint: `replace the output of one of its steps, as ${path}/<step> or by its id; troupe show ${state.id} lists them`,
    retryable: false,
  });
}

/** What an agent said beside its output stays as it was. */
function replaced({ records }: RunState, steps: ReadonlyMap<string, KeptStep>, outputs: JsonObject, now: number): KeptStep[] {
  return Object.entries(outputs).map(([step, output]): KeptStep => {
    const { attempts = 0, startedAt = null, endedAt = now } = records.get(step) ?? {};
    const { variables, writes } = steps.get(step) ?? {};
    const beside = { ...(variables === undefined ? {} : { variables }), ...(writes === undefined ? {} : { writes }) };
    return { step, outcome: 'completed', attempts, startedAt, endedAt, error: null, reason: null, output: output ?? null, ...beside };
  });
}
