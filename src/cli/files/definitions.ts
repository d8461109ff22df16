/** Reading workflow and crew files for a command: problems with paths as people type them, errors as one refusal. */
import { type CrewDefinition, type Diagnostic, hasErrors, type LoadOptions, loadCrew, loadWorkflow, type Workflow } from '../../index.ts';
import { InvalidFiles } from '../failure/invalid-files.ts';
import { diagnosticsText } from '../rendering/diagnostics-text.ts';
import type { Desk } from '../terminal/desk.ts';

/** Reads a workflow file, or throws InvalidFiles; warnings go to stderr. `crew`: who is there; absent, anybody may be. */
export async function readWorkflow(desk: Desk, path: string, crew: CrewDefinition | null, compat?: 'engine' | 'none'): Promise<Workflow> {
  const { workflow, diagnostics } = await loadWorkflow(path, {
    text: false,
    ...crewOptions(crew),
    ...(compat === undefined ? {} : { compat }),
  });
  const shown = shownDiagnostics(desk, diagnostics);
  if (workflow === null || hasErrors(diagnostics)) throw new InvalidFiles(shown);
  warn(desk, shown);
  return workflow;
}

/** Reads a crew file, or throws InvalidFiles; warnings go to stderr. */
export async function readCrew(desk: Desk, path: string): Promise<CrewDefinition> {
  const { crew, diagnostics } = await loadCrew(path, { text: false });
  const shown = shownDiagnostics(desk, diagnostics);
  if (crew === null || hasErrors(diagnostics)) throw new InvalidFiles(shown);
  warn(desk, shown);
  return crew;
}

/** What a workflow may ask for, given who is there. */
export function crewOptions(crew: CrewDefinition | null): LoadOptions {
  if (crew === null) return { stepTypes: 'any' };
  const { agents } = crew;
  return { personas: agents.flatMap(({ personas }) => personas), stepTypes: agents.flatMap(({ stepTypes }) => stepTypes) };
}

/** Diagnostics with their files as people type them. */
export function shownDiagnostics(desk: Desk, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((diagnostic) => ({ ...diagnostic, file: desk.shown(diagnostic.file) }));
}

function warn(desk: Desk, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0 && !desk.json) desk.warn(diagnosticsText(diagnostics, desk.warningPaint));
}
