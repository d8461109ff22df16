import { expect } from 'vitest';
import { type DiagnosticCode, formatDiagnostic } from '../../src/definition/diagnostic.ts';
import type { LoadOptions } from '../../src/definition/load-options.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';

/** A malformed file: what is wrong with it, its text, and every problem it must have as `line:column CODE`. */
export type Malformed = readonly [what: string, text: string, problems: readonly string[]];

/** The problems of a text as `line:column CODE`. */
export function diagnosed(text: string, options: LoadOptions = {}): string[] {
  return loadWorkflowSync(text, { ...options, text: true }).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

/** The workflow of a text that must have no problem at all; `besides`: but for these. */
export function loaded(text: string, options: LoadOptions = {}, besides: readonly DiagnosticCode[] = []): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(text, { ...options, text: true });
  const problems = diagnostics.filter(({ code }) => !besides.includes(code));
  expect(problems.map((diagnostic) => formatDiagnostic(diagnostic))).toEqual([]);
  if (workflow === null) throw new Error('no workflow was returned');
  return workflow;
}

/** A native file whose steps are given, each indented by two spaces. */
export function withSteps(...steps: readonly string[]): string {
  return `name: sample\nsteps:\n${steps.map((step) => step.replace(/^/gmu, '  ')).join('\n')}\n`;
}
