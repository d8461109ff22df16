import type { ConflictSettings, GroupFailurePolicy, WaitFor } from '../definition/joining.ts';
import type { PhaseSettings } from '../definition/phase-settings.ts';
import type { Dialect, Scope, Step, Workflow } from '../definition/workflow.ts';
import type { Json } from '../protocol/json.ts';
import type { EdgeTerms } from './drawn-edges.ts';
import type { Ordering } from './engine-order.ts';
import type { SharedKeys } from './shared-keys.ts';
import type { Undoable } from './undoable.ts';

/** A duration, ms, or what renders to one. */
export type DrawnDuration = number | { readonly render: (scope: Scope) => Json; readonly unit: 's' | 'ms' };

/** A step with everything about it that can be computed before it runs. */
export interface StepBlueprint {
  readonly step: Step;
  readonly dialect: Dialect;
  readonly condition: ((scope: Scope) => boolean) | null;
  /** What the step is given: params, values to set, inputs of a nested workflow. */
  readonly given: (scope: Scope) => Json;
  readonly name: (scope: Scope) => Json;
  readonly persona: ((scope: Scope) => Json) | null;
  readonly timeout: DrawnDuration | null;
  readonly retries: ((scope: Scope) => Json) | number;
  /** The group a step stands for: members of a group; null for leaves, branches and nested workflows. */
  readonly members: GroupBlueprint | null;
  readonly branches: { readonly when: (scope: Scope) => boolean; readonly then: GroupBlueprint; readonly otherwise: GroupBlueprint } | null;
  readonly nested: WorkflowBlueprint | null;
  /** Whether its workflow sees what stands around it: an item of a map. */
  readonly inherits: boolean;
  readonly nestedOutputs: ((scope: Scope) => Json) | null;
  /** What it reads and writes of the shared context; null for nothing. */
  readonly keys: SharedKeys | null;
  /** Whether it, or anything inside it, changes the shared context. */
  readonly writesShared: boolean;
  /** Shares of its work, percent, at which a sync point waits for it. */
  readonly checkpoints: readonly number[];
  /** Of a map: its list. */
  readonly over: ((scope: Scope) => Json) | null;
  /** Of a step that waits: the condition that ends the wait. */
  readonly until: ((scope: Scope) => boolean) | null;
  /** Of a sleep: the moment at which it ends, ms, or what renders to one. */
  readonly moment: ((scope: Scope) => Json) | number | null;
  /** Of a quality gate: what must hold. */
  readonly check: ((scope: Scope) => boolean) | null;
  /** Of a phase: what its gate and its feedback are judged by; null for everything else. */
  readonly phase: PhaseBlueprint | null;
  /** Of a vote: its voters, and who decides when they cannot. */
  readonly ballot: { readonly voters: GroupBlueprint; readonly judge: GroupBlueprint | null } | null;
}

/** A phase with everything about it that can be computed before it runs. */
export interface PhaseBlueprint {
  readonly settings: PhaseSettings;
  readonly check: ((scope: Scope) => boolean) | null;
  /** When work goes back; null where the gate, or a verdict, says so. */
  readonly when: ((scope: Scope) => boolean) | null;
  /** What is sent along; null where that is what the gate has found. */
  readonly findings: ((scope: Scope) => Json) | null;
  /** By path as it is written: the way to the score. */
  readonly scores: readonly (readonly [written: string, path: readonly string[]])[];
  /** Asks the persona of the gate. */
  readonly asking: GroupBlueprint | null;
  /** Asks its person. */
  readonly person: GroupBlueprint | null;
  /** Asks people how to go on when work cannot go back any more. */
  readonly escalating: GroupBlueprint | null;
}

/** How a group is joined and what its members may do, as far as the definition says. */
export interface JoinBlueprint {
  readonly waitFor: WaitFor;
  readonly quorum: number | null;
  readonly deadline: DrawnDuration | null;
  readonly policy: GroupFailurePolicy | null;
  readonly maxConcurrent: number | null;
}

export interface GroupBlueprint {
  readonly members: readonly StepBlueprint[];
  /** By member: how many dependencies it waits for. */
  readonly waitsFor: readonly number[];
  /** By member: what it waits for. */
  readonly dependencies: readonly (readonly number[])[];
  /** By member: who waits for it. */
  readonly dependents: readonly (readonly number[])[];
  /** By member: its place in the depth-first order; the ready member with the lowest rank is launched first. */
  readonly rank: readonly number[];
  /** By member: its place in the order by longest chain; runs of the native dialect launch in it. */
  readonly urgency: readonly number[];
  /** Special terms of edges, by member and the member it waits for. */
  readonly terms: readonly (ReadonlyMap<number, readonly EdgeTerms[]> | null)[] | null;
  readonly waitFor: WaitFor;
  readonly join: JoinBlueprint;
  readonly conflicts: ConflictSettings | null;
  /** How long the merge persona, and later a person, may take. */
  readonly conflictTimeout: DrawnDuration | null;
  /** Members that are sync points. */
  readonly syncPoints: readonly number[];
  /** By member: the sync points that wait for it. Null where there are none. */
  readonly meetings: readonly (readonly number[])[] | null;
  /** Members see the shared context as it was when the group began, and what they write is merged at the join. */
  readonly isolates: boolean;
  /** Members work side by side rather than on each other’s results. */
  readonly sideBySide: boolean;
  /** Present where results count in the order of the sequential run. */
  readonly ordering: Ordering | null;
  /** Its members may begin anew, because one of them, or of those inside them, is recovered. Absent where none can be. */
  readonly goesBack?: true;
  /** By member that sends work back: the member that it goes to. Absent where none does. */
  readonly ways?: ReadonlyMap<number, number>;
  /** By member: the one that stands in for it once it has failed. Absent where none does. */
  readonly standIns?: ReadonlyMap<number, number>;
  /** By member that stands in: whom it stands in for. */
  readonly stages?: ReadonlyMap<number, number>;
}

export interface WorkflowBlueprint {
  readonly workflow: Workflow;
  readonly root: GroupBlueprint;
  readonly onStepFailure: GroupBlueprint | null;
  readonly onWorkflowFailure: GroupBlueprint | null;
  readonly variables: readonly (readonly [name: string, value: (scope: Scope) => Json])[];
  readonly outputs: ((scope: Scope) => Json) | null;
  /** Steps of the workflow, members included; those of nested workflows and handlers are not counted. */
  readonly size: number;
  /** The steps by id. */
  readonly byId: ReadonlyMap<string, Step>;
  /** Their ids. */
  readonly ids: ReadonlySet<string>;
  /** Initial values of the shared context, rendered at the start of the workflow. */
  readonly shared: ((scope: Scope) => Json) | null;
  /** Whether it, or anything inside it, has a budget. */
  readonly budgeted: boolean;
  /** Whether any step works on the shared context. */
  readonly sharesContext: boolean;
  /** Whether what was found goes into another round, so that there is a variable `feedback`. */
  readonly givesFeedback: boolean;
  /** The members of every block (group or choice), by the block's id. */
  readonly blocks: ReadonlyMap<string, readonly Step[]>;
  /** Which of its steps can be undone. */
  readonly undoable: Undoable;
}

/** Leaves take room; what only coordinates, or waits for a person, does not. */
export function needsRoom({ step }: { readonly step: Step }): boolean {
  return step.kind === 'task' || step.kind === 'variables';
}
