/** What any machine of this folder can start from and be told: so that laws which hold for all of them can be tested on all of them. */
import fc from 'fast-check';
import { type AnyMachineSnapshot, type AnyStateMachine, assign } from 'xstate';
import { RECOVERY_USES } from '../../src/definition/recovery-settings.ts';
import type { ApprovalInput } from '../../src/machines/approval.ts';
import type { ConflictInput } from '../../src/machines/conflict.ts';
import type { GroupContext, GroupInput } from '../../src/machines/group.ts';
import { type PhaseContext, phaseMachine } from '../../src/machines/phase.ts';
import type { ProcessInput } from '../../src/machines/process-agent.ts';
import { type RecoveryContext, type RecoveryInput, recoveryMachine } from '../../src/machines/recovery.ts';
import type { RecoveryPlan } from '../../src/machines/recovery-port.ts';
import type { RequestInput } from '../../src/machines/request.ts';
import type { SagaInput } from '../../src/machines/saga.ts';
import type { StepInput } from '../../src/machines/step.ts';
import type { SyncPointInput } from '../../src/machines/sync-point.ts';
import { type VoteContext, type VoteInput, voteMachine } from '../../src/machines/vote.ts';
import type { WaitInput } from '../../src/machines/wait.ts';
import { type WorkflowInput, workflowMachine } from '../../src/machines/workflow.ts';
import { loops, phases } from './phase-inputs.ts';
import { agents, breakers, cancellations } from './some-agents.ts';
import { leases, verdicts } from './some-leases.ts';

/** What a machine starts from, and what the run answers when it counts votes: outside of a run nobody does. */
export interface Beginning {
  readonly input: unknown;
  readonly decision: VoteContext['decision'];
  /** How the gate of a phase is found each time. */
  readonly judgement: PhaseContext['judgement'];
  /** Whether a workflow has anything to undo. */
  readonly undoes: boolean;
  /** What is tried for a step that has failed, and what a person says about it. */
  readonly plan: RecoveryPlan | null;
  readonly answer: RecoveryContext['answer'];
}

/** Something a machine is told. */
export interface News {
  readonly type: string;
  readonly [key: string]: unknown;
}

const MEMBERS = ['a', 'b', 'c'];
const RUNGS = ['automatic', 'guided', 'rerun', 'sequential', 'person'] as const;
const ERROR = { code: 'AGENT_FAILED', message: 'no' } as const;

const timeouts = fc.constantFrom(null, 5000);
const grace = fc.constant(1000);
const attempts = fc.integer({ min: 1, max: 3 });
const outcomes = fc.constantFrom('completed', 'failed', 'cancelled');
const errors = fc.constantFrom(null, ERROR);

const approvals: fc.Arbitrary<ApprovalInput> = fc.record({
  path: fc.constant('ask'),
  asking: fc.constant('r/ask!1'),
  people: fc.constantFrom(null, MEMBERS),
  form: fc.constantFrom(null, { type: 'number' }),
  values: fc.constantFrom(null, 1),
  quorum: fc.constantFrom(null, 2),
  mayDelegate: fc.boolean(),
  moments: fc.constantFrom<ApprovalInput['moments']>(
    [],
    [
      { atMs: 1000, what: 'remind' },
      { atMs: 2000, what: 'escalate', to: 'd' },
      { atMs: 3000, what: 'expire' },
    ],
  ),
  onTimeout: fc.constantFrom('fail', 'reject', 'approve'),
  onReject: fc.constantFrom('fail', 'continue'),
});
const conflicts: fc.Arbitrary<ConflictInput> = fc.record({
  contest: fc.constant('g'),
  ladder: fc.shuffledSubarray([...RUNGS]),
  timeoutMs: timeouts,
});
const groups: fc.Arbitrary<GroupInput> = fc
  .record({
    members: fc.nat({ max: 3 }),
    waitFor: fc.constantFrom('all' as const, 'any' as const, 'quorum' as const, 'majority' as const, 'deadline' as const),
    onFailure: fc.constantFrom('continue' as const, 'stop' as const, 'best_effort' as const),
    policy: fc.constantFrom(undefined, 'fail_fast' as const, 'settle' as const, 'compensate' as const, 'fall_back_sequential' as const),
    merges: fc.boolean(),
    meets: fc.boolean(),
  })
  .map(({ members, waitFor, onFailure, policy, merges, meets }) => ({
    path: 'g',
    members,
    rule: {
      waitFor,
      onFailure,
      ...(policy === undefined ? {} : { policy }),
      ...(waitFor === 'deadline' ? { deadlineMs: 5000 } : {}),
    },
    merges,
    ...(meets && members > 1 ? { syncPoints: ['c'] } : {}),
  }));
const processes: fc.Arbitrary<ProcessInput> = fc.record({
  terminateGraceMs: grace,
  killGraceMs: grace,
  drainGraceMs: grace,
  sweepGraceMs: grace,
});
const recoveries: fc.Arbitrary<RecoveryInput> = fc.record({ step: fc.constant('a') });
const requests: fc.Arbitrary<RequestInput> = fc.record({ request: fc.constant('a#1:1'), deadlineMs: grace });
const sagas: fc.Arbitrary<SagaInput> = fc.record({
  saga: fc.constant('(root)'),
  steps: fc.subarray(MEMBERS),
  cut: fc.constantFrom(null, null, 'enough'),
});
const steps: fc.Arbitrary<StepInput> = fc.record({
  path: fc.constant('a'),
  entry: fc.constantFrom('attempt', 'assign', 'coordinate', 'await', 'skip', 'refuse', 'kept', 'oversee', 'claim'),
  retries: fc.nat({ max: 2 }),
  retryOn: fc.constantFrom('failure', 'timeout'),
  backoff: fc.constant({ delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0 }),
  seed: fc.constant(7),
  timeoutMs: timeouts,
  timeoutGrowth: fc.constant(undefined),
  variables: fc.constant(null),
  error: fc.constant(null),
  reason: fc.constant(null),
  recovers: fc.boolean(),
});
const syncPoints: fc.Arbitrary<SyncPointInput> = fc.record({
  path: fc.constant('meet'),
  kind: fc.constantFrom('context_merge', 'progress_checkpoint', 'quality_gate', 'resource_rebalancing', 'barrier'),
  members: fc.subarray(MEMBERS),
  timeoutMs: timeouts,
  lenient: fc.boolean(),
});
const votes: fc.Arbitrary<VoteInput> = fc.record({
  path: fc.constant('v'),
  hasJudge: fc.boolean(),
  rule: fc.constantFrom('majority', 'unanimous', 'weighted', 'judged'),
  timeoutMs: timeouts,
});
const waits: fc.Arbitrary<WaitInput> = fc.record({ path: fc.constant('w'), forSignal: fc.boolean(), timeoutMs: timeouts });
const workflows: fc.Arbitrary<WorkflowInput> = fc.record({
  scope: fc.constant(''),
  handlers: fc.record({ onThrown: fc.boolean(), onReported: fc.boolean() }),
});

const INPUTS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  agent: agents,
  approval: approvals,
  'circuit-breaker': breakers,
  claim: fc.record({ path: fc.constant('a') }),
  cancellation: cancellations,
  conflict: conflicts,
  group: groups,
  'feedback-loop': loops,
  phase: phases,
  'process-agent': processes,
  recovery: recoveries,
  request: requests,
  'resource-lease': leases,
  saga: sagas,
  step: steps,
  'sync-point': syncPoints,
  vote: votes,
  wait: waits,
  workflow: workflows,
};

const decisions = fc.constantFrom<VoteContext['decision']>(
  { kind: 'decided', output: 1 },
  { kind: 'tie', reason: 'equal' },
  { kind: 'undecided', reason: 'few' },
);

const judgements: fc.Arbitrary<PhaseContext['judgement']> = fc.record({
  finding: fc.constantFrom('passed', 'failed', 'unasked', 'skipped', 'broken'),
  sendsBack: fc.boolean(),
  error: errors,
});

const plans: fc.Arbitrary<RecoveryPlan | null> = fc.option(
  fc.record({ use: fc.constantFrom(...RECOVERY_USES), pauseMs: fc.constant(1000), startsAnew: fc.boolean() }),
);
const answers = fc.constantFrom('retry' as const, 'makeshift' as const, 'fail' as const);

/** Whatever a machine can begin with. A machine that nobody has described here is an error. */
export function beginnings(machine: AnyStateMachine): fc.Arbitrary<Beginning> {
  const inputs = INPUTS[machine.id];
  if (inputs === undefined) throw new Error(`test/machines/every-machine.ts does not say what ${machine.id} starts from`);
  return fc.record({ input: inputs, decision: decisions, judgement: judgements, undoes: fc.boolean(), plan: plans, answer: answers });
}

/** The machine with the run's answers put in. */
export function answered(machine: AnyStateMachine, { decision, judgement, undoes, plan, answer }: Beginning): AnyStateMachine {
  if (machine.id === 'recovery') {
    return recoveryMachine.provide({ actions: { choose: assign({ plan, answer: null }), hearAnswer: assign({ answer }) } });
  }
  if (machine.id === 'workflow') return workflowMachine.provide({ actions: { weighUndoing: assign({ undoes }) } });
  if (machine.id === 'phase') {
    return phaseMachine.provide({ actions: { examineGate: assign({ judgement }), hearVerdict: assign({ judgement }) } });
  }
  return machine.id === 'vote' ? voteMachine.provide({ actions: { countVotes: assign({ decision }) } }) : machine;
}

/** What comes with the news of a type. Settlements are those of steps, groups and workflows in one: a machine reads what it knows. */
const CARRIED: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'step.failed': fc.record({ error: fc.constant(ERROR), thrown: fc.boolean() }),
  'step.ended': fc.record({ outcome: outcomes }),
  'recovery.makeshift': fc.constant({ makeshift: 'degraded', output: null, variables: null, writes: null, reason: 'degraded' }),
  'task.assigned': fc.record({ count: attempts }),
  'task.settled': fc.record({ count: attempts }),
  'rung.settled': fc.record({ rung: fc.constantFrom(...RUNGS), settled: fc.boolean(), reason: fc.constant(null) }),
  'members.rerun': fc.constant({ count: 1 }),
  'members.reopened': fc.constant({ completed: 1, failed: 0, cancelled: 0, skipped: 0, syncPoints: 0 }),
  'findings.reported': fc.record({ findings: fc.constantFrom('1', '2', '3') }),
  'feedback.refused': fc.record({ error: fc.constant(ERROR), decided: fc.constantFrom(null, null, 'go_on', 'fail') }),
  'person.decided': fc.record({
    next: fc.constantFrom('more', 'go_on', 'fail', null),
    rounds: fc.integer({ min: 1, max: 2 }),
    isWaiting: fc.boolean(),
  }),
  'claim.refused': fc.constant({ error: ERROR }),
  'task.completed': fc.record({ attempt: attempts, output: fc.constant(1), variables: fc.constant(null) }),
  'task.failed': fc.record({ attempt: attempts, error: fc.constant(ERROR), thrown: fc.boolean() }),
  'task.queued': fc.record({ attempt: attempts }),
  'task.started': fc.record({ attempt: attempts }),
  'member.arrived': fc.record({ member: fc.constantFrom(...MEMBERS), outcome: fc.option(outcomes) }),
  'sync.executed': fc.record({ output: fc.constant(1), error: errors }),
  'condition.failed': fc.constant({ error: ERROR }),
  'signal.received': fc.record({ payload: fc.constantFrom(null, 1) }),
  'request.answered': fc.constant({ answer: 'b#1:1' }),
  'approval.answered': fc.record({
    answer: fc.record({
      token: fc.constantFrom('r/ask!1', 'r/ask!0'),
      by: fc.constantFrom(...MEMBERS, 'd'),
      decision: fc.constantFrom('approve', 'reject', 'edit'),
      values: fc.constantFrom(null, 1, 2, 'x'),
      reason: fc.constant(null),
      at: fc.constant(1),
    }),
  }),
  'approval.delegated': fc.record({ token: fc.constant('r/ask!1'), by: fc.constantFrom(...MEMBERS), to: fc.constantFrom('c', 'd') }),
  'request.judged': fc.record({ verdict: verdicts }),
  'call.settled': fc.record({ tokens: fc.constantFrom(null, 7) }),
  'process.failed': fc.constant({ error: 'ENOENT' }),
  'process.exited': fc.constant({ exitCode: 0, signal: null }),
  'call.began': fc.record({ call: fc.constantFrom(...MEMBERS) }),
  'call.succeeded': fc.record({ call: fc.constantFrom(...MEMBERS) }),
  'call.failed': fc.record({ call: fc.constantFrom(...MEMBERS), at: fc.constantFrom(1, 2_000) }),
  'call.left': fc.record({ call: fc.constantFrom(...MEMBERS) }),
  'agent.drain': fc.constant({ reason: 'cleaning' }),
  cancel: fc.constant({ reason: 'enough' }),
};

const settlements = fc.record({ path: fc.constantFrom(...MEMBERS), outcome: outcomes, thrown: fc.boolean(), error: errors });
const rest = { output: null, outputs: null, variables: null, attempts: 1, reason: null, failedStep: null };
const contests = fc
  .constantFrom('resolved', 'unresolved', 'cancelled')
  .map((outcome) => ({ contest: 'g', outcome, rung: null, tried: [] }));

function carriedBy(machine: AnyStateMachine, type: string): fc.Arbitrary<object> {
  const ends = settlements.map((settled) => ({ output: { ...rest, ...settled } }));
  if (type === 'xstate.done.actor.*')
    return machine.id === 'group'
      ? fc.oneof(
          ends,
          contests.map((output) => ({ output })),
        )
      : ends;
  return CARRIED[type] ?? fc.constant({});
}

/** Everything a machine can be told, its own timers and the ends of its children included. */
export function news(machine: AnyStateMachine): fc.Arbitrary<News> {
  return fc.oneof(
    ...machine.events.map((type) => carriedBy(machine, type).map((more): News => ({ ...more, type: type.replace('*', 'member') }))),
  );
}

/**
 * False for what cannot happen: a failure of a child that does not live, the end of a member when none does, a member that runs again
 * without having completed.
 */
export function canHappen(machine: AnyStateMachine, now: AnyMachineSnapshot, told: News): boolean {
  if (told.type.startsWith('xstate.error.')) return now.can(told);
  if (machine.id !== 'group') return true;
  const { tally } = now.context as GroupContext;
  if (told.type === 'members.rerun' || told.type === 'members.reopened') return tally.completed > 0;
  const isMember = told.type.startsWith('xstate.done.') && typeof told.output === 'object' && told.output !== null && 'path' in told.output;
  return !isMember || tally.remaining > 0 || now.value === 'compensating';
}

/** What a machine that was cancelled is still owed: the ends of its children, and its own timers. Nobody else has to say anything. */
export function owed(machine: AnyStateMachine): News[] {
  const types = machine.events.filter((type) => type === 'deadline.passed' || /^xstate\.(?:done|after)\./.test(type));
  const output = { ...rest, path: 'a', outcome: 'cancelled', thrown: false, error: null };
  return types.map((type) => ({ type: type.replace('*', 'member'), output }));
}
