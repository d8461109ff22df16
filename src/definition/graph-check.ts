/** Whether the steps of a workflow can be put in order: unique ids, dependencies and members that exist and can be seen, no circles. */
import { circles, shortestCircle } from './circles.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { fallbackProblems } from './fallback-check.ts';
import { membersBefore } from './fallbacks.ts';
import { feedbackProblems } from './feedback-check.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { SourcePath } from './source-node.ts';
import { everyStep, type Step, votersOf } from './workflow.ts';

/** What was probably meant is looked for in that many problems; a file with more has one that explains them all. */
const MAX_GUESSES = 100;

/** Steps of a circle that are printed; of a longer one the beginning and the end. */
const MAX_PRINTED = 20;

/** A problem of the graph, at a step or at one of its dependencies. */
export interface GraphProblem {
  readonly code: Extract<
    DiagnosticCode,
    | 'STEP_DUPLICATE_ID'
    | 'DEPENDENCY_UNKNOWN'
    | 'DEPENDENCY_CYCLE'
    | 'MEMBER_UNKNOWN'
    | 'JOIN_IMPOSSIBLE'
    | 'FEEDBACK_TARGET'
    | 'FALLBACK_UNREACHABLE'
    | 'NAME_UNKNOWN'
    | 'DECLARATION_CONFLICT'
  >;
  readonly message: string;
  readonly hint?: string;
  readonly step: Step;
  /** The dependency that is wrong; absent when the step's id is. */
  readonly dependency?: string;
  /** Where in the step it stands, where that is neither its id nor a dependency. */
  readonly at?: SourcePath;
}

/**
 * Checks one root list of steps with everything inside it; bodies of maps are not entered. `sequential`: the list is worked off in order.
 * `isOutside`: whether an id stands around the map whose body the list is, where nothing in it can depend on it.
 * Cycles are printed with their path, `a → b → a` meaning that a waits for b and b for a.
 */
export function checkGraph(steps: readonly Step[], sequential = false, isOutside: (id: string) => boolean = () => false): GraphProblem[] {
  const problems = duplicateIds(steps);
  checkList({ steps, sequential, waitsForAll: true, visible: new Set(), around: [] }, sightOf(steps, isOutside), problems);
  return problems;
}

/** Why a step cannot depend on a step that is there, and what to do instead. */
type Sight = (id: string) => Elsewhere | undefined;

function sightOf(steps: readonly Step[], isOutside: (id: string) => boolean): Sight {
  const here = new Map<string, Elsewhere>();
  for (const step of everyStep(steps)) {
    if (step.kind !== 'map') continue;
    const inside = { where: 'inside a map', hint: `it runs for every item; depend on ${quoted(step.id)}` };
    for (const { id } of everyStep(step.workflow.steps)) here.set(id, inside);
  }
  const hint = 'a step sees the steps beside it and around it; depend on the group that holds the other one';
  for (const { id } of everyStep(steps)) here.set(id, { where: 'inside another group', hint });
  const outside = { where: 'outside this map', hint: 'the steps of a map start with the map: let the map depend on it' };
  return (id) => here.get(id) ?? (isOutside(id) ? outside : undefined);
}

interface Elsewhere {
  readonly where: string;
  readonly hint: string;
}

/** Members of one group or branch, with what its members see outside of it. */
interface MemberList {
  readonly steps: readonly Step[];
  readonly sequential: boolean;
  readonly waitsForAll: boolean;
  /** Ids of the enclosing lists. */
  readonly visible: ReadonlySet<string>;
  /** The groups this list stands in, outermost first: its members cannot wait for them. */
  readonly around: readonly Step[];
}

function duplicateIds(steps: readonly Step[]): GraphProblem[] {
  const first = new Map<string, Step>();
  const problems: GraphProblem[] = [];
  for (const step of everyStep(steps)) {
    const earlier = first.get(step.id);
    if (earlier === undefined) first.set(step.id, step);
    else {
      const where = earlier.position === undefined ? '' : ` (line ${earlier.position.line})`;
      const message = `the step id ${quoted(step.id)} is already taken${where}`;
      problems.push({ code: 'STEP_DUPLICATE_ID', message, hint: 'ids are unique in the whole file, nested steps included', step });
    }
  }
  // the voters of a vote whose id is taken are taken, too
  const taken = new Set(problems.flatMap(({ step }) => (step.kind === 'vote' ? votersOf(step) : [])));
  return problems.filter(({ step }) => step.kind !== 'task' || !taken.has(step));
}

function checkList(list: MemberList, sight: Sight, problems: GraphProblem[]): void {
  const siblings = new Set(list.steps.map((step) => step.id));
  const visible = new Set([...list.visible, ...siblings]);
  for (const step of list.steps) {
    const members = new Set(step.kind === 'sync' ? step.members : []);
    for (const dependency of step.dependencies) {
      const problem = members.has(dependency)
        ? memberProblem(step, dependency, siblings, sight)
        : dependencyProblem(step, dependency, visible, list.around, sight);
      if (problem !== null) problems.push(problems.length < MAX_GUESSES ? guessed(problem, visible) : problem);
    }
    for (const inner of innerLists(step)) {
      checkList({ ...inner, visible, around: [...list.around, step] }, sight, problems);
    }
  }
  const fallbacks = fallbackProblems(list, (id) => sight(id) !== undefined);
  problems.push(...feedbackProblems(list.steps, list.sequential), ...fallbacks, ...cyclesOf(list));
}

function innerLists(step: Step): Pick<MemberList, 'steps' | 'sequential' | 'waitsForAll'>[] {
  if (step.kind === 'group') return [{ steps: step.steps, sequential: step.mode === 'sequential', waitsForAll: step.waitFor === 'all' }];
  if (step.kind !== 'choice') return [];
  return [step.then, step.otherwise].map((steps) => ({ steps, sequential: false, waitsForAll: true }));
}

function dependencyProblem(
  step: Step,
  dependency: string,
  visible: ReadonlySet<string>,
  around: readonly Step[],
  sight: Sight,
): GraphProblem | null {
  const container = around.find((outer) => outer.id === dependency);
  if (container !== undefined) {
    const message = `dependency cycle: ${step.id} → ${dependency} → ${step.id}`;
    return { code: 'DEPENDENCY_CYCLE', message, hint: `${quoted(step.id)} is inside ${quoted(dependency)}`, step, dependency };
  }
  if (visible.has(dependency)) return null;
  const message = `${quoted(step.id)} depends on ${quoted(dependency)}, which is not there`;
  const elsewhere = sight(dependency);
  if (elsewhere !== undefined) {
    const { where, hint } = elsewhere;
    return { code: 'DEPENDENCY_UNKNOWN', message: `${message} for it to see: it is ${where}`, hint, step, dependency };
  }
  return { code: 'DEPENDENCY_UNKNOWN', message, step, dependency };
}

function memberProblem(step: Step, member: string, siblings: ReadonlySet<string>, sight: Sight): GraphProblem | null {
  if (siblings.has(member)) return null;
  const message = `${quoted(step.id)} waits for ${quoted(member)}, which is no member of its group`;
  if (sight(member) !== undefined) {
    const hint = 'a sync point is for the steps beside it; name the group that holds the other one';
    return { code: 'MEMBER_UNKNOWN', message, hint, step, dependency: member };
  }
  return { code: 'MEMBER_UNKNOWN', message, step, dependency: member };
}

function guessed(problem: GraphProblem, visible: ReadonlySet<string>): GraphProblem {
  if (problem.hint !== undefined || problem.dependency === undefined) return problem;
  const closest = nearest(problem.dependency, visible);
  return closest === null || closest === problem.step.id ? problem : { ...problem, hint: `did you mean "${closest}"?` };
}

/** One problem for each set of steps that wait for each other, printed along one shortest circle through its first step. */
function cyclesOf(list: MemberList): GraphProblem[] {
  const index = new Map(list.steps.map((step, at) => [step.id, at]));
  const before = list.sequential ? membersBefore(list.steps) : null;
  const edges = list.steps.map((step, at) => {
    const waitsFor = new Set<number>();
    for (const dependency of outwardDependencies(step)) {
      const target = index.get(dependency);
      if (target !== undefined) waitsFor.add(target);
    }
    const previous = before?.[at] ?? null;
    if (previous !== null) waitsFor.add(previous);
    return [...waitsFor];
  });
  const problems: GraphProblem[] = [];
  for (const members of circles(edges)) {
    const path = shortestCircle(edges, members);
    const turn = meetingIn(path, list.steps);
    const step = list.steps[path[turn ?? 0] ?? 0];
    const next = list.steps[path[(turn ?? 0) + 1] ?? 0];
    if (step === undefined || next === undefined) continue;
    const ids = path.map((at) => list.steps[at]?.id);
    const shown =
      ids.length > MAX_PRINTED
        ? [...ids.slice(0, MAX_PRINTED / 2), `… ${ids.length - MAX_PRINTED} more …`, ...ids.slice(-MAX_PRINTED / 2)]
        : ids;
    const circle = shown.join(' → ');
    if (turn === null) problems.push({ code: 'DEPENDENCY_CYCLE', message: `dependency cycle: ${circle}`, step, dependency: next.id });
    else {
      const message = `${quoted(step.id)} waits for ${quoted(next.id)}, which waits for it: ${circle}`;
      problems.push({ code: 'JOIN_IMPOSSIBLE', message, step, dependency: next.id });
    }
  }
  return problems;
}

/** The first place in a circle where a sync point waits for one of its members, or null. */
function meetingIn(path: readonly number[], steps: readonly Step[]): number | null {
  const turn = path.findIndex((at, place) => {
    const step = steps[at];
    const next = steps[path[place + 1] ?? -1];
    return step?.kind === 'sync' && next !== undefined && step.members.includes(next.id);
  });
  return turn === -1 ? null : turn;
}

/** What a step waits for, itself or through the steps inside it; a dependency of a member on its own container is reported elsewhere. */
function* outwardDependencies(step: Step): Generator<string> {
  yield* step.dependencies;
  for (const { steps } of innerLists(step)) {
    for (const member of everyStep(steps)) for (const dependency of member.dependencies) if (dependency !== step.id) yield dependency;
  }
}
