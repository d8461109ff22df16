import type { ExecutionPlan } from '../../index.ts';

/** How many items one map is planned for: a map inside another one has a number in each item of that. */
export interface PlannedItems {
  readonly least: number;
  readonly most: number;
}

/** What a plan takes the maps of its workflow to be, by their paths as `--items` knows them: without the items around them. */
export function plannedItems({ items }: Pick<ExecutionPlan, 'items'>): ReadonlyMap<string, PlannedItems> {
  const planned = new Map<string, PlannedItems>();
  for (const [path, count] of Object.entries(items)) {
    const plain = path.replace(/\[\d+\]/gu, '');
    const { least, most } = planned.get(plain) ?? { least: count, most: count };
    planned.set(plain, { least: Math.min(least, count), most: Math.max(most, count) });
  }
  return planned;
}
