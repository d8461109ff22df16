import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from './diagnostic.ts';
import type { LoadOptions } from './load-options.ts';
import type { Workflow } from './workflow.ts';
import { WorkflowLoader } from './workflow-loader.ts';

/** A workflow as far as it could be read, and everything that is wrong with its files. */
export interface LoadResult {
  /**
   * Null when a file has an error other than an unregistered step type or an unknown persona: these two are about the
   * surroundings, and a workflow that has only them is returned beside its diagnostics.
   */
  readonly workflow: Workflow | null;
  /** File by file, in the order of the file; the first file first. Empty when all is well. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads a workflow from a YAML or JSON file, or from its text. Bad content is diagnostics, never a throw, and all problems of all
 * files involved are reported at once. An argument counts as text when it has a line break, ": " or a leading "{"; `options.text` decides otherwise.
 */
export async function loadWorkflow(pathOrText: string, options: LoadOptions = {}): Promise<LoadResult> {
  return loadWorkflowSync(pathOrText, options);
}

/** `loadWorkflow` without a promise: definition files are small, and reading them is synchronous anyway. */
export function loadWorkflowSync(pathOrText: string, options: LoadOptions = {}): LoadResult {
  const loader = new WorkflowLoader(options);
  const workflow = loader.load(pathOrText);
  return { workflow, diagnostics: loader.diagnostics() };
}

/** What a directory of workflow files gives: every workflow that could be read, and the problems of the others. */
export interface DirectoryResult {
  readonly workflows: readonly Workflow[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads every workflow file (`*.yaml`, `*.yml`, `*.json`) of a directory, by name, without its subdirectories. A file with errors
 * does not keep the rest from loading. Crew files, step templates and JSON files without `steps` are left alone.
 */
export async function loadDirectory(directory: string, options: LoadOptions = {}): Promise<DirectoryResult> {
  let names: string[];
  try {
    names = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isWorkflowFile(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    const message = `the directory cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { workflows: [], diagnostics: [{ file: directory, line: 1, column: 1, severity: 'error', code: 'FILE_UNREADABLE', message }] };
  }
  const workflows: Workflow[] = [];
  const diagnostics = new Map<string, Diagnostic>();
  for (const name of names) {
    const path = join(directory, name);
    const { workflow, diagnostics: found } = loadWorkflowSync(path, { ...options, text: false });
    if (name.endsWith('.json') && isForeign(found, path)) continue;
    if (workflow !== null) workflows.push(workflow);
    // a file that others nest is read with each of them and by itself
    for (const one of found) diagnostics.set(`${one.file}:${one.line}:${one.column} ${one.code} ${one.message}`, one);
  }
  return { workflows, diagnostics: [...diagnostics.values()] };
}

function isWorkflowFile(name: string): boolean {
  return /\.(?:ya?ml|json)$/u.test(name) && !/^(?:crew|step-templates)\.(?:ya?ml|json)$/u.test(name) && !name.startsWith('.');
}

/** JSON is also what package and editor settings are written in: a file without `steps` is not a broken workflow, but something else. */
function isForeign(found: readonly Diagnostic[], path: string): boolean {
  return found.some(({ file, code, message }) => file === path && code === 'KEY_MISSING' && message.startsWith('"steps"'));
}
