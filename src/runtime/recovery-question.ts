/** Asking a person what is to become of a step that nothing else has recovered. */
import type { RecoveryAnswer } from '../machines/recovery-port.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import { isLive, stateOf, tellLive } from './actor-system.ts';
import { openQuestion } from './approvals.ts';
import type { LiveRecovery } from './recovery-book.ts';
import type { LiveStep, RunState } from './run-state.ts';

/** What a person may say. */
const NEXT = ['retry', 'skip', 'fail', 'output'] as const;

/** Asks. Who was about to be asked may be of no use any more. */
export function askWhatNext(state: RunState, recovery: LiveRecovery): void {
  state.births.push(() => {
    const step = state.steps.get(recovery.step);
    if (step === undefined || !isLive(recovery.actor) || stateOf(recovery.actor) !== 'escalating') return;
    const { strategy } = recovery;
    const dueMs = strategy?.use === 'escalate' ? strategy.dueMs : undefined;
    const { body } = step;
    recovery.restore = () => {
      step.body = body;
    };
    recovery.askedAt = state.clock.now();
    const terms = { params: {}, form: formOf(step), values: { next: 'retry' }, ...(dueMs === undefined ? {} : { dueMs }) };
    const given = { ...whatNextAsked(state, step), values: terms.values };
    const meeting = openQuestion(state, step, { terms, given, timeoutMs: null, parent: recovery.actor });
    recovery.question = meeting.actor;
    step.body = meeting;
    meeting.actor.start();
  });
}

/** The recovery of a step that asks a person just now, or null. */
export function askingRecovery(state: RunState, { path, actor }: LiveStep): LiveRecovery | null {
  const recovery = state.recovery.live.get(path);
  return recovery?.question != null && isLive(recovery.question) && stateOf(actor) === 'recovering' ? recovery : null;
}

/** What the person is shown: what has failed, with what, and what was tried already. */
export function whatNextAsked(state: RunState, { path, name }: LiveStep): JsonObject {
  const { strategy, error } = state.recovery.live.get(path) ?? {};
  const assignees = strategy?.use === 'escalate' && strategy.to !== undefined ? [...strategy.to] : null;
  const tried = state.recovery.log.flatMap(({ step, what, use, persona }) =>
    step === path && what === 'begun' && use !== 'escalate' ? [persona === null ? use : `${use} (${persona})`] : [],
  );
  const told = error === undefined ? null : { code: error.code, message: error.message };
  return { subject: `What next for ${name}, which has failed?`, params: { step: path, error: told, tried }, role: null, assignees };
}

function formOf({ blueprint: { step } }: LiveStep): JsonObject {
  const output = step.kind === 'task' ? (step.outputSchema ?? {}) : {};
  const next = { enum: [...NEXT], description: 'retry: once more; skip: go on without it; fail: give up; output: take this as its result' };
  return { type: 'object', properties: { next, output }, required: ['next'], additionalProperties: false };
}

/** What the person has said. A rejection, or a question that was never answered, lets the step fail. */
export function hearAnswer(recovery: LiveRecovery, { outcome, outputs }: WorkflowSettled): RecoveryAnswer {
  recovery.question = null;
  recovery.restore();
  const values = outcome === 'completed' && isJsonObject(outputs) && isJsonObject(outputs.values) ? outputs.values : {};
  if (values.next === 'retry') return 'retry';
  if (values.next === 'output') recovery.given = { output: values.output ?? null, by: nameIn(outputs) };
  return values.next === 'skip' || values.next === 'output' ? 'makeshift' : 'fail';
}

const nameIn = (outputs: Json): string => (isJsonObject(outputs) && typeof outputs.by === 'string' ? outputs.by : 'somebody');

/** Takes the question back. */
export function withdrawQuestion(recovery: LiveRecovery, reason: string): void {
  if (recovery.question !== null) tellLive(recovery.question, { type: 'cancel', reason });
}
