import { formatDuration } from '../definition/duration.ts';
import { TroupeError } from '../protocol/errors.ts';

/** Why a service is not called now. */
export interface ServiceRefusal {
  readonly service: string;
  /** When it is tried out, ms since the epoch; null: that is being done. */
  readonly triedAt: number | null;
}

/**
 * The error of a call, or a task, that a service is spared: CIRCUIT_OPEN, retryable. `details` hold the `service` and, where it is known,
 * `retryAfterMs`: how long from `now`, ms since the epoch, until it is tried out.
 */
export function circuitOpen({ service, triedAt }: ServiceRefusal, now: number): TroupeError {
  const retryAfterMs = triedAt === null ? null : Math.max(0, triedAt - now);
  return new TroupeError('CIRCUIT_OPEN', `the service "${service}" is not called: ${sparedInWords(retryAfterMs)}`, {
    hint: `try again later; when it is well again, troupe agents reset service:${service} lets tasks through at once`,
    retryable: true,
    details: { service, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
  });
}

const sparedInWords = (leftMs: number | null): string =>
  leftMs === null
    ? 'it has kept failing, and is being tried out'
    : `it keeps failing, and is spared for ${formatDuration(Math.max(1, Math.ceil(leftMs)))} more`;
