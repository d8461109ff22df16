/** Runs as a live tree: a line about each run, its steps below it, never more lines or cells than there are. */
import type { RunView } from '../../index.ts';
import { truncate } from '../text/display-width.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { spanText } from '../text/time-text.ts';
import { paintByState, stateMark } from './state-words.ts';
import { stepCounts } from './step-counts.ts';
import { stepLines } from './step-lines.ts';
import { stepWindow } from './step-window.ts';

export interface TreeOptions {
  readonly width: number;
  /** Lines there are; never exceeded. */
  readonly height: number;
  readonly now: number;
  readonly paint: Paint;
  /** What agents at work said last, by run and step. */
  readonly notes?: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** The lines of the tree. */
export function runTree(views: readonly RunView[], options: TreeOptions): string[] {
  const shown = views.length <= options.height ? views : views.slice(0, Math.max(0, options.height - 1));
  const hidden = views.length - shown.length;
  const spare = options.height - shown.length - (hidden > 0 ? 1 : 0);
  const open = shown.filter(isOpen);
  const each = open.length === 0 ? spare : Math.floor(spare / open.length);
  const lines = shown.flatMap((view) => {
    const height = open.length === 0 ? Math.floor(spare / shown.length) : isOpen(view) ? each : 0;
    return [headLine(view, options), ...body(view, height, options)];
  });
  return hidden > 0 ? [...lines, options.paint.dim(truncate(`… and ${hidden} more runs`, options.width))] : lines;
}

function isOpen(view: RunView): boolean {
  return view.status === 'running' || view.status === 'paused';
}

/** `● project-loop  k7f3q2m9xw  running  2/7 steps  12.3 s`, as far as it fits. */
function headLine(view: RunView, { width, now, paint }: TreeOptions): string {
  const { status, steps } = view;
  const settled = steps.filter((step) => step.outcome !== null).length;
  const elapsed = spanText((isOpen(view) ? now : view.updatedAt) - view.startedAt);
  const parts = [oneLine(view.workflow), view.id, status, `${settled}/${steps.length} steps`, elapsed];
  const line = truncate(parts.join('  '), Math.max(0, width - 2));
  return `${paintByState(paint, status, stateMark(status))} ${paint.bold(line)}`;
}

function body(view: RunView, height: number, options: TreeOptions): string[] {
  const { width, now, paint } = options;
  if (height < 1) return [];
  const whole = view.steps.length <= height;
  const { shown, hidden } = stepWindow(view.steps, whole ? height : height - 1);
  const notes = options.notes?.get(view.id);
  const lines = stepLines(shown, { width: Math.max(0, width - 2), now, paint, ...(notes === undefined ? {} : { notes }) }).map(
    (line) => `  ${line}`,
  );
  return whole ? lines : [...lines, paint.dim(truncate(`  … and ${hidden.length} more: ${stepCounts(hidden)}`, width))];
}
