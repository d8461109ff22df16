/**
 * Files that name their phases apart from their steps: `phases: stock`, or a list. Each step goes into the phase that its kind (its persona, else its
 * type) belongs to, and what comes out is a file of ordinary phases, one after the other: nothing behind this knows of it.
 */
import { isJsonObject } from '../protocol/json.ts';
import { textOf } from './native-entries.ts';
import { withoutEarlierPhases } from './native-phase-dependencies.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { mapNode, nodeAt, type SourceEntry, type SourceNode } from './source-node.ts';
import { STOCK_PHASES, stockKinds } from './stock-phases.ts';

/** A phase as it is named, and the steps that it is given. */
interface NamedPhase {
  readonly id: string;
  readonly kinds: readonly string[];
  /** Where it is named. */
  readonly node: SourceNode;
  /** What it says of itself, beside its kinds. */
  readonly own: ReadonlyMap<string, SourceEntry>;
  readonly steps: SourceNode[];
}

/** The file with its steps sorted into its phases; the file itself where it names none. */
export function arrangedInPhases(root: SourceNode, reading: Reading): SourceNode {
  const named = nodeAt(root, ['phases']);
  if (named === undefined || root.entries === undefined) return root;
  const phases = readNames(named, reading);
  if (phases.length === 0) return root;
  if (nodeAt(root, ['mode'])?.value === 'graph') {
    const message = 'the phases of a file run one after the other: "mode: graph" says nothing beside them';
    report(reading, root, ['mode'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'leave one out' });
  }
  const homes = new Map<string, number>();
  const sorted = (nodeAt(root, ['steps'])?.items ?? []).flatMap((step) => {
    const place = placeOf(step, phases, reading);
    const id = textOf(nodeAt(step, ['id'])?.value);
    if (place !== null && id !== undefined) homes.set(id, place);
    return place === null ? [] : [{ step, place }];
  });
  for (const { step, place } of sorted) phases[place]?.steps.push(withoutEarlierPhases(withoutKey(step, 'phase'), place, homes, reading));
  const steps = listNode(phases.map(phaseNode), named.at);
  return mapNode(new Map([...root.entries, ['steps', { keyAt: named.at, node: steps }]]), root.at);
}

function readNames(named: SourceNode, reading: Reading): NamedPhase[] {
  if (named.value === 'stock') return Object.keys(STOCK_PHASES).map((id, _, ids) => stockPhase(id, named, ids));
  const phases: NamedPhase[] = [];
  for (const node of named.items ?? []) {
    const ids = phases.map(({ id }) => id);
    const phase = readName(node, ids, reading);
    if (phase === null) continue;
    for (const [index, kind] of phase.kinds.entries()) {
      const other = phases.find(({ kinds }) => kinds.includes(kind));
      if (other === undefined) continue;
      const message = `the kind ${quoted(kind)} belongs to ${quoted(other.id)} already`;
      const at = nodeAt(node, ['kinds', index]) === undefined ? [] : ['kinds', index];
      report(reading, node, at, { code: 'DECLARATION_CONFLICT', message, hint: 'name it once' });
    }
    phases.push(phase);
  }
  return phases;
}

function readName(node: SourceNode, before: readonly string[], reading: Reading): NamedPhase | null {
  const isStock = (id: string) => Object.hasOwn(STOCK_PHASES, id);
  if (typeof node.value === 'string') {
    if (isStock(node.value)) return stockPhase(node.value, node, before);
    const close = nearest(node.value, Object.keys(STOCK_PHASES));
    const message = `${quoted(node.value)} is no phase of the stock`;
    const stock = Object.keys(STOCK_PHASES).join(', ');
    const hint = close === null ? `these are: ${stock}; one of your own says its "id" and its "kinds"` : `did you mean "${close}"?`;
    report(reading, node, [], { code: 'PHASE_UNKNOWN', message, hint });
    return null;
  }
  const id = isJsonObject(node.value) ? textOf(node.value.id) : undefined;
  if (id === undefined || node.entries === undefined) return null;
  const written = nodeAt(node, ['kinds']);
  if (written === undefined && !isStock(id)) {
    const message = `the phase ${quoted(id)} does not say which kinds of steps belong to it`;
    report(reading, node, ['id'], { code: 'KEY_MISSING', message, hint: 'give their personas or types as "kinds"' });
  }
  const kinds =
    written === undefined ? stockKinds(id) : (written.items ?? [written]).flatMap(({ value }) => textOf(value) ?? []).map(plain);
  const own = new Map([...node.entries].filter(([key]) => key !== 'kinds'));
  const usual = written === undefined ? stockPhase(id, node, before).own : new Map<string, SourceEntry>();
  return { id, kinds, node, own: new Map([...usual, ...own]), steps: [] };
}

/** Monitoring sends work back to development, where that comes before it. */
function stockPhase(id: string, node: SourceNode, others: readonly string[]): NamedPhase {
  const { at } = node;
  const entry = (value: string): SourceEntry => ({ keyAt: at, node: { value, at, textAt: -1 } });
  const back = id === 'monitoring' && others.includes('development');
  const own = new Map([['id', entry(id)]]);
  if (back) own.set('feedback', { keyAt: at, node: mapNode(new Map([['to', entry('development')]]), at) });
  return { id, kinds: stockKinds(id), node, own, steps: [] };
}

const plain = (kind: string) => kind.toLowerCase().replaceAll('-', '_');

/** The place of the phase that a step belongs to; null where there is none. */
function placeOf(step: SourceNode, phases: readonly NamedPhase[], reading: Reading): number | null {
  const said = textOf(nodeAt(step, ['phase'])?.value);
  const ids = phases.map(({ id }) => id);
  if (said !== undefined) {
    if (ids.includes(said)) return ids.indexOf(said);
    const close = nearest(said, ids);
    const hint = close === null ? `the file has these: ${ids.join(', ')}` : `did you mean "${close}"?`;
    report(reading, step, ['phase'], { code: 'PHASE_UNKNOWN', message: `the file has no phase ${quoted(said)}`, hint });
    return null;
  }
  const [kind, key] = ['persona', 'type'].flatMap((name) => {
    const value = textOf(nodeAt(step, [name])?.value);
    return value === undefined ? [] : [[value, name] as const];
  })[0] ?? [undefined, 'type'];
  const type = textOf(nodeAt(step, ['type'])?.value);
  const place = phases.findIndex(({ kinds }) => [kind, type].some((each) => each !== undefined && kinds.includes(plain(each))));
  if (place >= 0) return place;
  if (kind === undefined) return null;
  const known = phases.flatMap(({ kinds }) => kinds);
  const close = nearest(plain(kind), known);
  const hint = close === null ? `known kinds: ${known.join(', ')}; else say "phase: ${ids[0]}"` : `did you mean "${close}"?`;
  const id = textOf(nodeAt(step, ['id'])?.value) ?? 'the step';
  report(reading, step, [key], {
    code: 'PHASE_UNKNOWN',
    message: `${quoted(id)} fits no phase: none has steps of the kind ${quoted(kind)}`,
    hint,
  });
  return null;
}

function phaseNode({ node, own, steps }: NamedPhase): SourceNode {
  const { at } = node;
  const entry = (value: string): SourceEntry => ({ keyAt: at, node: { value, at, textAt: -1 } });
  const entries = new Map<string, SourceEntry>([['type', entry('phase')], ['mode', entry('sequential')], ...own]);
  return mapNode(entries.set('steps', { keyAt: at, node: listNode(steps, at) }), at);
}

const listNode = (items: readonly SourceNode[], at: number): SourceNode => ({
  value: items.map(({ value }) => value),
  at,
  textAt: -1,
  items,
});

function withoutKey(node: SourceNode, key: string): SourceNode {
  if (node.entries?.has(key) !== true) return node;
  return mapNode(new Map([...node.entries].filter(([other]) => other !== key)), node.at);
}
