import { approvalProblems } from './approval-check.ts';
import { schemaProblem } from './builder-declaration-check.ts';
import { outside } from './builder-number-check.ts';
import type { BuildProblem } from './builder-refusal.ts';
import type { ApprovalStep, Step } from './workflow.ts';

/** What cannot hold of questions to people. */
export function* peopleProblems(steps: readonly Step[]): Generator<BuildProblem> {
  for (const step of steps) if (step.kind === 'approval') yield* ofApproval(step);
}

function* ofApproval(step: ApprovalStep): Generator<BuildProblem> {
  const { id, form, quorum, remind } = step;
  const broken = form === undefined ? [] : [...schemaProblem(form, `${id}: the form`)];
  yield* broken;
  if (broken.length > 0) return;
  for (const { code, message, hint } of approvalProblems(step)) {
    yield { code, message: `${id}: ${inCode(message)}`, hint: hint === undefined ? undefined : inCode(hint) };
  }
  yield* outside(`${id}: quorum`, quorum, { from: 1, to: 1_000_000, whole: true });
  if (remind === undefined) return;
  yield* outside(`${id}: remind.times`, remind.times, { from: 1, to: 1000, whole: true });
  if (remind.everyMs === 0) yield { code: 'VALUE_RANGE', message: `${id}: reminders must be more than 0 apart` };
}

/** A message about a file, with the names that the same things have in programs. */
function inCode(message: string): string {
  return message.replace(
    /"([a-z]+(?:_[a-z]+)+)"/gu,
    (_all, name: string) => `"${name.replace(/_([a-z])/gu, (_, letter) => letter.toUpperCase())}"`,
  );
}
