/** How often something that keeps breaking is started again before a person has to look at it. */

/** So many restarts in a row; one that then holds for `windowMs` counts no more. */
export interface RestartIntensity {
  readonly restarts: number;
  readonly windowMs: number;
  /** Wait before a restart, ms. */
  readonly delayMs: number;
}

/** Three restarts, each after a second, without five minutes of health between them: starting does not mend what breaks more often. */
export const RESTART_INTENSITY: RestartIntensity = { restarts: 3, windowMs: 300_000, delayMs: 1_000 };
