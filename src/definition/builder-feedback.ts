/** Ways back to earlier phases, of phases and of other steps. */
import { conditionText, type ReadText, template } from './builder-base.ts';
import type { StepList } from './builder-list.ts';
import type { BuildScope, Known, StepId } from './builder-options.ts';
import { referencePath } from './builder-paths.ts';
import { builtPeople, type PhasePeople } from './builder-phase-people.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition, fromScope } from './builder-scope.ts';
import { pathText } from './data-path.ts';
import { type FeedbackSettings, MAX_FEEDBACK_LOOPS } from './phase-settings.ts';
import { type AnyReference, expressionOf, type Reference } from './reference.ts';

/** What a gate sees: what is known before the phase, and the outputs of its members, of which no types are known. */
export type PhaseScope<K extends Known> = Omit<BuildScope<K>, 'steps'> & {
  readonly steps: BuildScope<K>['steps'] & { readonly [member: string]: Reference };
};

/** A value, or what makes it of what a gate sees. */
export type FromPhase<K extends Known, Value> = Value | ((scope: PhaseScope<K>) => Value);
/** A condition over what a gate sees. */
export type PhaseCondition<K extends Known> = FromPhase<K, string | AnyReference | undefined>;

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

/** The texts of a way back, which may read the outputs of steps. */
export const feedbackTexts = ({ when, findings = '' }: FeedbackSettings): readonly ReadText[] => [
  ...(when === undefined ? [] : [conditionText(when)]),
  template(findings),
];

/** A way back as it is kept. Throws DEFINITION_INVALID for findings that are neither a reference, nor a path, nor a text. */
export function builtFeedback<K extends Known>(list: StepList, id: string, feedback: FeedbackOptions<K>): FeedbackSettings {
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
