/** The budgets of a run: claims of its steps, in the order in which they come, and people who are asked for more. */
import type { Ruling } from '../policy/claim-line.ts';
import { attemptId } from '../protocol/ids.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import type { Usage } from '../protocol/task.ts';
import { createClaim, tellLive } from './actor-system.ts';
import { openQuestion } from './approvals.ts';
import { accountsAround, claimFor } from './budget-accounts.ts';
import { askedFor, type BudgetBook, resortOf } from './budget-book.ts';
import { moreAsked, nothingLeft, spentError } from './budget-words.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';

/** Creates the actor of a claim. Meanwhile the step's room is others'. */
export function openClaim(state: RunState, step: LiveStep): Meeting {
  if (step.holdsSlot) {
    step.holdsSlot = false;
    state.slots.giveBack();
  }
  return { kind: 'claim', actor: createClaim(step.actor, { path: step.path }), isCancelled: false };
}

/** A claim stands in line; one that people were asked about keeps its place. */
export function standInBudget(state: RunState, step: LiveStep): void {
  const claim = claimFor(state, step);
  if (claim !== null) state.budget?.line.add(claim);
}

/** A claim is given up. */
export function leaveBudget({ budget }: RunState, path: string): void {
  if (budget === null) return;
  budget.line.delete(path);
  const asked = askedFor(budget, path);
  if (asked !== null) asked.asking = null;
}

/** Serves those in line, for as long as it can be said what becomes of them. */
export function serveClaims(state: RunState): void {
  const { budget } = state;
  if (budget === null || state.takingOver) return;
  for (const ruling of budget.line.serve(budget.ledger, (account) => resortOf(budget, account))) carryOut(state, budget, ruling);
}

function carryOut(state: RunState, budget: BudgetBook, ruling: Ruling): void {
  const { step, need } = ruling.claim;
  const claim = claimOf(state, step);
  const tell = (event: Parameters<typeof tellLive>[1]) => state.births.push(() => claim !== null && tellLive(claim.actor, event));
  if (ruling.what === 'granted') {
    tell({ type: 'claim.granted' });
    return;
  }
  const account = budget.accounts.get(ruling.account);
  if (ruling.what === 'referred') {
    if (account !== undefined) account.asking = step;
    tell({ type: 'claim.referred' });
  } else tell({ type: 'claim.refused', error: account === undefined ? nothingLeft(step) : spentError(budget, account, { step, need }) });
}

function claimOf({ steps }: RunState, path: string): Meeting | null {
  const body = steps.get(path)?.body ?? null;
  return body !== null && 'isCancelled' in body && body.kind === 'claim' ? body : null;
}

/** Asks people for more, on behalf of a step that waits. */
export function askForMore(state: RunState, step: LiveStep): void {
  const { budget } = state;
  const claim = claimOf(state, step.path);
  const account = budget === null ? null : askedFor(budget, step.path);
  if (budget === null || claim === null || account === null) return;
  const asked = openQuestion(state, step, {
    terms: { params: {}, form: moreForm(account.owner) },
    given: moreAsked(budget, account, step),
    timeoutMs: account.terms?.timeoutMs ?? null,
    parent: claim.actor,
  });
  claim.question = asked.actor;
  asked.actor.start();
}

const moreForm = (owner: string): JsonObject => ({
  type: 'object',
  properties: { tokens: { type: 'integer', minimum: 1, description: `How many tokens more ${owner} may use.` } },
  required: ['tokens'],
});

/** The question is of no use any more. */
export function withdrawAsking(state: RunState, path: string, reason: string): void {
  const question = claimOf(state, path)?.question;
  if (question !== undefined) tellLive(question, { type: 'cancel', reason });
}

/** Takes in what people have given to the account for which they were asked on behalf of a step. */
export function takeMore({ budget }: RunState, path: string, { outputs }: WorkflowSettled): void {
  const account = budget === null ? null : askedFor(budget, path);
  if (budget === null || account === null) return;
  const values = isJsonObject(outputs) ? outputs.values : null;
  account.asking = null;
  if (isJsonObject(values) && typeof values.tokens === 'number') budget.ledger.raise(account.path, values.tokens);
}

/** Takes in that people give nothing to an account: whoever lacks something of it from now on is refused without asking again. */
export function takeRefusal({ budget }: RunState, path: string, { error }: WorkflowSettled): ReturnType<typeof nothingLeft> {
  const account = budget === null ? null : askedFor(budget, path);
  if (budget === null || account === null) return nothingLeft(path);
  const need = budget.line.get(path)?.need ?? 0;
  budget.line.delete(path);
  account.asking = null;
  account.closed = `no more was given: ${error?.message ?? 'nobody has answered'}`;
  return spentError(budget, account, { step: path, need }, error);
}

/** Takes in what was given without anybody having been asked: nobody need be asked for it any more, and whoever gives nothing may be asked anew. */
export function raiseBudgets(state: RunState, more: Readonly<Record<string, number>>): void {
  const { budget } = state;
  if (budget === null) return;
  for (const [path, tokens] of Object.entries(more)) {
    budget.ledger.raise(path, tokens);
    const account = budget.accounts.get(path);
    if (account === undefined) continue;
    const claim = account.asking === null ? null : claimOf(state, account.asking);
    account.asking = null;
    account.closed = null;
    if (claim !== null) tellLive(claim.actor, { type: 'claim.recalled' });
  }
}

/** An attempt begins, on what was reserved for it. */
export function beginOnBudget(state: RunState, step: LiveStep, attempt: number): void {
  const { budget } = state;
  if (budget !== null) budget.ledger.begin(step.path, attemptId(step.path, attempt), accountsAround(state, budget, step));
}

/** An attempt has ended, or what it says comes late: it counts once, with what it says it has used, else with its estimate. */
export function settleUsage({ budget }: RunState, attempt: string, usage: Usage | undefined): void {
  budget?.ledger.settle(attempt, usage?.tokens ?? null);
}
