/**
 * YAML (and with it JSON) from files that nobody has vetted. The YAML library composes recursively and can take the whole process
 * down on deeply nested input; its parser, however, works with a stack of its own. So the parser runs first, watched, and only
 * what is known to be shallow is composed.
 */
import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml';
import type { ProblemList } from './problem-list.ts';
import type { SourceNode } from './source-node.ts';
import { positionAt } from './source-text.ts';
import { MAX_YAML_DEPTH, sourceTree } from './yaml-tree.ts';

/** The first mistakes often make everything after them look wrong: more are not worth reading. */
const MAX_SYNTAX_PROBLEMS = 10;

/**
 * Parses the source of `problems`. Returns the positioned tree of its one document, or null when there is none or it is not
 * well-formed: then `problems` says why (YAML_SYNTAX, YAML_LIMIT, YAML_TAG, KEY_DUPLICATE, KEY_FORBIDDEN, FILE_EMPTY). Never throws.
 */
export function parseYaml(problems: ProblemList): SourceNode | null {
  try {
    const tokens = shallowTokens(problems);
    const document = tokens === null ? null : withoutStackTraces(() => onlyDocument(tokens, problems));
    return document === null ? null : sourceTree(document, problems);
  } catch (error) {
    // the library promises not to throw; should it do so all the same, the file is to blame and not the caller
    const reason = error instanceof Error ? error.message : String(error);
    problems.add({ code: 'YAML_SYNTAX', at: 0, message: `the file cannot be parsed: ${reason}` });
    return null;
  }
}

function shallowTokens(problems: ProblemList): CST.Token[] | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(problems.source.text)) {
    const at = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (depthOf(parser) > MAX_YAML_DEPTH) {
      problems.add({ code: 'YAML_LIMIT', at, message: `maps and lists are nested more than ${MAX_YAML_DEPTH} deep` });
      return null;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** The stack holds the document, the open collections and, at times, the scalar that is being read. */
function depthOf(parser: Parser): number {
  const depth = parser.stack.length - 1;
  const top = parser.stack.at(-1)?.type;
  return top === 'block-map' || top === 'block-seq' || top === 'flow-collection' ? depth : depth - 1;
}

/**
 * Runs something that makes many error objects. Most of what a garbled file costs are the stack traces of the errors that the
 * library makes of it: seconds a megabyte, and nobody ever sees them.
 */
function withoutStackTraces<Result>(work: () => Result): Result {
  const limit: unknown = Reflect.get(Error, 'stackTraceLimit');
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return work();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit);
  }
}

function onlyDocument(tokens: CST.Token[], problems: ProblemList): Document.Parsed<ParsedNode> | null {
  const { text } = problems.source;
  const composer = new Composer({
    schema: 'core',
    version: '1.2',
    resolveKnownTags: false,
    // the library compares every key with every other; `sourceTree` does it in one pass
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const documents: Document.Parsed<ParsedNode>[] = [];
  for (const document of composer.compose(tokens, true, text.length)) {
    documents.push(document as Document.Parsed<ParsedNode>);
    if (documents.length > 1) {
      const at = document.range[0];
      problems.add({
        code: 'YAML_SYNTAX',
        at,
        message: 'a second document starts here; a file holds one workflow',
        hint: 'remove the "---"',
      });
      return null;
    }
  }
  const document = documents[0];
  if (document === undefined) return null;
  for (const error of firstOfEachLine([...document.errors, ...document.warnings], problems)) problems.add(syntaxProblem(error, text));
  if (document.errors.length + document.warnings.length > 0) return null;
  if (document.contents === null) {
    problems.add({ code: 'FILE_EMPTY', at: 0, message: 'the file is empty', hint: 'a workflow needs at least "name" and "steps"' });
    return null;
  }
  return document;
}

/** One mistake easily makes the rest of its line look wrong, too. */
function firstOfEachLine(errors: readonly YAMLError[], problems: ProblemList): YAMLError[] {
  const lines = new Set<number>();
  const first = errors.filter((error) => {
    const { line } = positionAt(problems.source, error.pos[0]);
    return lines.has(line) ? false : lines.add(line);
  });
  return first.slice(0, MAX_SYNTAX_PROBLEMS);
}

function syntaxProblem(error: YAMLError, text: string) {
  const at = Math.min(error.pos[0], text.length);
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return { code: 'YAML_TAG', at, message: `${lower(error.message)}; only plain values are read`, hint: 'remove the tag' } as const;
  }
  const hint = error.code === 'TAB_AS_INDENT' ? 'indent with spaces' : templateHint(text, at);
  return { code: 'YAML_SYNTAX', at, message: lower(error.message), hint } as const;
}

/** Unquoted `{{…}}` and `{…` are what most broken workflow files are broken by. */
function templateHint(text: string, at: number): string | undefined {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(lineStart, at + 200).split('\n', 1)[0] ?? '';
  return /:\s*\{\{|:\s*[^'"\s#]*\$?\{/u.test(line) ? 'a value with a template needs quotes: "{{…}}"' : undefined;
}

/** The library's names of tokens, in words. */
const TOKENS: Record<string, string> = {
  'map-value-ind': '":"',
  'seq-item-ind': '"-"',
  'explicit-key-ind': '"?"',
  'flow-seq-end': '"]"',
  'flow-map-end': '"}"',
};

function lower(message: string): string {
  const plain = message.replace(
    /\b(?:map-value-ind|seq-item-ind|explicit-key-ind|flow-seq-end|flow-map-end)\b/gu,
    (token) => TOKENS[token] ?? token,
  );
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
