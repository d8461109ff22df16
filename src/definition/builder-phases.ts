import { builtBase, conditionText, template } from './builder-base.ts';
import { builtJoining, type GroupOptions } from './builder-groups.ts';
import type { StepList } from './builder-list.ts';
import type { BuildScope, Known, StepId } from './builder-options.ts';
import { referencePath } from './builder-paths.ts';
import { builtPeople, type PhasePeople } from './builder-phase-people.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition, fromScope } from './builder-scope.ts';
import { pathText } from './data-path.ts';
import {
  type FeedbackSettings,
  type GateFailurePolicy,
  type GateSettings,
  MAX_FEEDBACK_LOOPS,
  type PhaseSettings,
} from './phase-settings.ts';
import { type AnyReference, expressionOf, type Reference } from './reference.ts';
import type { GroupStep } from './workflow.ts';

/** What a gate sees: what is known before the phase, and the outputs of its members, of which no types are known. */
export type PhaseScope<K extends Known> = Omit<BuildScope<K>, 'steps'> & {
  readonly steps: BuildScope<K>['steps'] & { readonly [member: string]: Reference };
};

type FromPhase<K extends Known, Value> = Value | ((scope: PhaseScope<K>) => Value);
type PhaseCondition<K extends Known> = FromPhase<K, string | AnyReference | undefined>;

/** What must hold before a phase has passed; everything that is given must. */
export interface GateOptions<K extends Known> {
  /** From 0 to 1: the share of completed among the steps that ran. Failures of members are then the gate's to judge. */
  readonly rate?: number;
  readonly check?: PhaseCondition<K>;
  /** By path into the outputs of steps ("tests.coverage"): the least it may be. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Who is asked once all else holds; its verdict counts. */
  readonly persona?: string;
  /** Who checks it once everything else holds; a rejection means that it does not hold. */
  readonly person?: PhasePeople<K>;
  /** Default stop. */
  readonly onFailure?: GateFailurePolicy;
  /** With retry and rework: whether what members wrote to the shared context is taken back when all run again. Default false. */
  readonly takeBack?: boolean;
  /** With retry and rework: how often. Default 3. */
  readonly max?: number;
}

/** A way back to an earlier phase. */
export interface FeedbackOptions<K extends Known> {
  /** A phase that ends before this one begins: say so under `after`, unless the list is worked off in order. */
  readonly to: StepId<K>;
  /** Default: when the gate does not hold; without a gate, when a step of the phase fails or says no. */
  readonly when?: PhaseCondition<K>;
  /** What is sent along: an output or a part of one, a path to it ("review.issues"), or a text with references in it. Default: what was found. */
  readonly findings?: FromPhase<K, string | AnyReference | undefined>;
  /** How often; 0 for never. Default 3. */
  readonly max?: number;
  /** Whether what those who run again wrote to the shared context since that phase began is taken back. Default false. */
  readonly takeBack?: boolean;
  /** Who is asked how to go on once work cannot go back any more: more rounds, go on as it is, or fail. */
  readonly escalate?: Omit<PhasePeople<K>, 'onTimeout'>;
}

/** What a phase may say beside what a group may. */
export type PhaseOptions<K extends Known> = GroupOptions<K> & {
  /** How its members run. Default graph: by their dependencies. */
  readonly mode?: GroupStep['mode'];
  readonly gate?: GateOptions<K>;
  readonly feedback?: FeedbackOptions<K>;
};

/** A phase of the members in `members`, which are written already: its gate may refer to them. */
export function builtPhase<K extends Known>(list: StepList, id: string, options: PhaseOptions<K>, members: StepList): GroupStep {
  const { mode = 'graph' } = options;
  const { onFailure: _joining, ...own } = options;
  const phase = builtSettings(list, id, options);
  const { gate, feedback } = phase;
  const conditions = [gate?.check ?? [], feedback?.when ?? []].flat().map(conditionText);
  const base = builtBase(list, id, 'phase', own, { texts: [...conditions, template(feedback?.findings ?? '')] });
  return {
    ...base,
    // what its gate reads of its own members is no reason to wait
    dependencies: base.dependencies.filter((dependency) => dependency !== id),
    kind: 'group',
    mode,
    ...builtJoining(id, options),
    phase,
    steps: members.steps,
  };
}

function builtSettings<K extends Known>(list: StepList, id: string, { gate, feedback }: PhaseOptions<K>): PhaseSettings {
  return {
    ...(gate === undefined ? {} : { gate: builtGate(list, id, gate) }),
    ...(feedback === undefined ? {} : { feedback: builtFeedback(list, id, feedback) }),
  };
}

function builtGate<K extends Known>(list: StepList, id: string, gate: GateOptions<K>): GateSettings {
  const { rate, check, scores = {}, persona, onFailure = 'stop', max = MAX_FEEDBACK_LOOPS } = gate;
  for (const key of ['max', 'takeBack'] as const) {
    if (gate[key] === undefined || onFailure === 'retry' || onFailure === 'rework') continue;
    const hint = 'say "retry" or "rework", or leave it out';
    throw refused('DECLARATION_CONFLICT', `the gate of "${id}" has a "${key}", which says nothing with "onFailure: ${onFailure}"`, hint);
  }
  return {
    onFailure,
    max,
    ...(rate === undefined ? {} : { rate }),
    ...(check === undefined ? {} : { check: builtCondition<K>(list, check as string, `the check of "${id}"`) }),
    ...(persona === undefined ? {} : { persona }),
    ...(gate.person === undefined ? {} : { person: builtPeople(list, id, gate.person, `May ${id} pass?`) }),
    ...(gate.takeBack === true ? { takeBack: true } : {}),
    ...(Object.keys(scores).length === 0 ? {} : { scores }),
  };
}

function builtFeedback<K extends Known>(list: StepList, id: string, feedback: FeedbackOptions<K>): FeedbackSettings {
  const { to, when, findings, max = MAX_FEEDBACK_LOOPS } = feedback;
  return {
    to,
    max,
    ...(when === undefined ? {} : { when: builtCondition<K>(list, when as string, `"when" of the feedback of "${id}"`) }),
    ...(findings === undefined ? {} : { findings: builtFindings<K>(list, id, findings) }),
    ...(feedback.takeBack === true ? { takeBack: true } : {}),
    ...(feedback.escalate === undefined ? {} : { escalate: builtPeople(list, id, feedback.escalate, `How does ${id} go on?`) }),
  };
}

/** A plain part of an output is written as its path, everything else as a template. */
function builtFindings<K extends Known>(list: StepList, id: string, findings: NonNullable<FeedbackOptions<K>['findings']>): string {
  const given = fromScope<K, string | AnyReference | undefined>(list, findings as string);
  if (typeof given === 'string') return given;
  const found = expressionOf(given) === null ? null : referencePath(given);
  if (found?.root === 'steps' && found.path.length > 0) return pathText(found.path);
  const expression = expressionOf(given);
  if (expression !== null) return `{{${expression}}}`;
  throw refused('VALUE_TYPE', `the findings of "${id}" must be a reference, a path or a text`);
}
