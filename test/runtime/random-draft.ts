/** Random shapes of steps that meet, merge and disagree. A draft knows no ids and no scripts yet: random-coordination.ts makes steps of it. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import type { ConflictRung, FailurePolicy, GroupFailurePolicy, SyncKind, VoteRule, WaitFor } from '../../src/definition/joining.ts';

/** A task: how it is tried, what it writes of the shared context, and what undoes it. */
export interface LeafDraft {
  readonly kind: 'task';
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly answers: readonly ScriptedAnswer[];
  /** By number of the key, and of the value written to it. */
  readonly writes: readonly (readonly [key: number, value: number])[];
  readonly reads: readonly number[];
  readonly onStale: 'accept' | 'rerun' | 'fail';
  readonly compensated: boolean;
}

/** A member of a group: what it is, whom it waits for and how. */
export interface MemberDraft {
  readonly what: Draft;
  readonly waitsFor: readonly number[];
  readonly edge: 'plain' | 'hard' | 'soft' | 'taken' | 'untaken' | 'data';
  /** What its failure means; null: what is said around it. */
  readonly onFailure: FailurePolicy | null;
  readonly condition: 'none' | 'true' | 'false';
}

export interface SyncDraft {
  readonly sync: SyncKind;
  readonly members: readonly number[];
  readonly holds: boolean;
  readonly threshold: number;
  readonly timeoutMs: number | null;
}

export interface GroupDraft {
  readonly kind: 'group';
  readonly mode: 'parallel' | 'sequential' | 'graph';
  readonly waitFor: WaitFor;
  readonly quorum: number;
  readonly deadlineMs: number;
  readonly policy: GroupFailurePolicy | null;
  readonly maxConcurrent: number | null;
  readonly ladder: readonly ConflictRung[] | null;
  readonly members: readonly MemberDraft[];
  readonly sync: SyncDraft | null;
}

export type Draft =
  | LeafDraft
  | GroupDraft
  | { readonly kind: 'variables' }
  | { readonly kind: 'signal'; readonly timeoutMs: number }
  | { readonly kind: 'choice'; readonly takesFirst: boolean; readonly members: readonly MemberDraft[] }
  | { readonly kind: 'workflow'; readonly members: readonly MemberDraft[] }
  | {
      readonly kind: 'map';
      readonly items: number;
      readonly maxConcurrent: number | null;
      readonly tolerate: number | null;
      readonly members: readonly MemberDraft[];
    }
  | {
      readonly kind: 'vote';
      readonly rule: VoteRule;
      readonly voters: readonly LeafDraft[];
      readonly picks: readonly number[];
      readonly judge: boolean;
      readonly timeoutMs: number;
    };

/** There or not, half and half: `fc.option` leaves out whatever stands deep in a structure. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.tuple(fc.boolean(), value).map(([is, it]) => (is ? it : null));

const answers: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 4000 }).map((after) => ({ after, output: { took: after } })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2000 }).map((after) => ({ after, fail: 'it did not work' })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2000 }).map((after) => ({ after, throw: 'it broke' })) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 3000 }).map((after) => ({ after, output: after, reports: [{ percent: 40 }, { percent: 80 }] })),
  },
);

const leaf: fc.Arbitrary<LeafDraft> = fc.record({
  kind: fc.constant('task' as const),
  retries: fc.integer({ min: 0, max: 2 }),
  timeoutMs: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }) }),
  answers: fc.array(answers, { minLength: 1, maxLength: 3 }),
  writes: fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 2, 3), fc.nat(3)), { maxLength: 2, size: 'max' }),
  reads: fc.array(fc.nat(3), { maxLength: 2 }),
  onStale: fc.constantFrom('accept' as const, 'accept' as const, 'rerun' as const, 'fail' as const),
  compensated: fc.boolean(),
});

const rungs = fc.constantFrom<ConflictRung>('automatic', 'guided', 'rerun', 'sequential', 'person');
const timeout = fc.integer({ min: 1, max: 6000 });

/** `steady`: only shapes whose outcome does not depend on how long anything takes. */
export function drafts({ steady }: { readonly steady: boolean }): fc.Arbitrary<readonly MemberDraft[]> {
  const joins = steady
    ? fc.constant<WaitFor>('all')
    : fc.constantFrom<WaitFor>('all', 'all', 'all', 'all', 'any', 'quorum', 'majority', 'deadline');
  const policies = steady
    ? fc.constantFrom<GroupFailurePolicy | null>(null, null, 'settle', 'settle', 'continue', 'best_effort')
    : fc.constantFrom<GroupFailurePolicy | null>(
        ...([null, 'fail_fast', 'settle', 'compensate', 'fall_back_sequential', 'fall_back_sequential'] as const),
        ...(['continue', 'stop', 'best_effort'] as const),
      );
  const own = fc.constantFrom<FailurePolicy | null>(null, null, null, 'continue', 'best_effort', ...(steady ? [] : ['stop' as const]));
  const kinds = steady
    ? fc.constantFrom<SyncKind>('barrier', 'quality_gate')
    : fc.constantFrom<SyncKind>(
        'context_merge',
        'context_merge',
        'progress_checkpoint',
        'quality_gate',
        'resource_rebalancing',
        'barrier',
        'checkpoint',
      );
  const sync: fc.Arbitrary<SyncDraft> = fc.record({
    sync: kinds,
    members: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
    holds: fc.boolean(),
    threshold: fc.constantFrom(30, 80, 100),
    timeoutMs: steady ? fc.constant(null) : maybe(timeout),
  });
  const { draft } = fc.letrec<{ draft: Draft; member: MemberDraft; group: GroupDraft; held: Draft }>((tie) => {
    const members = fc.array(tie('member'), { minLength: 1, maxLength: 4, size: 'max' });
    const vote = fc.record({
      kind: fc.constant('vote' as const),
      rule: fc.constantFrom<VoteRule>('majority', 'unanimous', 'weighted', 'judged'),
      voters: fc.array(leaf, { minLength: 1, maxLength: 3 }),
      picks: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
      judge: fc.boolean(),
      timeoutMs: timeout,
    });
    const plain: fc.Arbitrary<Draft> = fc.oneof(
      { weight: 14, arbitrary: leaf },
      { weight: 1, arbitrary: fc.constant({ kind: 'variables' as const }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('signal' as const), timeoutMs: timeout }) },
      { weight: 2, arbitrary: vote },
    );
    return {
      held: fc.oneof(
        fc.record({ kind: fc.constant('choice' as const), takesFirst: fc.boolean(), members }),
        fc.record({ kind: fc.constant('workflow' as const), members }),
        fc.record({
          kind: fc.constant('map' as const),
          items: fc.nat(4),
          maxConcurrent: maybe(fc.integer({ min: 1, max: 3 })),
          tolerate: steady ? fc.constant(9) : maybe(fc.nat(2)),
          members,
        }),
      ),
      group: fc.record({
        kind: fc.constant('group' as const),
        mode: fc.constantFrom('parallel' as const, 'parallel' as const, 'sequential' as const, 'graph' as const),
        waitFor: joins,
        quorum: fc.integer({ min: 1, max: 4 }),
        deadlineMs: timeout,
        policy: policies,
        maxConcurrent: maybe(fc.integer({ min: 1, max: 3 })),
        ladder: maybe(fc.uniqueArray(rungs, { minLength: 1, maxLength: 4 })),
        members,
        sync: maybe(sync),
      }),
      member: fc.record({
        onFailure: own,
        what: tie('draft'),
        waitsFor: fc.array(fc.nat(8), { maxLength: 2 }),
        edge: fc.constantFrom(
          'plain' as const,
          'plain' as const,
          'hard' as const,
          'soft' as const,
          'taken' as const,
          'untaken' as const,
          'data' as const,
        ),
        condition: fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'true' as const, 'false' as const),
      }),
      draft: fc.oneof({ depthIdentifier: 'step', maxDepth: 2, depthSize: 'small' }, plain, tie('group'), tie('group'), tie('held')),
    };
  });
  const member: fc.Arbitrary<MemberDraft> = fc.record({
    onFailure: own,
    what: draft,
    waitsFor: fc.array(fc.nat(8), { maxLength: 2 }),
    edge: fc.constantFrom('plain' as const, 'plain' as const, 'hard' as const, 'soft' as const, 'taken' as const, 'data' as const),
    condition: fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'true' as const, 'false' as const),
  });
  return fc.array(member, { minLength: 1, maxLength: 4 });
}
