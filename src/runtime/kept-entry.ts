/** How a step enters that stands as it ended before. */
import { RETRY_SHAPE } from '../definition/attempt-timing.ts';
import type { Step } from '../definition/workflow.ts';
import type { KeptEnd } from '../machines/step.ts';
import { needsRoom, type StepBlueprint } from '../planning/blueprint.ts';
import type { ContextView } from '../policy/shared-context.ts';
import { frozen } from '../protocol/frozen.ts';
import type { KeptStep } from '../protocol/kept-steps.ts';
import { completion } from './attempt-end.ts';
import { see } from './attempts.ts';
import type { EntryPlan } from './entry.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import type { StepRecord } from './step-record.ts';

/** What is made up of members that stand comes to the same end by itself. */
const ENTERED: ReadonlySet<Step['kind']> = new Set(['group', 'choice', 'workflow', 'map']);

/** The step as it ended before, where it is not entered again: leaves, and what is not only made up of its members. */
function standing({ keeping }: RunState, { step }: StepBlueprint, path: string): KeptStep | null {
  const kept = keeping?.steps.get(path);
  if (kept === undefined || (kept.outcome === 'completed' && kept.output === undefined)) return null;
  return kept.outcome === 'failed' && kept.startedAt !== null && ENTERED.has(step.kind) ? null : kept;
}

/** Whether a member takes up room when it is launched: what stands needs none. */
export function takesRoom(state: RunState, blueprint: StepBlueprint, path: string): boolean {
  return needsRoom(blueprint) && standing(state, blueprint, path) === null;
}

/** The plan of a step that stands, or null for one that has to be entered. */
export function planKept(state: RunState, blueprint: StepBlueprint, path: string): EntryPlan | null {
  if (state.keeping === null) return null;
  const kept = standing(state, blueprint, path);
  if (kept === null) return null;
  const { step } = blueprint;
  return {
    input: {
      path,
      entry: 'kept',
      retries: 0,
      attemptsBefore: kept.attempts,
      retryOn: 'failure',
      backoff: RETRY_SHAPE,
      seed: state.seed,
      timeoutMs: null,
      timeoutGrowth: undefined,
      variables: null,
      error: null,
      reason: null,
      kept: frozen(endOf(blueprint, kept)),
    },
    name: step.name,
    given: {},
    branch: false,
    nested: null,
    persona: null,
  };
}

function endOf({ step }: StepBlueprint, kept: KeptStep): KeptEnd {
  const { outcome, attempts, error, reason, output = null, variables, writes, makeshift } = kept;
  const made = { outcome, output, variables: variables ?? null, writes: writes ?? null, error, reason };
  const end = makeshift === undefined ? made : { ...made, makeshift };
  if (outcome !== 'completed' || step.kind !== 'task' || makeshift === 'degraded') return end;
  const result = completion(step, {
    attempt: attempts,
    output,
    ...(variables === undefined ? {} : { variables }),
    ...(writes === undefined ? {} : { writes }),
  });
  // An output that was replaced may lack what the step stores of it.
  if (result.type === 'task.failed') return { ...end, outcome: 'failed', output: null, variables: null, writes: null, error: result.error };
  return { ...end, output: result.output, variables: result.variables, writes: result.writes ?? null };
}

/** What a step that stands has seen of the shared context: what there is, so that it fits. */
export function viewKept(plan: EntryPlan, { context }: LiveGroup, member: number, { keys }: StepBlueprint): ContextView | null {
  return plan.input.entry !== 'kept' || context === null || keys === null ? null : see(context, member, keys).view;
}

/** The record of a step that has just ended: the one from before, where it ended so then. */
export function keptRecord({ keeping, takingOver }: RunState, path: string, record: StepRecord): StepRecord {
  const kept = takingOver ? keeping?.steps.get(path) : undefined;
  if (kept === undefined || kept.outcome !== record.outcome || kept.attempts !== record.attempts) return record;
  const { startedAt, endedAt, thrown } = kept;
  return { ...record, startedAt, endedAt, ...(thrown === undefined ? {} : { thrown }) };
}

/** The record of a step that stands inside of one that stands and is not entered: what it made is seen again. Null for any other. */
export function restoreInside({ keeping, takingOver }: RunState, { scope }: LiveGroup, id: string, path: string): StepRecord | null {
  const kept = takingOver ? keeping?.steps.get(path) : undefined;
  if (kept === undefined) return null;
  const { outcome, attempts, startedAt, endedAt, error, reason, thrown, output, makeshift } = kept;
  if (outcome === 'completed' && output !== undefined) scope.steps[id] = frozen(output);
  const how = thrown === undefined ? {} : { thrown };
  return { outcome, attempts, startedAt, endedAt, error, reason, ...how, ...(makeshift === undefined ? {} : { makeshift }) };
}
