/** Which service outside a failure came from, by the word of whoever failed. */
import type { ErrorData } from '../protocol/errors.ts';

/** A failure that came from a service. */
export interface ServiceBlame {
  readonly service: string;
  /** The service was not called at all, because it is being spared: that is no failure of its own. */
  readonly wasSpared: boolean;
}

/** A chain of causes is followed this far: no data of an agent is trusted to end. */
const MAX_CAUSES = 16;
/** A longer text is no name. */
const LONGEST_NAME = 200;

/** Reads `details.service` of an error, or of the first one among its causes that has it; null where none names a service. */
export function blameOf(error: ErrorData): ServiceBlame | null {
  let next: ErrorData | undefined = error;
  for (let depth = 0; next !== undefined && depth <= MAX_CAUSES; depth += 1) {
    const service = next.details?.service;
    if (isServiceName(service)) return { service, wasSpared: next.code === 'CIRCUIT_OPEN' };
    next = next.cause;
  }
  return null;
}

/** Whether this can be the name of a service: a text of 1 to 200 characters. */
export function isServiceName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME;
}
