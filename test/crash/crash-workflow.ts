/** The workflow that is killed: a sequence, a parallel block, retries with backoff and a choice, some 25 tasks. */
import type { Step, TaskStep, Workflow } from '../../src/definition/workflow.ts';
import type { JsonObject } from '../../src/protocol/json.ts';

/** How often the flaky step breaks before it works. */
const FLAKY_FAILURES = 2;
/** The pause of the step that is waiting for its second attempt when its host dies, ms. */
export const LONG_BACKOFF_MS = 2_000;

function task(id: string, dependencies: readonly string[] = [], params: JsonObject = {}): TaskStep {
  return { kind: 'task', id, name: id, type: 'work', dependencies, params };
}

function tasks(prefix: string, count: number): TaskStep[] {
  return Array.from({ length: count }, (_, i) => task(`${prefix}${i}`));
}

function retried(step: TaskStep, retries: number, delayMs: number, jitter: number): TaskStep {
  return { ...step, retry: { retries, delayMs, factor: 2, maxDelayMs: 60_000, jitter, on: 'failure' } };
}

function workflow(name: string, steps: readonly Step[]): Workflow {
  return {
    name,
    dialect: 'native',
    variables: {},
    steps,
    mode: 'graph',
    onFailure: 'continue',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  };
}

const group = (id: string, mode: 'sequential' | 'parallel', dependencies: readonly string[], steps: readonly Step[]): Step => ({
  kind: 'group',
  id,
  name: id,
  type: mode,
  dependencies,
  mode,
  waitFor: 'all',
  steps,
});

/** What runs of this name do; the child process knows them by name. */
export const crashWorkflows: Readonly<Record<string, Workflow>> = {
  everything: workflow('everything', [
    task('prepare'),
    group('line', 'sequential', ['prepare'], tasks('line', 5)),
    group('fan', 'parallel', ['prepare'], tasks('fan', 8)),
    retried(task('flaky', ['prepare']), FLAKY_FAILURES, 8, 0.5),
    {
      kind: 'choice',
      id: 'choice',
      name: 'choice',
      type: 'conditional',
      dependencies: ['line'],
      when: 'steps.prepare.attempt == 1',
      then: tasks('chosen', 3),
      otherwise: tasks('other', 2),
    },
    task('merge', ['fan', 'choice', 'flaky'], {
      flaky: '{{ steps.flaky.attempt }}',
      last: '{{ steps.line4.of }}',
    }),
    task('check', ['merge'], { merged: '{{ steps.merge.given }}' }),
    task('report', ['check']),
    task('archive', ['report']),
    task('end', ['archive']),
  ]),
  patient: workflow('patient', [retried(task('later'), 1, LONG_BACKOFF_MS, 0), task('after', ['later'])]),
};

/** Whether the n-th attempt of a step breaks. */
export function breaks(step: string, attempt: number): boolean {
  return (step === 'flaky' && attempt <= FLAKY_FAILURES) || (step === 'later' && attempt === 1);
}
