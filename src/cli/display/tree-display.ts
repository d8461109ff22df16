import type { RunEvent, RunHandle, RunView } from '../../index.ts';
import { noteText } from '../rendering/note-text.ts';
import { runTree } from '../rendering/run-tree.ts';
import { signalCommands } from '../rendering/signal-commands.ts';
import { transitionLine } from '../rendering/transition-line.ts';
import type { Desk } from '../terminal/desk.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { truncate } from '../text/display-width.ts';
import type { RunDisplay } from './run-display.ts';

const TEN_TIMES_A_SECOND_MS = 100;
/** A tree that takes long to draw is drawn less often: at most a tenth of the time goes into drawing. */
const SHARE = 10;
/** Questions below the tree; the others follow when these are answered. */
const MOST_QUESTIONS = 3;

/** One live tree of all runs, redrawn in place. */
export class TreeDisplay implements RunDisplay {
  readonly #desk: Desk;
  readonly #region: LiveRegion;
  readonly #runs: RunHandle[] = [];
  readonly #notes = new Map<string, Map<string, string>>();
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#region = new LiveRegion(desk.surroundings.stdout);
  }

  begin(run: RunHandle): void {
    this.#runs.push(run);
    this.#notes.set(run.id, new Map());
    this.#timer ??= setTimeout(() => this.#tick(), 0);
  }

  event(event: RunEvent): void {
    if (event.type === 'task.progress') this.#notes.get(event.run)?.set(event.step, noteText(event.note));
    if (event.type === 'task.started') this.#notes.get(event.run)?.delete(event.step);
    if (event.type !== 'run.trouble') return;
    const line = transitionLine(event, 0, this.#desk.paint);
    if (line !== null) this.say(line);
  }

  say(text: string): void {
    this.#region.printAbove(text);
  }

  rest(): () => void {
    this.#pause();
    return () => {
      if (!this.#ended) this.#timer ??= setTimeout(() => this.#tick(), 0);
    };
  }

  end(): void {
    this.#ended = true;
    this.#pause();
  }

  #pause(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#runs.length > 0) this.#draw();
    this.#region.end();
  }

  #tick(): void {
    const began = performance.now();
    this.#draw();
    const cost = performance.now() - began;
    this.#timer = setTimeout(() => this.#tick(), Math.max(TEN_TIMES_A_SECOND_MS, cost * SHARE));
  }

  #draw(): void {
    const { columns, rows } = this.#region;
    const views = this.#runs.map((run) => run.state());
    // The cursor stands in the line below, and a line that fills the last column would wrap on some terminals.
    const width = Math.max(1, columns - 1);
    const asked = this.#questions(views).map((line) => this.#desk.paint.yellow(truncate(line, width)));
    const height = Math.max(1, rows - 1 - asked.length);
    const tree = runTree(views, { width, height, now: this.#desk.now(), paint: this.#desk.paint, notes: this.#notes });
    this.#region.draw(rows > MOST_QUESTIONS + 2 ? [...tree, ...asked] : tree);
  }

  /** What a person may type, where nothing else is waited for. */
  #questions(views: readonly RunView[]): string[] {
    const signals = views.flatMap((view) => signalCommands(this.#desk, view));
    return signals.slice(0, MOST_QUESTIONS).map((command) => `waits for a person; in another terminal: ${command}`);
  }
}
