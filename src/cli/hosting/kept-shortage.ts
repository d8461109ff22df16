import { answerStoredShortage, type JournalStore, type Runtime, readShortages, shortageAnswerOf } from '../../index.ts';
import type { RunRequest } from '../control/control-messages.ts';

/**
 * Answers what was asked because a task lacked something when its run was left; false where the request is about something else. A runtime that
 * is at work, whatever it runs, has the account in its hands.
 */
export function answersKeptShortage(store: JournalStore, runtime: Runtime | null, request: RunRequest): boolean {
  if (request.do !== 'answer') return false;
  const question = readShortages(store).find(({ run, step }) => run === request.run && step === request.step);
  if (question === undefined) return false;
  const answer = shortageAnswerOf(question, request.answer);
  if (runtime === null) answerStoredShortage(store, question.id, answer, Date.now());
  else runtime.answerShortage(question.id, answer);
  return true;
}
