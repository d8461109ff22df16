/** A run that goes back: it begins again on what it keeps of its life so far. */

import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import type { RunRetried, RunStarted } from '../protocol/facts.ts';
import type { Batch } from '../protocol/journal.ts';
import type { Inspector } from './actor-system.ts';
import { openBudget } from './budget-book.ts';
import { keepingOf } from './keeping.ts';
import { Run } from './run.ts';

/** A life of a run that is over: the run as it stood, and the facts folded into it. */
export interface EarlierLife {
  readonly run: Run;
  readonly workflow: Workflow;
  readonly started: RunStarted;
  readonly batches: readonly Batch[];
}

/** The run as it stands before `run.retried` is delivered to it. What was said and heard so far stays on its record. */
export function reopenedRun(
  { run, workflow, started, batches }: EarlierLife,
  { again, rounds, budget = {} }: Pick<RunRetried, 'again' | 'rounds' | 'budget'>,
  inspector: Inspector | null,
): Run {
  const before = run.state;
  const keeping = keepingOf(before, batches, new Set(again), rounds);
  const reopened = new Run(before.id, blueprintOf(workflow), started, inspector, keeping);
  const { state } = reopened;
  state.lateFacts = before.lateFacts;
  state.checkpoints.facts = batches.length;
  state.checkpoints.passings.push(...before.checkpoints.passings);
  for (const [letter, drop] of before.letters.dropped) state.letters.dropped.set(letter, drop);
  for (const [letter, message] of before.letters.sentAgain) state.letters.sentAgain.set(letter, message);
  state.exchange.deadLetters.push(...before.exchange.deadLetters);
  state.approvals.log.push(...before.approvals.log);
  state.recovery.log.push(...before.recovery.log);
  for (const [step, askings] of before.approvals.askings) state.approvals.askings.set(step, askings);
  if (state.budget !== null) {
    state.budget = openBudget(workflow.budget ?? null, before.budget);
    for (const [account, tokens] of Object.entries(budget)) state.budget.ledger.raise(account, tokens);
  }
  return reopened;
}
