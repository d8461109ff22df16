import type { RunEvent } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import type { RunDisplay } from './run-display.ts';

/** That an agent begins or ends: told by events of tasks and steps, too. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set(['agent.started', 'agent.completed']);

/** Every event as one line of JSON; of coordination what no other event says: conflicts, blocked agents, changes of shared data, …. */
export class JsonDisplay implements RunDisplay {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  begin(): void {
    // The events begin with the start of the run.
  }

  event(event: RunEvent): void {
    if (event.type !== 'coordination' || !TOLD_OTHERWISE.has(event.event.type)) this.#desk.jsonLine(event);
  }

  say(): void {
    // Remarks are for people.
  }

  rest(): () => void {
    return () => {};
  }

  end(): void {
    // Lines need no end.
  }
}
