import { type ErrorCode, TroupeError } from '../protocol/errors.ts';
import { codeFrame } from './code-frame.ts';
import { positionAt } from './source-text.ts';

/** A place inside the text an expression stands in: the condition itself, or the whole template. `offset` counts from 0. */
export interface Site {
  readonly source: string;
  readonly offset: number;
}

/** What can be wrong with an expression: it is not of the language, its evaluation failed, or it costs too much. */
export type ExpressionErrorCode = Extract<ErrorCode, 'EXPRESSION_INVALID' | 'EXPRESSION_FAILED' | 'EXPRESSION_LIMIT'>;

/**
 * Throws a TroupeError of the given code whose message names the place (`1:7`) and shows it with a caret.
 * Its `where` is `line:column`, 1-based; its `details.offset` counts from 0, its `details.what` is the bare sentence.
 */
export function expressionFailure(code: ExpressionErrorCode, site: Site, what: string, hint?: string): never {
  const text = { file: '', text: site.source, lineStarts: lineStarts(site.source) };
  const { line, column } = positionAt(text, site.offset);
  throw new TroupeError(code, `${what} (${line}:${column})\n${codeFrame(text, site.offset)}`, {
    where: `${line}:${column}`,
    retryable: false,
    details: { offset: site.offset, what },
    ...(hint === undefined ? {} : { hint }),
  });
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
