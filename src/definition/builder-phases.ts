import { builtBase, conditionText } from './builder-base.ts';
import { builtFeedback, type FeedbackOptions, feedbackTexts, type PhaseCondition } from './builder-feedback.ts';
import { builtJoining, type GroupOptions } from './builder-groups.ts';
import type { StepList } from './builder-list.ts';
import type { Known } from './builder-options.ts';
import { builtPeople, type PhasePeople } from './builder-phase-people.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition } from './builder-scope.ts';
import { type GateFailurePolicy, type GateSettings, MAX_FEEDBACK_LOOPS, type PhaseSettings } from './phase-settings.ts';
import type { GroupStep } from './workflow.ts';

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
  const conditions = [gate?.check ?? []].flat().map(conditionText);
  const texts = [...conditions, ...(feedback === undefined ? [] : feedbackTexts(feedback))];
  const base = builtBase(list, id, 'phase', own, { texts });
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
