import type { Desk } from '../terminal/desk.ts';
import { JsonDisplay } from './json-display.ts';
import { LineDisplay } from './line-display.ts';
import type { RunDisplay } from './run-display.ts';
import { TreeDisplay } from './tree-display.ts';

/** The display that fits: JSON where it was asked for, a live tree where somebody watches, lines elsewhere. */
export function displayFor(desk: Desk): RunDisplay {
  if (desk.json) return new JsonDisplay(desk);
  return desk.isWatched ? new TreeDisplay(desk) : new LineDisplay(desk);
}
