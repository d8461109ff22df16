import { breakerSettings } from '../policy/breaker-window.ts';
import { checkedAmounts } from '../policy/resource-amounts.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { RuntimeOptions } from './runtime-contract.ts';

/**
 * Refuses options of a house that cannot be meant: they would else be found out by the first task, or by nobody.
 *
 * @throws TroupeError INPUT_INVALID, and DEFINITION_INVALID for limits and circuit breakers
 */
export function checkHouseOptions({ limits, breakers, policies, whenAway }: RuntimeOptions): void {
  if (limits !== undefined && limits !== 'kept') checkedAmounts(limits, 'the runtime');
  if (breakers !== undefined && breakers !== null) breakerSettings(breakers);
  if (whenAway !== undefined && whenAway !== 'wait' && whenAway !== 'fail') {
    throw new TroupeError('INPUT_INVALID', `whenAway cannot be ${JSON.stringify(whenAway)}`, {
      hint: 'it is "wait" or "fail"',
      retryable: false,
    });
  }
  const isList = policies === undefined || (Array.isArray(policies) && policies.every(({ judge }) => typeof judge === 'function'));
  if (isList) return;
  throw new TroupeError('INPUT_INVALID', 'policies must be a list of policies', {
    hint: 'each is { name, judge(task, house) }',
    retryable: false,
  });
}
