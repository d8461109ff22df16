import type { NativeNames } from './native-names.ts';
import type { Reading } from './reading.ts';
import { nodeAt, placeIn, type SourceNode } from './source-node.ts';
import type { StepData } from './step-data.ts';
import type { Step } from './workflow.ts';

/** Reports sources of a step's inputs, and keys of the shared context that it reads, that are not there. */
export function checkSources(step: Step, names: NativeNames, reading: Reading): void {
  const data = step.kind === 'vote' ? step.steps[0] : step.kind === 'task' ? step : undefined;
  const node = reading.origins.get(step);
  if (data === undefined || node === undefined) return;
  checkInputs(data, node, names, reading);
  checkReads(data, node, names, reading);
}

function checkInputs({ inputs = {} }: StepData, node: SourceNode, names: NativeNames, reading: Reading): void {
  for (const [name, source] of Object.entries(inputs)) {
    const written = nodeAt(node, ['inputs', name, 'from']) ?? nodeAt(node, ['inputs', name]);
    if (written === undefined) continue;
    for (const { offset, ...problem } of names.source(source, String(written.value)))
      reading.problems.add({ ...problem, at: placeIn(written, [], offset) });
  }
}

function checkReads({ reads = [] }: StepData, node: SourceNode, names: NativeNames, reading: Reading): void {
  const keys = new Set(reads);
  const list = nodeAt(node, ['reads']);
  for (const { value, at } of list?.items ?? (list === undefined ? [] : [list])) {
    // what is no key was reported as that
    if (typeof value !== 'string' || !keys.has(value)) continue;
    for (const { offset: _, ...problem } of names.keyProblem(value, '')) reading.problems.add({ ...problem, at });
  }
}
