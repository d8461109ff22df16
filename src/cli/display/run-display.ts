import type { RunEvent, RunHandle } from '../../index.ts';

/** How runs are shown while they go on. */
export interface RunDisplay {
  /** A run is shown from now on. */
  begin(run: RunHandle): void;
  event(event: RunEvent): void;
  /** Says something between what is shown. */
  say(text: string): void;
  /** Stands still and leaves the terminal to somebody else. Returns what makes it go on. */
  rest(): () => void;
  /** Nothing more comes. */
  end(): void;
}
