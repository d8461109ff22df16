/** The examples as a user has them: a folder with a workflow and a crew, and what a run of them tells. */
import { join } from 'node:path';
import { type Crew, type CrewMember, type CrewMembers, createCrew, crewFromDefinition, type Json, loadCrew, loadWorkflow } from 'troupe';
import { type SimulateOptions, type Simulation, simulate } from 'troupe/testing';
import { expect } from 'vitest';

export const ROOT = new URL('../../', import.meta.url).pathname;
export const exampleFile = (path: string): string => join(ROOT, 'examples', path);

/** The workflow and the crew of an example, which load without a word. */
export async function openExample(name: string) {
  const folder = exampleFile(name);
  const read = await loadCrew(join(folder, 'crew.yml'));
  expect(read.diagnostics).toEqual([]);
  if (read.crew === null) throw new Error(`${name} has no crew`);
  const crew = crewFromDefinition(read.crew, { baseDir: folder });
  const { workflow, diagnostics } = await loadWorkflow(join(folder, 'workflow.yml'), {
    stepTypes: crew.stepTypes(),
    personas: crew.personas(),
  });
  expect(diagnostics).toEqual([]);
  if (workflow === null) throw new Error(`${name} does not load`);
  return { workflow, crew };
}

/** A crew in which some personas are played by others. */
function recast(crew: Crew, personas: Readonly<Record<string, CrewMember>>): Crew {
  const others = createCrew({ personas } satisfies CrewMembers);
  return {
    ...crew,
    candidates(task) {
      const cast = others.candidates(task);
      return cast.length > 0 ? cast : crew.candidates(task);
    },
    actorOf: (agent) => others.actorOf(agent) ?? crew.actorOf(agent),
  };
}

/** A simulated run of an example, with what it told on the way. */
export interface Played extends Simulation {
  /** Coordination events, `type source`, with their data. */
  readonly told: readonly (readonly [event: string, data: Json])[];
  /** Events that are not about coordination, `type step`. */
  readonly events: readonly string[];
}

/** Runs an example on virtual time; `recasting` puts others in the place of some of its crew. */
export async function play(
  name: string,
  {
    recasting = {},
    ...options
  }: Omit<SimulateOptions, 'crew' | 'onEvent'> & { readonly recasting?: Readonly<Record<string, CrewMember>> } = {},
): Promise<Played> {
  const { workflow, crew } = await openExample(name);
  const told: [string, Json][] = [];
  const events: string[] = [];
  const end = await simulate(workflow, {
    ...options,
    crew: recast(crew, recasting),
    onEvent: (event) => {
      if (event.type === 'coordination') told.push([`${event.event.type} ${event.event.source}`, event.event.data]);
      else events.push('step' in event ? `${event.type} ${event.step}` : event.type);
    },
  });
  return { ...end, told, events };
}
