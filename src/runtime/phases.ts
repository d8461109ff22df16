/** What a phase asks of its run: members, the examination of its gate, another round. */
import type { PhaseSettings } from '../definition/phase-settings.ts';
import { readVerdict } from '../definition/verdict.ts';
import { everyStep, type Step } from '../definition/workflow.ts';
import type { GateJudgement } from '../machines/run-port.ts';
import type { PhaseBlueprint } from '../planning/blueprint.ts';
import { outputAt } from '../planning/drawn-phase.ts';
import { checkGate, gateInWords } from '../policy/gate.ts';
import { errorData } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { GroupSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { createPhase, stateOf } from './actor-system.ts';
import { tell } from './coordination-log.ts';
import { neverBegun } from './counting.ts';
import { decisionOf } from './gate-asking.ts';
import { endedWell } from './made-good.ts';
import { openGroup, openingInside } from './open-group.ts';
import type { FeedbackRound, PhaseResult, PhaseRound, PhaseStory } from './phase-story.ts';
import { rememberShared, takeBackWrites } from './phase-writes.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';
import { scopeOf } from './scope.ts';
import type { StepRecord } from './step-record.ts';
import { lastRound, storyOf } from './stories.ts';
import { forget, letGo, takeBackMembers } from './take-back.ts';

/** The gate of a phase that has none: its members must be joined. */
const NO_GATE: NonNullable<PhaseSettings['gate']> = { onFailure: 'stop', max: 0 };

/** Creates the actor of a phase. */
export function openPhase(state: RunState, step: LiveStep, { settings: { gate = NO_GATE } }: PhaseBlueprint): Meeting {
  const story = storyOf(state, step.path);
  const { reruns } = story;
  if (reruns === undefined) story.reworks = [];
  delete story.reruns;
  rememberShared(story, step);
  return {
    kind: 'phase',
    actor: createPhase(step.actor, {
      path: step.path,
      onFailure: gate.onFailure,
      max: gate.max,
      ...(reruns === undefined ? {} : { reruns }),
    }),
    isCancelled: false,
  };
}

/** Opens the group of a phase's members, for a new round; those that are kept do not run. */
export function openMembers(state: RunState, step: LiveStep, kept: readonly number[] = []): void {
  const { blueprint, group, body, member } = step;
  if (body === null || !('isCancelled' in body) || blueprint.members === null) return;
  const { rounds, reworks } = storyOf(state, step.path);
  rounds.push({
    round: rounds.length + 1,
    startedAt: state.clock.now(),
    endedAt: null,
    result: null,
    counts: null,
    gate: null,
    findings: null,
  });
  const opening = openingInside(step, blueprint.members);
  const isGated = blueprint.phase?.settings.gate?.rate !== undefined;
  const feedback: readonly FeedbackRound[] = [...(group.feedback.get(member) ?? []), ...reworks];
  const extra = feedback.length === 0 ? opening.extra : { ...opening.extra, feedback: frozen(feedback as unknown as Json) };
  const members = openGroup(state, group.scope, {
    ...opening,
    parent: body.actor,
    onFailure: isGated ? 'best_effort' : opening.onFailure,
    extra: extra ?? null,
    isGated,
    repeats: true,
    kept,
    onLeftOut: (group, { member: left, reason }) => neverBegun(state, group, left, 'skipped', reason),
  });
  body.members = members;
  step.errand = members;
  members.actor.start();
  if (stateOf(body.actor) === 'cancelling') members.actor.send({ type: 'cancel', reason: 'cancelled before it began' });
}

/** Steps that do something, as against those that only hold others. */
const DOERS: ReadonlySet<Step['kind']> = new Set(['task', 'variables', 'signal', 'workflow', 'map']);

function doersOf({ blueprint: { step } }: LiveStep): Step[] {
  return step.kind === 'group' ? [...everyStep(step.steps)].filter(({ kind }) => DOERS.has(kind)) : [];
}

/** Examines the gate of a phase whose members have ended; a condition or template that cannot be evaluated breaks it. */
export function examineGate(state: RunState, step: LiveStep, members: GroupSettled | null): GateJudgement {
  const story = storyOf(state, step.path);
  story.answer = null;
  story.decision = null;
  return judge(state, step, members);
}

/** Judges the gate with what the persona has said. */
export function hearVerdict(state: RunState, step: LiveStep, members: GroupSettled | null): GateJudgement {
  return judge(state, step, members);
}

function judge(state: RunState, step: LiveStep, members: GroupSettled | null): GateJudgement {
  const { blueprint, group, path } = step;
  const round = lastRound(state, path);
  if (blueprint.phase === null || round === undefined) return { finding: 'passed', sendsBack: false, error: null };
  const outcomes = doersOf(step).map(({ id }): StepOutcome => outcomeOf(state.records.get(group.prefix + id)));
  const counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  for (const outcome of outcomes) counts[outcome]++;
  round.counts = counts;
  if (outcomes.every((outcome) => outcome === 'skipped') && members?.outcome !== 'failed')
    return { finding: 'skipped', sendsBack: false, error: null };
  try {
    return judged(state, step, { phase: blueprint.phase, round, outcomes, members });
  } catch (thrown) {
    const cause = errorData(thrown, 'CONDITION_FAILED');
    const message = `the gate of ${path} could not be judged: ${cause.message.split('\n', 1)[0]}`;
    return { finding: 'broken', sendsBack: false, error: { code: cause.code, message, where: path, retryable: false, cause } };
  }
}

/** A failure that was made good is none. */
const outcomeOf = (record: StepRecord | undefined): StepOutcome => (endedWell(record) ? 'completed' : (record?.outcome ?? 'skipped'));

interface Examined {
  readonly phase: PhaseBlueprint;
  readonly round: PhaseRound;
  readonly outcomes: readonly StepOutcome[];
  readonly members: GroupSettled | null;
}

function judged(state: RunState, step: LiveStep, { phase, round, outcomes, members }: Examined): GateJudgement {
  const { group, path, member } = step;
  const { gate = NO_GATE, feedback } = phase.settings;
  const scope = scopeOf(group, member);
  const { answer, decision } = storyOf(state, path);
  const joined = members?.outcome === 'completed';
  const check = phase.check === null ? null : phase.check(scope);
  const scores = Object.fromEntries(phase.scores.map(([written, to]) => [written, outputAt(scope.steps, to)]));
  const verdict = answer === null ? null : verdictOf(answer, gate.persona);
  const result = checkGate(gate, { outcomes, joined, check, scores, verdict, decision: decision === null ? null : decisionOf(decision) });
  round.gate = result;
  const isUnasked = (gate.persona !== undefined && answer === null) || (gate.person !== undefined && decision === null);
  if (result.passed && isUnasked) return { finding: 'unasked', sendsBack: false, error: null };
  const { around } = phase.settings;
  // nobody goes by what a step says that has not completed
  const mayJudge = around === undefined || state.records.get(group.prefix + around)?.outcome === 'completed';
  const refusals = phase.settings.gate === undefined ? refusing(state, step) : {};
  const mayGoBack = mayJudge && feedback !== undefined && feedback.max > 0;
  const isDue = mayGoBack && (phase.when?.(scope) ?? (!result.passed || Object.keys(refusals).length > 0));
  const sendsBack = isDue;
  if (result.passed && !sendsBack) return { finding: 'passed', sendsBack, error: null };
  round.findings = frozen(phase.findings?.(scope) ?? found(result, { answer, decision, refusals, members }));
  if (result.passed) return { finding: 'passed', sendsBack, error: null };
  return { finding: 'failed', sendsBack, error: gateError(state, step, result, { members, answer }) };
}

const verdictOf = ({ outcome, output }: NonNullable<PhaseStory['answer']>, persona: string | undefined) =>
  outcome === 'completed' ? readVerdict(output, { statusRequired: true, ...(persona === undefined ? {} : { persona }) }).status : 'fail';

/** Outputs of members that say no, by their ids. */
function refusing(state: RunState, step: LiveStep): JsonObject {
  const { scope, prefix } = step.group;
  const around = step.blueprint.members?.members.find(({ step: { id } }) => id === step.blueprint.phase?.settings.around)?.step;
  if (around !== undefined) {
    const output = scope.steps[around.id];
    const word = around.kind === 'vote' && isJsonObject(output) ? output.choice : output;
    const options = around.kind === 'task' && around.persona !== undefined ? { persona: around.persona } : {};
    return output !== undefined && readVerdict(word, options).status === 'fail' ? { [around.id]: output } : {};
  }
  return Object.fromEntries(
    doersOf(step).flatMap((doer) => {
      const output = scope.steps[doer.id];
      if (doer.kind !== 'task' || doer.persona === undefined || output === undefined) return [];
      if (state.records.get(prefix + doer.id)?.outcome !== 'completed') return [];
      return readVerdict(output, { persona: doer.persona }).status === 'fail' ? [[doer.id, output]] : [];
    }),
  );
}

/** Who has decided about a gate, and what was said. */
function saidBy({ output, error }: NonNullable<PhaseStory['decision']>): Json {
  if (!isJsonObject(output)) return error?.message ?? null;
  const { decision = null, by = null, comment = null } = output;
  return { decision, by, comment };
}

type Result = NonNullable<PhaseRound['gate']>;

/** What another round is told where the phase does not say itself what that is. */
function found(
  { checks }: Result,
  { answer, decision, refusals, members }: Pick<PhaseStory, 'answer' | 'decision'> & { refusals: JsonObject; members: GroupSettled | null },
): Json {
  const short = checks.filter(({ passed }) => !passed).map(({ kind, of, required, actual }) => ({ kind, of, required, actual }));
  return {
    ...(short.length === 0 ? {} : { gate: short }),
    ...(answer === null ? {} : { answer: answer.output ?? answer.error?.message ?? null }),
    ...(decision === null ? {} : { person: saidBy(decision) }),
    ...(Object.keys(refusals).length === 0 ? {} : { refused: refusals }),
    ...(members?.error == null ? {} : { error: members.error.message }),
  };
}

function gateError(
  state: RunState,
  step: LiveStep,
  result: Result,
  { members, answer }: { members: GroupSettled | null; answer: PhaseStory['answer'] },
): NonNullable<GateJudgement['error']> {
  const { path, blueprint, group } = step;
  const hasGate = blueprint.phase?.settings.gate !== undefined;
  const affected = doersOf(step).map(({ id }) => group.prefix + id);
  if (!hasGate && members?.error != null) return members.error;
  const failing = result.checks.filter(({ passed }) => !passed);
  tell(state, { type: 'quality.gate_failed', source: path, affected, data: { checks: failing as unknown as Json } });
  const cause = answer?.error ?? members?.error;
  return {
    code: 'QUALITY_GATE_FAILED',
    message: `the gate of ${path} does not hold: ${gateInWords(result)}`,
    hint: `see what the steps of ${path} left`,
    where: path,
    retryable: false,
    details: { checks: failing as unknown as Json },
    ...(cause == null ? {} : { cause }),
  };
}

/**
 * Runs the members of a phase again: all of them, with what was found, or those that have not completed; all, too, where each of them has, or where
 * what they write is merged, because what a lost group wrote is not.
 */
export function runAgain(state: RunState, step: LiveStep, rework: boolean): void {
  const { body, group, path, blueprint } = step;
  if (body === null || !('isCancelled' in body) || body.members === undefined) return;
  const { members } = body;
  const done = members.blueprint.members.map(({ step: { id } }) => endedWell(state.records.get(members.prefix + id)));
  if (rework) {
    const { reworks, rounds } = storyOf(state, path);
    const { round = 1, findings = null } = rounds.at(-1) ?? {};
    const told: FeedbackRound = { round, from: blueprint.step.id, findings };
    reworks.push(told);
    giveFeedback(group.scope.variables, told);
  }
  const keeps = !rework && !members.blueprint.isolates && !done.every(Boolean);
  if (keeps) {
    const undone = [...done.keys()].filter((member) => done[member] !== true);
    forget(state, members, undone);
  }
  letGo(state, members, keeps ? done.flatMap((isDone, member) => (isDone ? [] : [member])) : done.keys(), path);
  if (!keeps && blueprint.phase?.settings.gate?.takeBack === true) takeBackWrites(state, members, path);
  if (!keeps) takeBackMembers(state, members);
  openMembers(state, step, keeps ? done.flatMap((isDone, member) => (isDone ? [member] : [])) : []);
}

/** Lets everybody see what was found. */
export function giveFeedback(variables: Record<string, Json | undefined>, told: FeedbackRound): void {
  const before = Array.isArray(variables.feedback) ? variables.feedback : [];
  variables.feedback = frozen([...before, told as unknown as Json]);
}

/** Puts on record how the present round of a phase ended; what stands there already stays. */
export function closeRound(state: RunState, path: string, result: PhaseResult): void {
  const round = lastRound(state, path);
  if (round === undefined || round.result !== null) return;
  round.result = result;
  round.endedAt = state.clock.now();
}
