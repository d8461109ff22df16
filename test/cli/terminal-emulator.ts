/** As much of a terminal as the live region uses: text, line feeds, wrapping, cursor up, erasing, hiding and showing the cursor. */
import type { OutputStream } from '../../src/cli/terminal/surroundings.ts';

const TOKEN = new RegExp(`${String.fromCharCode(27)}\\[(\\??[0-9;]*)([A-Za-z])|\\r|\\n|[^\\r\\n${String.fromCharCode(27)}]`, 'gu');

export class TerminalEmulator implements OutputStream {
  readonly isTTY = true;
  columns: number;
  rows: number;
  cursorShown = true;
  /** Whether a line ever reached the last column and wrapped. */
  wrapped = false;
  readonly #lines: string[] = [''];
  readonly #resized = new Set<() => void>();
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Everything ever shown, scrolled off lines included, without empty lines at the end. */
  get screen(): string[] {
    const last = this.#lines.findLastIndex((line) => line !== '');
    return this.#lines.slice(0, last + 1);
  }

  on(_event: 'resize', listener: () => void): void {
    this.#resized.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#resized.delete(listener);
  }

  get listeners(): number {
    return this.#resized.size;
  }

  write(text: string): void {
    for (const [token, parameter = '', final] of text.matchAll(TOKEN)) {
      if (final !== undefined) this.#control(parameter, final);
      else if (token === '\r') this.#column = 0;
      else if (token === '\n') this.#down();
      else this.#put(token);
    }
  }

  #control(parameter: string, final: string): void {
    if (final === 'A') this.#row = Math.max(0, this.#lines.length - this.rows, this.#row - Number(parameter === '' ? 1 : parameter));
    if (final === 'K') this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    if (final === 'J') {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    }
    if (parameter === '?25') this.cursorShown = final === 'h';
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.wrapped = true;
      this.#down();
    }
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }
}
