/** Which crew runs a workflow. */
import { type Crew, type CrewDefinition, createCrew, crewFromDefinition, type Step, type Workflow } from '../../index.ts';
import { Refusal } from '../failure/refusal.ts';
import { readCrew } from '../files/definitions.ts';
import { crewBeside, crewPath } from '../files/named-file.ts';
import type { Desk } from '../terminal/desk.ts';
import { recallLaunch } from './launch-record.ts';

export interface ChosenCrew {
  /** Absolute path of the crew file; null for nobody. */
  readonly file: string | null;
  readonly definition: CrewDefinition | null;
}

/** The crew that was named, else the crew file beside the workflow, else nobody. Throws FILE_NOT_FOUND, InvalidFiles. */
export async function chooseCrew(desk: Desk, named: string | undefined, workflow: string): Promise<ChosenCrew> {
  const file = named === undefined ? crewBeside(workflow) : crewPath(desk, named);
  return { file, definition: file === null ? null : await readCrew(desk, file) };
}

/** The agents of a crew; of nobody, none. */
export function crewOf({ definition }: ChosenCrew): Crew {
  return definition === null ? createCrew({}) : crewFromDefinition(definition);
}

/** The crew that a run was launched with; null where nobody knows, or there was none. Rejects with what is wrong with its file. */
export async function crewAtLaunch(desk: Desk, run: string): Promise<Crew | null> {
  const file = recallLaunch(desk.store, run)?.crew ?? null;
  return file === null ? null : crewFromDefinition(await readCrew(desk, file));
}

/** Refuses with AGENT_UNAVAILABLE to run a workflow with tasks when there is nobody to do them. */
export function refuseNobody(desk: Desk, { definition }: ChosenCrew, workflow: Workflow, file: string): void {
  if (definition !== null || !hasTasks(workflow.steps)) return;
  throw new Refusal('AGENT_UNAVAILABLE', `nobody can do the tasks of ${desk.shown(file)}: there is no crew file beside it`, {
    hint: `name one with --crew <file>, or let ${desk.command('init')} write one to begin with`,
  });
}

function hasTasks(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.kind === 'group') return hasTasks(step.steps);
    if (step.kind === 'choice') return hasTasks(step.then) || hasTasks(step.otherwise);
    if (step.kind === 'workflow') return hasTasks(step.workflow?.steps ?? []);
    return step.kind === 'task';
  });
}
