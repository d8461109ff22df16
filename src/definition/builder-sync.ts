import { builtBase, conditionText } from './builder-base.ts';
import type { StepList } from './builder-list.ts';
import type { ConditionOption, Known, StepId, StepOptions } from './builder-options.ts';
import { builtCondition } from './builder-scope.ts';
import { builtDuration, type DurationOption } from './builder-timing.ts';
import type { SyncKind } from './joining.ts';
import type { SyncStep } from './workflow.ts';

/** What a sync point may say. */
export interface SyncOptions<K extends Known> extends StepOptions<K> {
  /** What happens once the members have arrived. Default barrier. */
  readonly kind?: SyncKind;
  /** Who meets: steps of the same group, written before. A checkpoint may go without. */
  readonly members?: readonly StepId<K>[];
  /** progress_checkpoint: the share of their work, percent, at which members arrive. */
  readonly threshold?: number;
  /** quality_gate: must hold once the members have arrived. */
  readonly check?: ConditionOption<K>;
  readonly timeout?: DurationOption;
}

/** A sync point; it depends on its members. */
export function builtSync<K extends Known>(list: StepList, id: string, options: SyncOptions<K>): SyncStep {
  const { kind = 'barrier', members = [], threshold, timeout } = options;
  const check = options.check === undefined ? undefined : builtCondition(list, options.check, `the check of "${id}"`);
  const { dependencies, ...base } = builtBase(list, id, 'sync-point', options, {
    texts: check === undefined ? [] : [conditionText(check)],
  });
  return {
    ...base,
    dependencies: [...new Set([...members, ...dependencies])],
    kind: 'sync',
    sync: kind,
    members,
    ...(threshold === undefined ? {} : { threshold }),
    ...(check === undefined ? {} : { check }),
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
  };
}
