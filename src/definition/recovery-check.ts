/** Whether workflows can go back to where steps send them, and groups start over that are to: what cannot be read off one step alone. */
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { RecoveryStrategy } from './recovery-settings.ts';
import type { SourceNode } from './source-node.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** Reports every strategy of a workflow that was just read that could never be carried out, where it stands. `file`: what it says for all tasks. */
export function checkRecoveries(
  workflow: Workflow,
  file: readonly RecoveryStrategy[] | undefined,
  root: SourceNode,
  reading: Reading,
): void {
  const known = new Set([...everyStep(workflow.steps)].map(({ id }) => id));
  if (file !== undefined) checkFrom(file, known, root, reading);
  checkSteps(workflow.steps, { known, file, inParallel: false }, reading);
}

interface Around {
  readonly known: ReadonlySet<string>;
  /** What the file says for all of its tasks. */
  readonly file: readonly RecoveryStrategy[] | undefined;
  /** Whether the steps stand in a parallel group of their workflow. */
  readonly inParallel: boolean;
}

function checkSteps(steps: readonly Step[], around: Around, reading: Reading): void {
  for (const step of steps) {
    const node = reading.origins.get(step);
    const isParallel = around.inParallel || step.kind === 'map' || (step.kind === 'group' && step.mode === 'parallel');
    if (node !== undefined && step.recovery !== undefined && step.recovery !== around.file) {
      checkFrom(step.recovery, around.known, node, reading);
      if (!isParallel) checkFallBack(step.recovery, step, node, reading);
    }
    if (step.kind === 'group') checkSteps(step.steps, { ...around, inParallel: isParallel }, reading);
    if (step.kind === 'choice') for (const branch of [step.then, step.otherwise]) checkSteps(branch, around, reading);
    if (step.kind === 'map') {
      const known = new Set([...everyStep(step.workflow.steps)].map(({ id }) => id));
      checkSteps(step.workflow.steps, { ...around, known, inParallel: false }, reading);
    }
  }
}

function checkFrom(recovery: readonly RecoveryStrategy[], known: ReadonlySet<string>, node: SourceNode, reading: Reading): void {
  for (const [index, strategy] of recovery.entries()) {
    if (strategy.use !== 'restart' || strategy.from === undefined || known.has(strategy.from)) continue;
    const close = nearest(strategy.from, [...known]);
    const message = `there is no step ${quoted(strategy.from)} to go back to`;
    const hint =
      close === null ? 'name a step of the same workflow, or leave "from" out to begin with the first' : `did you mean "${close}"?`;
    report(reading, node, [...placeOf(node, index), 'from'], { code: 'NAME_UNKNOWN', message, hint });
  }
}

function checkFallBack(recovery: readonly RecoveryStrategy[], step: Step, node: SourceNode, reading: Reading): void {
  const index = recovery.findIndex(({ use }) => use === 'fall_back_sequential');
  if (index < 0) return;
  const message = `${quoted(step.id)} is no parallel group and stands in none: nothing could run one by one`;
  report(reading, node, placeOf(node, index), {
    code: 'DECLARATION_CONFLICT',
    message,
    hint: 'say it of a parallel group, or of a step in one',
  });
}

/** Where a strategy stands: in a list, or alone. */
const placeOf = (node: SourceNode, index: number) =>
  node.entries?.get('recovery')?.node.items === undefined ? ['recovery'] : ['recovery', index];
