import type { Diagnostic } from '../../index.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Codes that are about who is there, not about the file: with nothing else wrong, what is missing is an agent. */
const SURROUNDINGS: ReadonlySet<string> = new Set(['PERSONA_UNKNOWN', 'STEP_TYPE_UNKNOWN']);

/** Files that cannot be used, with everything that is wrong with them. */
export class InvalidFiles extends Error {
  override readonly name = 'InvalidFiles';
  readonly code: 'DEFINITION_INVALID' | 'AGENT_UNAVAILABLE';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const files = [...new Set(errors.map(({ file }) => file))];
    super(`${files.join(', ')}: ${errors.length === 1 ? '1 error' : `${errors.length} errors`}`);
    this.code = errors.every(({ code }) => SURROUNDINGS.has(code)) ? 'AGENT_UNAVAILABLE' : 'DEFINITION_INVALID';
    this.diagnostics = diagnostics;
  }

  get exitCode(): ExitCode {
    return this.code === 'AGENT_UNAVAILABLE' ? EXIT.unavailable : EXIT.invalid;
  }
}
