/** What is said when a command is done with a run: how it stands, its steps, its outputs, where it is kept, what to type next. */
import { isOpenLetter, type RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { spanText } from '../text/time-text.ts';
import { failureText } from './failure-text.ts';
import { type Field, fieldLines } from './fields.ts';
import { outputLines } from './outputs-text.ts';
import { paintByState, stateMark } from './state-words.ts';
import { stepCounts } from './step-counts.ts';
import { undoingLines } from './undoing-lines.ts';

export interface SummaryOptions {
  readonly width: number;
  readonly paint: Paint;
  /** How the run stands, where that is not its status: `waiting`, `stopped`, `timed out`. */
  readonly standing?: string;
  /** Where it is kept, as shown to people. */
  readonly store: string;
  /** Commands to type, the most useful first. */
  readonly next: readonly string[];
  /** What it waits for, one sentence each. */
  readonly waitsFor?: readonly string[];
}

/** The lines of the summary. */
export function runSummary(view: RunView, options: SummaryOptions): string {
  const { paint, width, store, next, waitsFor = [] } = options;
  const standing = options.standing ?? view.status;
  const head = `${paintByState(paint, view.status, `${stateMark(view.status)} ${standing}`)}  ${paint.bold(oneLine(view.workflow))}  ${view.id}  in ${spanText(view.updatedAt - view.startedAt)}`;
  const fields: Field[] = [
    ['steps', stepCounts(view.steps)],
    ['error', errorLines(view)],
    ['undone', undoingLines(view)],
    ['waits', waitsFor.map(oneLine)],
    ['dead', deadLetters(view)],
    ['outputs', view.status === 'completed' ? outputLines(view.outputs, width - 'outputs'.length - 4) : []],
    ['kept in', store],
    ['next', next],
  ];
  return [head, ...fieldLines(fields, paint)].join('\n');
}

/** How many dead letters somebody has still to see to. */
function deadLetters({ letters }: RunView): string {
  const open = letters.filter(isOpenLetter).length;
  return open === 0 ? '' : `${open} ${open === 1 ? 'letter' : 'letters'}`;
}

/** What went wrong, where, and what to do: the innermost cause is the one worth reading. */
export function errorLines(view: RunView): string[] {
  const { error, failedStep } = view;
  if (error === null) return [];
  const place = failedStep === null ? '' : ` at ${oneLine(failedStep)}`;
  const failure = view.steps.find(({ path }) => path === failedStep)?.failure ?? null;
  const lines = [`${error.code}${place}: ${oneLine(error.message)}`, ...(failure === null ? [] : [failureText(failure)])];
  let hint = error.hint;
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) {
    if (!error.message.includes(cause.message)) lines.push(`because ${cause.code}: ${oneLine(cause.message)}`);
    hint = cause.hint ?? hint;
  }
  return hint === undefined ? lines : [...lines, `hint: ${oneLine(hint)}`];
}
