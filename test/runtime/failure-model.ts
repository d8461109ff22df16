/**
 * What steps end as that wait for each other, fail, and say themselves, or whose groups say, what that means. Worked out from the times and ends
 * of the tasks alone; there is room for everybody, and no two tasks end at the same moment.
 */
import type { FailurePolicy, GroupFailurePolicy } from '../../src/definition/joining.ts';

/** Those that leave what has happened as it is. */
export type GroupPolicy = Exclude<GroupFailurePolicy, 'compensate' | 'fall_back_sequential'>;

/** A task, or a group of steps; `after`: places of the members that it waits for, all of them before it. */
export type ModelStep = {
  readonly id: string;
  readonly after: readonly number[];
} & (
  | { readonly kind: 'task'; readonly takes: number; readonly succeeds: boolean; readonly own: FailurePolicy | null }
  | { readonly kind: 'group'; readonly policy: GroupPolicy | null; readonly steps: readonly ModelStep[] }
);

/** How a step ended; `ended`: skipped or cancelled. */
export type ModelOutcome = 'completed' | 'failed' | 'ended';

/** How steps ended, all in all and by id. */
export interface ModelEnd {
  readonly at: number;
  readonly outcome: ModelOutcome;
  readonly steps: ReadonlyMap<string, ModelOutcome>;
}

/** When it all begins, and, where it is ended from outside, when. */
interface Span {
  readonly from: number;
  readonly until: number;
}

interface Begun extends ModelEnd {
  readonly from: number;
}

const MEANING: Readonly<Record<GroupPolicy, FailurePolicy>> = {
  continue: 'continue',
  settle: 'continue',
  stop: 'stop',
  fail_fast: 'stop',
  best_effort: 'best_effort',
};

const isInherited = (policy: GroupPolicy | null): policy is FailurePolicy =>
  policy !== null && policy !== 'settle' && policy !== 'fail_fast';

/** Plays the steps of a group that says `own` about failures, where `around` is said around it. */
export function modelFailures(
  steps: readonly ModelStep[],
  own: GroupPolicy | null,
  around: FailurePolicy,
  span: Span = { from: 0, until: Number.POSITIVE_INFINITY },
): ModelEnd {
  return new Playing(steps, own, around, span).end();
}

class Playing {
  readonly #steps: readonly ModelStep[];
  readonly #said: FailurePolicy;
  readonly #inside: FailurePolicy;
  readonly #until: number;
  readonly #results = new Map<string, ModelOutcome>();
  readonly #ended = new Set<ModelStep>();
  readonly #begun = new Map<ModelStep, Begun>();
  readonly #blocking = new Set<ModelStep>();
  #at: number;
  #hasFailed = false;
  #isStopped = false;

  constructor(steps: readonly ModelStep[], own: GroupPolicy | null, around: FailurePolicy, { from, until }: Span) {
    this.#steps = steps;
    this.#said = MEANING[own ?? around];
    this.#inside = isInherited(own) ? own : around;
    this.#at = from;
    this.#until = until;
  }

  end(): ModelEnd {
    while (!this.#isStopped) {
      for (const step of this.#steps) this.#enter(step);
      const next = [...this.#begun].sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined || next[1].at > this.#until) break;
      this.#take(...next);
    }
    const isCut = this.#begun.size > 0 && !this.#isStopped;
    if (isCut) this.#at = this.#until;
    for (const [step, { from }] of this.#begun) this.#close(step, 'ended', play(step, this.#inside, { from, until: this.#at }));
    for (const step of this.#steps) if (!this.#ended.has(step)) this.#close(step, 'ended');
    const failed = this.#hasFailed && this.#said !== 'best_effort';
    return { at: this.#at, outcome: isCut ? 'ended' : failed ? 'failed' : 'completed', steps: this.#results };
  }

  #enter(step: ModelStep): void {
    const before = step.after.map((place) => this.#steps[place] as ModelStep);
    if (this.#ended.has(step) || this.#begun.has(step) || !before.every((other) => this.#ended.has(other))) return;
    if (before.some((other) => this.#blocking.has(other))) {
      this.#blocking.add(step);
      this.#close(step, 'ended');
    } else {
      const from = this.#at;
      this.#begun.set(step, { ...play(step, this.#inside, { from, until: Number.POSITIVE_INFINITY }), from });
    }
  }

  #take(step: ModelStep, end: Begun): void {
    this.#at = end.at;
    this.#begun.delete(step);
    this.#close(step, end.outcome, end);
    if (end.outcome !== 'failed') return;
    const policy = (step.kind === 'task' ? step.own : null) ?? this.#said;
    this.#hasFailed ||= policy !== 'best_effort';
    if (policy === 'continue') this.#blocking.add(step);
    this.#isStopped = policy === 'stop';
  }

  #close(step: ModelStep, outcome: ModelOutcome, within?: ModelEnd): void {
    this.#ended.add(step);
    this.#results.set(step.id, outcome);
    if (step.kind === 'group') for (const { id } of everyInside(step.steps)) this.#results.set(id, within?.steps.get(id) ?? 'ended');
  }
}

function play(step: ModelStep, around: FailurePolicy, span: Span): ModelEnd {
  if (step.kind === 'group') return modelFailures(step.steps, step.policy, around, span);
  return { at: span.from + step.takes, outcome: step.succeeds ? 'completed' : 'failed', steps: new Map() };
}

/** All steps of a list and of the groups among them. */
export function* everyInside(steps: readonly ModelStep[]): Generator<ModelStep> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'group') yield* everyInside(step.steps);
  }
}
