import type { AwaitedSignal, ErrorData, RunResult, RunView } from '../../index.ts';

/** How this process came to be done with a run. */
export type Ending =
  /** The run has ended. */
  | { readonly kind: 'ended'; readonly view: RunView; readonly result: RunResult; readonly timedOut: boolean }
  /** It waits for a person, and nobody is watching: saved. */
  | { readonly kind: 'waiting'; readonly view: RunView; readonly signals: readonly AwaitedSignal[] }
  /** This process was told to stop: saved. */
  | { readonly kind: 'stopped'; readonly view: RunView }
  /** This process could not go on with it: saved as far as the error says. */
  | { readonly kind: 'lost'; readonly view: RunView; readonly error: ErrorData };
