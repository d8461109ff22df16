import { outside } from './builder-number-check.ts';
import type { BuildProblem } from './builder-refusal.ts';
import { parsePath } from './data-path.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName } from './own-data.ts';
import type { FeedbackSettings } from './phase-settings.ts';
import { quoted } from './printable.ts';
import { feedbackOf, isSender, phaseAround } from './sending-steps.ts';
import type { GroupStep, Step } from './workflow.ts';

const ROUNDS = { from: 0, to: 1000, whole: true } as const;

/** What cannot hold of the gates of phases and of where they send work back to. Whether there is such a phase is a matter of the graph. */
export function* phaseProblems(steps: readonly Step[]): Generator<BuildProblem> {
  const ids = new Set(steps.map(({ id }) => id));
  for (const step of steps) {
    if (step.kind === 'group' && step.phase !== undefined) yield* ofPhase(step, ids);
    const feedback = feedbackOf(step);
    if (feedback !== undefined) yield* ofFeedback(step.id, feedback, ids);
    const around = isSender(step) ? phaseAround(step.id) : '';
    if (ids.has(around))
      yield { code: 'STEP_DUPLICATE_ID', message: `the way back of "${step.id}" is called "${around}", and that is taken` };
  }
}

function* ofFeedback(id: string, feedback: FeedbackSettings, ids: ReadonlySet<string>): Generator<BuildProblem> {
  yield* outside(`${id}: feedback.max`, feedback.max, ROUNDS);
  const { findings = '{{' } = feedback;
  if (!findings.includes('{{')) yield* pathProblems(findings, `${id}: the findings`, ids);
}

function* ofPhase(group: GroupStep, ids: ReadonlySet<string>): Generator<BuildProblem> {
  const { id, phase = {} } = group;
  const { gate } = phase;
  if (gate !== undefined) {
    yield* outside(`${id}: gate.rate`, gate.rate, { from: 0, to: 1 });
    yield* outside(`${id}: gate.max`, gate.max, ROUNDS);
    if (gate.rate !== undefined) yield* overruled(group);
    for (const [path, least] of Object.entries(gate.scores ?? {})) {
      const place = `${id}: the score ${quoted(path)}`;
      if (typeof least !== 'number' || !Number.isFinite(least)) yield { code: 'VALUE_TYPE', message: `${place} must be a number` };
      yield* pathProblems(path, place, ids);
    }
  }
}

/** With a rate the gate says who must complete. */
function* overruled({ id, waitFor, quorum, deadline, onFailure }: GroupStep): Generator<BuildProblem> {
  const said = { waitFor: waitFor === 'all' ? undefined : waitFor, quorum, deadline, onFailure };
  for (const [key, value] of Object.entries(said)) {
    if (value === undefined) continue;
    const message = `${id}: with "rate" the gate says how many must complete: "${key}" says nothing beside it`;
    yield { code: 'DECLARATION_CONFLICT', message, hint: 'leave one out' };
  }
}

function* pathProblems(written: string, place: string, ids: ReadonlySet<string>): Generator<BuildProblem> {
  const path = parsePath(written);
  if (path === null || path.length === 0 || path.some(isForbiddenName)) {
    yield { code: 'VALUE_UNKNOWN', message: `${place} is no path`, hint: 'write names with dots between them, such as "review.issues"' };
    return;
  }
  // ids may hold dots
  if (path.some((_, length) => ids.has(path.slice(0, length + 1).join('.')))) return;
  const id = path[0] ?? '';
  const close = nearest(id, ids);
  const hint = close === null ? 'a path begins with the id of a step' : `did you mean "${close}"?`;
  yield { code: 'NAME_UNKNOWN', message: `${place}: there is no step ${quoted(id)}`, hint };
}
