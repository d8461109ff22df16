/**
 * What commands say to the process that runs a store's runs, and what it answers: one JSON object a line, one answer for each
 * request, in order. An answer comes when what was asked for is durable.
 */
import {
  type AgentOrder,
  type AgentView,
  type AnswerGiven,
  type DelegationGiven,
  type ErrorData,
  isJsonObject,
  type Json,
  type JsonObject,
  type LargerBudgets,
  type LetterDropping,
  type ResourceLimits,
  type ResourceView,
  type ServiceView,
  type Stopping,
} from '../../index.ts';

export type ControlRequest =
  /** Which runs are being run? */
  | { readonly do: 'list' }
  /** `wait`: the answer comes when the run has ended and nothing of it is at work any more. */
  | { readonly do: 'cancel'; readonly run: string; readonly reason: string; readonly force?: boolean; readonly wait?: boolean }
  /** Which of its attempts are being stopped? */
  | { readonly do: 'stopping'; readonly run: string }
  /** How do the agents stand, and the services that they call? */
  | { readonly do: 'agents' }
  /** Tells an agent something. */
  | { readonly do: 'agent'; readonly agent: string; readonly order: AgentOrder }
  /** Puts a dead letter of any run aside. */
  | { readonly do: 'drop'; readonly letter: string; readonly dropping: LetterDropping }
  /** Tries a dead letter again, where its run is live there. */
  | { readonly do: 'resend'; readonly run: string; readonly letter: string }
  /** Closes the circuit breaker before a service outside. */
  | { readonly do: 'service'; readonly service: string }
  /** What is there of resources, and who has it? */
  | { readonly do: 'resources' }
  /** Changes limits of an account. */
  | { readonly do: 'limit'; readonly account: string; readonly limits: ResourceLimits }
  | { readonly do: 'pause' | 'unpause'; readonly run: string }
  | { readonly do: 'budget'; readonly run: string; readonly budget: LargerBudgets }
  | { readonly do: 'answer'; readonly run: string; readonly step: string; readonly answer: AnswerGiven }
  | { readonly do: 'delegate'; readonly run: string; readonly step: string; readonly delegation: DelegationGiven }
  | { readonly do: 'signal'; readonly run: string; readonly name: string; readonly payload: Json };

/** What is told to a run. */
export type RunRequest = Exclude<
  ControlRequest,
  { do: 'list' | 'stopping' | 'agents' | 'agent' | 'service' | 'drop' | 'resend' | 'resources' | 'limit' }
>;

export type ControlAnswer =
  /** `runs`: what is being run now. `stopping`, `agents`, `resources`: to the questions of these names. */
  | {
      readonly ok: true;
      readonly runs: readonly string[];
      readonly stopping?: readonly Stopping[];
      readonly agents?: readonly AgentView[];
      /** With the agents: the services that they call. */
      readonly services?: readonly ServiceView[];
      readonly resources?: ResourceView;
    }
  | { readonly ok: false; readonly error: ErrorData };

/** A line longer than this is no request: payloads belong into files. */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** Reads a request. Null for anything else: what comes over a socket is not trusted. */
export function readRequest(line: string): ControlRequest | null {
  const value = parse(line);
  if (!isJsonObject(value)) return null;
  const { do: verb, run } = value;
  if (verb === 'list' || verb === 'agents' || verb === 'resources') return { do: verb };
  if (verb === 'limit') return readLimitRequest(value);
  if (verb === 'agent') return readAgentRequest(value);
  if (verb === 'service') return typeof value.service === 'string' ? { do: verb, service: value.service } : null;
  if (verb === 'drop') return readDropRequest(value);
  return typeof run === 'string' ? readRunRequest(run, value) : null;
}

/** What is in an answer, and in what is passed on, is checked by the run it is given to. */
function readRunRequest(run: string, { do: verb, ...more }: JsonObject): ControlRequest | null {
  const { reason, force, wait, name, payload, step, answer, delegation, letter, budget } = more;
  if (verb === 'stopping' || verb === 'pause' || verb === 'unpause') return { do: verb, run };
  if (verb === 'cancel' && typeof reason === 'string') {
    return { do: verb, run, reason, ...(force === true ? { force } : {}), ...(wait === true ? { wait } : {}) };
  }
  if (verb === 'signal' && typeof name === 'string') return { do: verb, run, name, payload: payload ?? null };
  if (verb === 'budget' && isJsonObject(budget)) return { do: verb, run, budget: budget as unknown as LargerBudgets };
  if (verb === 'resend' && typeof letter === 'string') return { do: verb, run, letter };
  if (typeof step !== 'string') return null;
  if (verb === 'answer' && isJsonObject(answer)) return { do: verb, run, step, answer: answer as unknown as AnswerGiven };
  if (verb === 'delegate' && isJsonObject(delegation)) return { do: verb, run, step, delegation: delegation as unknown as DelegationGiven };
  return null;
}

/** Reads an answer. Null for anything else. */
export function readAnswer(line: string): ControlAnswer | null {
  const value = parse(line);
  if (!isJsonObject(value)) return null;
  if (value.ok === true && Array.isArray(value.runs)) {
    const stopping = Array.isArray(value.stopping) ? { stopping: value.stopping as unknown as Stopping[] } : {};
    const agents = Array.isArray(value.agents) ? { agents: value.agents as unknown as AgentView[] } : {};
    const services = Array.isArray(value.services) ? { services: value.services as unknown as ServiceView[] } : {};
    const resources = isJsonObject(value.resources) ? { resources: value.resources as unknown as ResourceView } : {};
    return { ok: true, runs: value.runs.map(String), ...stopping, ...agents, ...services, ...resources };
  }
  return value.ok === false && isJsonObject(value.error) ? { ok: false, error: value.error as unknown as ErrorData } : null;
}

function readAgentRequest({ agent, order }: JsonObject): ControlRequest | null {
  const read = readOrder(order);
  return typeof agent === 'string' && read !== null ? { do: 'agent', agent, order: read } : null;
}

/** Whether there are such limits is checked by the house. */
function readLimitRequest({ account, limits }: JsonObject): ControlRequest | null {
  if (typeof account !== 'string' || !isJsonObject(limits)) return null;
  return Object.values(limits).every((amount) => typeof amount === 'number')
    ? { do: 'limit', account, limits: limits as ResourceLimits }
    : null;
}

/** Who puts it aside is checked by whoever does it. */
function readDropRequest({ letter, dropping }: JsonObject): ControlRequest | null {
  if (typeof letter !== 'string' || !isJsonObject(dropping)) return null;
  const { by, reason } = dropping;
  if (typeof by !== 'string') return null;
  return { do: 'drop', letter, dropping: { by, ...(typeof reason === 'string' ? { reason } : {}) } };
}

function readOrder(value: Json | undefined): AgentOrder | null {
  if (!isJsonObject(value)) return null;
  const { do: verb, reason } = value;
  if (verb === 'drain') return { do: verb, ...(typeof reason === 'string' ? { reason } : {}) };
  return verb === 'reset' || verb === 'resume' ? { do: verb } : null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
