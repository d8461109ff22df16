import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { parseEngineExpression, parseEngineText } from './engine-parser.ts';
import type { EngineNode } from './engine-syntax.ts';
import { textsIn } from './expression-check.ts';
import { compileExpression } from './expression-compiler.ts';
import type { References } from './expression-compiling.ts';
import { compileNativeParts } from './native-template.ts';
import type { Dialect } from './workflow.ts';

/** Whether a text is one condition, or a value whose texts hold templates. */
export type ReferenceKind = 'condition' | 'template';

/** The root names a condition or template mentions: `variables`, `steps`, bare variables. What cannot be read mentions nothing. */
export function referencedNames(value: Json, dialect: Dialect, kind: ReferenceKind): Set<string> {
  return referencesOf(value, dialect, kind).names;
}

/**
 * The steps whose outputs are read. Native: `steps.<id>` in all its writings. Engine: every root name, since a root may be
 * a step or a variable; keep those that are ids of steps.
 */
export function referencedSteps(value: Json, dialect: Dialect, kind: ReferenceKind): Set<string> {
  return referencesOf(value, dialect, kind).steps;
}

/** The variables that are read: bare, under `variables`, or under `context.state`. Engine: every root name. */
export function referencedVariables(value: Json, dialect: Dialect, kind: ReferenceKind): Set<string> {
  return referencesOf(value, dialect, kind).variables;
}

/** The keys of the shared context that are read: `shared.<key>` in all its writings. The engine dialect has none. */
export function referencedShared(value: Json, dialect: Dialect, kind: ReferenceKind): Set<string> {
  return referencesOf(value, dialect, kind).shared;
}

function referencesOf(value: Json, dialect: Dialect, kind: ReferenceKind): References {
  const all: References = { names: new Set(), variables: new Set(), steps: new Set(), shared: new Set() };
  const texts = kind === 'template' ? textsIn(value) : typeof value === 'string' ? [{ text: value }] : [];
  for (const { text } of texts) {
    if (dialect === 'engine') addRoots(all, kind === 'condition' ? [parseEngineExpression(text)] : engineNodes(text));
    else for (const found of nativeReferences(text, kind)) addAll(all, found);
  }
  return all;
}

function nativeReferences(text: string, kind: ReferenceKind): References[] {
  try {
    if (kind === 'condition') return [compileExpression({ text, source: text, start: 0 }).compiling.references];
    if (!text.includes('{{')) return [];
    return compileNativeParts(text).flatMap((part) => (typeof part === 'string' ? [] : [part.expression.compiling.references]));
  } catch (error) {
    if (error instanceof TroupeError) return [];
    throw error;
  }
}

function engineNodes(text: string): EngineNode[] {
  return text.includes('${') ? parseEngineText(text).flatMap((part) => (typeof part === 'string' ? [] : [part.node])) : [];
}

function addRoots(all: References, nodes: readonly (EngineNode | null)[]): void {
  for (const node of nodes) {
    if (node === null) continue;
    if (node.kind === 'path') for (const set of [all.names, all.variables, all.steps]) set.add(node.keys[0]);
    addRoots(all, childrenOf(node));
  }
}

function childrenOf(node: EngineNode): readonly EngineNode[] {
  switch (node.kind) {
    case 'any':
    case 'all':
    case 'list':
      return node.of;
    case 'not':
      return [node.of];
    case 'compare':
    case 'sum':
      return [node.left, node.right];
    case 'choice':
      return [node.test, node.then, node.otherwise];
    case 'call':
      return [node.on, ...node.args];
    case 'map':
      return node.of.map(([, member]) => member);
    case 'text':
      return node.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.node]));
    default:
      return [];
  }
}

function addAll(all: References, found: References): void {
  for (const name of found.names) all.names.add(name);
  for (const name of found.variables) all.variables.add(name);
  for (const name of found.steps) all.steps.add(name);
  for (const name of found.shared) all.shared.add(name);
}
