/** Random workflows of the native dialect and the documents they are written as. */
import fc from 'fast-check';
import { isForbiddenName } from '../../src/definition/own-data.ts';
import { RETRY_SHAPE, type RetryPolicy, type Step, type Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';

/** Something with the keys a file has. */
export type NativeDocument = Record<string, unknown>;

const key = fc.stringMatching(/^[A-Za-z_][\w-]{0,8}$/u).filter((name) => !isForbiddenName(name));
const plainText = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('{{') && !/\p{Cc}/u.test(text));
const scalar = fc.oneof(plainText, fc.boolean(), fc.integer(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
const json: fc.Arbitrary<Json> = fc
  .letrec<{ value: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 3 })),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)));
const values: fc.Arbitrary<JsonObject> = fc.dictionary(key, json, { maxKeys: 4 }).map((map) => ({ ...map }));

const retry: fc.Arbitrary<RetryPolicy> = fc.record({
  retries: fc.integer({ min: 0, max: 9 }),
  delayMs: fc.integer({ min: 0, max: 5000 }),
  factor: fc.constantFrom(1, 2, 3),
  maxDelayMs: fc.integer({ min: 0, max: 90_000 }),
  jitter: fc.constantFrom(0, 0.1, 1),
  on: fc.constant(RETRY_SHAPE.on),
});

const draft = fc.record(
  {
    kind: fc.constantFrom('task', 'variables', 'group', 'choice', 'signal'),
    name: plainText,
    description: plainText,
    condition: fc.constantFrom('task.urgent', 'true', "context.state.get('approval_by_the_board') === 1"),
    persona: key,
    params: values,
    timeout: fc.integer({ min: 1, max: 80_000_000 }),
    retry,
    mode: fc.constantFrom('parallel', 'sequential', 'graph'),
    waitFor: fc.constantFrom('all', 'any'),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
    members: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ['kind', 'name', 'persona', 'params', 'mode', 'waitFor', 'picks', 'members'] },
);
type Draft = typeof draft extends fc.Arbitrary<infer Value> ? Value : never;

/** Random native workflows without nested workflows; positions left out. */
export const nativeWorkflow: fc.Arbitrary<Workflow> = fc
  .record({
    name: key,
    variables: values,
    drafts: fc.array(draft, { minLength: 1, maxLength: 12 }),
    mode: fc.constantFrom('graph', 'sequential'),
  })
  .map(({ name, variables, drafts, mode }) => {
    const pile = [...drafts];
    let count = 0;
    const list = (length: number, depth: number): Step[] => {
      const steps: Step[] = [];
      while (steps.length < length) {
        const next = pile.shift();
        if (next === undefined) break;
        count += 1;
        steps.push(stepOf(next, `s${count}`, steps, (size) => (depth > 3 ? [] : list(size, depth + 1))));
      }
      return steps;
    };
    const steps = list(drafts.length, 0);
    const rest = { onFailure: 'continue', onSkip: 'satisfy', onStepFailure: [], onWorkflowFailure: [] } as const;
    return { name, dialect: 'native', file: '<text>', variables, steps, mode, ...rest } as Workflow;
  });

function stepOf(from: Draft, id: string, before: readonly Step[], inside: (size: number) => Step[]): Step {
  const picked = before.length === 0 ? [] : from.picks.map((pick) => before[pick % before.length]?.id ?? '');
  const condition = from.condition === undefined ? {} : { condition: from.condition };
  const base = {
    ...{ id, name: from.name === '' ? id : from.name, dependencies: [...new Set(picked)] },
    ...(from.description === undefined ? {} : { description: from.description }),
  };
  const timeout = from.timeout === undefined ? {} : { timeout: from.timeout };
  const members = from.kind === 'group' || from.kind === 'choice' ? inside(from.members) : [];
  if (from.kind === 'variables') return { ...base, ...condition, type: 'variables', kind: 'variables', set: from.params };
  if (from.kind === 'signal') return { ...base, ...condition, type: 'wait-for-signal', kind: 'signal', signal: from.persona, ...timeout };
  if (members.length > 0 && from.kind === 'choice') {
    return { ...base, type: 'conditional', kind: 'choice', when: 'task.urgent', then: members, otherwise: [] };
  }
  if (members.length > 0) {
    const mode = from.mode as 'parallel' | 'sequential' | 'graph';
    const waitFor = mode === 'sequential' ? 'all' : (from.waitFor as 'all' | 'any');
    const type = mode === 'sequential' ? 'sequence' : mode === 'graph' ? 'group' : 'parallel';
    return { ...base, ...condition, type, kind: 'group', mode, waitFor, steps: members };
  }
  const attempts = from.retry === undefined ? {} : { retry: from.retry };
  return {
    ...base,
    ...condition,
    type: 'persona-request',
    kind: 'task',
    persona: from.persona,
    params: from.params,
    ...timeout,
    ...attempts,
  };
}

/** The document a workflow is written as. */
export function documentOf({ name, variables, mode, steps }: Workflow): NativeDocument {
  return { name, variables, mode, steps: steps.map(stepDocument) };
}

function stepDocument(step: Step): NativeDocument {
  const { id, name, type, dependencies, description, condition } = step;
  const base = {
    id,
    name,
    type,
    dependencies,
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
  };
  switch (step.kind) {
    case 'task':
      return {
        ...base,
        persona: step.persona,
        params: step.params,
        ...timing(step.timeout),
        ...(step.retry && { retries: retries(step.retry) }),
      };
    case 'variables':
      return { ...base, set: step.set };
    case 'signal':
      return { ...base, signal: step.signal, ...timing(step.timeout) };
    case 'group':
      return { ...base, ...(step.mode === 'sequential' ? {} : { wait_for: step.waitFor }), steps: step.steps.map(stepDocument) };
    case 'choice':
      return { ...base, condition: step.when, then_steps: step.then.map(stepDocument), else_steps: step.otherwise.map(stepDocument) };
    default:
      return base;
  }
}

const timing = (timeout: unknown) => (typeof timeout === 'number' ? { timeout: `${timeout}ms` } : {});
const retries = ({ retries: max, delayMs, factor, maxDelayMs, jitter }: RetryPolicy) => ({
  ...{ max, factor, jitter, delay: `${delayMs}ms`, max_delay: `${maxDelayMs}ms` },
});
