/** Random workflows whose members meet, merge and disagree, and the crews that play them. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { ConflictSettings } from '../../src/definition/joining.ts';
import type { DependencyEdge } from '../../src/definition/step-data.ts';
import type { FailurePolicy, GroupStep, Step, SyncStep, TaskStep, Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { workflowOf } from './linear.ts';
import type { Play } from './play.ts';
import { type Draft, drafts, type GroupDraft, type LeafDraft, type MemberDraft } from './random-draft.ts';

/** By key: what it begins with, and the values that steps write to it. Some of them merge, others do not. */
const VALUES: Readonly<Record<string, readonly [Json, ...Json[]]>> = {
  scalar: [1, 1, 2, 3, 4],
  list: [['a'], ['a', 'b'], ['z', 'a'], [], ['a']],
  map: [{ a: 1 }, { a: 1, b: 2 }, { a: 2 }, {}, { a: 1, c: { d: 1 } }],
  text: ['one\ntwo\n', 'one\ntwo\nthree\n', 'zero\none\ntwo\n', 'ONE\ntwo\n', ''],
};
const KEYS = Object.keys(VALUES);

const MERGES: readonly ScriptedAnswer[] = [
  { after: 700, output: { take: 'theirs' } },
  { after: 20, output: { values: { scalar: 9, list: ['m'], map: { m: 1 }, text: 'm\n' } } },
  { after: 5, output: 'no map at all' },
  { after: 50, fail: 'too hard' },
  { after: 9000, output: { take: 'ours' } },
];

/** Random plays of whatever steps can do together. `steady`: only what ends alike however long anything takes. */
export function coordinated({ steady }: { readonly steady: boolean }): fc.Arbitrary<Play> {
  return fc
    .record({
      members: drafts({ steady }),
      onFailure: fc.constantFrom<FailurePolicy>('continue', 'continue', ...(steady ? [] : ['stop' as const]), 'best_effort'),
      onSkip: fc.constantFrom('satisfy' as const, 'propagate' as const),
      maxConcurrency: fc.integer({ min: 1, max: 5 }),
      merge: fc.nat(MERGES.length - 1),
    })
    .map(({ members, onFailure, onSkip, maxConcurrency, merge }) => {
      const make = new Maker(steady);
      make.script.merge = [MERGES[merge] ?? {}, MERGES[(merge + 1) % MERGES.length] ?? {}];
      const steps = make.members(members, '', steady ? null : '');
      const root: Partial<Workflow> = {
        onFailure,
        onSkip,
        shared: make.shared(),
        conflicts: make.conflicts(['automatic', 'rerun', 'sequential']),
      };
      return { script: make.script, maxConcurrency, workflow: workflowOf(steps, root) };
    });
}

class Maker {
  readonly script: Record<string, readonly ScriptedAnswer[]> = {};
  readonly #steady: boolean;
  readonly #sets = new Set<string>();

  constructor(steady: boolean) {
    this.#steady = steady;
  }

  /** Where only steady shapes are wanted, steps that may be at work at once have keys of their own, named after their place. */
  shared(): JsonObject {
    const sets = this.#steady ? [...this.#sets] : [''];
    return Object.fromEntries(sets.flatMap((set) => KEYS.map((key) => [set + key, VALUES[key]?.[0] ?? null])));
  }

  conflicts(ladder: GroupDraft['ladder']): ConflictSettings {
    const whole = ladder ?? ['automatic', 'person'];
    if (!this.#steady) return { ladder: whole, type: 'merge', timeout: 2500 };
    // Whether an answer comes in time depends on time; that nobody ever answers does not.
    return whole.includes('person')
      ? { ladder: whole.filter((rung) => rung !== 'guided'), timeout: 2500 }
      : { ladder: whole, type: 'merge' };
  }

  /** `set`: what stands before the keys that the members use; null: a set for each member. */
  members(members: readonly MemberDraft[], prefix: string, set: string | null): Step[] {
    return members.map(({ what, waitsFor, edge, condition, onFailure }, i): Step => {
      const id = `${prefix}s${i}`;
      const step = this.step(what, id, set ?? `${id}_`);
      const dependencies = [...new Set(waitsFor.filter((other) => other < i).map((other) => `${prefix}s${other}`))];
      const edges = edge === 'plain' ? undefined : Object.fromEntries(dependencies.map((from) => [from, edgeOf(edge)]));
      return {
        ...step,
        dependencies,
        ...(edges === undefined || dependencies.length === 0 ? {} : { edges }),
        ...(condition === 'none' ? {} : { condition }),
        ...(onFailure === null || step.kind === 'group' ? {} : { onFailure }),
      };
    });
  }

  step(draft: Draft, id: string, set: string): Step {
    const base = { id, name: id, dependencies: [] as readonly string[] };
    switch (draft.kind) {
      case 'task':
        return this.task(draft, id, set);
      case 'variables':
        return { ...base, type: 'set', kind: 'variables', set: { [`${id}v`]: 1 } };
      case 'signal':
        return { ...base, type: 'wait', kind: 'signal', signal: 'go', timeout: draft.timeoutMs };
      case 'group':
        return this.group(draft, id, set);
      case 'choice': {
        const steps = this.members(draft.members, id, this.#steady ? null : set);
        const half = Math.ceil(steps.length / 2);
        return {
          ...base,
          type: 'if',
          kind: 'choice',
          when: String(draft.takesFirst),
          then: steps.slice(0, half),
          otherwise: steps.slice(half).map(alone),
        };
      }
      case 'workflow': {
        const inner = new Maker(this.#steady);
        const steps = inner.members(draft.members, '', this.#steady ? null : '');
        const workflow = workflowOf(steps, { name: id, shared: inner.shared(), conflicts: this.conflicts(null) });
        this.#learn(inner.script, `${id}/`);
        return { ...base, type: 'workflow', kind: 'workflow', ref: id, inputs: {}, workflow };
      }
      case 'map': {
        const inner = new Maker(this.#steady);
        const workflow = workflowOf(inner.members(draft.members, `${id}b`, this.#steady ? null : ''), { name: id });
        Object.assign(this.script, inner.script);
        for (const own of inner.#sets) this.#sets.add(own);
        const over = `[${Array.from({ length: draft.items }, (_, item) => item).join(', ')}]`;
        const { maxConcurrent, tolerate } = draft;
        return {
          ...base,
          type: 'map',
          kind: 'map',
          over,
          as: 'item',
          workflow,
          ...(maxConcurrent === null ? {} : { maxConcurrent }),
          ...(tolerate === null ? {} : { tolerate: { count: tolerate } }),
        };
      }
      case 'vote': {
        const { voters, picks, judge, rule, timeoutMs } = draft;
        const steps = voters.map((voter, i) => this.#voter(voter, `${id}.${i + 1}`, picks[i] ?? 0));
        const whoever = judge || rule === 'judged' ? { judge: this.#voter(voters[0] as LeafDraft, `${id}.judge`, picks[0] ?? 0) } : {};
        return { ...base, type: 'vote', kind: 'vote', steps, rule, choice: ['pick'], timeout: timeoutMs, ...whoever };
      }
    }
  }

  #learn(script: Readonly<Record<string, readonly ScriptedAnswer[]>>, prefix: string): void {
    for (const [step, answers] of Object.entries(script)) this.script[prefix + step] = answers;
  }

  #voter(leaf: LeafDraft, id: string, pick: number): TaskStep {
    const answers = leaf.answers.map((answer) => (answer.output === undefined ? answer : { ...answer, output: { pick } }));
    return this.task({ ...leaf, answers, writes: [], reads: [] }, id, '');
  }

  task({ answers, retries, timeoutMs, writes, reads, onStale, compensated }: LeafDraft, id: string, set: string): TaskStep {
    const written = writes.map(([key, value]) => [set + KEYS[key], VALUES[KEYS[key] ?? '']?.[value + 1] ?? null] as const);
    if (this.#steady && writes.length + reads.length > 0) this.#sets.add(set);
    const left = Object.fromEntries(written);
    this.script[id] = answers.map((answer) => (answer.output === undefined || written.length === 0 ? answer : { ...answer, writes: left }));
    return {
      kind: 'task',
      id,
      name: id,
      type: 'work',
      dependencies: [],
      params: {},
      retry: { ...RETRY_SHAPE, retries },
      ...(timeoutMs === null ? {} : { timeout: timeoutMs }),
      ...(written.length === 0 ? {} : { writes: Object.keys(left) }),
      ...(reads.length === 0 ? {} : { reads: reads.map((key) => set + KEYS[key]) }),
      ...(onStale === 'accept' ? {} : { onStale }),
      ...(compensated ? { compensate: { type: 'undo', params: {}, timeout: 3000 } } : {}),
    };
  }

  group(draft: GroupDraft, id: string, set: string): GroupStep {
    const { mode, waitFor, quorum, deadlineMs, policy, maxConcurrent, ladder, sync } = draft;
    // What is done at once but not side by side sees what the others have done by then.
    const steps = this.members(draft.members, id, this.#steady && mode === 'graph' ? null : set);
    const count = steps.length + (sync === null ? 0 : 1);
    return {
      kind: 'group',
      id,
      name: id,
      type: mode,
      dependencies: [],
      mode,
      waitFor,
      ...(waitFor === 'quorum' || waitFor === 'deadline' ? { quorum: Math.min(quorum, count) } : {}),
      ...(waitFor === 'deadline' ? { deadline: deadlineMs } : {}),
      ...(policy === null ? {} : { onFailure: policy }),
      ...(maxConcurrent === null ? {} : { maxConcurrent }),
      ...(ladder === null ? {} : { conflicts: this.conflicts(ladder) }),
      steps: sync === null ? steps : [...steps, pointOf(id, sync, steps)],
    };
  }
}

const alone = <T extends Step>(step: T): T => {
  const { edges: _, ...rest } = step;
  return { ...rest, dependencies: [] } as unknown as T;
};

function edgeOf(edge: MemberDraft['edge']): DependencyEdge {
  if (edge === 'soft') return { kind: 'soft' };
  if (edge === 'taken') return { kind: 'conditional', when: '1 < 2' };
  if (edge === 'untaken') return { kind: 'conditional', when: '2 < 1' };
  return edge === 'data' ? { kind: 'hard', data: ['took'] } : { kind: 'hard' };
}

function pointOf(
  group: string,
  { sync, members, holds, threshold, timeoutMs }: NonNullable<GroupDraft['sync']>,
  steps: readonly Step[],
): SyncStep {
  const met = [...new Set(members.map((member) => steps[member % steps.length]?.id ?? ''))];
  return {
    kind: 'sync',
    id: `${group}y`,
    name: `${group}y`,
    type: 'sync-point',
    sync,
    members: met,
    dependencies: met,
    ...(sync === 'quality_gate' ? { check: holds ? '1 < 2' : '2 < 1' } : {}),
    ...(sync === 'progress_checkpoint' ? { threshold } : {}),
    ...(timeoutMs === null ? {} : { timeout: timeoutMs }),
  };
}
