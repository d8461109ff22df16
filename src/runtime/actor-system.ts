/** Where the runtime touches XState: creating the actors of a run. Everything else in this folder speaks of groups and steps. */
import { type AnyActorRef, createActor, fromTransition, type InspectionEvent } from 'xstate';
import { type ApprovalInput, approvalMachine } from '../machines/approval.ts';
import { type ClaimInput, claimMachine } from '../machines/claim.ts';
import { type ConflictInput, conflictMachine } from '../machines/conflict.ts';
import { type FeedbackLoopInput, feedbackLoopMachine } from '../machines/feedback-loop.ts';
import { type GroupInput, groupMachine } from '../machines/group.ts';
import { type PhaseInput, phaseMachine } from '../machines/phase.ts';
import { type RecoveryInput, recoveryMachine } from '../machines/recovery.ts';
import { type RequestInput, requestMachine } from '../machines/request.ts';
import { connectPort, type RunPort } from '../machines/run-port.ts';
import { type SagaInput, sagaMachine } from '../machines/saga.ts';
import { type StepInput, stepMachine } from '../machines/step.ts';
import { type SyncPointInput, syncPointMachine } from '../machines/sync-point.ts';
import { type VoteInput, voteMachine } from '../machines/vote.ts';
import { type WaitInput, waitMachine } from '../machines/wait.ts';
import { type WorkflowInput, workflowMachine } from '../machines/workflow.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import type { StepClock } from './step-clock.ts';

/** A live actor of a run. */
export type LiveActor = AnyActorRef;

/** Receives XState's inspection events of a run's actors: a function, or the `inspect` observer of an inspector. What it throws is dropped: an inspector cannot harm a run. */
export type Inspector = { look(event: InspectedEvent): void }['look'] | { next?(event: InspectedEvent): void };

/** What an actor does, as XState's inspection API tells it (`@xstate.actor`, `@xstate.event`, `@xstate.snapshot`, …). */
export interface InspectedEvent {
  readonly type: string;
  readonly rootId: string;
}

/** The root actor of a run, not yet started, and how it ended. */
export interface RunSystem {
  readonly root: AnyActorRef;
  start(): void;
  settled(): WorkflowSettled | null;
  readonly clock: StepClock;
  readonly port: RunPort;
  /** What broke an actor, or null. A broken run is discarded and folded again. */
  broken(): unknown;
}

/** Creates the actor system of a run on its own clock. */
export function createRunSystem(port: RunPort, clock: StepClock, input: WorkflowInput, inspector: Inspector | null): RunSystem {
  let broken: unknown = null;
  const root = createActor(workflowMachine, {
    id: 'run',
    input,
    clock: clock as never,
    ...(inspector === null ? {} : { inspect: guarded(inspector) }),
  });
  root.subscribe({
    next() {},
    error(thrown) {
      broken = thrown ?? new Error('an actor failed without saying why');
    },
    complete() {},
  });
  connectPort(root.system, port);
  if (inspector !== null) watched.add(root.system);
  return {
    root,
    clock,
    port,
    start: () => root.start(),
    settled: () => (root.getSnapshot().status === 'done' ? (root.getSnapshot().output as WorkflowSettled) : null),
    broken: () => broken,
  };
}

function guarded(inspector: Inspector): (event: InspectionEvent) => void {
  return (event) => {
    try {
      if (typeof inspector === 'function') inspector(event);
      else inspector.next?.(event);
    } catch {
      // An inspector that throws would wedge the mailbox of the actor it looks at.
    }
  };
}

// Children are created with `parent` rather than spawned: they belong to the same system and report to the same parent, but a spawn
// copies the parent's map of children, which is quadratic in the width of a group (1,000 members: 1,300 ms against 23 ms).

// The done event of a child is named after its id, and a machine remembers every event name it has met, for ever. Children therefore
// share one id, unless somebody looks: an inspector is shown the path.
const idOf = (parent: AnyActorRef, path: string): string => (watched.has(parent.system) ? path : 'member');

const watched = new WeakSet<object>();

/** Listens to nobody but to what breaks: the parent of groups whose end is told in another way, because whoever sent them may be gone by then. */
const desk = fromTransition((state: null, event: { readonly type: string; readonly error?: unknown }) => {
  if (event.type.startsWith('xstate.error.')) throw event.error;
  return state;
}, null);

export function createDesk(parent: AnyActorRef): AnyActorRef {
  const actor = createActor(desk, { id: idOf(parent, 'errands'), parent });
  actor.start();
  return actor;
}

export function createStep(parent: AnyActorRef, input: StepInput): AnyActorRef {
  return createActor(stepMachine, { id: idOf(parent, input.path), input, parent });
}

export function createGroup(parent: AnyActorRef, input: GroupInput): AnyActorRef {
  return createActor(groupMachine, { id: idOf(parent, `${input.path}:group`), input, parent });
}

export function createNestedWorkflow(parent: AnyActorRef, input: WorkflowInput): AnyActorRef {
  return createActor(workflowMachine, { id: idOf(parent, `${input.scope}:workflow`), input, parent });
}

export function createSyncPoint(parent: AnyActorRef, input: SyncPointInput): AnyActorRef {
  return createActor(syncPointMachine, { id: idOf(parent, `${input.path}:sync`), input, parent });
}

export function createVote(parent: AnyActorRef, input: VoteInput): AnyActorRef {
  return createActor(voteMachine, { id: idOf(parent, `${input.path}:vote`), input, parent });
}

export function createClaim(parent: AnyActorRef, input: ClaimInput): AnyActorRef {
  return createActor(claimMachine, { id: idOf(parent, `${input.path}:claim`), input, parent });
}

export function createApproval(parent: AnyActorRef, input: ApprovalInput): AnyActorRef {
  return createActor(approvalMachine, { id: idOf(parent, `${input.path}:approval`), input, parent });
}

export function createPhase(parent: AnyActorRef, input: PhaseInput): AnyActorRef {
  return createActor(phaseMachine, { id: idOf(parent, `${input.path}:phase`), input, parent });
}

export function createFeedbackLoop(parent: AnyActorRef, input: FeedbackLoopInput): AnyActorRef {
  return createActor(feedbackLoopMachine, { id: idOf(parent, `${input.loop}:feedback`), input, parent });
}

export function createWait(parent: AnyActorRef, input: WaitInput): AnyActorRef {
  return createActor(waitMachine, { id: idOf(parent, `${input.path}:wait`), input, parent });
}

export function createSaga(parent: AnyActorRef, input: SagaInput): AnyActorRef {
  return createActor(sagaMachine, { id: idOf(parent, `${input.saga}:saga`), input, parent });
}

export function createRecovery(parent: AnyActorRef, input: RecoveryInput): AnyActorRef {
  return createActor(recoveryMachine, { id: idOf(parent, `${input.step}:recovery`), input, parent });
}

export function createConflict(parent: AnyActorRef, input: ConflictInput): AnyActorRef {
  return createActor(conflictMachine, { id: idOf(parent, `${input.contest}:conflict`), input, parent });
}

/** A request belongs to the step that asks; one from outside the run (null) stands alone, on the clock of the run. */
export function createRequest(parent: AnyActorRef | null, { clock, port }: RunSystem, input: RequestInput): AnyActorRef {
  if (parent !== null) return createActor(requestMachine, { id: idOf(parent, `${input.request}:request`), input, parent });
  const request = createActor(requestMachine, { id: 'request', input, clock: clock as never });
  connectPort(request.system, port);
  return request;
}

/** What an actor has reported at its end, or null while it goes on. */
export function settlementOf<T>(actor: AnyActorRef): T | null {
  const { status, output } = actor.getSnapshot();
  return status === 'done' ? (output as T) : null;
}

/** Whether an actor is at work: not before its start, not after its end. */
export function isLive(actor: AnyActorRef): boolean {
  return actor.getSnapshot().status === 'active';
}

/** Sends to an actor that is at work; one that has ended has nothing to hear any more. */
export function tellLive(actor: AnyActorRef, event: { readonly type: string; readonly [name: string]: unknown }): void {
  if (isLive(actor)) actor.send(event);
}

/** The name of the state an actor is in. */
export function stateOf(actor: AnyActorRef): string {
  return String(actor.getSnapshot().value);
}

/** An actor's context, as plain data. */
export function contextOf<T>(actor: AnyActorRef): T {
  return actor.getSnapshot().context as T;
}
