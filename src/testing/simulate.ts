/**
 * The simulation host: a workflow run to its end on virtual time, with the same run code as everywhere. Hours pass in milliseconds, and
 * the same arguments always give the same journal.
 */
import { type Crew, type CrewMember, type CrewMembers, createCrew } from '../actors/crews/crew.ts';
import type { OversightMode } from '../definition/oversight.ts';
import type { Workflow } from '../definition/workflow.ts';
import type { ExecutionPlan } from '../planning/execution-plan.ts';
import { MAX_CONCURRENT_TASKS } from '../policy/task-limit.ts';
import type { MessageOptions } from '../protocol/agent.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Batch } from '../protocol/journal.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Inspector } from '../runtime/actor-system.ts';
import type { AnswerGiven, DelegationGiven } from '../runtime/answering.ts';
import { startOf } from '../runtime/fold.ts';
import type { RunEvent } from '../runtime/run-event.ts';
import type { RunHandle } from '../runtime/run-handle.ts';
import type { RunView } from '../runtime/run-view.ts';
import { createRuntime } from '../runtime/runtime.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { OutsideWork } from './outside-work.ts';
import { untilQuiet } from './until-quiet.ts';
import { VirtualTime } from './virtual-time.ts';

/** What is simulated, and under which rules. */
export interface SimulateOptions {
  readonly input?: JsonObject;
  readonly variables?: JsonObject;
  /** Who plays the personas. Default: somebody who answers at once: `{ status: 'pass' }` where a persona is asked, `{}` elsewhere. */
  readonly crew?: Crew | CrewMembers;
  /** Who performs step types, on top of the crew; outranks built-in types too. `*` takes what nobody else does. */
  readonly stepTypes?: Readonly<Record<string, CrewMember>>;
  /**
   * Under which rules, where they are not the workflow's own: `engine`, those of the engine dialect; `native`, ours, with the defaults for
   * failures and skipped steps. Default: what the workflow says.
   */
  readonly compat?: 'engine' | 'native';
  /** Tasks in flight at once. Default 5; 1 under `compat: engine`. */
  readonly maxConcurrency?: number;
  /** How closely the run is watched, in place of what the workflow says. */
  readonly oversight?: OversightMode;
  /** How the run is carried out (see `plan`). */
  readonly plan?: Pick<ExecutionPlan, 'tasks' | 'chosen'>;
  /** Seeds the jitter of retries. Default 1. */
  readonly seed?: number;
  /** What happens from outside, at virtual times (ms from the start). */
  readonly happenings?: readonly Happening[];
  /** Virtual time at the start, ms. Default 0. */
  readonly startAt?: number;
  /**
   * Real ms to wait for agents that do something outside of virtual time, which stands still meanwhile, counted from when the last of them
   * began, ended or went to sleep. Default 5,000.
   */
  readonly stallMs?: number;
  /** Is told every event. What it throws stops the run, and `simulate` rejects with it. */
  readonly onEvent?: (event: RunEvent) => void;
  readonly inspector?: Inspector;
}

/** Something that is done to a simulated run from outside. */
export type Happening =
  | { readonly at: number; readonly do: 'cancel'; readonly reason?: string; readonly force?: boolean }
  | { readonly at: number; readonly do: 'pause' | 'resume' }
  | { readonly at: number; readonly do: 'signal'; readonly name: string; readonly payload?: Json }
  | ({ readonly at: number; readonly do: 'answer'; readonly step: string } & AnswerGiven)
  | ({ readonly at: number; readonly do: 'delegate'; readonly step: string } & DelegationGiven)
  | ({ readonly at: number; readonly do: 'send'; readonly to: string; readonly body: Json } & MessageOptions);

/** How a simulated run went. */
export interface Simulation {
  /** `waiting`: nothing can happen any more without somebody outside; `view` says what each step waits for. */
  readonly status: 'completed' | 'failed' | 'cancelled' | 'waiting';
  /** Steps in the order in which they were settled, handlers included. */
  readonly history: readonly (readonly [step: string, outcome: StepOutcome])[];
  readonly outputs: Json;
  /** The step whose failure decided; null under the engine's rules when it broke rather than reported failure. */
  readonly failedStep: string | null;
  /** The message of what went wrong, or null. */
  readonly error: string | null;
  /** The same with code, hint and cause. */
  readonly failure: ErrorData | null;
  readonly journal: readonly Batch[];
  /** Virtual ms from the first fact to the last. */
  readonly makespanMs: number;
  readonly view: RunView;
  /** The definition as it ran, step types bound: what the journal folds against. */
  readonly workflow: Workflow;
}

/**
 * Runs a workflow in simulation. However the run goes, it resolves: with the status `waiting` when nothing can happen any more without
 * somebody outside, and when an agent outside of virtual time has not answered within `stallMs`. Rejects as `createRuntime` and `start` do,
 * and with what `onEvent` throws.
 */
export async function simulate(workflow: Workflow, options: SimulateOptions = {}): Promise<Simulation> {
  const time = new VirtualTime(options.startAt ?? 0);
  const store = createMemoryStore();
  const outside = new OutsideWork();
  const crew = outside.watch(simulationCrew(options));
  const runtime = await createRuntime({
    store,
    crew,
    time,
    maxConcurrentTasks: Number.POSITIVE_INFINITY,
    ...(options.inspector === undefined ? {} : { inspector: options.inspector }),
  });
  const definition = underRules(workflow, options.compat);
  const handle = await runtime.start(definition, {
    id: 'simulation',
    input: options.input ?? {},
    variables: options.variables ?? {},
    seed: options.seed ?? 1,
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    ...(options.oversight === undefined ? {} : { oversight: options.oversight }),
    ...(options.plan !== undefined && options.maxConcurrency === undefined
      ? {}
      : { maxConcurrency: options.maxConcurrency ?? (definition.compat === 'engine' ? 1 : MAX_CONCURRENT_TASKS) }),
  });
  const stop = () => runtime.stop({ graceMs: 0 });
  const following = follow(handle, options.onEvent, stop);
  for (const happening of options.happenings ?? []) time.alarm((options.startAt ?? 0) + happening.at, () => happen(handle, happening));
  await untilQuiet(handle, time, options.stallMs ?? 5_000, outside);
  const view = handle.state();
  const journal = await store.read('simulation');
  await stop();
  const { thrown } = await following;
  if (thrown !== null) throw thrown.value;
  const recorded = (await store.getDefinition(startOf('simulation', journal).definition)) as unknown as Workflow;
  return {
    status: hasEnded(view.status) ? (view.status as 'completed' | 'failed' | 'cancelled') : 'waiting',
    history: view.history,
    outputs: view.outputs,
    failedStep: view.failedStep,
    error: view.error?.message ?? null,
    failure: view.error,
    journal,
    makespanMs: view.updatedAt - view.startedAt,
    view,
    workflow: recorded,
  };
}

const obliging: CrewMember = ({ task }) => (task.persona === null ? {} : { status: 'pass' });

function simulationCrew(options: SimulateOptions): Crew {
  const { crew, stepTypes = {} } = options;
  const { '*': anyType, ...types } = stepTypes;
  if (crew !== undefined && 'candidates' in crew) {
    const own = createCrew({ stepTypes: types, ...(anyType === undefined ? {} : { personas: { '*': anyType } }) });
    return {
      ...crew,
      candidates(task) {
        const cast = crew.candidates(task);
        return Object.hasOwn(types, task.type) || cast.length === 0 ? own.candidates(task) : cast;
      },
      stepTypes: () => [...crew.stepTypes(), ...own.stepTypes()],
      actorOf: (agent) => crew.actorOf(agent) ?? own.actorOf(agent),
    };
  }
  const anybody = anyType ?? (crew === undefined ? obliging : undefined);
  return createCrew({
    ...crew,
    personas: { ...(anybody === undefined ? {} : { '*': anybody }), ...crew?.personas },
    stepTypes: { ...crew?.stepTypes, ...types },
  });
}

function underRules(workflow: Workflow, compat: 'engine' | 'native' | undefined): Workflow {
  if (compat === 'engine')
    return workflow.compat === 'engine' ? workflow : { ...workflow, compat: 'engine', onFailure: 'stop', onSkip: 'satisfy' };
  if (compat === 'native' && workflow.compat !== undefined) {
    const { compat: _, ...rest } = workflow;
    return { ...rest, onFailure: 'continue', onSkip: 'satisfy' };
  }
  return workflow;
}

/** Tells every event, and stops the run when that goes wrong. Resolves when there is nothing more to tell. */
async function follow(handle: RunHandle, onEvent: SimulateOptions['onEvent'], stop: () => Promise<void>): Promise<Following> {
  if (onEvent === undefined) return { thrown: null };
  try {
    // What is awaited is for callbacks that are asynchronous all the same.
    for await (const event of handle.events({ coordination: true })) await onEvent(event);
    return { thrown: null };
  } catch (value) {
    await stop();
    return { thrown: { value } };
  }
}

interface Following {
  readonly thrown: { readonly value: unknown } | null;
}

function happen(handle: RunHandle, happening: Happening): void {
  const done = carryOut(handle, happening);
  // A run that has ended by then takes no more facts: that is no fault of the simulation.
  done.catch(() => {});
}

function carryOut(handle: RunHandle, happening: Happening): Promise<unknown> {
  switch (happening.do) {
    case 'cancel':
      return handle.cancel(happening.reason, { force: happening.force === true });
    case 'signal':
      return handle.signal(happening.name, happening.payload ?? null);
    case 'answer':
      return handle.answer(happening.step, happening);
    case 'delegate':
      return handle.delegate(happening.step, happening);
    case 'send':
      return handle.send(happening.to, happening.body, happening);
    default:
      return handle[happening.do]();
  }
}
