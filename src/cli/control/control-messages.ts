/**
 * What commands say to the process that runs a store's runs, and what it answers: one JSON object a line, one answer for each
 * request, in order. An answer comes when what was asked for is durable.
 */
import { type AnswerGiven, type DelegationGiven, type ErrorData, isJsonObject, type Json, type Stopping } from '../../index.ts';

export type ControlRequest =
  /** Which runs are being run? */
  | { readonly do: 'list' }
  /** `wait`: the answer comes when the run has ended and nothing of it is at work any more. */
  | { readonly do: 'cancel'; readonly run: string; readonly reason: string; readonly force?: boolean; readonly wait?: boolean }
  /** Which of its attempts are being stopped? */
  | { readonly do: 'stopping'; readonly run: string }
  | { readonly do: 'pause' | 'unpause'; readonly run: string }
  | { readonly do: 'answer'; readonly run: string; readonly step: string; readonly answer: AnswerGiven }
  | { readonly do: 'delegate'; readonly run: string; readonly step: string; readonly delegation: DelegationGiven }
  | { readonly do: 'signal'; readonly run: string; readonly name: string; readonly payload: Json };

export type ControlAnswer =
  /** `runs`: what is being run now. `stopping`: to the question of that name. */
  | { readonly ok: true; readonly runs: readonly string[]; readonly stopping?: readonly Stopping[] }
  | { readonly ok: false; readonly error: ErrorData };

/** A line longer than this is no request: payloads belong into files. */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** Reads a request. Null for anything else: what comes over a socket is not trusted. */
export function readRequest(line: string): ControlRequest | null {
  const value = parse(line);
  if (!isJsonObject(value)) return null;
  const { do: verb, run, reason, force, wait, name, payload, step, answer, delegation } = value;
  if (verb === 'list') return { do: verb };
  if (typeof run !== 'string') return null;
  if (verb === 'stopping') return { do: verb, run };
  if (verb === 'pause' || verb === 'unpause') return { do: verb, run };
  if (verb === 'cancel' && typeof reason === 'string') {
    return { do: verb, run, reason, ...(force === true ? { force } : {}), ...(wait === true ? { wait } : {}) };
  }
  if (verb === 'signal' && typeof name === 'string') return { do: verb, run, name, payload: payload ?? null };
  // What is in an answer is checked by the run it is given to.
  if (verb === 'answer' && typeof step === 'string' && isJsonObject(answer))
    return { do: verb, run, step, answer: answer as unknown as AnswerGiven };
  if (verb === 'delegate' && typeof step === 'string' && isJsonObject(delegation)) {
    return { do: verb, run, step, delegation: delegation as unknown as DelegationGiven };
  }
  return null;
}

/** Reads an answer. Null for anything else. */
export function readAnswer(line: string): ControlAnswer | null {
  const value = parse(line);
  if (!isJsonObject(value)) return null;
  if (value.ok === true && Array.isArray(value.runs)) {
    const stopping = Array.isArray(value.stopping) ? { stopping: value.stopping as unknown as Stopping[] } : {};
    return { ok: true, runs: value.runs.map(String), ...stopping };
  }
  return value.ok === false && isJsonObject(value.error) ? { ok: false, error: value.error as unknown as ErrorData } : null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
