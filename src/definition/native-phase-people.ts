/** People whom a phase asks: about its gate, or how to go on when work cannot go back any more. */
import { isJsonObject, type Json } from '../protocol/json.ts';
import type { ApprovalTerms } from './approval-terms.ts';
import { readApproval } from './native-approval.ts';
import type { Entries } from './native-entries.ts';
import type { Reading } from './reading.ts';
import { nodeAt, type SourceNode, type SourcePath } from './source-node.ts';

/** On what terms they are asked; undefined where nobody is. `subject`: what is asked where nothing is said. */
export function readPeople(node: SourceNode, path: SourcePath, subject: string, reading: Reading): ApprovalTerms | undefined {
  const written = nodeAt(node, path);
  if (written === undefined || !isJsonObject(written.value)) return undefined;
  const { to, ...rest }: Readonly<Record<string, Json | undefined>> = written.value;
  const data: Entries = { subject, ...rest, assignee: to };
  const base = { id: '', name: '', type: 'approval', dependencies: [] };
  const { kind: _, id: __, name: ___, type: ____, dependencies: _____, ...terms } = readApproval(base, data, written, reading);
  return terms;
}
