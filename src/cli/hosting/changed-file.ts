/** A run whose workflow file is no longer what it was when the run was started. */
import { existsSync } from 'node:fs';
import { type Crew, type CrewDefinition, definitionChanges, hasErrors, loadWorkflow, type Workflow } from '../../index.ts';
import { Refusal } from '../failure/refusal.ts';
import { crewOptions } from '../files/definitions.ts';
import type { Desk } from '../terminal/desk.ts';

/** By which definition a run goes on: `refuse` to choose where the file has changed, `adopt` the file, or go on as it was `started`. */
export type FileChoice = 'refuse' | 'adopt' | 'started';

const GO_ON = 'without --adopt the run goes on by the copy that it keeps';

/** What is held against each other: what the run keeps, and the file it came from. */
export interface RunDefinition {
  readonly run: string;
  readonly recorded: Workflow;
  readonly file: string;
  readonly crew: Crew;
  readonly staff: CrewDefinition | null;
}

/**
 * The workflow that the run is to adopt, or null where it goes on by its own copy: because that is asked for, because nothing has changed, or
 * because the file is gone or cannot be read and nobody asks for it. Throws DEFINITION_CHANGED with what has changed.
 */
export async function workflowToAdopt(
  desk: Desk,
  choice: FileChoice,
  { run, recorded, file, crew, staff }: RunDefinition,
): Promise<Workflow | null> {
  if (choice === 'started') return null;
  if (!existsSync(file)) {
    if (choice === 'adopt')
      throw new Refusal('FILE_NOT_FOUND', `${desk.shown(file)} is not there: there is nothing to adopt`, { hint: GO_ON });
    return null;
  }
  const { workflow, diagnostics } = await loadWorkflow(file, { text: false, ...crewOptions(staff), ...rulesOf(recorded) });
  if (workflow === null || hasErrors(diagnostics)) {
    if (choice === 'adopt') {
      const hint = `${desk.command('validate', desk.shown(file))} lists them; ${GO_ON}`;
      throw new Refusal('DEFINITION_CHANGED', `${desk.shown(file)} has errors now: run ${run} cannot go on by it`, { hint });
    }
    desk.warn(`troupe: ${desk.shown(file)} has errors now; run ${run} goes on by the copy it was started with`);
    return null;
  }
  const changes = definitionChanges(recorded, workflow, crew.stepTypes());
  if (changes.length === 0) return null;
  if (choice === 'adopt') return workflow;
  throw new Refusal('DEFINITION_CHANGED', `${desk.shown(file)} has changed since run ${run} was started:\n  ${changes.join('\n  ')}`, {
    hint: `--adopt goes on by the file as it is now, where everything that has happened fits it; --as-started by the copy that the run keeps`,
  });
}

/** Files of the engine dialect are read by the rules that the run was started under. */
function rulesOf({ dialect, compat }: Workflow): { readonly compat?: 'engine' | 'none' } {
  return dialect === 'engine' ? { compat: compat === 'engine' ? 'engine' : 'none' } : {};
}
