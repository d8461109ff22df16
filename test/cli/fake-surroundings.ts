/** Surroundings that a test holds in its hands: what was typed goes in, what was printed and the exit code come out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import type { OutputStream, Surroundings } from '../../src/cli/terminal/surroundings.ts';

export interface FakeOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A terminal of that size. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** What whoever sits at the terminal types, line by line; afterwards they say nothing. */
  readonly typed?: readonly string[];
}

export class FakeSurroundings implements Surroundings {
  out = '';
  err = '';
  /** Exit codes with which the process was left at once. */
  readonly left: number[] = [];
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly now = Date.now;
  readonly #stdin: string;
  readonly #interrupts = new Set<() => void>();
  readonly #unread = new Set<() => void>();
  #waiting: { readonly pattern: RegExp; readonly found: () => void }[] = [];

  constructor(words: readonly string[], { cwd, env = {}, stdin = '', terminal, typed }: FakeOptions) {
    this.argv = ['node', '/usr/bin/troupe', ...words];
    this.cwd = cwd;
    this.env = env;
    this.#stdin = stdin;
    this.askLine = typed === undefined ? null : (prompt, over) => this.#answer(prompt, over, typed);
    this.stdout = stream((text) => {
      this.out += text;
      this.#look();
    }, terminal);
    this.stderr = stream((text) => {
      this.err += text;
    }, terminal);
  }

  readonly readStdin = async (): Promise<string> => this.#stdin;

  readonly askLine: Surroundings['askLine'];

  readonly onInterrupt = (listener: () => void): (() => void) => {
    this.#interrupts.add(listener);
    return () => this.#interrupts.delete(listener);
  };

  readonly onUnread = (listener: () => void): (() => void) => {
    this.#unread.add(listener);
    return () => this.#unread.delete(listener);
  };

  readonly leave = (code: number): void => {
    this.left.push(code);
  };

  /** Ctrl-C. */
  interrupt(): void {
    for (const listener of [...this.#interrupts]) listener();
  }

  /** Nobody reads stdout any more. */
  closeOutput(): void {
    for (const listener of [...this.#unread]) listener();
  }

  /** Resolves when stdout holds what is looked for. */
  printed(pattern: RegExp): Promise<void> {
    return new Promise((found) => {
      this.#waiting.push({ pattern, found });
      this.#look();
    });
  }

  #typed = 0;
  #answer(prompt: string, over: AbortSignal, typed: readonly string[]): Promise<string | null> {
    this.stdout.write(prompt);
    const line = typed[this.#typed++];
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => over.addEventListener('abort', () => resolve(null)));
  }

  #look(): void {
    const found = this.#waiting.filter(({ pattern }) => pattern.test(this.out));
    this.#waiting = this.#waiting.filter((waiting) => !found.includes(waiting));
    for (const waiting of found) waiting.found();
  }
}

function stream(write: (text: string) => void, terminal: FakeOptions['terminal']): OutputStream {
  const nothing = { write, on: () => {}, off: () => {} };
  return terminal === undefined ? nothing : { ...nothing, isTTY: true, ...terminal };
}

export interface Spoken {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Types a command and waits for its end. */
export async function troupe(words: readonly string[], options: FakeOptions): Promise<Spoken> {
  const surroundings = new FakeSurroundings(words, options);
  const code = await commandLine(surroundings);
  return { code, out: surroundings.out, err: surroundings.err };
}

/** Types a command and goes on while it works. */
export function begin(words: readonly string[], options: FakeOptions): { readonly at: FakeSurroundings; readonly code: Promise<number> } {
  const at = new FakeSurroundings(words, options);
  return { at, code: commandLine(at) };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
