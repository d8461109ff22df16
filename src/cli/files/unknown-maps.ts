import type { ExecutionPlan, PlanOptions } from '../../index.ts';
import { usage } from '../failure/refusal.ts';
import { namesText } from '../rendering/plan-names.ts';
import { plannedItems } from '../rendering/planned-items.ts';

/** Refuses `--items` for a map that a plan does not have: a slip in the name of a map would leave its number out without a word. */
export function refuseUnknownMaps(made: ExecutionPlan, items: PlanOptions['items']): void {
  if (typeof items !== 'object') return;
  const maps = [...plannedItems(made).keys()];
  const stranger = Object.keys(items).find((name) => !maps.includes(name));
  if (stranger === undefined) return;
  throw usage(`--items: there is no map "${stranger}"`, maps.length === 0 ? 'this workflow has no maps' : `maps are ${namesText(maps)}`);
}
