import type { Json, JsonObject } from '../protocol/json.ts';
import { type Reads, type ReadText, template } from './builder-base.ts';
import type { StepList } from './builder-list.ts';
import type { FromScope, GivenMap, Known, SharedKey } from './builder-options.ts';
import { type PartOf, pickedPath, referencePath } from './builder-paths.ts';
import { refused } from './builder-refusal.ts';
import { fromScope } from './builder-scope.ts';
import { builtDuration, builtEstimate, builtRetry, type DurationOption, type RetriesOption } from './builder-timing.ts';
import { COMPENSATION_RETRY } from './compensating.ts';
import { type AnyReference, expressionOf, memberSource, type Reference, reference } from './reference.ts';
import type { Compensation, DataSource, DataTarget, StepData, StepNeeds } from './step-data.ts';
import { writtenValue } from './written-value.ts';

/** Where one input comes from: a member of the input, of an earlier step's output, of the shared context, or a variable. */
export type InputOption =
  | AnyReference
  | undefined
  | {
      readonly from: AnyReference | undefined;
      /** Left out where the source has no such value. */
      readonly optional?: boolean;
      /** Taken where the source has no such value. */
      readonly default?: Json;
    };

/** What steps that do work may say about what they take and need. */
export interface TakingOptions<K extends Known> {
  /** Gathered when the step starts and given to the agent among its params. What is missing fails the step with DATA_MISSING. */
  readonly inputs?: FromScope<K, Readonly<Record<string, InputOption>>>;
  /** Keys of the shared context that the step sees while it works. */
  readonly reads?: readonly SharedKey<K>[];
  /** When a key that was read has changed by the time the step ends. Always told; default accept. */
  readonly onStale?: 'accept' | 'rerun' | 'fail';
  readonly needs?: StepNeeds;
  /** How long one attempt is expected to take. */
  readonly estimate?: DurationOption;
}

/** What is done about a completed step when its group or workflow is undone; `output` in the params is what the step gave. */
export interface CompensateOptions<Output> {
  /** Default `persona-request`. */
  readonly type?: string;
  readonly persona?: string;
  readonly params?: GivenMap | ((scope: { readonly output: Reference<Output> }) => GivenMap);
  /** Of one attempt. */
  readonly timeout?: DurationOption;
  /** Further attempts. Default 3. */
  readonly retries?: RetriesOption;
}

/** What steps may leave for others. Callbacks pick a part of the step's output: `(output) => output.plan`. */
export interface LeavingOptions<K extends Known, Output, Stored> {
  /** Keys of the shared context that the step may change; those it stores to are among them. */
  readonly writes?: readonly SharedKey<K>[];
  readonly store?: {
    readonly shared?: { readonly [Key in SharedKey<K>]?: PartOf<Output> };
    readonly variables?: { readonly [Name in keyof Stored]: (output: Reference<Output>) => Stored[Name] };
  };
  readonly compensate?: CompensateOptions<Output>;
}

/** What a step takes, leaves and needs, and what it depends on because of that. */
export function builtData<K extends Known, Output>(
  list: StepList,
  id: string,
  options: TakingOptions<K> & LeavingOptions<K, Output, Readonly<Record<string, AnyReference | undefined>>>,
): { readonly data: StepData; readonly reads: Required<Reads> } {
  const { reads, writes = [], onStale, needs, estimate } = options;
  const inputs = options.inputs === undefined ? undefined : builtInputs(id, fromScope(list, options.inputs));
  const store = builtStore(id, options.store ?? {});
  const stored = store.flatMap(({ to, name }) => (to === 'shared' && !writes.some((key) => key === name) ? [name] : []));
  const written = [...writes, ...stored];
  const compensate = options.compensate === undefined ? undefined : builtCompensation(id, options.compensate);
  list.sets(
    store.flatMap(({ to, name }) => (to === 'variable' ? [name] : [])),
    id,
  );
  const data = {
    ...(inputs === undefined ? {} : { inputs }),
    ...(store.length === 0 ? {} : { store }),
    ...(reads === undefined ? {} : { reads }),
    ...(written.length === 0 ? {} : { writes: written }),
    ...(onStale === undefined ? {} : { onStale }),
    ...(needs === undefined ? {} : { needs }),
    ...(estimate === undefined ? {} : { estimateMs: builtEstimate(estimate) }),
    ...(compensate === undefined ? {} : { compensate }),
  };
  const texts: ReadText[] = compensate === undefined ? [] : [template(compensate.params)];
  return { data, reads: { texts, dependencies: Object.values(inputs ?? {}).flatMap((source) => dependencyOf(list, source)) } };
}

const ROOTS: Readonly<Record<string, DataSource['from']>> = { input: 'input', steps: 'step', shared: 'shared', variables: 'variable' };

function builtInputs(id: string, inputs: Readonly<Record<string, InputOption>>): Record<string, DataSource> {
  const built: Record<string, DataSource> = {};
  for (const [name, option] of Object.entries(inputs)) {
    const place = `the input ${JSON.stringify(name)} of "${id}"`;
    built[memberName(name, place)] = builtSource(option, place);
  }
  return built;
}

function builtSource(option: InputOption, place: string): DataSource {
  const { from, optional, ...rest } = isPlain(option) ? option : { from: option };
  const found = expressionOf(from) === null ? null : referencePath(from);
  const root = found === null ? undefined : ROOTS[found.root];
  if (found === null || root === undefined || (root !== 'input' && found.path.length === 0)) {
    const what = expressionOf(from) ?? JSON.stringify(from);
    const hint = 'give input, steps.<id>, shared.<key> or variables.<name>, or a member of them; what is calculated belongs into params';
    throw refused('VALUE_UNKNOWN', `${place} comes from one place, and ${what} is none`, hint);
  }
  return {
    from: root,
    path: found.path,
    ...(optional === true ? { optional } : {}),
    ...('default' in rest && rest.default !== undefined ? { default: writtenValue(rest.default, `the default of ${place}`) } : {}),
  };
}

function isPlain(option: InputOption): option is Exclude<InputOption, AnyReference | undefined> {
  return typeof option === 'object' && option !== null && expressionOf(option) === null && 'from' in option;
}

function dependencyOf(list: StepList, { from, path }: DataSource): string[] {
  const [name = ''] = path;
  const dependency = from === 'step' ? list.dependencyOn(name) : from === 'variable' ? list.dependencyOnVariable(name) : null;
  return dependency === null ? [] : [dependency];
}

function builtStore<Output>(
  id: string,
  store: { readonly shared?: object; readonly variables?: Readonly<Record<string, PartOf<Output>>> },
): DataTarget[] {
  for (const key of Object.keys(store)) if (key !== 'shared' && key !== 'variables') throw strayStore(id, key);
  const { shared = {}, variables = {} } = store;
  const targets = (to: DataTarget['to'], parts: object) =>
    Object.entries(parts as Readonly<Record<string, PartOf<Output> | undefined>>).flatMap(([name, pick]) => {
      const place = `what "${id}" stores as ${to} ${JSON.stringify(name)}`;
      return pick === undefined ? [] : [{ to, name: memberName(name, place), path: pickedPath(pick, place) }];
    });
  return [...targets('shared', shared), ...targets('variable', variables)];
}

const strayStore = (id: string, key: string) =>
  refused('KEY_UNKNOWN', `what "${id}" stores has no ${JSON.stringify(key)}`, 'write store: { shared: { … }, variables: { … } }');

function builtCompensation<Output>(id: string, { type, persona, params = {}, timeout, retries }: CompensateOptions<Output>): Compensation {
  if (type === undefined && persona === undefined) {
    throw refused('KEY_MISSING', `the compensation of "${id}" says neither "persona" nor "type": nobody would do it`);
  }
  const values = typeof params === 'function' ? params({ output: reference(memberSource('steps', id)) }) : params;
  return {
    type: type ?? 'persona-request',
    ...(persona === undefined ? {} : { persona }),
    params: writtenValue(values, `the params of the compensation of "${id}"`) as JsonObject,
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
    retry: retries === undefined ? COMPENSATION_RETRY : builtRetry(retries),
  };
}

/** The name itself; throws for one that is forbidden everywhere. */
function memberName(name: string, place: string): string {
  writtenValue({ [name]: null }, place);
  return name;
}
