import { nearest } from '../definition/nearest-name.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import type { Crew } from './crew.ts';

/** So many names are listed in a hint; the rest is counted. */
const MAX_NAMES = 12;

/** The report of a task that nobody of the crew performs: `AGENT_UNAVAILABLE`, not retryable, with the nearest known name. */
export function unavailable(task: Task, crew: Pick<Crew, 'personas' | 'stepTypes'>): TaskReport {
  const personas = crew.personas();
  const stepTypes = crew.stepTypes();
  const wanted = task.persona === null ? `steps of type "${task.type}"` : `the persona "${task.persona}"`;
  return {
    ok: false,
    thrown: true,
    error: {
      code: 'AGENT_UNAVAILABLE',
      message: `no agent of the crew performs ${wanted}`,
      hint: hintFor(task, personas, stepTypes),
      where: `step ${task.step}`,
      retryable: false,
      details: { persona: task.persona, type: task.type, personas, stepTypes },
    },
  };
}

function hintFor(task: Task, personas: readonly string[], stepTypes: readonly string[]): string {
  const persona = task.persona === null ? null : nearest(task.persona, personas);
  if (persona !== null) return `did you mean the persona "${persona}"?`;
  const type = nearest(task.type, stepTypes);
  if (type !== null) return `did you mean the step type "${type}"?`;
  if (personas.length + stepTypes.length === 0) return 'the crew is empty: register an agent, or one for "*", which plays every persona';
  return `the crew plays ${listed(personas, 'no persona')} and performs ${listed(stepTypes, 'no step type')}; an agent for "*" plays every persona`;
}

function listed(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return names.slice(0, MAX_NAMES).join(', ') + more;
}
