import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/definition/diagnostic.ts';
import { ENGINE_STEP_TYPES } from '../../src/definition/engine-step-reader.ts';
import { loadDirectory, loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { depthFirstOrder } from '../../src/definition/topological-order.ts';
import { everyStep } from '../../src/definition/workflow.ts';
import { recorded } from './recorded.ts';

const FOLDER = join('..', 'shared', 'corpus', 'engine', 'definitions');

function recordedFiles(): string[] {
  if (existsSync(FOLDER)) return readdirSync(FOLDER).map((name) => join(FOLDER, name));
  console.warn(`skipped: ${FOLDER} is not here`);
  return [];
}

describe('recorded files of the engine dialect', () => {
  it('load without a diagnostic once their step types are registered', () => {
    for (const path of recordedFiles()) {
      const { workflow, diagnostics } = loadWorkflowSync(path, { stepTypes: 'any' });
      expect(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic))).toEqual([]);
      expect(workflow).toMatchObject({ dialect: 'engine', compat: 'engine', mode: 'graph', onFailure: 'stop', onSkip: 'satisfy' });
      const types = [...everyStep([...(workflow?.steps ?? []), ...(workflow?.onWorkflowFailure ?? [])])].map(({ type }) => type);
      const nested = [...everyStep(workflow?.steps ?? [])].flatMap((step) =>
        step.kind === 'workflow' ? [...everyStep(step.workflow?.steps ?? [])] : [],
      );
      const listed = [...types, ...nested.map(({ type }) => type)];
      expect(loadWorkflowSync(path, { stepTypes: listed }).diagnostics).toEqual([]);
    }
  });

  it('have no other problem than step types that nobody registered', () => {
    for (const path of recordedFiles()) {
      const { workflow, diagnostics } = loadWorkflowSync(path);
      expect(diagnostics.filter(({ code }) => code !== 'STEP_TYPE_UNKNOWN')).toEqual([]);
      expect(workflow?.steps.length).toBeGreaterThan(0);
      for (const step of workflow?.steps ?? []) if (!ENGINE_STEP_TYPES.includes(step.type)) expect(step.kind).toBe('task');
    }
  });

  it('find their templates and the workflows they nest by convention', () => {
    for (const path of recordedFiles()) {
      const steps = [...everyStep(loadWorkflowSync(path, { stepTypes: 'any' }).workflow?.steps ?? [])];
      for (const step of steps) {
        expect(step.type).not.toBe('');
        if (step.kind === 'workflow') expect(step.workflow?.name).toBe(step.ref);
      }
    }
  });

  it('load as a directory', async () => {
    const files = recordedFiles();
    if (files.length === 0) return;
    const { workflows, diagnostics } = await loadDirectory(FOLDER, { stepTypes: 'any' });
    expect(workflows).toHaveLength(files.length);
    expect(diagnostics).toEqual([]);
  });

  it('are put in the order in which they were recorded to run', () => {
    type Trace = { readonly file: string; readonly expected: { readonly history: readonly (readonly [string, string])[] } };
    for (const { file, expected } of recorded<readonly Trace[]>('traces.json') ?? []) {
      const steps = loadWorkflowSync(join(FOLDER, file), { stepTypes: 'any' }).workflow?.steps ?? [];
      const order = depthFirstOrder(steps).map((member) => steps[member]?.id);
      const ran = expected.history.map(([id]) => id).filter((id) => order.includes(id));
      expect(ran).toEqual(order.slice(0, ran.length));
    }
  });
});
