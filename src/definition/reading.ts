import type { LoadOptions } from './load-options.ts';
import type { ProblemList } from './problem-list.ts';
import { nodeAt, offsetAt, type SourceNode, type SourcePath } from './source-node.ts';
import { positionAt } from './source-text.ts';
import type { SourcePosition, Step, Workflow } from './workflow.ts';

/** Finds the workflow of a name for a step at an offset; reports what goes wrong there and gives undefined. */
export type NestedLookup = (name: string, at: number) => Workflow | undefined;

/** What the readers of one file share. */
export interface Reading {
  readonly problems: ProblemList;
  readonly options: LoadOptions;
  readonly nested: NestedLookup;
  /** Where each step that was read stands in the file. */
  readonly origins: Map<Step, SourceNode>;
}

/** Line and column at which a value stands. */
export function positionOf(reading: Reading, node: SourceNode): SourcePosition {
  return positionAt(reading.problems.source, node.at);
}

/** Adds a problem at a path inside a node; with `part: 'key'` it points at the key. */
export function report(
  reading: Reading,
  node: SourceNode,
  path: SourcePath,
  problem: Omit<Parameters<ProblemList['add']>[0], 'at'> & { readonly part?: 'key' | 'value' },
): void {
  const { part, ...rest } = problem;
  reading.problems.add({ ...rest, at: offsetAt(node, path, part) });
}

/** A version as it is written: `1.0` is a number to YAML and would otherwise become `1`. */
export function writtenVersion(reading: Reading, root: SourceNode): string | undefined {
  const node = nodeAt(root, ['version']);
  if (typeof node?.value === 'string') return node.value;
  if (typeof node?.value !== 'number') return undefined;
  return /^[\w.+-]+/u.exec(reading.problems.source.text.slice(node.at, node.at + 40))?.[0] ?? String(node.value);
}
