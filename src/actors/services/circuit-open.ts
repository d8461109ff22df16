import { formatDuration } from '../../definition/duration.ts';
import { TroupeError } from '../../protocol/errors.ts';

const SECOND_MS = 1000;

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
export function circuitOpen(refusal: ServiceRefusal, now: number): TroupeError {
  const { service } = refusal;
  const retryAfterMs = leftMs(refusal, now);
  return new TroupeError('CIRCUIT_OPEN', `it is not called: ${sparedInWords(refusal, now)}`, {
    hint: `try again later; when it is well again, troupe agents reset service:${service} lets tasks through at once`,
    retryable: true,
    details: { service, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
  });
}

/** The service, and why it is spared, as long as that is so: for whoever looks later, too. */
export function sparedUntil({ service, triedAt }: ServiceRefusal): string {
  return inWords(service, triedAt === null ? null : `until ${new Date(triedAt).toISOString()} at least`);
}

/** The service, and why it is spared at `now`, ms since the epoch; seconds are told in whole ones. */
function sparedInWords(refusal: ServiceRefusal, now: number): string {
  const left = leftMs(refusal, now);
  const grain = left !== null && left > SECOND_MS ? SECOND_MS : 1;
  return inWords(refusal.service, left === null ? null : `for ${formatDuration(Math.max(1, Math.ceil(left / grain)) * grain)}`);
}

const inWords = (service: string, time: string | null): string =>
  `the service "${service}", which ${time === null ? 'has kept failing and is being tried out' : `keeps failing and is spared ${time}`}`;

const leftMs = ({ triedAt }: ServiceRefusal, now: number): number | null => (triedAt === null ? null : Math.max(0, triedAt - now));
