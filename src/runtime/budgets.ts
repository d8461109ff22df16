/** The budget of a run: claims of its steps, in the order in which they come, and people who are asked for more. */
import type { TaskStep } from '../definition/workflow.ts';
import type { ErrorData } from '../protocol/errors.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import type { Usage } from '../protocol/task.ts';
import { createClaim, tellLive } from './actor-system.ts';
import { openQuestion } from './approvals.ts';
import type { BudgetBook } from './budget-book.ts';
import { COMPENSATION } from './compensation-path.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';

/** What an attempt of a task is expected to use, tokens; 0 where nothing holds it up. What undoes something is never held up for want of tokens. */
export function estimateOf({ budget }: RunState, path: string, { needs }: TaskStep): number {
  if (budget === null || path.startsWith(COMPENSATION)) return 0;
  return needs?.tokens ?? budget.terms.attempt ?? 0;
}

/** Creates the actor of a claim. Meanwhile the step's room is others'. */
export function openClaim(state: RunState, step: LiveStep): Meeting {
  if (step.holdsSlot) {
    step.holdsSlot = false;
    state.slots.giveBack();
  }
  return { kind: 'claim', actor: createClaim(step.actor, { path: step.path }), isCancelled: false };
}

/** A claim stands in line; one that people were asked about keeps its place. */
export function standInBudget({ budget }: RunState, step: LiveStep): void {
  const { path, blueprint } = step;
  if (budget === null || budget.line.has(path) || blueprint.step.kind !== 'task') return;
  budget.line.set(path, blueprint.step.needs?.tokens ?? budget.terms.attempt ?? 0);
}

/** A claim is given up. */
export function leaveBudget({ budget }: RunState, path: string): void {
  budget?.line.delete(path);
  if (budget?.asking === path) budget.asking = null;
}

/** Serves those in line, the first one first, for as long as it can be said what becomes of it. */
export function serveClaims(state: RunState): void {
  const { budget } = state;
  if (budget === null || state.takingOver) return;
  for (const [path, need] of budget.line) {
    const verdict = budget.ledger.verdict(need);
    if (budget.asking !== null || verdict === 'waits') return;
    const claim = claimOf(state, path);
    if (verdict === 'covered') {
      budget.line.delete(path);
      budget.ledger.reserve(path, need);
      state.births.push(() => claim !== null && tellLive(claim.actor, { type: 'claim.granted' }));
    } else if (budget.terms.onSpent === 'ask' && budget.closed === null) {
      budget.asking = path;
      state.births.push(() => claim !== null && tellLive(claim.actor, { type: 'claim.referred' }));
    } else {
      budget.line.delete(path);
      const error = spent(budget, path, need);
      state.births.push(() => claim !== null && tellLive(claim.actor, { type: 'claim.refused', error }));
    }
  }
}

function claimOf({ steps }: RunState, path: string): Meeting | null {
  const body = steps.get(path)?.body ?? null;
  return body !== null && 'isCancelled' in body && body.kind === 'claim' ? body : null;
}

const count = (tokens: number): string => tokens.toLocaleString('en');

function spent({ ledger, closed }: BudgetBook, path: string, need: number, cause: ErrorData | null = null): ErrorData {
  const left = ledger.total - ledger.count.spent;
  return {
    code: 'BUDGET_SPENT',
    message: `${path} is expected to use ${count(need)} tokens, and ${count(Math.max(0, left))} of ${count(ledger.total)} are left${closed === null ? '' : `; ${closed}`}`,
    hint: 'raise "budget" in the file, or let people be asked for more: "on_spent: ask"',
    where: path,
    retryable: false,
    ...(cause === null ? {} : { cause }),
  };
}

/** Asks people for more, on behalf of the first in line. */
export function askForMore(state: RunState, step: LiveStep): void {
  const { budget } = state;
  const claim = claimOf(state, step.path);
  if (budget === null || claim === null) return;
  const given = moreAsked(budget, step);
  const asked = openQuestion(state, step, {
    terms: { params: {}, form: FORM },
    given,
    timeoutMs: budget.terms.timeoutMs ?? null,
    parent: claim.actor,
  });
  claim.question = asked.actor;
  asked.actor.start();
}

const FORM: JsonObject = {
  type: 'object',
  properties: { tokens: { type: 'integer', minimum: 1, description: 'How many tokens more the run may use.' } },
  required: ['tokens'],
};

/** What people are shown who are asked for more: proposed is what the step lacks, and those who wait behind it. */
export function moreAsked({ ledger, line, terms }: BudgetBook, { path, name }: LiveStep): JsonObject {
  const { spent: used, reserved } = ledger.count;
  const wanted = [...line.values()].reduce((sum, need) => sum + need, 0);
  return {
    subject: `The budget is spent: ${count(used)} of ${count(ledger.total)} tokens are used. How many more may the run use?`,
    params: { next: name, needs: line.get(path) ?? 0, waiting: [...line.keys()], spent: used, reserved, total: ledger.total },
    values: { tokens: Math.max(1, Math.ceil(used + reserved + wanted - ledger.total)) },
    assignees: terms.assignees === undefined ? null : [...terms.assignees],
    role: terms.role ?? null,
  };
}

/** The question is of no use any more. */
export function withdrawAsking(state: RunState, path: string, reason: string): void {
  const question = claimOf(state, path)?.question;
  if (question !== undefined) tellLive(question, { type: 'cancel', reason });
}

/** Takes in what people have given. */
export function takeMore({ budget }: RunState, { outputs }: WorkflowSettled): void {
  if (budget === null) return;
  const values = isJsonObject(outputs) ? outputs.values : null;
  budget.asking = null;
  if (isJsonObject(values) && typeof values.tokens === 'number') budget.ledger.raise(values.tokens);
}

/** Takes in that people give nothing: whoever lacks something from now on is refused without asking again. */
export function takeRefusal({ budget }: RunState, path: string, { error }: WorkflowSettled): ErrorData {
  if (budget === null) return { code: 'BUDGET_SPENT', message: `nothing is left for ${path}`, retryable: false };
  const need = budget.line.get(path) ?? 0;
  budget.line.delete(path);
  budget.asking = null;
  budget.closed = `no more was given: ${error?.message ?? 'nobody has answered'}`;
  return spent(budget, path, need, error);
}

/** An attempt has ended, or what it says comes late: it counts once, with what it says it has used, else with its estimate. */
export function settleUsage({ budget }: RunState, attempt: string, usage: Usage | undefined): void {
  budget?.ledger.settle(attempt, usage?.tokens ?? null);
}
