import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completed, fail } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import { loadWorkflow } from '../../src/definition/load-workflow.ts';
import { everyStep, type Workflow } from '../../src/definition/workflow.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';

const CORPUS = join('..', 'shared', 'corpus', 'engine');

interface Scenario {
  readonly id: number;
  readonly initial: JsonObject;
  readonly status: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, JsonObject>>;
  readonly behaviour: Readonly<Record<string, 'fail' | 'throw'>>;
}

interface Trace {
  readonly file: string;
  readonly scenario: Scenario;
  readonly expected: {
    readonly success: boolean;
    readonly completedSteps: readonly string[];
    readonly failedStep: string | null;
    readonly error: string | null;
    readonly history: readonly (readonly [string, string])[];
  };
}

/** The stub rule of the recorded traces. */
function stub({ status, outputs, behaviour }: Scenario): AgentFunction {
  return ({ task }) => {
    const { step, type } = task;
    if (behaviour[step] === 'throw') throw new Error(`stub throw ${step}`);
    if (behaviour[step] === 'fail') throw fail(`stub fail ${step}`);
    const extra = outputs[step] ?? {};
    if (type !== 'PersonaRequestStep' && type !== 'DeterministicReviewStep' && status[step] === undefined) return extra;
    const verdict = status[step] ?? 'pass';
    return completed(
      { status: verdict, ...extra },
      { variables: { [`${step}_status`]: verdict, [`${step}_result`]: { status: verdict } } },
    );
  };
}

const typesOf = (workflow: Workflow): string[] => [
  ...new Set([...everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])].map((step) => step.type)),
];

async function replay({ file, scenario }: Trace, maxConcurrency: number): Promise<Simulation> {
  const { workflow } = await loadWorkflow(join(CORPUS, 'definitions', file), { stepTypes: 'any' });
  if (workflow === null) throw new Error(`${file} does not load`);
  const stubbed = typesOf(workflow).filter((type) => type !== 'VariableResolutionStep');
  const performer = stub(scenario);
  return simulate(workflow, {
    variables: scenario.initial,
    compat: 'engine',
    maxConcurrency,
    stepTypes: Object.fromEntries(stubbed.map((type) => [type, performer])),
  });
}

const WORDS: Readonly<Record<string, string>> = { completed: 'success', failed: 'failure', skipped: 'skipped' };
const inTheirWords = (end: Simulation) => end.history.map(([step, outcome]) => [step, WORDS[outcome] ?? outcome]);

function handlersOf(end: Simulation): Set<string> {
  const { onStepFailure, onWorkflowFailure } = end.workflow;
  return new Set([...onStepFailure, ...onWorkflowFailure].map((step) => step.id));
}

function summary(end: Simulation) {
  const handlers = handlersOf(end);
  const done = end.history.filter(([step, outcome]) => (outcome === 'completed' || outcome === 'skipped') && !handlers.has(step));
  return { success: end.status === 'completed', completedSteps: done.map(([step]) => step), failedStep: end.failedStep, error: end.error };
}

describe('the traces of the engine', () => {
  if (!existsSync(join(CORPUS, 'traces.json'))) {
    test('are not checked: the corpus is not there', () => console.warn(`no corpus at ${CORPUS}: trace replay is not checked`));
    return;
  }
  const traces: Trace[] = JSON.parse(readFileSync(join(CORPUS, 'traces.json'), 'utf8'));

  test.each(traces.map((trace) => [`${trace.file} #${trace.scenario.id}`, trace] as const))(
    '%s: one at a time gives the recorded history',
    async (_, trace) => {
      const end = await replay(trace, 1);
      const { history, ...rest } = trace.expected;
      expect(inTheirWords(end)).toEqual(history);
      expect(summary(end)).toEqual(rest);
    },
  );

  test.each(traces.map((trace) => [`${trace.file} #${trace.scenario.id}`, trace] as const))(
    '%s: eight at a time gives the same, in the same order of effect',
    async (_, trace) => {
      const end = await replay(trace, 8);
      const { history, ...rest } = trace.expected;
      expect(inTheirWords(end)).toEqual(history);
      expect(summary(end)).toEqual(rest);
    },
  );
});
