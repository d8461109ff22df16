import type { SourcePosition } from './workflow.ts';

/** What each diagnostic code means. Codes are stable: messages may improve, codes do not change. */
export const DIAGNOSTIC_MEANINGS = {
  FILE_UNREADABLE: 'the file is missing, is not a regular file, or may not be read',
  FILE_TOO_LARGE: 'the file is larger than 1 MB',
  FILE_ENCODING: 'the file is not UTF-8 text',
  FILE_EMPTY: 'the file holds no workflow at all',
  YAML_SYNTAX: 'the file is not well-formed YAML or JSON',
  YAML_LIMIT: 'the file is nested too deeply, uses too many aliases, or grows too large through them',
  YAML_TAG: 'a YAML tag asks for something that is not plain JSON',
  KEY_UNKNOWN: 'a key that is not known here',
  KEY_MISSING: 'a key that is needed here is not given',
  KEY_DUPLICATE: 'a key is given twice',
  KEY_FORBIDDEN: 'a key that could reach into the prototype of an object, or a YAML merge key',
  VALUE_TYPE: 'a value is of the wrong type',
  VALUE_RANGE: 'a number, text or list is too small or too large',
  VALUE_UNKNOWN: 'a value is none of those that are possible here',
  ID_INVALID: 'a step id holds characters that an id may not hold',
  DURATION_INVALID: 'a duration cannot be read',
  UNIT_SUSPICIOUS: 'a duration looks as if it were written in another unit (warning)',
  STEP_DUPLICATE_ID: 'two steps of a workflow have the same id',
  STEP_TYPE_UNKNOWN: 'a step type that is neither built in nor registered',
  DEPENDENCY_UNKNOWN: 'a step depends on a step that is not there, or that it cannot see',
  DEPENDENCY_CYCLE: 'steps wait for each other in a circle',
  PERSONA_UNKNOWN: 'no agent of the crew plays this persona',
  EXPRESSION_INVALID: 'a condition cannot be read',
  TEMPLATE_INVALID: 'a template cannot be read',
  NAME_UNKNOWN: 'a condition or template names something that is not there',
  NAME_UNORDERED: 'a condition or template reads the output of a step that need not have ended by then (warning)',
  WORKFLOW_UNKNOWN: 'a nested workflow cannot be found',
  WORKFLOW_CYCLE: 'a workflow contains itself',
  WORKFLOW_DEPTH: 'workflows are nested more than 16 deep',
  WORKFLOW_TOO_LARGE: 'a workflow with all its nested workflows has more than 50,000 steps',
  DECLARATION_CONFLICT: 'two declarations cannot both hold',
  QUORUM_IMPOSSIBLE: 'more members must complete than the group has',
  MEMBER_UNKNOWN: 'a sync point waits for a step that is no member of its group',
  FEEDBACK_TARGET: 'work goes back to a step that is no phase, or need not have ended before',
  PHASE_UNKNOWN: 'a step that belongs to none of the phases of its file, or a phase that is not there',
  FALLBACK_UNREACHABLE: 'a step that is to stand in for another can never do so',
  SCHEMA_INVALID: 'a JSON Schema cannot be read',
  STEP_UNREACHABLE: 'a step that can never run (warning)',
  FORM_MISSING: 'an approval that asks nothing, or for values of which nothing says what they may be',
  JOIN_IMPOSSIBLE: 'a join or sync point that can never complete',
  CONDITION_ON_SKIPPED: 'a condition or template reads the output of a step that may be skipped (warning)',
  WRITES_OVERLAP: 'steps that may run at the same time write the same key, and nothing says how that is settled',
  BUDGET_ABOVE_OUTER: 'a step may spend more than what is around it has (warning)',
  BUDGET_BELOW_ATTEMPT: 'a step is expected to use more in one attempt than a budget around it holds (warning)',
  DEMAND_ABOVE_LIMIT: 'a step needs more than the limits allow at all',
  LOOP_UNBOUNDED: 'a repetition that nothing bounds (warning)',
  WAIT_UNBOUNDED: 'a wait without a deadline (warning)',
  TEMPLATE_UNKNOWN: 'a step template cannot be found',
} as const;

/** The code of a diagnostic; what each means is in `DIAGNOSTIC_MEANINGS`. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_MEANINGS;

/** One problem of a file. `line` and `column` are 1-based; a column counts UTF-16 units, as editors do. */
export interface Diagnostic extends SourcePosition {
  readonly file: string;
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  readonly message: string;
  /** What to do next, such as "did you mean …?". */
  readonly hint?: string;
  /** The lines around the place, with a caret under it. */
  readonly frame?: string;
}

/**
 * One diagnostic for people: `file:line:col CODE message`, the code frame, the hint.
 *
 * `color` adds ANSI colours (default: none).
 */
export function formatDiagnostic(diagnostic: Diagnostic, options: { readonly color?: boolean } = {}): string {
  const paint = (code: number, text: string): string => (options.color === true ? `\u001b[${code}m${text}\u001b[39m` : text);
  const { file, line, column, severity, code, message, hint, frame } = diagnostic;
  const head = `${file}:${line}:${column} ${paint(severity === 'error' ? 31 : 33, code)} ${message}`;
  const tail = hint === undefined ? [] : [paint(36, `  hint: ${hint}`)];
  return [head, ...(frame === undefined ? [] : [frame]), ...tail].join('\n');
}

/** True when a diagnostic of severity `error` is among them. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
