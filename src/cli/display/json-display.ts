import type { RunEvent } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import type { RunDisplay } from './run-display.ts';

/** Every event as one line of JSON, but for those of coordination. */
export class JsonDisplay implements RunDisplay {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  begin(): void {
    // The events begin with the start of the run.
  }

  event(event: RunEvent): void {
    if (event.type !== 'coordination') this.#desk.jsonLine(event);
  }

  say(): void {
    // Remarks are for people.
  }

  end(): void {
    // Lines need no end.
  }
}
