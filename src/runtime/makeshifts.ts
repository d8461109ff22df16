/** What takes the place of the result of a step that could not be had. */

import { frozen } from '../protocol/frozen.ts';
import type { RecoveryMakeshift } from '../protocol/recovery-messages.ts';
import { completion } from './attempt-end.ts';
import type { LiveRecovery } from './recovery-book.ts';
import type { LiveStep } from './run-state.ts';

/**
 * What a person has given counts as the result, as far as it is one; else the step is degraded: it has the output that is declared for that, and
 * stores nothing.
 */
export function makeshiftFor({ given, strategy, error }: LiveRecovery, { blueprint }: LiveStep): RecoveryMakeshift {
  const nothing = { variables: null, writes: null };
  const why = `after ${error.code}: ${error.message.split('\n', 1)[0]}`;
  if (given === null) {
    const output = frozen((strategy?.use === 'partial' ? strategy.output : null) ?? null);
    return { type: 'recovery.makeshift', makeshift: 'degraded', output, ...nothing, reason: `degraded ${why}` };
  }
  const result = completion(blueprint.step, { attempt: 0, output: given.output });
  const stored = result.type === 'task.completed' ? { variables: result.variables, writes: result.writes ?? null } : nothing;
  return { type: 'recovery.makeshift', makeshift: 'given', output: frozen(given.output), ...stored, reason: `given by ${given.by} ${why}` };
}
