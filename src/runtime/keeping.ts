/**
 * What stands when a run goes back, or goes on after its end: how steps ended before, so that nobody is asked again. It is worked out from
 * the run as it was and its facts, so that every fold works out the same.
 */
import type { Step } from '../definition/workflow.ts';
import type { RunStarted, TaskCompleted } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import type { Batch } from '../protocol/journal.ts';
import type { Json } from '../protocol/json.ts';
import type { Keeping, KeptSignal, KeptStep, RoundsAgain } from '../protocol/kept-steps.ts';
import { COMPENSATION } from './compensation-path.ts';
import { beganBefore } from './kept-deadlines.ts';
import { messagesKept } from './kept-messages.ts';
import { roundsOf } from './kept-rounds.ts';
import { OpenedGroups } from './opened-groups.ts';
import type { LiveGroup, RunState } from './run-state.ts';

/** What a fork was given on its way; null for any other run. */
export function keptAtStart({ kept, signals = [], messages = [], rounds }: RunStarted): Keeping | null {
  if (kept === undefined) return null;
  return {
    steps: new Map(kept.map((each) => [each.step, each])),
    attempts: new Map(),
    signals,
    messages,
    rounds: rounds ?? null,
    began: new Map(),
  };
}

/** Signals that had come before a run began on what it keeps, by name. */
export function signalsKept(keeping: Keeping | null): Map<string, Json[]> {
  const kept = new Map<string, Json[]>();
  for (const { name, payload } of keeping?.signals ?? []) kept.set(name, [...(kept.get(name) ?? []), frozen(payload)]);
  return kept;
}

/** Steps of these kinds are kept by what they made; others are entered again, and what is inside them stands. */
export const KEPT_WHOLE: ReadonlySet<Step['kind']> = new Set(['task', 'signal', 'approval', 'sleep', 'variables']);

/** A question to a person about a conflict or a tie is asked under the path it is about. */
const DECISION = '.decision';

/**
 * What stands of a run as it is when the steps `again` are to run again. `batches`: the facts folded into it; `count`: how rounds are counted,
 * absent for journals in which nothing but steps and signals is taken over.
 */
export function keepingOf(state: RunState, batches: readonly Batch[], again: ReadonlySet<string>, count?: RoundsAgain): Keeping {
  const steps = new Map<string, KeptStep>();
  const groups = new OpenedGroups(state);
  const results = resultsIn(batches);
  const keep = (group: LiveGroup, member: number, path: string) => {
    const record = state.records.get(path);
    const step = group.blueprint.members[member]?.step;
    if (record === undefined || step === undefined) return;
    const isWhole = KEPT_WHOLE.has(step.kind) || record.makeshift !== undefined;
    const made = record.outcome === 'completed' && isWhole ? madeBy(state, results, group, step, path) : {};
    steps.set(path, { step: path, ...record, ...made });
  };
  const visit = (group: LiveGroup, stands: boolean) => {
    for (const [member, path] of groups.membersOf(group)) {
      const outcome = state.records.get(path)?.outcome;
      const isAgain = again.has(path);
      const ended = outcome === 'completed' || outcome === 'failed';
      if (!isAgain && (ended || (stands && outcome !== undefined))) keep(group, member, path);
      for (const inner of groups.inside(path)) visit(inner, !isAgain && (stands || ended));
    }
  };
  for (const root of groups.roots) visit(root, false);
  for (const [about, errand] of groups.settlements) {
    if (!again.has(about)) for (const [member, path] of groups.membersOf(errand)) keep(errand, member, path);
  }
  // What could not be undone is tried again when it comes to that.
  const isDone = (path: string) => state.records.get(path)?.outcome === 'completed';
  for (const undoing of groups.compensations) {
    for (const [member, path] of groups.membersOf(undoing))
      if (isDone(path) && steps.has(path.slice(COMPENSATION.length))) keep(undoing, member, path);
  }
  // Where anything runs again, what it comes to is dealt with anew.
  if (again.size === 0) for (const handling of groups.handlers) visit(handling, true);
  return {
    steps,
    attempts: attemptsIn(batches),
    signals: signalsLeft(state, batches, steps),
    messages: count === undefined ? [] : messagesKept(state, steps),
    rounds: count === undefined ? null : roundsOf(state, again, count),
    began: count === undefined ? new Map() : beganBefore(state, again),
  };
}

function madeBy(
  { keeping, records }: RunState,
  results: ReadonlyMap<string, TaskCompleted>,
  { scope }: LiveGroup,
  step: Step,
  path: string,
): Pick<KeptStep, 'output' | 'variables' | 'writes'> {
  if (records.get(path)?.makeshift !== undefined) return { output: scope.steps[step.id] ?? null };
  const result = results.get(path);
  if (result !== undefined) {
    const { output, variables, writes } = result;
    return { output, ...(variables === undefined ? {} : { variables }), ...(writes === undefined ? {} : { writes }) };
  }
  const before = keeping?.steps.get(path);
  if (before?.output !== undefined) {
    const { output, variables, writes } = before;
    return { output, ...(variables === undefined ? {} : { variables }), ...(writes === undefined ? {} : { writes }) };
  }
  const output: Json = scope.steps[step.id] ?? null;
  return step.kind === 'variables' ? { output, variables: output as never } : { output };
}

/** The results of tasks, by path: of the last attempt that gave one. Of an attempt that gave two, the first was taken. */
function resultsIn(batches: readonly Batch[]): Map<string, TaskCompleted> {
  const results = new Map<string, TaskCompleted>();
  for (const { fact } of batches) {
    if (fact.type !== 'task.completed') continue;
    const known = results.get(fact.step);
    if (known === undefined || known.attempt < fact.attempt) results.set(fact.step, fact);
  }
  return results;
}

function attemptsIn(batches: readonly Batch[]): Map<string, number> {
  const attempts = new Map<string, number>();
  for (const { intents } of batches) {
    for (const [kind, id] of intents) {
      if (kind !== 'task.start') continue;
      const cut = id.lastIndexOf('#');
      const attempt = Number(id.slice(cut + 1));
      const path = id.slice(0, cut);
      if (attempt > (attempts.get(path) ?? 0)) attempts.set(path, attempt);
    }
  }
  return attempts;
}

/** Signals that nobody has used, and the decisions of people about what stands. */
function signalsLeft({ signals, keeping }: RunState, batches: readonly Batch[], steps: ReadonlyMap<string, KeptStep>): KeptSignal[] {
  const isDecision = (name: string) => name.endsWith(DECISION) && steps.has(name.slice(0, -DECISION.length));
  const given = batches.flatMap(({ fact }) => (fact.type === 'signal.received' ? [{ name: fact.name, payload: fact.payload }] : []));
  const decisions = [...(keeping?.signals ?? []), ...given].filter(({ name }) => isDecision(name));
  const unused = [...signals].filter(([name]) => !isDecision(name)).flatMap(([name, all]) => all.map((payload) => ({ name, payload })));
  return [...decisions, ...unused];
}
