/**
 * Templates of the native dialect: `{{ expression }}`.
 *
 * A text that is exactly one expression has the expression's value; anything else becomes a text. Nothing missing is ever
 * rendered: an undefined value is an error that names what is missing. Two braces as text are written `{{ '{{' }}`.
 */
import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { type CompiledExpression, compileExpression } from './expression-compiler.ts';
import { expressionFailure, type Site } from './expression-error.ts';
import { boundedText, type Frame, failed, frameOf } from './expression-frame.ts';
import { closeName } from './expression-members.ts';
import { plainResult } from './expression-result.ts';
import { scopeMap } from './expression-roots.ts';
import { unwrapped } from './expression-syntax.ts';
import { textOf } from './expression-text.ts';
import { quoted } from './printable.ts';
import { type MarkedExpression, scanTemplate, type TemplateMarks } from './template-scanner.ts';
import type { Scope } from './workflow.ts';

export const NATIVE_MARKS: TemplateMarks = { opening: '{{', closing: '}}' };

/** Compiles a text with `{{ … }}` in it. Throws TEMPLATE_FAILED here and when rendered; its cause is the expression's error. */
export function compileNativeTemplate(source: string): (scope: Scope) => Json {
  const render = naming(source, () => compileParts(source));
  return (scope) => naming(source, () => render(frameOf(scope)));
}

/** The expressions of a template, compiled. Throws the expression's own error. */
export function compileNativeParts(source: string): (string | PartOfTemplate)[] {
  const { parts, unclosed } = scanTemplate(source, NATIVE_MARKS);
  if (unclosed !== null) {
    expressionFailure(
      'EXPRESSION_INVALID',
      { source, offset: unclosed },
      'these {{ are never closed',
      "write {{ '{{' }} for two braces as text",
    );
  }
  return parts.map((part) => (typeof part === 'string' ? part : new PartOfTemplate(source, part)));
}

class PartOfTemplate {
  readonly expression: CompiledExpression;
  readonly site: Site;

  constructor(source: string, { text, start }: MarkedExpression) {
    this.expression = compileExpression({ text, source, start });
    this.site = this.expression.compiling.site(this.expression.root);
  }

  value(frame: Frame): Json {
    const { evaluate, makesData } = this.expression;
    const value = evaluate(frame);
    return value === undefined ? this.#missing(frame) : plainResult(this.site, value, makesData);
  }

  text(frame: Frame): string {
    return textOf(frame, this.site, this.value(frame));
  }

  #missing(frame: Frame): never {
    const { root, compiling } = this.expression;
    const node = unwrapped(root);
    const written = compiling.written(node);
    const isOutput = node.type === 'MemberExpression' && scopeMap(compiling, node.object) === 'steps';
    const isName = node.type === 'Identifier' || node.type === 'MemberExpression';
    const what = `${written} ${isOutput ? 'has no output' : isName ? 'is unknown' : 'gives no value'}`;
    return failed(this.site, what, closeName(compiling, node, frame) ?? `write {{ ${written} ?? 'default' }} if it may be missing`);
  }
}

function compileParts(source: string): (frame: Frame) => Json {
  const parts = compileNativeParts(source);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return typeof only === 'string' ? () => only : (frame) => only.value(frame);
  const site = { source, offset: 0 };
  return (frame) => {
    let text = '';
    for (const part of parts) text = boundedText(site, text + (typeof part === 'string' ? part : part.text(frame)));
    return text;
  };
}

function naming<Result>(source: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof TroupeError ? templateFailure(source, cause) : cause;
  }
}

function templateFailure(source: string, cause: TroupeError): TroupeError {
  const { hint, where, details } = cause;
  const what = typeof details?.what === 'string' ? details.what : cause.message;
  return new TroupeError(
    'TEMPLATE_FAILED',
    `the template ${quoted(source)} cannot be rendered: ${what}${where === undefined ? '' : ` (${where})`}`,
    {
      retryable: false,
      cause,
      ...(hint === undefined ? {} : { hint }),
      ...(where === undefined ? {} : { where }),
    },
  );
}
