import { formatDuration } from '../../definition/duration.ts';
import { nearest } from '../../definition/nearest-name.ts';
import type { AgentMatch } from '../../policy/agent-match.ts';
import { type ErrorData, errorData } from '../../protocol/errors.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import type { Crew } from '../crews/crew.ts';
import { partName } from '../pool/pool.ts';
import { circuitOpen, type ServiceRefusal } from '../services/circuit-open.ts';

/** So many names are listed in a hint; the rest is counted. */
const MAX_NAMES = 12;

/**
 * All codes with which a task may end that no agent has answered, but for those of the resources that it lacks (RESOURCE_EXHAUSTED,
 * RESOURCE_CONFLICT). With an answer it has completed, or failed by the word of its agent, or its agent broke.
 */
export const REFUSAL_CODES = [
  'NO_AGENT_TYPE',
  'NO_AVAILABLE_AGENT',
  'POLICY_VIOLATION',
  'TASK_VALIDATION_FAILED',
  'DEADLINE_UNREACHABLE',
  'CIRCUIT_OPEN',
  'AGENT_UNAVAILABLE',
] as const;

/** Everything a task can be refused with before, or instead of, the answer of an agent. */
const refused = (task: Task, error: Omit<ErrorData, 'where'> & { readonly code: (typeof REFUSAL_CODES)[number] }): TaskReport => ({
  ok: false,
  thrown: true,
  error: { ...error, where: `step ${task.step}` },
});

/** The report of a task that nobody of the crew performs: `NO_AGENT_TYPE`, not retryable, with the nearest known name. */
export function noAgentType(task: Task, crew: Pick<Crew, 'personas' | 'stepTypes'>): TaskReport {
  const personas = crew.personas();
  const stepTypes = crew.stepTypes();
  const wanted = task.persona === null ? `steps of type "${task.type}"` : `the persona "${task.persona}"`;
  return refused(task, {
    code: 'NO_AGENT_TYPE',
    message: `no agent of the crew performs ${wanted}`,
    hint: hintFor(task, personas, stepTypes),
    retryable: false,
    details: { persona: task.persona, type: task.type, personas, stepTypes },
  });
}

/** The report of a task that nobody of those who play its part will ever be able to do: `NO_AVAILABLE_AGENT`, not retryable. */
export function nobodyIsFit(task: Task, { refused: why }: AgentMatch): TaskReport {
  return refused(task, {
    code: 'NO_AVAILABLE_AGENT',
    message: `nobody who plays ${partName(task)} is fit for it: ${why.map(({ id, why: each }) => `${id}: ${each}`).join('; ')}`,
    hint: 'register an agent with these capabilities, or require fewer',
    retryable: false,
    details: { agents: why.map(({ id, why: each }) => ({ id, why: each })) },
  });
}

/** The report of a task for which everybody who could do it is away, where that is not waited for: `NO_AVAILABLE_AGENT`, retryable. */
export function everybodyIsAway(task: Task, why: string): TaskReport {
  return refused(task, {
    code: 'NO_AVAILABLE_AGENT',
    message: `nobody who plays ${partName(task)} takes tasks now: ${why}`,
    hint: 'try again later, or let tasks wait for agents',
    retryable: true,
  });
}

/** The report of a task that requires a service which is being spared, where that is not waited for: `CIRCUIT_OPEN`, retryable. */
export function serviceIsSpared(task: Task, refusal: ServiceRefusal, now: number): TaskReport {
  return refused(task, { ...errorData(circuitOpen(refusal, now)), code: 'CIRCUIT_OPEN' });
}

/** The report of a task that a policy of the house denies: `POLICY_VIOLATION`, not retryable. */
export function policyViolation(task: Task, policy: string, why: string): TaskReport {
  return refused(task, {
    code: 'POLICY_VIOLATION',
    message: `the policy "${policy}" denies it: ${why}`,
    hint: 'change the step, or the policies of the runtime',
    retryable: false,
    details: { policy },
  });
}

/** The report of a task that its agent cannot take: `TASK_VALIDATION_FAILED`, not retryable. */
export function taskRefused(task: Task, agent: string, why: string): TaskReport {
  return refused(task, {
    code: 'TASK_VALIDATION_FAILED',
    message: `${agent} cannot take it: ${why}`,
    hint: 'see the params of the step',
    retryable: false,
    details: { agent },
  });
}

/** The report of a task that cannot be done in time any more: `DEADLINE_UNREACHABLE`, not retryable. `late`: by how many ms. */
export function tooLate(task: Task, late: number): TaskReport {
  return refused(task, {
    code: 'DEADLINE_UNREACHABLE',
    message: `it cannot be done by its deadline any more: it would be ${formatDuration(Math.max(1, Math.ceil(late)))} late`,
    hint: 'give it a later deadline, a higher priority, or more agents',
    retryable: false,
  });
}

/** The report of a task whose agent has stopped answering: `AGENT_UNAVAILABLE`, retryable. */
export function vanished(task: Task, agent: string): TaskReport {
  return refused(task, {
    code: 'AGENT_UNAVAILABLE',
    message: `${agent} has stopped answering and is started again`,
    retryable: true,
    details: { agent },
  });
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
