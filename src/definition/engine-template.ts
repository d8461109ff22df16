/**
 * Templates of the engine dialect: `${expression}`. A text that is exactly one expression has the expression's value; an
 * expression that has none, or is not understood, stays as it is written. Never throws.
 */
import type { Json } from '../protocol/json.ts';
import { EngineEvaluation } from './engine-evaluation.ts';
import { templateLookup } from './engine-lookup.ts';
import { parseEngineText } from './engine-parser.ts';
import type { EngineTextPart } from './engine-syntax.ts';
import type { Scope } from './workflow.ts';

/** Names that stand for the engine's own queues when no variable of that name holds anything true. Only alone, not before `||`. */
const HOST_NAMES: ReadonlyMap<string, string> = new Map([
  ['REDIS_STREAM_NAME', 'workflow-tasks'],
  ['CONSUMER_GROUP', 'workflow-consumers'],
  ['CONSUMER_ID', 'workflow-engine'],
]);

/** Compiles a text with `${…}` in it. */
export function compileEngineTemplate(source: string): (scope: Scope) => Json {
  const parts = parseEngineText(source).map(withHostName);
  const [only] = parts;
  if (parts.length > 1 || only === undefined) return (scope) => new EngineEvaluation(scope, templateLookup).text(parts);
  if (typeof only === 'string') return () => only;
  return (scope) => {
    const value = new EngineEvaluation(scope, templateLookup).part(only);
    return value === undefined ? only.written : (value as Json);
  };
}

function withHostName(part: EngineTextPart): EngineTextPart {
  if (typeof part === 'string' || part.node.kind !== 'path' || part.node.keys.length > 1) return part;
  const host = HOST_NAMES.get(part.node.keys[0]);
  return host === undefined ? part : { ...part, insteadOfFalse: host };
}
