import type { Paint } from '../text/paint.ts';

/** How a page is shown. `width`: cells of a line. */
export interface PageStyle {
  readonly paint: Paint;
  readonly width: number;
}
