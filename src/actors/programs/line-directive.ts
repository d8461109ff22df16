import type { ProgressReport } from '../../protocol/agent.ts';

const DIRECTIVE = /^::troupe (progress|phase|blocked|unblocked)(?: (.*))?$/;

/**
 * What a program reports of its progress in a line of its own: `::troupe progress 40`, `::troupe phase compiling` (nothing in particular
 * without a word), `::troupe blocked no licence`, `::troupe unblocked`. Null for every other line. A line can do no more than that, because
 * a program prints what others have written, too.
 */
export function lineDirective(line: string): ProgressReport | null {
  const [, verb, rest = ''] = DIRECTIVE.exec(line) ?? [];
  const words = rest.trim();
  switch (verb) {
    case 'progress':
      return words === '' || Number.isNaN(Number(words)) ? null : { percent: Number(words) };
    case 'phase':
      return { phase: words === '' ? null : words };
    case 'blocked':
      return { blocked: words === '' ? 'it does not say why' : words };
    case 'unblocked':
      return { blocked: null };
    default:
      return null;
  }
}
