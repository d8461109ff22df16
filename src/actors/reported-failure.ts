/** What a program says of its failure in its report: `{"error": {"message": "…", "service": "…", "details": {…}}}`. */
import { isServiceName } from '../policy/service-blame.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';

/** A failure in a program's own words. */
export interface ReportedFailure {
  readonly message: string;
  /** What it says beside the message, with the service outside that the failure came from. */
  readonly details: JsonObject;
}

/** Reads the `error` of a report; null for what is none. */
export function reportedFailure(report: unknown): ReportedFailure | null {
  const error = isJsonObject(report) ? report.error : undefined;
  if (!isJsonObject(error) || typeof error.message !== 'string') return null;
  const { message, service, details = {} } = error;
  if (!isJsonObject(details) || !(service === undefined || isServiceName(service))) return null;
  return { message, details: { ...details, ...(service === undefined ? {} : { service }) } };
}

/** The same of what a program has printed, which may be anything. */
export function printedFailure(text: string): ReportedFailure | null {
  try {
    return reportedFailure(JSON.parse(text));
  } catch {
    return null;
  }
}
