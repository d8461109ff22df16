import { isJsonObject, type Json } from '../protocol/json.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { mapNode, type SourceEntry, type SourceNode } from './source-node.ts';

/**
 * A step without its dependencies on steps of earlier phases: they have ended by then, as a phase begins when the one before it has passed. Reported
 * are dependencies on later phases, and those that say more than that somebody has ended. `homes`: by id of a step, the place of its phase.
 */
export function withoutEarlierPhases(step: SourceNode, place: number, homes: ReadonlyMap<string, number>, reading: Reading): SourceNode {
  if (step.entries === undefined) return step;
  const entries = new Map<string, SourceEntry>();
  for (const [key, entry] of step.entries) {
    if (key !== 'dependencies' && key !== 'depends_on') {
      entries.set(key, entry);
      continue;
    }
    const written = entry.node.items ?? [entry.node];
    const items = written.filter((node) => stays(node, place, homes, reading));
    if (items.length === written.length) entries.set(key, entry);
    else if (items.length > 0) {
      const { at } = entry.node;
      entries.set(key, { ...entry, node: { value: items.map(({ value }) => value), at, textAt: -1, items } });
    }
  }
  return mapNode(entries, step.at);
}

function stays(node: SourceNode, place: number, homes: ReadonlyMap<string, number>, reading: Reading): boolean {
  const id = idOf(node.value);
  const home = id === undefined ? undefined : homes.get(id);
  if (id === undefined || home === undefined || home === place) return true;
  if (home > place) {
    const message = `${quoted(id)} belongs to a later phase, which begins when this one has passed`;
    report(reading, node, [], { code: 'DEPENDENCY_CYCLE', message, hint: 'put one of them into another phase: "phase: <id>"' });
  } else if (isJsonObject(node.value) && Object.keys(node.value).some((key) => key !== 'step' && key !== 'kind')) {
    const message = `${quoted(id)} belongs to an earlier phase: nothing more can be said about waiting for it`;
    report(reading, node, [], { code: 'DECLARATION_CONFLICT', message, hint: 'write what must hold as the "condition" of the step' });
  }
  return false;
}

const idOf = (value: Json): string | undefined => {
  const id = isJsonObject(value) ? value.step : value;
  return typeof id === 'string' ? id : undefined;
};
