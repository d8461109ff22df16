/** A run as people look at it: every step with its state, how it got there, and what it waits for. */
import type { StepContext } from '../machines/step.ts';
import type { GroupBlueprint, StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import { classify } from '../policy/failure-class.ts';
import type { DeadLetterNote } from '../protocol/dead-letters.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { RunSummary } from '../protocol/journal.ts';
import type { Json } from '../protocol/json.ts';
import type { NotUndone } from '../protocol/messages.ts';
import type { RunStatus, StepOutcome } from '../protocol/outcomes.ts';
import { contextOf, stateOf } from './actor-system.ts';
import type { ApprovalEntry } from './approval-book.ts';
import { signalOf } from './attempts.ts';
import { judgePath } from './ballots.ts';
import { type BudgetView, budgetView } from './budget-view.ts';
import { type CheckpointView, checkpointsOf } from './checkpoints.ts';
import type { DeadLetter } from './exchange.ts';
import { shownState, whyContested, whyLive, whyPending } from './explain.ts';
import { HANDLERS } from './handlers-prefix.ts';
import { lettersOf, summarizedLetters } from './letters-of-run.ts';
import { type PhaseView, phasesOf } from './phase-view.ts';
import { questionOf } from './question-view.ts';
import type { RecoveryNote } from './recovery-book.ts';
import type { Run } from './run.ts';
import type { LiveGroup, LiveStep } from './run-state.ts';
import { undoingOfRun } from './sagas.ts';
import { type SharedView, sharedViewOf } from './shared-view.ts';
import { failureOnRecord, type StepRecord } from './step-record.ts';
import type { StepView } from './step-view.ts';
import { isWait } from './waits.ts';

export type { StepView };

/** A whole run as it stands. */
export interface RunView {
  readonly id: string;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly startedAt: number;
  /** Time of the last fact. */
  readonly updatedAt: number;
  readonly steps: readonly StepView[];
  /** Steps in the order in which they were settled. */
  readonly history: readonly (readonly [step: string, outcome: StepOutcome])[];
  readonly outputs: Json;
  readonly error: ErrorData | null;
  readonly failedStep: string | null;
  /** Facts that came too late to be applied. */
  readonly lateFacts: number;
  /** Phases with all their rounds, in the order in which they began; those that have not begun are left out. */
  readonly phases: readonly PhaseView[];
  /** Checkpoints that it has passed, in order; those that it has passed again are there again. */
  readonly checkpoints: readonly CheckpointView[];
  /** Paths of completed steps that were undone, in order. */
  readonly undone: readonly string[];
  /** Completed steps that were to be undone and could not be: what they did still stands. */
  readonly notUndone: readonly NotUndone[];
  /** What it has spent of its budget, and its steps of theirs; null where nothing has one. */
  readonly budget: BudgetView | null;
  /** What was tried for steps that had failed, and what became of it, in order. */
  readonly recoveries: readonly RecoveryNote[];
  /** Messages that nobody could be given. */
  readonly deadLetters: readonly DeadLetter[];
  /** What was not delivered or done, and what people have done about it: tasks that have failed for good, and these messages. */
  readonly letters: readonly DeadLetterNote[];
  /** The run's shared context with its whole story; null where no step works on one. */
  readonly shared: SharedView | null;
}

/** Draws the view of a run. `now` is the host's time, for "how long". */
export function viewOf(run: Run, startedAt: number, now: number): RunView {
  const { state, ended } = run;
  const steps: StepView[] = [];
  const look = new Viewer(run, now, steps);
  look.workflow(state.root.blueprint, '', 0);
  look.errands();
  return {
    id: state.id,
    workflow: state.root.blueprint.workflow.name,
    status: run.status,
    startedAt,
    updatedAt: state.clock.now(),
    steps,
    history: historyOf(run),
    outputs: ended?.outputs ?? null,
    error: ended?.error ?? null,
    failedStep: ended?.failedStep ?? null,
    lateFacts: state.lateFacts,
    phases: phasesOf(state),
    checkpoints: checkpointsOf(state),
    ...undoingOfRun(state),
    budget: budgetView(state.budget),
    recoveries: [...state.recovery.log],
    deadLetters: [...state.exchange.deadLetters],
    letters: lettersOf(state),
    shared: state.root.cell === null ? null : sharedViewOf(state.root.cell.current),
  };
}

/** The engine dialect knows its handlers by their names alone, also where a step has the same one. */
function historyOf({ state }: Run): RunView['history'] {
  if (state.root.blueprint.workflow.compat !== 'engine') return state.history;
  return state.history.map(([path, outcome]) => [path.startsWith(HANDLERS) ? path.slice(HANDLERS.length) : path, outcome]);
}

/** What a listing shows of a run. Counts what is on record; looks at live steps only for the note. */
export function summaryOf(run: Run, startedAt: number, now: number): RunSummary {
  const { state, ended } = run;
  const steps = { total: state.root.blueprint.size, completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  for (const id of state.root.blueprint.ids) {
    const outcome = state.records.get(id)?.outcome;
    if (outcome !== undefined) steps[outcome]++;
  }
  return {
    id: state.id,
    workflow: state.root.blueprint.workflow.name,
    status: run.status,
    startedAt,
    updatedAt: state.clock.now(),
    endedAt: ended === null ? null : state.clock.now(),
    steps,
    note: ended === null ? firstWait(run, now) : (ended.error?.message ?? null),
    ...(steps.failed + state.exchange.deadLetters.length === 0 ? {} : summarizedLetters(state)),
  };
}

/** What the first live step that does not merely coordinate waits for. */
function firstWait(run: Run, now: number): string | null {
  for (const step of run.state.steps.values()) {
    const isLeaf =
      step.body === null ||
      step.blueprint.step.kind === 'task' ||
      step.blueprint.step.kind === 'approval' ||
      stateOf(step.actor) === 'recovering';
    if (isLeaf || isWait(step.blueprint)) return `${step.path} ${whyLive(run.state, step, now)}`;
  }
  return run.state.slots.held ? 'the run is paused' : null;
}

const NO_ENTRIES: readonly ApprovalEntry[] = [];

/** Where steps stand: what is before their ids, how deep, and inside of what. */
interface Place {
  readonly prefix: string;
  readonly depth: number;
  readonly around: string;
}

type Standing = Pick<StepView, 'state' | 'outcome' | 'attempts' | 'startedAt' | 'endedAt' | 'error' | 'why'> &
  Partial<
    Pick<StepView, 'failure' | 'replacedBy' | 'signal' | 'question' | 'progress' | 'phase' | 'blocked' | 'contextVersion' | 'degraded'>
  >;

function ended(record: StepRecord): Standing {
  const { outcome, attempts, startedAt, endedAt, error, reason, replacedBy, makeshift } = record;
  const said = error?.message ?? reason;
  const why = replacedBy === undefined ? said : `${replacedBy} stands in for it${said === null ? '' : `: ${said}`}`;
  return {
    state: outcome,
    outcome,
    attempts,
    startedAt,
    endedAt,
    error,
    failure: failureOnRecord(record),
    replacedBy: replacedBy ?? null,
    why,
    degraded: makeshift === 'degraded',
  };
}

class Viewer {
  readonly #run: Run;
  readonly #now: number;
  readonly #into: StepView[];
  /** By path: what people were asked and have said. */
  readonly #audit = new Map<string, ApprovalEntry[]>();

  constructor(run: Run, now: number, into: StepView[]) {
    this.#run = run;
    this.#now = now;
    this.#into = into;
    for (const entry of run.state.approvals.log) {
      const of = this.#audit.get(entry.step);
      if (of === undefined) this.#audit.set(entry.step, [entry]);
      else of.push(entry);
    }
  }

  workflow(blueprint: WorkflowBlueprint, prefix: string, depth: number): void {
    const { groups } = this.#run.state;
    this.#group(blueprint.root, groups.get(`${prefix}(root)`), { prefix, depth, around: 'the run' });
    const handlers = groups.get(`${prefix}(handlers)`);
    if (handlers !== undefined) this.#group(handlers.blueprint, handlers, { prefix: handlers.prefix, depth, around: 'the run' });
  }

  /** What the run asked for on its own behalf: merges, decisions, compensations. */
  errands(): void {
    for (const group of new Map(this.#run.state.errands.map((each) => [each.path, each])).values()) {
      if (group.isPrivate) this.#group(group.blueprint, group, { prefix: group.prefix, depth: 0, around: 'the run' });
    }
  }

  #group(blueprint: GroupBlueprint, group: LiveGroup | undefined, { prefix, depth, around }: Place): void {
    blueprint.members.forEach((member, index) => {
      this.#step(member, group, index, { prefix, depth, around });
    });
  }

  #step(blueprint: StepBlueprint, group: LiveGroup | undefined, member: number, { prefix, depth, around }: Place): void {
    const { step } = blueprint;
    const path = prefix + step.id;
    const { state } = this.#run;
    const record = state.records.get(path);
    const live = state.steps.get(path);
    const common = {
      path,
      name: live?.name ?? step.name,
      type: step.type,
      chosen: state.chosen.get(path) ?? null,
      persona: live?.persona ?? (step.kind === 'task' ? (step.persona ?? null) : null),
      depth,
      failure: null,
      replacedBy: null,
      degraded: false,
      signal: null,
      question: null,
      audit: this.#audit.get(path) ?? NO_ENTRIES,
      progress: null,
      phase: null,
      blocked: null,
      contextVersion: null,
      tokens: state.budget?.ledger.of(path) ?? null,
    };
    this.#into.push({
      ...common,
      ...(record !== undefined ? ended(record) : live !== undefined ? this.#live(live) : this.#pending(group, member, around)),
    });
    this.#inside(blueprint, path, { prefix, depth: depth + 1, around: step.id });
  }

  #inside(blueprint: StepBlueprint, path: string, inside: Place): void {
    const { state } = this.#run;
    const body = state.groups.get(path);
    if (blueprint.members !== null) this.#group(blueprint.members, body, inside);
    if (blueprint.branches !== null) {
      this.#group(blueprint.branches.then, body?.blueprint === blueprint.branches.then ? body : undefined, inside);
      this.#group(blueprint.branches.otherwise, body?.blueprint === blueprint.branches.otherwise ? body : undefined, inside);
    }
    if (blueprint.ballot !== null) {
      this.#group(blueprint.ballot.voters, body, inside);
      if (blueprint.ballot.judge !== null) this.#group(blueprint.ballot.judge, state.groups.get(judgePath(path)), inside);
    }
    if (blueprint.over !== null && body !== undefined) this.#group(body.blueprint, body, inside);
    if (blueprint.nested !== null && blueprint.over === null && state.scopes.has(`${path}/`))
      this.workflow(blueprint.nested, `${path}/`, inside.depth);
  }

  #pending(group: LiveGroup | undefined, member: number, around: string): Standing {
    const contest = group?.contests.get(member);
    if (contest?.arrival != null) {
      const { attempts } = contest.arrival.settled;
      const { startedAt } = contest.arrival;
      return { state: 'contested', outcome: null, attempts, startedAt, endedAt: null, error: null, why: whyContested(contest) };
    }
    const why =
      group === undefined ? `waits for ${around} to begin` : group.ending !== null ? null : whyPending(this.#run.state, group, member);
    return { state: 'pending', outcome: null, attempts: 0, startedAt: null, endedAt: null, error: null, why };
  }

  #live(live: LiveStep): Standing {
    const { attempt, error, thrown } = contextOf<StepContext>(live.actor);
    const state = shownState(live);
    const said = this.#run.state.progress.get(live.path);
    return {
      state,
      signal: state === 'awaitingSignal' || state === 'escalated' ? signalOf(live) : null,
      question: questionOf(this.#run.state, live),
      progress: said?.percent ?? null,
      phase: said?.phase ?? null,
      blocked: said?.blocked ?? null,
      contextVersion: live.view?.version ?? null,
      outcome: null,
      attempts: attempt,
      startedAt: live.startedAt,
      endedAt: null,
      error,
      failure: error === null ? null : classify(error, thrown),
      why: whyLive(this.#run.state, live, this.#now),
    };
  }
}
