/** Random workflows of the native dialect and the documents they are written as. */
import fc from 'fast-check';
import { RETRY_SHAPE, type RetryPolicy } from '../../src/definition/attempt-timing.ts';
import { canBeUndone } from '../../src/definition/compensating.ts';
import { isForbiddenName } from '../../src/definition/own-data.ts';
import type { DependencyEdge } from '../../src/definition/step-data.ts';
import type { Step, TaskStep, VoteStep, Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import {
  dataDocument,
  dataOf,
  dependencyDocument,
  joinDocument,
  joining,
  joinOf,
  type NativeDocument,
  sharing,
  written,
} from './native-data-documents.ts';

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
    kind: fc.constantFrom('task', 'task', 'variables', 'group', 'choice', 'signal', 'sync', 'vote', 'map'),
    name: plainText,
    description: plainText,
    condition: fc.constantFrom('task.urgent', 'true', "context.state.get('approval_by_the_board') === 1"),
    persona: key,
    params: values,
    timeout: fc.integer({ min: 1, max: 80_000_000 }),
    retry,
    mode: fc.constantFrom('parallel', 'sequential', 'graph'),
    join: joining,
    data: sharing,
    edge: fc.constantFrom<DependencyEdge>({ kind: 'soft' }, { kind: 'conditional', when: 'task.urgent' }, { kind: 'hard', data: ['a.b'] }),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
    members: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ['kind', 'name', 'persona', 'params', 'mode', 'join', 'data', 'picks', 'members'] },
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
    const list = (length: number, depth: number, workflow: string): Step[] => {
      const steps: Step[] = [];
      while (steps.length < length) {
        const next = pile.shift();
        if (next === undefined) break;
        count += 1;
        const id = `s${count}`;
        const inside = (size: number, of: string) => (depth > 3 ? [] : list(size, depth + 1, of));
        steps.push(stepOf(next, id, workflow, steps, inside));
      }
      return steps;
    };
    const steps = list(drafts.length, 0, name);
    const shared = { style: { main: 1 } };
    const conflicts = { ladder: ['automatic', 'person'] } as const;
    const rest = { shared, conflicts, onFailure: 'continue', onSkip: 'satisfy', onStepFailure: [], onWorkflowFailure: [] } as const;
    const undone = canBeUndone(steps) ? { compensateOn: ['failure', 'cancel'] } : {};
    return { name, dialect: 'native', file: '<text>', variables, steps, mode, ...rest, ...undone } as Workflow;
  });

function stepOf(
  from: Draft,
  id: string,
  workflow: string,
  before: readonly Step[],
  inside: (size: number, workflow: string) => Step[],
): Step {
  const picked = [...new Set(before.length === 0 ? [] : from.picks.map((pick) => before[pick % before.length]?.id ?? ''))];
  const [first] = picked;
  const condition = from.condition === undefined ? {} : { condition: from.condition };
  const base = {
    ...{ id, name: from.name === '' ? id : from.name, dependencies: picked },
    ...(from.edge === undefined || first === undefined || from.kind === 'sync' ? {} : { edges: { [first]: from.edge } }),
    ...(from.description === undefined ? {} : { description: from.description }),
  };
  const holds = ['group', 'choice', 'map'].includes(from.kind);
  const members = holds ? inside(from.members, from.kind === 'map' ? `${workflow}/${id}` : workflow) : [];
  if (members.length === 0) return leafOf({ ...base, ...condition }, from);
  if (from.kind === 'map') return { ...base, ...condition, ...mapOf(from, `${workflow}/${id}`, members) };
  if (from.kind === 'choice') {
    return { ...base, type: 'conditional', kind: 'choice', when: 'task.urgent', then: members, otherwise: [] };
  }
  const mode = from.mode as 'parallel' | 'sequential' | 'graph';
  const type = mode === 'sequential' ? 'sequence' : mode === 'graph' ? 'group' : 'parallel';
  return { ...base, ...condition, type, kind: 'group', mode, waitFor: 'all', ...joinOf(mode, from.join), steps: members };
}

/** A step that holds no others. */
function leafOf(base: Pick<Step, 'id' | 'name' | 'dependencies' | 'edges' | 'condition' | 'description'>, from: Draft): Step {
  const timeout = from.timeout === undefined ? {} : { timeout: from.timeout };
  const attempts = { ...timeout, ...(from.retry === undefined ? {} : { retry: from.retry }) };
  const { id, dependencies: members } = base;
  if (from.kind === 'variables') return { ...base, type: 'variables', kind: 'variables', set: from.params };
  if (from.kind === 'signal') return { ...base, type: 'wait-for-signal', kind: 'signal', signal: from.persona, ...timeout };
  if (from.kind === 'sync' && members.length > 0) {
    return { ...base, type: 'sync-point', kind: 'sync', sync: 'barrier', members, ...timeout };
  }
  if (from.kind === 'vote') return { ...base, ...voteOf(from, id, attempts) };
  return { ...base, ...taskOf(from), ...attempts, ...dataOf(id, from.data) };
}

function taskOf({ persona, params }: Draft): Pick<TaskStep, 'type' | 'kind' | 'persona' | 'params'> {
  return { type: 'persona-request', kind: 'task', persona, params };
}

function voteOf(from: Draft, id: string, attempts: object): Omit<VoteStep, 'id' | 'name' | 'dependencies'> {
  const { store: _stored, compensate: _undone, ...answering } = from.data;
  const name = (of: string) => (from.name === '' || from.name === id ? of : from.name);
  const steps = Array.from({ length: from.members + 1 }, (_, at): TaskStep => {
    const voter = `${id}.${at + 1}`;
    return { id: voter, name: name(voter), dependencies: [], ...taskOf(from), ...attempts, ...dataOf(id, answering) };
  });
  return { type: 'vote', kind: 'vote', steps, rule: 'majority', choice: ['verdict', 'status'], quorum: 2 };
}

function mapOf(
  from: Draft,
  name: string,
  steps: readonly Step[],
): Pick<Extract<Step, { kind: 'map' }>, 'type' | 'kind' | 'over' | 'as' | 'workflow' | 'tolerate'> {
  const rest = { onFailure: 'continue', onSkip: 'satisfy', onStepFailure: [], onWorkflowFailure: [] } as const;
  const workflow: Workflow = { name, dialect: 'native', file: '<text>', variables: {}, steps, mode: 'graph', ...rest };
  const tolerate = from.members > 1 ? { share: from.members / 10 } : { count: from.members };
  return { type: 'map', kind: 'map', over: 'task.items', as: 'thing', workflow, tolerate };
}

/** The document a workflow is written as. */
export function documentOf({ name, variables, shared, conflicts, mode, steps }: Workflow): NativeDocument {
  return { name, variables, ...written({ shared, conflicts }), mode, steps: steps.map(stepDocument) };
}

function stepDocument(step: Step): NativeDocument {
  const { id, name, type, edges, description, condition } = step;
  const dependencies = dependencyDocument(step.dependencies, edges);
  const base = written({ id, name, type, dependencies, description, condition });
  switch (step.kind) {
    case 'task':
      return { ...base, ...taskDocument(step), persona: step.persona };
    case 'variables':
      return { ...base, set: step.set };
    case 'signal':
      return { ...base, signal: step.signal, ...timing(step.timeout) };
    case 'sync':
      return { ...base, dependencies: [], members: step.members, ...timing(step.timeout) };
    case 'vote': {
      const [first] = step.steps;
      const task = first === undefined ? {} : taskDocument(first);
      return { ...base, ...task, persona: first?.persona, voters: step.steps.length, choice: step.choice.join('.'), quorum: step.quorum };
    }
    case 'map': {
      const { share, count } = { share: undefined, count: undefined, ...step.tolerate };
      const tolerate = share === undefined ? count : `${share * 100}%`;
      return { ...base, over: step.over, as: step.as, tolerate, steps: step.workflow.steps.map(stepDocument) };
    }
    case 'group':
      return { ...base, ...joinDocument(step), steps: step.steps.map(stepDocument) };
    case 'choice':
      return { ...base, condition: step.when, then_steps: step.then.map(stepDocument), else_steps: step.otherwise.map(stepDocument) };
    default:
      return base;
  }
}

function taskDocument(step: TaskStep): NativeDocument {
  return { params: step.params, ...timing(step.timeout), ...(step.retry && { retries: retries(step.retry) }), ...dataDocument(step) };
}

const timing = (timeout: unknown) => (typeof timeout === 'number' ? { timeout: `${timeout}ms` } : {});
const retries = ({ retries: max, delayMs, factor, maxDelayMs, jitter }: RetryPolicy) => ({
  ...{ max, factor, jitter, delay: `${delayMs}ms`, max_delay: `${maxDelayMs}ms` },
});
