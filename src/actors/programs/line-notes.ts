/**
 * What a process prints, as notes for whoever watches: whole lines, of bounded length, at a bounded rate. Printing costs
 * the process nothing and must not cost the house much: lines beyond the rate are counted, not passed.
 */
import { StringDecoder } from 'node:string_decoder';
import type { ProgressReport } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { lineDirective } from './line-directive.ts';

/** Longer lines are cut, in characters. */
const MAX_LINE = 2_000;

/** So many lines are passed in each second. */
const LINES_PER_SECOND = 50;

/** Turns the chunks of one stream into notes. */
export class LineNotes {
  readonly #stream: 'stdout' | 'stderr';
  readonly #note: (note: Json) => void;
  readonly #now: () => number;
  readonly #report: ((progress: ProgressReport) => void) | null;
  readonly #decoder = new StringDecoder('utf8');
  #open = '';
  #windowStart = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #dropped = 0;

  /**
   * `note` gets `{ stream, line }`, or `{ stream, dropped }` for lines beyond the rate. `now` is in ms. `report` gets what a line says of the
   * progress (see `lineDirective`) in its stead.
   */
  constructor(
    stream: 'stdout' | 'stderr',
    note: (note: Json) => void,
    now: () => number,
    report: ((progress: ProgressReport) => void) | null = null,
  ) {
    this.#stream = stream;
    this.#note = note;
    this.#now = now;
    this.#report = report;
  }

  add(chunk: Buffer): void {
    const lines = (this.#open + this.#decoder.write(chunk)).split('\n');
    // an endless line must not grow: its beginning is enough
    this.#open = (lines.pop() ?? '').slice(0, MAX_LINE + 1);
    for (const line of lines) this.#pass(line);
  }

  /** The stream has ended: passes what is left. */
  end(): void {
    const rest = this.#open + this.#decoder.end();
    this.#open = '';
    if (rest !== '') this.#pass(rest);
    this.#tellDropped();
  }

  #pass(line: string): void {
    const now = this.#now();
    if (now - this.#windowStart >= 1_000) {
      this.#windowStart = now;
      this.#passed = 0;
      this.#tellDropped();
    }
    if (this.#passed >= LINES_PER_SECOND) {
      this.#dropped += 1;
      return;
    }
    this.#passed += 1;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const directive = this.#report === null ? null : lineDirective(text);
    if (directive !== null) this.#report?.(directive);
    else this.#note({ stream: this.#stream, line: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text });
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#note({ stream: this.#stream, dropped: this.#dropped });
    this.#dropped = 0;
  }
}
