/** Random declarations of data, joins and meetings, and how they are written in a file. */
import fc from 'fast-check';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { DataSource, DependencyEdge, StepData } from '../../src/definition/step-data.ts';
import type { GroupStep } from '../../src/definition/workflow.ts';

/** Something with the keys a file has. */
export type NativeDocument = Record<string, unknown>;

const positive = fc.integer({ min: 1, max: 5000 });
const schema = fc.constantFrom({ type: 'string' }, { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] });

/** What a task may say about its data; keys it reads are among `shared`, keys it writes are its own. */
export const sharing = fc.record(
  {
    input: fc.constantFrom<DataSource>(
      { from: 'input', path: [] },
      { from: 'input', path: ['goal', 'text'] },
      { from: 'shared', path: ['style', 'main'], optional: true },
      { from: 'variable', path: ['branch'], default: { a: [null] } },
    ),
    store: fc.constantFrom('shared', 'variable'),
    path: fc.constantFrom<readonly string[]>([], ['doc'], ['findings', '0']),
    outputSchema: schema,
    reads: fc.constant(['style']),
    onStale: fc.constantFrom('accept', 'rerun', 'fail'),
    needs: fc.record(
      {
        memoryMb: positive,
        cpu: positive,
        io: positive,
        tokens: positive,
        capabilities: fc.constant(['gpu']),
        domains: fc.constant(['db']),
        services: fc.constantFrom(['github'], ['github', 'registry']),
      },
      { requiredKeys: [] },
    ),
    estimateMs: positive,
    compensate: fc.record(
      {
        type: fc.constant('persona-request'),
        persona: fc.constant('undoer'),
        params: fc.constant({ x: 1 }),
        timeout: positive,
        retry: fc.constant({ ...RETRY_SHAPE, retries: 3 }),
      },
      { requiredKeys: ['type', 'persona', 'params', 'retry'] },
    ),
  },
  { requiredKeys: [] },
);

/** The declarations as a step has them. */
export function dataOf(id: string, from: typeof sharing extends fc.Arbitrary<infer Value> ? Value : never): StepData {
  const { input, store, path = [], onStale, ...rest } = from;
  const name = `of_${id}`;
  return {
    ...(input === undefined ? {} : { inputs: { given: input } }),
    ...(store === undefined ? {} : { store: [{ to: store as 'shared', name, path }] }),
    ...(store === 'shared' ? { writes: [name] } : {}),
    ...(onStale === undefined || (rest.reads === undefined && store !== 'shared') ? {} : { onStale: onStale as 'fail' }),
    ...rest,
  } as StepData;
}

/** The declarations as a file has them. */
export function dataDocument(data: StepData): NativeDocument {
  const { inputs, store, outputSchema, reads, writes, onStale, needs, estimateMs, compensate } = data;
  return written({
    inputs: inputs && Object.fromEntries(Object.entries(inputs).map(([name, source]) => [name, sourceDocument(source)])),
    store: store && Object.fromEntries(store.map(({ to, name, path }) => [`${rootOf(to)}.${name}`, path.join('.')])),
    output: outputSchema,
    reads,
    writes,
    on_stale: onStale,
    requires: needs && written({ ...needs, memoryMb: undefined, memory_mb: needs.memoryMb }),
    estimate: estimateMs && `${estimateMs}ms`,
    compensate:
      compensate &&
      written({ ...compensate, retry: undefined, timeout: typeof compensate.timeout === 'number' ? `${compensate.timeout}ms` : undefined }),
  });
}

const rootOf = (from: string) => ({ step: 'steps', variable: 'variables' })[from] ?? from;

function sourceDocument({ from, path, ...rest }: DataSource): unknown {
  const text = [rootOf(from), ...path].join('.');
  return Object.keys(rest).length === 0 ? text : { from: text, ...rest };
}

/** A way in which a group of so many is joined. */
export const joining = fc.record(
  {
    waitFor: fc.constantFrom('all', 'any', 'majority', 'quorum', 'deadline'),
    deadline: positive,
    onFailure: fc.constantFrom('fail_fast', 'settle', 'compensate', 'fall_back_sequential'),
    maxConcurrent: positive,
    conflicts: fc.record({
      ladder: fc.uniqueArray(fc.constantFrom('automatic', 'guided', 'person'), { minLength: 1 }),
      persona: fc.constant('m'),
    }),
  },
  { requiredKeys: ['waitFor', 'deadline'] },
);

/** The join as a group has it. */
export function joinOf(
  mode: GroupStep['mode'],
  from: typeof joining extends fc.Arbitrary<infer Value> ? Value : never,
): Partial<GroupStep> {
  const { waitFor, deadline, onFailure, maxConcurrent, conflicts } = from;
  const falls = mode !== 'sequential' && waitFor !== 'any' && waitFor !== 'deadline';
  return {
    waitFor: waitFor as GroupStep['waitFor'],
    ...(waitFor === 'quorum' ? { quorum: 1 } : {}),
    ...(waitFor === 'deadline' ? { deadline } : {}),
    ...(onFailure === undefined || (onFailure === 'fall_back_sequential' && !falls) ? {} : { onFailure: onFailure as 'settle' }),
    ...(maxConcurrent === undefined || mode === 'sequential' ? {} : { maxConcurrent }),
    ...(conflicts === undefined ? {} : { conflicts: conflicts as Required<GroupStep>['conflicts'] }),
  };
}

/** The join as a file has it. */
export function joinDocument({ waitFor, quorum, deadline, onFailure, maxConcurrent, conflicts }: GroupStep): NativeDocument {
  const time = typeof deadline === 'number' ? `${deadline}ms` : undefined;
  return written({ wait_for: waitFor, quorum, deadline: time, on_failure: onFailure, max_concurrent: maxConcurrent, conflicts });
}

/** Dependencies with their edges as a file has them. */
export function dependencyDocument(ids: readonly string[], edges: Readonly<Record<string, DependencyEdge>> = {}): unknown[] {
  return ids.map((step) => (edges[step] === undefined ? step : { step, ...edges[step] }));
}

/** Without what is undefined. */
export function written(map: NativeDocument): NativeDocument {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}
