/** How often the steps of loops are expected to run: where phases run again, and where work goes back. */
import { memberEdges } from '../definition/member-edges.ts';
import { everyStep, type GroupStep, type Step, type Workflow } from '../definition/workflow.ts';

/** A loop of a workflow, as it is planned for. */
export interface PlannedLoop {
  /** Path in the definition of the phase that runs again, or sends work back. */
  readonly path: string;
  /** Id of the phase that work goes back to; its own id where its members run again. */
  readonly to: string;
  /** How many rounds are expected, 1 for no going back: what earlier runs came to on average, else 1. At most `most`. */
  readonly rounds: number;
  readonly most: number;
}

/** The loops of a workflow, and by path of a step in one the most rounds that all loops around it allow. */
export interface ExpectedRounds {
  readonly loops: readonly PlannedLoop[];
  readonly most: ReadonlyMap<string, number>;
}

/** `learned`: by path of a step, how often it completed in a run, on average; undefined where nothing is known. */
export function expectedRounds(workflow: Workflow, learned: (path: string) => number | undefined): ExpectedRounds {
  const most = new Map<string, number>();
  const loops = loopsIn(workflow.steps, workflow.mode, '').map(({ path, to, max, again, sender }) => {
    for (const each of again) most.set(each, (most.get(each) ?? 1) * (1 + max));
    const known = sender.map((each) => learned(each) ?? 1);
    return { path, to, rounds: Math.min(1 + max, Math.max(1, ...known)), most: 1 + max };
  });
  return { loops, most };
}

/** A loop as it is written: `again` are the paths of the steps that may run again, `sender` those of the phase itself. */
interface WrittenLoop {
  readonly path: string;
  readonly to: string;
  readonly max: number;
  readonly again: readonly string[];
  readonly sender: readonly string[];
}

function loopsIn(steps: readonly Step[], mode: GroupStep['mode'], prefix: string): WrittenLoop[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'group':
        return [...loopsOf(step, { steps, mode, prefix }), ...loopsIn(step.steps, step.mode, prefix)];
      case 'choice':
        return [step.then, step.otherwise].flatMap((branch) => loopsIn(branch, 'graph', prefix));
      case 'map':
      case 'workflow':
        return step.workflow === undefined ? [] : loopsIn(step.workflow.steps, step.workflow.mode, `${prefix}${step.id}/`);
      default:
        return [];
    }
  });
}

interface Place {
  readonly steps: readonly Step[];
  readonly mode: GroupStep['mode'];
  readonly prefix: string;
}

function loopsOf(step: GroupStep, { steps, mode, prefix }: Place): WrittenLoop[] {
  const { gate, feedback } = step.phase ?? {};
  const sender = [...pathsIn([step], prefix)];
  const path = prefix + step.id;
  const found: WrittenLoop[] = [];
  if (gate !== undefined && gate.max > 0 && (gate.onFailure === 'retry' || gate.onFailure === 'rework'))
    found.push({ path, to: step.id, max: gate.max, again: sender, sender });
  const to = steps.findIndex(({ id }) => id === feedback?.to);
  if (feedback !== undefined && feedback.max > 0 && to >= 0) {
    const way = [...following(steps, mode, to)].flatMap((at) => steps[at] ?? []);
    found.push({ path, to: feedback.to, max: feedback.max, again: [...pathsIn(way, prefix)], sender });
  }
  return found;
}

/** A step of a list, and all that wait for it, directly or not. */
function following(steps: readonly Step[], mode: GroupStep['mode'], from: number): ReadonlySet<number> {
  const edges = memberEdges(steps, mode);
  const found = new Set([from]);
  for (const at of found) for (const [place, waits] of edges.entries()) if (waits.some((edge) => edge.from === at)) found.add(place);
  return found;
}

function* pathsIn(steps: readonly Step[], prefix: string): Generator<string> {
  for (const step of everyStep(steps)) {
    yield prefix + step.id;
    if ((step.kind === 'map' || step.kind === 'workflow') && step.workflow !== undefined)
      yield* pathsIn(step.workflow.steps, `${prefix}${step.id}/`);
  }
}
