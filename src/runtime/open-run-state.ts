/** The state of a run as it stands before its first fact. */
import { checkDeclared } from '../definition/value-schema.ts';
import type { WorkflowBlueprint } from '../planning/blueprint.ts';
import type { RunStarted } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import type { Keeping } from '../protocol/kept-steps.ts';
import { openBudget } from './budget-book.ts';
import { openCheckpoints } from './checkpoint-book.ts';
import { type ExchangeHooks, openExchange } from './exchange.ts';
import { signalsKept } from './keeping.ts';
import { foundKept, grantsKept, showFeedback, storiesKept } from './kept-rounds.ts';
import { plannedPlaces } from './launch-places.ts';
import { openLetters } from './letter-book.ts';
import { openRecoveryBook } from './recovery-book.ts';
import type { RunState } from './run-state.ts';
import { openScope } from './scope.ts';
import { Slots } from './slots.ts';
import { StepClock } from './step-clock.ts';

/** Opens the state of a run that was started so; `keeping`: what it takes over from an earlier life, or null. */
export function openRunState(
  id: string,
  blueprint: WorkflowBlueprint,
  started: RunStarted,
  keeping: Keeping | null,
  hooks: ExchangeHooks,
): RunState {
  const given = frozen({ ...started.input, ...started.variables });
  // What is wrong with the input was refused before the run was recorded; here only defaults are added.
  const { values } = checkDeclared(blueprint.workflow.inputs ?? {}, given);
  const root = openScope('', blueprint, frozen(values), { at: started.at });
  showFeedback(keeping, root);
  return {
    id,
    seed: started.seed,
    format: started.format,
    planned: started.order === undefined ? null : plannedPlaces(started.order),
    clock: new StepClock(started.at),
    slots: new Slots(started.maxConcurrency ?? Number.POSITIVE_INFINITY),
    root,
    scopes: new Map([['', root]]),
    groups: new Map(),
    steps: new Map(),
    records: new Map(),
    history: [],
    inFlight: new Map(),
    signals: signalsKept(keeping),
    listening: new Map(),
    watching: { open: new Map(), hasSettled: false },
    contests: new Map(),
    oversight: started.oversight ?? null,
    checkpoints: openCheckpoints(),
    recovery: openRecoveryBook(),
    approvals: { log: [], askings: new Map(), roles: started.roles ?? null },
    attemptsSoFar: new Map(keeping?.attempts),
    keeping,
    takingOver: false,
    progress: new Map(),
    errands: [],
    phases: storiesKept(keeping),
    loops: new Map(),
    foundBefore: foundKept(keeping),
    grantedRounds: grantsKept(keeping),
    desk: null,
    requests: new Map(),
    exchange: openExchange(hooks),
    letters: openLetters(),
    chosen: new Map(),
    heldBack: new Map(),
    births: [],
    settled: [],
    outbox: [],
    retrying: [],
    granted: null,
    halted: [],
    neverBegun: new Set(),
    sagas: { live: new Map(), ended: [], former: new Map(), seen: null, cut: null },
    inherited: new Map(started.kept?.map(({ step, endedAt }) => [step, endedAt])),
    budget: blueprint.budgeted ? openBudget(blueprint.workflow.budget ?? null) : null,
    items: 0,
    lateFacts: 0,
  };
}
