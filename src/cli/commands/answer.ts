/** Commands by which people answer what runs ask them: `approve`, `reject`, `answer`, `delegate`. */
import { type AnswerGiven, type DelegationGiven, hasEnded, type Json, type RunView, type StepView, TroupeError } from '../../index.ts';
import { type ExitCode, exitCodeOfFailure } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { typedJson } from '../files/typed-values.ts';
import { personAt } from '../hosting/person.ts';
import type { Desk } from '../terminal/desk.ts';
import { resume } from './resume.ts';
import { done, tell, viewOf } from './tell.ts';

/** Options of all of them, as typed. */
export interface AnswerOptions {
  readonly by?: string;
  readonly reason?: string;
  readonly token?: string;
  readonly resume?: boolean;
}

/** `troupe approve <run> [step]`: approves what is asked, with the values that are proposed. */
export async function approve(desk: Desk, named: string, step: string | undefined, options: AnswerOptions): Promise<ExitCode> {
  return give(desk, named, step, options, { decision: 'approve' });
}

/** `troupe reject <run> [step]`: rejects what is asked. */
export async function reject(desk: Desk, named: string, step: string | undefined, options: AnswerOptions): Promise<ExitCode> {
  return give(desk, named, step, options, { decision: 'reject' });
}

/** `troupe answer <run> <step> <json>`: gives the values that a form asks for, and approves them. */
export async function answer(desk: Desk, named: string, step: string, typed: string, options: AnswerOptions): Promise<ExitCode> {
  return give(desk, named, step, options, { decision: 'approve', values: await typedJson(desk, 'answer', typed) });
}

/** `troupe delegate <run> <step> <to>`: passes a question on to somebody else. */
export async function delegate(desk: Desk, named: string, step: string, to: string, options: AnswerOptions): Promise<ExitCode> {
  const view = await viewOf(desk, named);
  if (hasEnded(view.status)) throw hasEndedAlready(desk, view);
  const delegation: DelegationGiven = { to, ...saidBy(desk, options) };
  const runs = await tell(desk, { do: 'delegate', run: view.id, step, delegation });
  const said = `Passed ${step} of ${view.id} on to ${to}.`;
  return done(desk, { run: view.id, step, to, live: runs.includes(view.id) }, said, desk.command('inbox'));
}

async function give(
  desk: Desk,
  named: string,
  typedStep: string | undefined,
  options: AnswerOptions,
  what: { readonly decision: 'approve' | 'reject'; readonly values?: Json },
): Promise<ExitCode> {
  const view = await viewOf(desk, named);
  const step = typedStep ?? onlyQuestion(view);
  const given: AnswerGiven = { ...what, ...saidBy(desk, options) };
  const data = { run: view.id, step, decision: what.decision, by: given.by };
  if (hasEnded(view.status)) {
    if (!isOnRecord(view, step, given)) throw hasEndedAlready(desk, view);
    return done(
      desk,
      { ...data, outcome: 'repeated', status: view.status },
      `${step} was answered so already.`,
      desk.command('show', view.id),
    );
  }
  const runs = await tell(desk, { do: 'answer', run: view.id, step, answer: given });
  const goesOn = runs.includes(view.id);
  const after = await viewOf(desk, view.id);
  if (hasEnded(after.status)) {
    const code = done(
      desk,
      { ...data, status: after.status },
      `${answered(given, step)}; the run has ended: ${after.status}.`,
      desk.command('show', view.id),
    );
    return after.status === 'completed' ? code : exitCodeOfFailure(after.error);
  }
  const isOpen = questionAt(after, step)?.question != null;
  if (!goesOn && options.resume === true && !isOpen) {
    // Should the run not go on, nobody must think that the answer was not taken.
    if (!desk.json) desk.remark(`${answered(given, step)}.`);
    return resume(desk, view.id, {});
  }
  const open = isOpen ? '; others must answer, too' : goesOn ? '' : '; nobody is running it';
  return done(
    desk,
    { ...data, isOpen, live: goesOn },
    `${answered(given, step)}${open}.`,
    isOpen ? desk.command('inbox') : goesOn ? desk.command('logs', view.id, '-f') : desk.command('resume', view.id),
  );
}

const answered = ({ decision, by, values }: AnswerGiven, step: string) =>
  `${by} ${decision === 'reject' ? 'rejected' : values === undefined ? 'approved' : 'answered'} ${step}`;

function saidBy(desk: Desk, { by, reason, token }: AnswerOptions): Pick<AnswerGiven, 'by' | 'reason' | 'token'> {
  const person = by ?? personAt(desk.surroundings.env);
  if (person === null) throw usage('nobody knows who you are', 'say it with --by, or in the environment variable TROUPE_USER');
  return { by: person, ...(reason === undefined ? {} : { reason }), ...(token === undefined ? {} : { token }) };
}

const questionAt = (view: RunView, step: string): StepView | undefined => view.steps.find(({ path }) => path === step);

/** The step that is meant where none was typed: the only one that asks. */
function onlyQuestion({ id, steps }: RunView): string {
  const open = steps.filter(({ question }) => question !== null).map(({ path }) => path);
  // whoever sends an answer twice means the question that is over by now
  const asked = open.length > 0 ? open : steps.filter(({ audit }) => audit.length > 0).map(({ path }) => path);
  const [only] = asked;
  if (only !== undefined && asked.length === 1) return only;
  throw usage(
    open.length === 0 ? `run ${id} asks nobody anything` : `run ${id} asks more than one question: say which step you mean`,
    open.length === 0 ? 'troupe inbox lists what is open' : `open are ${open.join(', ')}`,
  );
}

/** Whether the run has taken the same answer already: whoever sends one twice has lost nothing. */
function isOnRecord(view: RunView, step: string, { by, decision, token }: AnswerGiven): boolean {
  const entries = questionAt(view, step)?.audit ?? [];
  return entries.some(
    (entry) =>
      entry.what === 'answered' && entry.by === by && entry.decision === decision && (token === undefined || entry.token === token),
  );
}

function hasEndedAlready(desk: Desk, { id, status }: RunView): TroupeError {
  return new TroupeError('RUN_ENDED', `run ${id} has ended already: ${status}`, {
    hint: `${desk.command('show', id)} tells how it went`,
  });
}
