import { isJsonObject } from '../protocol/json.ts';
import type { RunBudget } from './budget.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, numberOf, textOf } from './native-entries.ts';
import { readWait } from './native-timing.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** Reads what a run or a step may spend; undefined where it does not say. `node`: the file, or the step. */
export function readBudget(written: Entries[string], node: SourceNode, reading: Reading): RunBudget | undefined {
  if (!isJsonObject(written)) return undefined;
  const asked = written.on_spent;
  const terms = isJsonObject(asked) ? asked : {};
  return {
    tokens: numberOf(written.tokens) ?? 0,
    ...given({
      attempt: numberOf(written.attempt),
      onSpent: asked === 'ask' || isJsonObject(asked) ? ('ask' as const) : undefined,
      assignees: readNames(terms.assignee, ['budget', 'on_spent', 'assignee'], node, reading),
      role: textOf(terms.role),
      timeoutMs: readWait(terms.timeout, node, ['budget', 'on_spent', 'timeout'], reading),
    }),
  };
}

interface Holder {
  readonly tokens: number;
  readonly owner: string;
}

/**
 * What limits a step from around it: the tightest of the budgets there, the tightest of those of which people are not asked for more, and what
 * the innermost expects of an attempt.
 */
interface Around {
  readonly tightest: Holder | null;
  readonly firm: Holder | null;
  readonly attempt: number | undefined;
}

/**
 * Reports budgets by which nothing is held up, and (warnings) those of steps that hold more than one around them, and those that do not hold
 * what a single attempt is expected to use. What stands in files of nested workflows is not looked at: they are read by themselves.
 */
export function checkBudgets({ budget, steps, onStepFailure, onWorkflowFailure }: Workflow, root: SourceNode, reading: Reading): void {
  if (budget !== undefined) checkReserves(budget.attempt, steps, root, reading);
  const around = inside({ tightest: null, firm: null, attempt: undefined }, budget, 'the run');
  for (const list of [steps, onStepFailure, onWorkflowFailure]) checkSteps(list, around, reading);
}

function checkSteps(steps: readonly Step[], around: Around, reading: Reading): void {
  for (const step of steps) {
    const within = inside(around, step.budget, step.id);
    const node = reading.origins.get(step);
    if (step.budget !== undefined && node !== undefined) {
      checkSize(step.budget, around, node, reading);
      checkReserves(within.attempt, [step], node, reading);
    }
    if (node !== undefined) checkCover(step, within, node, reading);
    for (const members of membersOf(step)) checkSteps(members, within, reading);
  }
}

function inside({ tightest, firm, attempt }: Around, budget: RunBudget | undefined, owner: string): Around {
  if (budget === undefined) return { tightest, firm, attempt };
  const held = { tokens: budget.tokens, owner };
  return {
    tightest: tighter(tightest, held),
    firm: budget.onSpent === 'ask' ? firm : tighter(firm, held),
    attempt: budget.attempt ?? attempt,
  };
}

const tighter = (outer: Holder | null, inner: Holder): Holder => (outer !== null && outer.tokens <= inner.tokens ? outer : inner);

function membersOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === 'group') return [step.steps];
  if (step.kind === 'choice') return [step.then, step.otherwise];
  return step.kind === 'map' ? [step.workflow.steps] : [];
}

function checkSize({ tokens }: RunBudget, { tightest }: Around, node: SourceNode, reading: Reading): void {
  if (tightest === null || tokens <= tightest.tokens) return;
  report(reading, node, ['budget', 'tokens'], {
    code: 'BUDGET_ABOVE_OUTER',
    severity: 'warning',
    message: `${tokens} tokens are more than the ${tightest.tokens} of ${tightest.owner}, which this stands in`,
    hint: `give at most ${tightest.tokens}, or raise the budget around it`,
  });
}

function checkCover(step: Step, { firm, attempt }: Around, node: SourceNode, reading: Reading): void {
  const [task] = step.kind === 'vote' ? step.steps : [step];
  if (task?.kind !== 'task' || firm === null) return;
  const need = task.needs?.tokens ?? attempt ?? 0;
  if (need <= firm.tokens) return;
  report(reading, node, task.needs?.tokens === undefined ? ['id'] : ['requires', 'tokens'], {
    code: 'BUDGET_BELOW_ATTEMPT',
    severity: 'warning',
    message: `one attempt of "${step.id}" is expected to use ${need} tokens, and ${firm.owner} has ${firm.tokens} in all: it cannot begin`,
    hint: `give ${firm.owner} at least ${need}, or let people be asked for more: "on_spent: ask"`,
  });
}

function checkReserves(attempt: number | undefined, steps: readonly Step[], node: SourceNode, reading: Reading): void {
  if (attempt !== undefined || reservesAnything(steps)) return;
  report(reading, node, ['budget'], {
    code: 'DECLARATION_CONFLICT',
    part: 'key',
    message: 'no step says how many tokens it is expected to use, so that nothing is held up by this budget',
    hint: 'give "attempt" here, or "requires: { tokens: … }" at the steps that use them',
  });
}

/** What stands in other files is not known here: it may say so. */
function reservesAnything(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some((step) => {
    if (step.budget?.attempt !== undefined) return true;
    if (step.kind === 'task') return step.needs?.tokens !== undefined;
    return step.kind === 'workflow' || (step.kind === 'map' && reservesAnything(step.workflow.steps));
  });
}
