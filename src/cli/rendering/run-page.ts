/** A run on one page: how it stands, every step, and with `why` a sentence about every step that has not ended. */
import { chosenInWords, type RunView, type Stopping } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { dateTime, spanText } from '../text/time-text.ts';
import { budgetLines } from './budget-lines.ts';
import { checkpointLines } from './checkpoint-lines.ts';
import { failureText } from './failure-text.ts';
import { type Field, fieldLines } from './fields.ts';
import { outputLines } from './outputs-text.ts';
import { peopleLines } from './people-lines.ts';
import { phaseLines } from './phase-lines.ts';
import { recoveryLines } from './recovery-lines.ts';
import { errorLines } from './run-summary.ts';
import { sharedLines } from './shared-text.ts';
import { paintByState, stateMark, stateWord } from './state-words.ts';
import { stepCounts } from './step-counts.ts';
import { stepLines } from './step-lines.ts';
import { stoppingLines } from './stopping-lines.ts';
import { undoingLines } from './undoing-lines.ts';

export interface PageOptions {
  readonly width: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Explains every unfinished step in one sentence. */
  readonly why: boolean;
  /** Said after the status: that nobody runs it, or at which fact it is seen. */
  readonly remark?: string;
  readonly store: string;
  readonly next: readonly string[];
  /** Its attempts that were told to stop and have not; said with `why`. */
  readonly stopping?: readonly Stopping[];
}

/** The lines of the page. */
export function runPage(view: RunView, options: PageOptions): string {
  const { paint, width, now, remark } = options;
  const { status } = view;
  const isOpen = status === 'running' || status === 'paused';
  const head = `${paintByState(paint, status, `${stateMark(status)} ${status}`)}  ${paint.bold(oneLine(view.workflow))}  ${view.id}${remark === undefined ? '' : `  ${paint.dim(remark)}`}`;
  const fields: Field[] = [
    ['started', dateTime(view.startedAt)],
    [isOpen ? 'for' : 'took', spanText((isOpen ? now : view.updatedAt) - view.startedAt)],
    ['steps', stepCounts(view.steps)],
    ['unheard', unheard(view)],
    [
      'late',
      view.lateFacts === 0
        ? ''
        : `${view.lateFacts === 1 ? '1 result or answer' : `${view.lateFacts} results or answers`} came too late or had no effect`,
    ],
    ['undone', undoingLines(view)],
    ['people', peopleLines(view)],
    ['phases', phaseLines(view)],
    ['recovered', recoveryLines(view)],
    ['passed', checkpointLines(view)],
    ['budget', budgetLines(view)],
    ['shared', sharedLines(view, width - 'outputs'.length - 4)],
    ['error', errorLines(view)],
    ['outputs', outputLines(view.outputs, width - 'outputs'.length - 4)],
    ['kept in', options.store],
    ['next', options.next],
  ];
  const steps = stepLines(view.steps, { width: Math.max(0, width - 2), now, paint }).map((line) => `  ${line}`);
  const why = options.why ? ['', ...whyLines(view, paint), ...stoppingLines(options.stopping ?? [], now, paint)] : [];
  return [head, ...fieldLines(fields, paint), '', ...steps, ...why].join('\n');
}

/** A sentence for every step that has not ended, what sort of failure it was for those that have failed, and who was chosen for the others. */
function whyLines(view: RunView, paint: Paint): string[] {
  const open = view.steps.filter((step) => step.outcome === null);
  const failed = view.steps.flatMap(({ path, outcome, failure }) =>
    outcome === 'failed' && failure !== null ? [`${paint.bold(oneLine(path))} failed: ${failureText(failure)}`] : [],
  );
  const given = view.steps.flatMap(({ path, outcome, chosen }) =>
    outcome !== null && chosen !== null ? [`${paint.bold(oneLine(path))} was given to ${oneLine(chosenInWords(chosen))}`] : [],
  );
  if (open.length === 0) return ['Every step has ended.', ...failed, ...given];
  const sentences = open.map(({ path, state, why }) => `${paint.bold(oneLine(path))} ${oneLine(why ?? `is ${stateWord(state)}`)}`);
  return [...sentences, ...failed, ...given];
}

function unheard({ deadLetters }: RunView): string {
  const [first] = deadLetters;
  if (first === undefined) return '';
  const { from, to } = first.message;
  const messages = deadLetters.length === 1 ? '1 message' : `${deadLetters.length} messages, the first`;
  return `${messages} from ${oneLine(from)} to ${oneLine(to)}: ${oneLine(first.reason)}`;
}
