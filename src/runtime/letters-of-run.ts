/** The dead letters of a run: tasks that have failed for good, and messages that nobody was ever given. */
import type { DeadLetterNote } from '../protocol/dead-letters.ts';
import { attemptId } from '../protocol/ids.ts';
import type { RunState } from './run-state.ts';
import { failureOnRecord } from './step-record.ts';

/** Every dead letter of a run, dropped ones included, in the order in which they came to be. */
export function lettersOf(state: RunState): DeadLetterNote[] {
  return [...tasksOf(state), ...messagesOf(state)].sort((a, b) => a.at - b.at);
}

/** So many letters of a run are remembered beside its journal; of a run with more of them, its journal is read. */
const MOST_REMEMBERED = 100;

/** The letters of a run as its summary remembers them. */
export function summarizedLetters(state: RunState): { readonly letters?: readonly DeadLetterNote[] } {
  const letters = lettersOf(state);
  return letters.length > MOST_REMEMBERED ? {} : { letters };
}

function tasksOf(state: RunState): DeadLetterNote[] {
  const { records, groups, letters } = state;
  if (![...records.values()].some(({ outcome }) => outcome === 'failed')) return [];
  const found = new Map<string, DeadLetterNote>();
  for (const { blueprint, prefix, isPrivate, path: group } of groups.values()) {
    // What the run does on its own behalf, and after a failure, is nobody's to repeat.
    if (isPrivate || group.endsWith('(handlers)')) continue;
    for (const { step } of blueprint.members) {
      const path = prefix + step.id;
      const record = step.kind === 'task' ? records.get(path) : undefined;
      if (record?.outcome !== 'failed' || record.replacedBy !== undefined) continue;
      const id = attemptId(path, record.attempts);
      const reason = record.error?.message ?? 'no reason was given';
      const failure = failureOnRecord(record)?.kind ?? null;
      const dropped = letters.dropped.get(id) ?? null;
      found.set(id, { id, kind: 'task', from: path, to: null, reason, failure, at: record.endedAt, dropped, sentAgainAs: null });
    }
  }
  return [...found.values()];
}

function messagesOf({ exchange, letters }: RunState): DeadLetterNote[] {
  return exchange.deadLetters.map(({ message: { id, from, to }, reason, at }): DeadLetterNote => {
    const dropped = letters.dropped.get(id) ?? null;
    return { id, kind: 'message', from, to, reason, failure: null, at, dropped, sentAgainAs: letters.sentAgain.get(id) ?? null };
  });
}
