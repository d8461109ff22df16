/**
 * The desk a command works at: where it prints, how, and which store is meant. What was asked for goes to stdout; remarks that only
 * help a person are left out under `--quiet` and `--json`; complaints go to stderr.
 */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { createPaint, type Paint, wantsColor } from '../text/paint.ts';
import { programName, shellWord } from '../text/program-name.ts';
import type { Surroundings } from './surroundings.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly store?: string;
}

/** Where runs are kept when nobody says otherwise. */
export const DEFAULT_STORE = '.troupe';

/** A terminal of unknown width gets the width that everything has. */
const USUAL_WIDTH = 80;

export class Desk {
  readonly surroundings: Surroundings;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The store's directory, absolute. */
  readonly store: string;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** Colours for stderr. */
  readonly warningPaint: Paint;

  constructor(surroundings: Surroundings, options: GlobalOptions) {
    const { env, stdout, stderr, cwd } = surroundings;
    this.surroundings = surroundings;
    this.json = options.json === true;
    this.quiet = options.quiet === true;
    this.store = resolve(cwd, options.store ?? DEFAULT_STORE);
    this.paint = createPaint(!this.json && wantsColor(env, stdout.isTTY === true));
    this.warningPaint = createPaint(!this.json && wantsColor(env, stderr.isTTY === true));
  }

  /** Cells of a line on stdout; without limit where it is no terminal. */
  get width(): number {
    const { stdout } = this.surroundings;
    return stdout.isTTY === true ? (stdout.columns ?? USUAL_WIDTH) : Number.POSITIVE_INFINITY;
  }

  /** Whether somebody watches a terminal that can be redrawn in place. */
  get isWatched(): boolean {
    const { stdout, env } = this.surroundings;
    return stdout.isTTY === true && env.TERM !== 'dumb' && !this.json && !this.quiet;
  }

  now(): number {
    return this.surroundings.now();
  }

  /** Prints what was asked for. */
  print(text: string): void {
    this.surroundings.stdout.write(`${text}\n`);
  }

  /** Says something that only helps a person. */
  remark(text: string): void {
    if (!this.quiet && !this.json) this.print(text);
  }

  /** Warns on stderr, where it does not get between what was asked for. */
  warn(text: string): void {
    if (!this.quiet) this.surroundings.stderr.write(`${text}\n`);
  }

  /** Prints one JSON document. */
  document(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Prints one line of JSON lines. */
  jsonLine(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** A path as typed: relative to where we are when it lies below, absolute otherwise. */
  shown(path: string): string {
    const near = relative(this.surroundings.cwd, path);
    return near === '' ? '.' : near.startsWith('..') || isAbsolute(near) ? path : near;
  }

  /** The next command to type, about the same store. */
  command(...words: readonly string[]): string {
    const { argv, env, cwd } = this.surroundings;
    const store = this.store === join(cwd, DEFAULT_STORE) ? [] : ['--store', this.shown(this.store)];
    return [programName(argv, env, cwd), ...[...words, ...store].map(shellWord)].join(' ');
  }

  /** An absolute path for one that was typed. */
  path(typed: string): string {
    return resolve(this.surroundings.cwd, typed);
  }
}
