import { codeFrame } from './code-frame.ts';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { positionAt, type SourceText } from './source-text.ts';

/** More problems than this in one file are counted, not listed: nobody reads them, and a garbled file has as many as it has lines. */
const MAX_LISTED = 200;

/** Something wrong at an offset of the file that is being read. */
export interface Problem {
  readonly code: DiagnosticCode;
  readonly at: number;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default error. */
  readonly severity?: 'error' | 'warning';
}

/** Collects the problems of one file, so that all of them are reported at once. */
export class ProblemList {
  readonly source: SourceText;
  private readonly problems: Problem[] = [];
  private unlisted = 0;
  /** Whether anything was found that is no mere warning. */
  hasErrors = false;

  constructor(source: SourceText) {
    this.source = source;
  }

  add(problem: Problem): void {
    if (problem.severity !== 'warning') this.hasErrors = true;
    if (this.problems.length < MAX_LISTED) this.problems.push(problem);
    else this.unlisted += 1;
  }

  /** The problems as diagnostics, in the order of the file, each place and code once. */
  diagnostics(): Diagnostic[] {
    const sorted = this.problems.toSorted((a, b) => a.at - b.at);
    const seen = new Set<string>();
    const listed = sorted.filter(({ at, code, message }) => {
      const key = `${at} ${code} ${message}`;
      return seen.has(key) ? false : seen.add(key);
    });
    return listed.map((problem, index) => this.diagnostic(problem, index === listed.length - 1 ? this.unlisted : 0));
  }

  private diagnostic({ code, at, message, hint, severity = 'error' }: Problem, unlisted: number): Diagnostic {
    return {
      file: this.source.file,
      ...positionAt(this.source, at),
      severity,
      code,
      message: unlisted === 0 ? message : `${message} (and ${unlisted.toLocaleString('en')} further problems in this file)`,
      ...(hint === undefined ? {} : { hint }),
      frame: codeFrame(this.source, at),
    };
  }
}
