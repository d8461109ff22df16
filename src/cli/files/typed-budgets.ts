import type { RetryOptions } from '../../index.ts';
import { usage } from '../failure/refusal.ts';
import { typedCount } from './typed-values.ts';

/** Larger budgets as typed: `20000` for the run, `build=5000` for a step. Throws USAGE for what is neither, and for one that is given twice. */
export function typedBudgets(typed: readonly string[]): Pick<RetryOptions, 'budget'> {
  if (typed.length === 0) return {};
  const byStep = new Map<string, number>();
  const whole: number[] = [];
  for (const each of typed) {
    const at = each.lastIndexOf('=');
    const step = each.slice(0, Math.max(0, at));
    const tokens = typedCount('--budget', each.slice(at + 1), 1);
    if (at === 0) throw usage(`--budget takes <tokens> or <step>=<tokens>, not "${each}"`);
    if (at < 0 ? whole.length > 0 : byStep.has(step)) throw usage(`--budget is given twice for ${at < 0 ? 'the run' : step}`);
    if (at < 0) whole.push(tokens);
    else byStep.set(step, tokens);
  }
  const [tokens] = whole;
  return { budget: { ...(tokens === undefined ? {} : { tokens }), ...(byStep.size === 0 ? {} : { byStep: Object.fromEntries(byStep) }) } };
}
