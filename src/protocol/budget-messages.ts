/** What a claim on the budget of a run is told. */
import type { ErrorData } from './errors.ts';

/** To a claim: the estimate of its attempt is reserved. */
export interface ClaimGranted {
  readonly type: 'claim.granted';
}

/** To a claim: people are to be asked for more. */
export interface ClaimReferred {
  readonly type: 'claim.referred';
}

/** To a claim for which people are asked: more was given otherwise. */
export interface ClaimRecalled {
  readonly type: 'claim.recalled';
}

/** To a claim: nothing that is under way can help it, and why. */
export interface ClaimRefused {
  readonly type: 'claim.refused';
  readonly error: ErrorData;
}
