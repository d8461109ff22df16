/**
 * The last lines of a terminal, redrawn in place. The cursor is hidden while the region is up and comes back on every way out,
 * a process that ends in the middle included.
 */
import { writeSync } from 'node:fs';
import { displayWidth } from '../text/display-width.ts';
import type { OutputStream } from './surroundings.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_BELOW = '\u001b[J';
const ERASE_REST = '\u001b[K';
const ESCAPE = '\u001b';
const PAINT = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'gu');

export class LiveRegion {
  readonly #stream: OutputStream;
  #lines: readonly string[] = [];
  #up = false;
  #width: number;
  readonly #resized = () => this.#rewrap();
  readonly #restore = () => {
    // The last moment of a process: only what is written synchronously still arrives.
    if (this.#up) writeSync(1, SHOW_CURSOR);
  };

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#width = this.columns;
  }

  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  get rows(): number {
    return this.#stream.rows ?? 24;
  }

  /** Draws the lines over those of before. They must not be wider than the terminal, nor as many as its rows. */
  draw(lines: readonly string[]): void {
    if (this.#up && same(lines, this.#lines)) return;
    const open = this.#up ? '' : HIDE_CURSOR;
    this.#raise();
    this.#stream.write(open + this.#home() + lines.map((line) => `${line}${ERASE_REST}\n`).join('') + ERASE_BELOW);
    this.#lines = lines;
  }

  /** Prints a line that stays, above the region. */
  printAbove(text: string): void {
    const lines = this.#lines;
    this.#stream.write(`${this.#home()}${ERASE_BELOW}${text}\n${lines.map((line) => `${line}\n`).join('')}`);
  }

  /** Leaves what was drawn last standing, and gives the cursor back. */
  end(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#lines = [];
    this.#stream.write(SHOW_CURSOR);
    this.#stream.off('resize', this.#resized);
    process.off('exit', this.#restore);
  }

  #raise(): void {
    if (this.#up) return;
    this.#up = true;
    this.#stream.on('resize', this.#resized);
    process.on('exit', this.#restore);
  }

  #home(): string {
    const rows = this.#lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line.replace(PAINT, '')) / this.columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }

  /** A terminal that became narrower has wrapped the lines: what was drawn is wiped, and drawn again with the next change. */
  #rewrap(): void {
    if (this.columns === this.#width) return;
    this.#width = this.columns;
    this.#stream.write(`${this.#home()}${ERASE_BELOW}`);
    this.#lines = [];
  }
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
