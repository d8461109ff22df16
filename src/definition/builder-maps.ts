import { builtBase, conditionText } from './builder-base.ts';
import { type SpendingOptions, spending } from './builder-budget.ts';
import { builtLimits, type LimitOptions } from './builder-limits.ts';
import type { StepList } from './builder-list.ts';
import type { FromScope, Known, StepOptions } from './builder-options.ts';
import { builtRecovery, type RecoveryOptions } from './builder-recovery.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition } from './builder-scope.ts';
import { RESERVED_ROOTS } from './expression-syntax.ts';
import { isForbiddenName } from './own-data.ts';
import { type AnyReference, memberSource, type Reference, type Resolved, reference } from './reference.ts';
import type { MapStep, Workflow } from './workflow.ts';

/** What is an item of: a reference to a list, or an expression that gives one, of whose items nothing is known. */
export type ItemOf<Over> = Over extends string
  ? unknown
  : NonNullable<Resolved<NonNullable<Over>>> extends readonly (infer Item)[]
    ? Item
    : unknown;

/** What a map may say. */
export interface MapOptions<K extends Known, Over extends string | AnyReference | undefined, As extends string>
  extends StepOptions<K>,
    RecoveryOptions,
    SpendingOptions,
    LimitOptions {
  /** The list: a reference to it, or an expression of the native dialect. */
  readonly over: FromScope<K, Over>;
  /** The variable that holds the item; `index` holds its place, from 0. Default `item`. */
  readonly as?: As;
  /** Items at work at once. Default: as many as the run has room for. */
  readonly maxConcurrent?: number;
  /** How many items may fail before the map fails: a number, a share of them ("10%"), or one of the two by name. Default none. */
  readonly tolerate?: number | `${number}%` | { readonly count: number } | { readonly share: number };
}

/** What is known inside a map: all that is known outside, and the item and its place as variables. */
export type KnownInMap<K extends Known, Item, As extends string> = {
  input: K['input'];
  variables: Omit<K['variables'], As | 'index'> & { [Name in As]: Item } & { index: number };
  shared: K['shared'];
  steps: K['steps'];
};

/** References to the item at hand and to its place in the list, from 0. */
export interface ItemReferences<Item> {
  readonly item: Reference<Item>;
  readonly index: Reference<number>;
}

/** The references that the body of a map is built with. Throws DEFINITION_INVALID for a name that no variable can have there. */
export function itemReferences<Item>(id: string, as: string): ItemReferences<Item> {
  if (!/^[A-Za-z_]\w*$/u.test(as) || isForbiddenName(as) || RESERVED_ROOTS.has(as) || as === 'shared' || as === 'index') {
    throw refused('VALUE_UNKNOWN', `the items of "${id}" cannot be called ${JSON.stringify(as)}`, 'give a plain name such as "file"');
  }
  return { item: reference(memberSource('variables', as)), index: reference('variables.index') };
}

/** A map over a body that is built already. */
export function builtMap<K extends Known, Over extends string | AnyReference | undefined, As extends string>(
  list: StepList,
  id: string,
  options: MapOptions<K, Over, As>,
  body: StepList,
  workflow: Workflow,
): MapStep {
  const over = builtCondition<K>(list, options.over, `the list of "${id}"`);
  return {
    ...builtBase(list, id, 'map', options, { texts: [conditionText(over)], dependencies: body.reached() }),
    kind: 'map',
    over,
    as: options.as ?? 'item',
    workflow,
    ...(options.maxConcurrent === undefined ? {} : { maxConcurrent: options.maxConcurrent }),
    ...(options.recovery === undefined ? {} : { recovery: builtRecovery(id, options.recovery, false) }),
    ...(options.tolerate === undefined ? {} : { tolerate: tolerated(options.tolerate) }),
    ...builtLimits(options),
    ...spending(options),
  };
}

function tolerated(tolerate: NonNullable<MapOptions<Known, string, string>['tolerate']>): NonNullable<MapStep['tolerate']> {
  if (typeof tolerate === 'number') return { count: tolerate };
  return typeof tolerate === 'string' ? { share: Number(tolerate.replace('%', '')) / 100 } : tolerate;
}
