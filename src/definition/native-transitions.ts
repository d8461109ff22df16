import { isJsonObject } from '../protocol/json.ts';
import { textOf } from './native-entries.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { mapNode, nodeAt, type SourceEntry, type SourceNode } from './source-node.ts';

/**
 * A list of steps whose `transitions` have become conditional dependencies of those that they lead to: of the transitions of a step the first
 * whose condition holds is taken, so each excludes what stands before it. Texts keep their places in the file.
 */
export function withTransitions(list: SourceNode | undefined, reading: Reading): SourceNode | undefined {
  const items = list?.items ?? [];
  if (list === undefined || !items.some((step) => nodeAt(step, ['transitions']) !== undefined)) return list;
  const places = new Map(items.map((step, place) => [textOf(nodeAt(step, ['id'])?.value), place]));
  const edges = new Map<number, SourceNode[]>();
  for (const step of items) {
    const id = nodeAt(step, ['id']);
    if (textOf(id?.value) === undefined || id === undefined) continue;
    for (const { to, edge } of edgesOf(step, id, reading)) {
      const name = textOf(to.value) ?? '';
      const place = places.get(name);
      if (place !== undefined) edges.set(place, [...(edges.get(place) ?? []), edge]);
      else {
        const close = nearest(
          name,
          [...places.keys()].flatMap((other) => other ?? []),
        );
        const hint = close === null ? 'a transition leads to a step beside the one that it is of' : `did you mean "${close}"?`;
        report(reading, to, [], {
          code: 'NAME_UNKNOWN',
          message: `there is no step ${quoted(name)} beside ${quoted(String(id.value))}`,
          hint,
        });
      }
    }
  }
  const steps = items.map((step, place) => dependingOn(step, edges.get(place) ?? []));
  return { ...list, value: steps.map(({ value }) => value), items: steps };
}

function edgesOf(step: SourceNode, id: SourceNode, reading: Reading): { readonly to: SourceNode; readonly edge: SourceNode }[] {
  const before: SourceNode[] = [];
  let isOver = false;
  return (nodeAt(step, ['transitions'])?.items ?? []).flatMap((node) => {
    const to = nodeAt(node, ['to']);
    if (!isJsonObject(node.value) || to === undefined) return [];
    if (isOver) {
      const message = 'this transition is never taken: the one before it is, whatever holds';
      report(reading, node, [], { code: 'DECLARATION_CONFLICT', message, hint: 'give that one a "when", or put it last' });
      return [];
    }
    const when = nodeAt(node, ['when']);
    const entry = (inner: SourceNode): SourceEntry => ({ keyAt: node.at, node: inner });
    const entries = new Map([
      ['step', entry({ value: id.value, at: to.at, textAt: -1 })],
      ['kind', entry({ value: 'conditional', at: node.at, textAt: -1 })],
    ]);
    if (when !== undefined) entries.set('when', entry(when));
    if (before.length > 0)
      entries.set('unless', entry({ value: before.map(({ value }) => value), at: node.at, textAt: -1, items: [...before] }));
    if (when === undefined) isOver = true;
    else before.push(when);
    return [{ to, edge: mapNode(entries, to.at) }];
  });
}

function dependingOn(step: SourceNode, edges: readonly SourceNode[]): SourceNode {
  if (edges.length === 0 || step.entries === undefined) return step;
  const key = step.entries.has('depends_on') ? 'depends_on' : 'dependencies';
  const written = step.entries.get(key);
  const items = [...(written === undefined ? [] : (written.node.items ?? [written.node])), ...edges];
  const at = written?.node.at ?? items[0]?.at ?? step.at;
  const node: SourceNode = { value: items.map(({ value }) => value), at, textAt: -1, items };
  return mapNode(new Map([...step.entries, [key, { keyAt: written?.keyAt ?? at, node }]]), step.at);
}
