/** Which tasks of a plan can run side by side, what they could collide over, and where they meet. */
import type { Conflict, ConflictStrategy, ExecutionPlan, SyncPoint } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { spanText } from '../text/time-text.ts';
import { hanging, wrapped } from '../text/wrapped.ts';
import type { PageStyle } from './page-style.ts';
import { namesText } from './plan-names.ts';

/** Groups and meeting places shown; the rest is counted. */
const MOST = 12;

/** The parallel groups, each with its conflicts and how they would be settled; then conflicts beyond groups. */
export function groupLines({ groups, conflicts }: ExecutionPlan, { paint, width }: PageStyle): string[] {
  const inGroups = new Set(groups.flatMap((group) => group.conflicts.map(keyOf)));
  const lines = groups
    .slice(0, MOST)
    .flatMap(({ members, estimatedMs, sharedDependencies, conflicts: own, strategy, merge }) => [
      ...hanging(
        '  ',
        `${namesText(members)}: ${spanText(estimatedMs)}${sharedDependencies.length === 0 ? '' : `, after ${namesText(sharedDependencies)}`}`,
        width,
      ),
      ...own.flatMap((conflict) => hanging('    ', conflictText(conflict), width)).map(paint.yellow),
      ...(strategy.kind === 'none' ? [] : wrapped(`${strategyText(strategy)} (merge: ${merge})`, width - 4).map((line) => `    ${line}`)),
    ]);
  const beyond = conflicts.filter((conflict) => !inGroups.has(keyOf(conflict)));
  return [
    ...lines,
    ...moreLine(groups.length, paint),
    ...beyond
      .slice(0, MOST)
      .flatMap((conflict) => hanging('  ', `independent: ${conflictText(conflict)}`, width))
      .map(paint.yellow),
    ...moreLine(beyond.length, paint),
  ];
}

const keyOf = ({ kind, name, changedBy, readBy }: Conflict): string => JSON.stringify([kind, name, changedBy, readBy]);

const moreLine = (count: number, paint: PageStyle['paint']): string[] => (count > MOST ? [paint.dim(`  … ${count - MOST} more`)] : []);

function conflictText({ kind, name, changedBy, readBy, critical }: Conflict): string {
  const readers = readBy.length === 0 ? '' : `; ${namesText(readBy)} read${readBy.length === 1 ? 's' : ''} it`;
  const verb = kind === 'domain' ? 'work in' : changedBy.length === 1 ? 'writes' : 'write';
  return `${namesText(changedBy)} ${verb} ${oneLine(name)}${readers}${critical ? ' (critical)' : ''}`;
}

function strategyText(strategy: ConflictStrategy): string {
  switch (strategy.kind) {
    case 'none':
      return '';
    case 'automatic_merge':
      return `automatic merge, confidence ${strategy.confidence.toFixed(2)}`;
    case 'guided_merge':
      return 'guided merge';
    case 'human_review':
      return `human review: ${oneLine(strategy.reason)}`;
    case 'sequential_fallback':
      return `one after the other: ${namesText(strategy.order, ' → ')}`;
  }
}

/** Where tasks meet and part. What only begins with the run is no news. */
export function meetingLines({ syncPoints }: ExecutionPlan, { paint, width }: PageStyle): string[] {
  const met = syncPoints.filter(({ at }) => at !== null);
  return [...met.slice(0, MOST).flatMap((point) => hanging('  ', meetingText(point), width)), ...moreLine(met.length, paint)];
}

function meetingText({ kind, at, side, members }: SyncPoint): string {
  const place = oneLine(at ?? '');
  if (kind === 'parallel_start') return `${side === 'before' ? 'in' : 'after'} ${place} begin ${namesText(members)}`;
  if (kind === 'merge') return side === 'before' ? `${place} waits for ${namesText(members)}` : `${place} ends with ${namesText(members)}`;
  return `${place} (${kind}) brings ${namesText(members)} together`;
}
