/** Views of runs and steps as the runtime draws them, for tests of how they are shown. */
import fc from 'fast-check';
import type { RunView, StepView } from '../../src/index.ts';

/** 12:03:04 local time on a day in November. */
export const NOON = new Date(2026, 10, 21, 12, 3, 4).getTime();

export function aStep(path: string, more: Partial<StepView> = {}): StepView {
  return {
    path,
    name: path,
    type: 'persona-request',
    chosen: null,
    persona: null,
    depth: 0,
    state: 'pending',
    outcome: null,
    attempts: 0,
    startedAt: null,
    endedAt: null,
    error: null,
    failure: null,
    why: null,
    replacedBy: null,
    degraded: false,
    signal: null,
    progress: null,
    phase: null,
    blocked: null,
    question: null,
    audit: [],
    contextVersion: null,
    tokens: null,
    ...more,
  };
}

export function completedStep(path: string, tookMs: number, more: Partial<StepView> = {}): StepView {
  return aStep(path, { state: 'completed', outcome: 'completed', attempts: 1, startedAt: NOON, endedAt: NOON + tookMs, ...more });
}

export function aView(steps: readonly StepView[], more: Partial<RunView> = {}): RunView {
  return {
    id: 'k7f3q2m9xw',
    workflow: 'project-loop',
    status: 'running',
    startedAt: NOON,
    updatedAt: NOON + 12_300,
    steps,
    history: [],
    outputs: null,
    error: null,
    failedStep: null,
    lateFacts: 0,
    phases: [],
    checkpoints: [],
    recoveries: [],
    undone: [],
    notUndone: [],
    budget: null,
    deadLetters: [],
    letters: [],
    shared: null,
    ...more,
  };
}

const texts = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constant('レビュー待ち\u001b[31m\n'),
);
const outcomes = fc.constantFrom('completed', 'failed', 'skipped', 'cancelled');
const liveStates = fc.constantFrom('attempting', 'backingOff', 'awaitingSignal', 'awaitingSlot', 'queued', 'coordinating', 'cancelling');

/** Any step, with any texts that an agent or a file could have put into it. */
export const anyStep: fc.Arbitrary<StepView> = fc
  .record({
    path: texts,
    persona: fc.option(texts),
    depth: fc.nat(6),
    state: fc.oneof(outcomes, liveStates, fc.constant('pending')),
    attempts: fc.nat(1000),
    spanMs: fc.nat(1e9),
    why: fc.option(texts),
  })
  .map(({ spanMs, state, ...step }) => {
    const outcome = (['completed', 'failed', 'skipped', 'cancelled'] as const).find((each) => each === state) ?? null;
    const startedAt = state === 'pending' ? null : NOON;
    return aStep(step.path, { ...step, state, outcome, startedAt, endedAt: outcome === null ? null : NOON + spanMs });
  });

export const anyView: fc.Arbitrary<RunView> = fc
  .record({
    steps: fc.array(anyStep, { maxLength: 40 }),
    workflow: texts,
    status: fc.constantFrom('running', 'paused', 'completed', 'failed'),
  })
  .map(({ steps, ...more }) => aView(steps, more));
