import { oneLine } from '../text/one-line.ts';

/** Names in a row; of many the first ones, and how many more there are. */
export function namesText(names: readonly string[], between = ', ', most = 8): string {
  const shown = names.slice(0, names.length > most ? most - 1 : most).map(oneLine);
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`… ${more} more`] : [])].join(between);
}

/** `1 step`, `3 steps`. */
export const countText = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
