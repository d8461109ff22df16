import type { RunEvent, RunHandle } from '../../index.ts';
import { transitionLine } from '../rendering/transition-line.ts';
import type { Desk } from '../terminal/desk.ts';
import { displayWidth } from '../text/display-width.ts';
import type { RunDisplay } from './run-display.ts';

/** A column is not made wider than this for one long id. */
const WIDEST_STEP = 40;

/** One line for each transition: for logs, pipes, and whoever reads later. Nothing at all under `--quiet`. */
export class LineDisplay implements RunDisplay {
  readonly #desk: Desk;
  #stepWidth = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  begin(run: RunHandle): void {
    this.#widen(run.state().steps.map(({ path }) => path));
  }

  event(event: RunEvent): void {
    // Items of a map, and what is done about conflicts, are not known before they begin.
    if ('step' in event) this.#widen([event.step]);
    const line = transitionLine(event, this.#stepWidth, this.#desk.paint);
    if (line !== null) this.#desk.remark(line);
  }

  say(text: string): void {
    this.#desk.remark(text);
  }

  rest(): () => void {
    return () => {};
  }

  end(): void {
    // Lines need no end.
  }

  #widen(paths: readonly string[]): void {
    this.#stepWidth = Math.min(WIDEST_STEP, Math.max(this.#stepWidth, ...paths.map(displayWidth)));
  }
}
