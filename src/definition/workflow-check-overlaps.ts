/** Steps that may run at the same time and write the same key, where nothing says how that is settled. */

import type { ConflictSettings } from './joining.ts';
import { memberEdges } from './member-edges.ts';
import { quoted } from './printable.ts';
import type { Step, TaskStep, Workflow } from './workflow.ts';
import type { StepProblem } from './workflow-check-step.ts';

/** Steps of the graph looked at for one key; beyond that, who comes before whom is not found out. */
const BUDGET = 200_000;

/** One problem for each key of each group, at the last of those who may collide; a warning where items of one map do. */
export function overlapProblems(workflow: Workflow): StepProblem[] {
  const found: StepProblem[] = [];
  const { steps, mode, conflicts } = workflow;
  checkList({ steps, mode, settings: conflicts, oneAtATime: false }, conflicts, found);
  return found;
}

interface MemberList {
  readonly steps: readonly Step[];
  readonly mode: 'graph' | 'sequential' | 'parallel';
  readonly settings: ConflictSettings | undefined;
  readonly oneAtATime: boolean;
}

function checkList(list: MemberList, fallback: ConflictSettings | undefined, found: StepProblem[]): void {
  const { steps, settings, mode, oneAtATime } = list;
  if (settings === undefined && mode !== 'sequential' && !oneAtATime) found.push(...collisions(list));
  for (const step of steps) {
    if (step.kind === 'group') {
      const inside = { steps: step.steps, mode: step.mode, settings: step.conflicts ?? fallback, oneAtATime: step.maxConcurrent === 1 };
      checkList(inside, fallback, found);
    }
    if (step.kind === 'choice') {
      for (const branch of [step.then, step.otherwise])
        checkList({ steps: branch, mode: 'graph', settings: fallback, oneAtATime: false }, fallback, found);
    }
    if (step.kind === 'map' && step.maxConcurrent !== 1 && (step.workflow.conflicts ?? fallback) === undefined)
      found.push(...itemCollisions(step.workflow));
  }
}

/** A task that writes a key, and the member of the list it stands in. */
interface Writer {
  readonly member: number;
  readonly task: TaskStep;
}

function collisions({ steps, mode }: MemberList): StepProblem[] {
  const writers = new Map<string, Writer[]>();
  steps.forEach((step, member) => {
    for (const task of tasksIn([step])) {
      for (const key of keysOf(task)) {
        const list = writers.get(key);
        if (list === undefined) writers.set(key, [{ member, task }]);
        else list.push({ member, task });
      }
    }
  });
  const contested = [...writers].filter(([, list]) => new Set(list.map(({ member }) => member)).size > 1);
  if (contested.length === 0) return [];
  const before = memberEdges(steps, mode).map((edges) => edges.map(({ from }) => from));
  return contested.flatMap(([key, list]): StepProblem[] => {
    const pair = independentPair(list, before);
    if (pair === null) return [];
    const [one, other] = pair;
    const message = `${quoted(one.id)} and ${quoted(other.id)} may run at the same time and both write ${quoted(key)}`;
    return [problem(key, other, message, `say how that is settled with "conflicts", or let one depend on the other`)];
  });
}

function itemCollisions(body: Workflow): StepProblem[] {
  return [...tasksIn(body.steps)].flatMap((task) =>
    keysOf(task).map((key) => {
      const message = `${quoted(task.id)} writes ${quoted(key)} for several items at the same time`;
      const hint = 'say how that is settled with "conflicts", or take one item at a time with max_concurrent: 1';
      // What items add to a list or a map is merged by rule: here a collision is likely to be meant.
      return { ...problem(key, task, message, hint), severity: 'warning' as const };
    }),
  );
}

function problem(key: string, task: TaskStep, message: string, hint: string): StepProblem {
  const index = task.writes?.indexOf(key) ?? -1;
  const path = index >= 0 ? ['writes', index] : ['store'];
  return { code: 'WRITES_OVERLAP', severity: 'error', message, hint, step: task, path };
}

/** The first two writers of different members neither of which comes before the other. */
function independentPair(writers: readonly Writer[], before: readonly (readonly number[])[]): readonly [TaskStep, TaskStep] | null {
  let budget = BUDGET;
  const earlier = (member: number): Set<number> => {
    const seen = new Set<number>();
    const pending = [member];
    for (let at = pending.pop(); at !== undefined && budget > 0; at = pending.pop()) {
      for (const other of before[at] ?? []) {
        budget -= 1;
        if (!seen.has(other)) pending.push(other);
        seen.add(other);
      }
    }
    return seen;
  };
  const ancestors = new Map<number, Set<number>>();
  for (const { member } of writers) if (!ancestors.has(member)) ancestors.set(member, earlier(member));
  if (budget <= 0) return null;
  for (const [i, other] of writers.entries()) {
    for (const one of writers.slice(0, i)) {
      const isOrdered =
        one.member === other.member || ancestors.get(other.member)?.has(one.member) || ancestors.get(one.member)?.has(other.member);
      if (isOrdered !== true) return [one.task, other.task];
    }
  }
  return null;
}

/** Tasks inside steps, bodies of maps included: they change the same shared context. */
function* tasksIn(steps: readonly Step[]): Generator<TaskStep> {
  for (const step of steps) {
    if (step.kind === 'task') yield step;
    if (step.kind === 'group') yield* tasksIn(step.steps);
    if (step.kind === 'choice') yield* tasksIn([...step.then, ...step.otherwise]);
    if (step.kind === 'map') yield* tasksIn(step.workflow.steps);
  }
}

const keysOf = ({ writes = [], store = [] }: TaskStep): string[] => [
  ...new Set([...writes, ...store.flatMap(({ to, name }) => (to === 'shared' ? [name] : []))]),
];
