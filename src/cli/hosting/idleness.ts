import { type AwaitedSignal, awaitedSignals, type RunEvent, type RunHandle, type ShortageQuestion } from '../../index.ts';

/**
 * Notices that a run only waits for people. Looking at a whole run costs with its size, so it is looked at only when none of its
 * attempts is known to be open.
 */
export class Idleness {
  readonly #run: RunHandle;
  readonly #shortOf: () => readonly ShortageQuestion[];
  readonly #open = new Set<string>();

  /** `shortOf`: what people are asked because tasks lack something. */
  constructor(run: RunHandle, shortOf: () => readonly ShortageQuestion[]) {
    this.#run = run;
    this.#shortOf = shortOf;
    for (const { path, state } of run.state().steps) if (state === 'attempting' || state === 'backingOff') this.#open.add(path);
  }

  event(event: RunEvent): void {
    if (event.type === 'task.started') this.#open.add(event.step);
    if (event.type === 'step.settled') this.#open.delete(event.step);
    // A person is asked about a step that has failed.
    if (event.type === 'recovery' && event.note.what === 'begun' && event.note.use === 'escalate') this.#open.delete(event.note.step);
    // What an agent has written may be in conflict: then its step has not settled, and yet nobody works on it.
    if (event.type === 'coordination' && event.event.type === 'conflict.detected') this.#open.delete(event.event.source);
  }

  /** What the run waits for, if it waits for nothing else. */
  signals(): readonly AwaitedSignal[] {
    if (this.#open.size > 0) {
      const asking = this.#shortOf().flatMap(({ run, step }) => (run === this.#run.id ? [step] : []));
      if ([...this.#open].some((step) => !asking.includes(step))) return [];
    }
    return awaitedSignals(this.#run.state());
  }
}
