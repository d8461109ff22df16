/**
 * From whatever an agent answered or threw to the report the house passes on. Three ends: completed, failed by its own
 * word (`thrown: false`), or broken (`thrown: true`). Nothing in here throws, whatever it is given.
 */
import type { ErrorCode, ErrorData } from '../protocol/errors.ts';
import { errorData } from '../protocol/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { withService } from '../protocol/service-of-error.ts';
import type { TaskReport, Usage } from '../protocol/task.ts';
import { Completed, Failed } from './answer.ts';
import { NotPlainJson, readPlainJson } from './plain-json.ts';

/** Longest message kept of an error, in characters: a journal is no place for a dump. */
const MAX_MESSAGE = 16 * 1024;

/** The report of a function's return value: plain JSON, `completed(…)` or `fail(…)`. */
export function reportOfAnswer(answer: unknown): TaskReport {
  if (answer instanceof Completed) return withUsage(reportOfOutput(answer.output, answer.variables, answer.writes), answer.usage);
  if (answer instanceof Failed) return reportOfFailure(answer);
  return reportOfOutput(answer, undefined, undefined);
}

/** The report of a thrown value: `fail(…)` is a failure by the agent's own word, anything else means that it broke. */
export function reportOfThrown(thrown: unknown): TaskReport {
  if (thrown instanceof Failed) return reportOfFailure(thrown);
  return { ok: false, thrown: true, error: describeThrown(thrown, 'AGENT_FAILED') };
}

/** A report that somebody else's agent made, checked and copied: a malformed one becomes `AGENT_OUTPUT_INVALID`. */
export function checkedReport(report: unknown): TaskReport {
  try {
    return readReport(report);
  } catch (thrown) {
    return reportOfThrown(thrown);
  }
}

function readReport(report: unknown): TaskReport {
  if (typeof report === 'object' && report !== null && 'ok' in report) {
    if (report.ok === true) {
      const { output, variables, writes, usage } = report as { readonly [member: string]: unknown };
      return withUsage(reportOfOutput(output, variables, writes), usage);
    }
    if (report.ok === false && 'error' in report) {
      const thrown = !('thrown' in report) || report.thrown !== false;
      return withUsage({ ok: false, thrown, error: readErrorData(report.error) }, 'usage' in report ? report.usage : undefined);
    }
  }
  return invalid(
    'the agent did not answer with a task report',
    'return { ok: true, output } or { ok: false, error, thrown }, or use functionAgent',
  );
}

/** Describes anything thrown as bounded, plain error data; hostile values (throwing getters, cyclic causes) included. */
function describeThrown(thrown: unknown, code: ErrorCode): ErrorData {
  try {
    const copy = readPlainJson(errorData(thrown, code));
    if (isJsonObject(copy)) return bounded(copy as unknown as ErrorData);
    const { message } = errorData(thrown instanceof Error ? new Error(thrown.message) : thrown, code);
    return bounded({ code, message });
  } catch {
    return { code, message: 'something was thrown that cannot be described' };
  }
}

function reportOfOutput(value: unknown, variables: unknown, writes: unknown): TaskReport {
  const output = readPlainJson(value);
  if (output instanceof NotPlainJson) return notPlain('output', output, value);
  if (variables === undefined && writes === undefined) return { ok: true, output };
  const set = readMap(variables);
  if (set instanceof NotPlainJson) return notPlain('variables', set, variables);
  const written = readMap(writes);
  if (written instanceof NotPlainJson) return notPlain('writes', written, writes);
  return { ok: true, output, ...(set === null ? {} : { variables: set }), ...(written === null ? {} : { writes: written }) };
}

/** The report with what was used up. What is no such account makes the report invalid: nobody may spend unseen. */
function withUsage(report: TaskReport, usage: unknown): TaskReport {
  if (usage === undefined) return report;
  const read = readPlainJson(usage);
  const isCount = (value: unknown) => typeof value === 'number' && value >= 0;
  if (isJsonObject(read) && Object.values(read).every(isCount)) return { ...report, usage: read as Usage };
  return invalid('usage is not a map of names and numbers of at least 0', 'say what was used up as { tokens: 1200 }');
}

/** A map of names and values, null where there is none, or the reason why it is no such map. */
function readMap(value: unknown): JsonObject | null | NotPlainJson {
  const map = readPlainJson(value);
  return map === null || map instanceof NotPlainJson || isJsonObject(map)
    ? map
    : new NotPlainJson('', 'is not an object of names and values');
}

function reportOfFailure(failure: Failed): TaskReport {
  const message = bounded({ code: 'AGENT_FAILED', message: String(failure.message) });
  const details = readPlainJson(failure.details);
  const error = { ...message, ...withService(failure, isJsonObject(details) ? details : undefined) };
  return withUsage({ ok: false, thrown: false, error }, failure.usage);
}

function notPlain(what: 'output' | 'variables' | 'writes', problem: NotPlainJson, value: unknown): TaskReport {
  const hint =
    value instanceof Error
      ? 'throw an error, or return fail(message), instead of returning the error'
      : 'return plain JSON: null, booleans, finite numbers, strings, arrays and plain objects';
  return invalid(`${what}${problem.path} ${problem.problem}`, hint, { path: `${what}${problem.path}`, problem: problem.problem });
}

/** A broken contract does not mend itself, but what an agent answers may differ next time: retries stay the step's choice. */
function invalid(message: string, hint: string, details?: JsonObject): TaskReport {
  return { ok: false, thrown: true, error: { code: 'AGENT_OUTPUT_INVALID', message, hint, ...(details === undefined ? {} : { details }) } };
}

function readErrorData(error: unknown): ErrorData {
  const copy: Json | NotPlainJson = error instanceof Error ? null : readPlainJson(error);
  if (!isJsonObject(copy) || typeof copy.code !== 'string' || typeof copy.message !== 'string')
    return describeThrown(error, 'AGENT_FAILED');
  return bounded(copy as unknown as ErrorData);
}

function bounded(error: ErrorData): ErrorData {
  if (error.message.length <= MAX_MESSAGE) return error;
  return { ...error, message: `${error.message.slice(0, MAX_MESSAGE)}… (${error.message.length - MAX_MESSAGE} characters more)` };
}
