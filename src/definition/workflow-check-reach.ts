/** Steps that can never run, and joins that can never complete. */
import { compileCondition } from './condition.ts';
import { referencedNames } from './expression-references.ts';
import { quoted } from './printable.ts';
import type { GroupStep, Step, VoteStep, Workflow } from './workflow.ts';
import type { StepProblem } from './workflow-check-step.ts';

/**
 * Found: steps whose own condition, or the question of whose branch, can never hold; whose conditional edges can none of them be taken;
 * or, where skipping spreads, that depend on such a step. Whatever stands inside such a step is not reported again. And groups and votes
 * of which fewer members can complete than must.
 */
export function reachProblems(workflow: Workflow): StepProblem[] {
  const found: StepProblem[] = [];
  checkList(workflow.steps, workflow, found);
  return found;
}

/** Returns the ids of the members that can never run. */
function checkList(steps: readonly Step[], workflow: Workflow, found: StepProblem[]): Set<string> {
  const never = new Set<string>();
  for (const step of inOrder(steps)) {
    const why = whyNever(step, never, workflow);
    if (why === null) checkInside(step, workflow, found);
    else {
      never.add(step.id);
      const hint = 'change the condition, or take the step out';
      found.push({
        code: 'STEP_UNREACHABLE',
        severity: 'warning',
        message: `${quoted(step.id)} can never run: ${why.reason}`,
        hint,
        step,
        path: why.path,
      });
    }
  }
  return never;
}

interface Why {
  readonly reason: string;
  readonly path: readonly (string | number)[];
}

function whyNever(step: Step, never: ReadonlySet<string>, workflow: Workflow): Why | null {
  if (step.condition !== undefined && constant(step.condition) === false)
    return { reason: 'its condition never holds', path: ['condition'] };
  const conditional = step.dependencies.filter((id) => step.edges?.[id]?.kind === 'conditional');
  const isTaken = (id: string) => !never.has(id) && constant(step.edges?.[id]?.when ?? 'true') !== false;
  if (conditional.length > 0 && !conditional.some(isTaken))
    return { reason: `none of its conditional dependencies can be taken (${conditional.join(', ')})`, path: ['dependencies'] };
  if (workflow.onSkip !== 'propagate') return null;
  const missing = step.dependencies.find((id) => never.has(id) && (step.edges?.[id]?.kind ?? 'hard') === 'hard');
  return missing === undefined ? null : { reason: `${quoted(missing)} never runs, and skipping spreads`, path: ['dependencies'] };
}

function checkInside(step: Step, workflow: Workflow, found: StepProblem[]): void {
  if (step.kind === 'group') checkJoin(step, checkList(step.steps, workflow, found), found);
  if (step.kind === 'vote') checkVote(step, found);
  if (step.kind !== 'choice') return;
  const answer = constant(step.when);
  for (const [steps, isDead] of [[step.then, answer === false] as const, [step.otherwise, answer === true] as const]) {
    const [first] = steps;
    if (!isDead) checkList(steps, workflow, found);
    else if (first !== undefined) {
      const reason = `the condition of ${quoted(step.id)} ${answer === true ? 'always' : 'never'} holds`;
      const message = `${quoted(first.id)} can never run: ${reason}`;
      found.push({
        code: 'STEP_UNREACHABLE',
        severity: 'warning',
        message,
        hint: 'change the condition, or take the branch out',
        step: first,
        path: ['id'],
      });
    }
  }
}

function checkJoin(group: GroupStep, never: ReadonlySet<string>, found: StepProblem[]): void {
  const members = group.steps.length;
  const needed = neededOf(group);
  if (needed === null) return;
  const path = [group.quorum === undefined ? 'wait_for' : 'quorum'];
  if (needed > members) {
    const message = `${quoted(group.id)} waits for ${needed} members and has ${members}`;
    found.push({ code: 'QUORUM_IMPOSSIBLE', severity: 'error', message, hint: `ask for at most ${members}`, step: group, path });
  } else if (members - never.size < needed) {
    const message = `${quoted(group.id)} waits for ${needed} members to complete, but only ${members - never.size} of ${members} can run`;
    found.push({
      code: 'JOIN_IMPOSSIBLE',
      severity: 'error',
      message,
      hint: `these never run: ${[...never].join(', ')}`,
      step: group,
      path,
    });
  }
}

/** How many members must complete; null where nobody must: a group that waits for any of them is joined when all are skipped. */
function neededOf({ waitFor, quorum, onFailure, steps }: GroupStep): number | null {
  switch (waitFor) {
    case 'all':
      return null;
    case 'any':
      return onFailure === undefined ? null : 1;
    case 'majority':
      return Math.floor(steps.length / 2) + 1;
    default:
      return quorum ?? 1;
  }
}

function checkVote(step: VoteStep, found: StepProblem[]): void {
  const voters = step.steps.length;
  if (step.quorum === undefined || step.quorum <= voters) return;
  const message = `${quoted(step.id)} waits for ${step.quorum} votes and has ${voters} voters`;
  found.push({ code: 'QUORUM_IMPOSSIBLE', severity: 'error', message, hint: `ask for at most ${voters}`, step, path: ['quorum'] });
}

/** What a condition gives whatever is known; null where that depends, or where it cannot be read. */
function constant(condition: string): boolean | null {
  if (referencedNames(condition, 'native', 'condition').size > 0) return null;
  try {
    return compileCondition(condition, 'native')({ variables: {}, steps: {} });
  } catch {
    // what cannot be read or evaluated is told of elsewhere
    return null;
  }
}

/** Members after what they wait for; in the order of the file where they wait in a circle. */
function inOrder(steps: readonly Step[]): Step[] {
  const place = new Map(steps.map((step, at) => [step.id, at]));
  const dependents: number[][] = steps.map(() => []);
  const open = steps.map(({ dependencies }, at) => {
    const waits = new Set(dependencies.flatMap((id) => place.get(id) ?? []));
    for (const other of waits) dependents[other]?.push(at);
    return waits.size;
  });
  const order = open.flatMap((count, at) => (count === 0 ? [at] : []));
  for (const at of order) {
    for (const next of dependents[at] ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) order.push(next);
    }
  }
  return (order.length < steps.length ? steps.map((_, at) => at) : order).flatMap((at) => steps[at] ?? []);
}
