/** Asking about a gate: its persona first, and, once that lets it pass, its person. */

import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { stateOf, tellLive } from './actor-system.ts';
import { openErrand } from './errand.ts';
import type { LiveStep, RunState } from './run-state.ts';
import { lastRound, storyOf } from './stories.ts';

/** Stands before the paths of those who are asked about gates. */
export const GATE = '(gate)/';

/** Stands before the paths of the questions to people about gates. */
export const PERSON = '(person)/';

/** Asks whoever has not been asked yet, who is shown what the members have made and how the gate stands. */
export function askGate(state: RunState, step: LiveStep): void {
  const { blueprint, group, body, path } = step;
  if (blueprint.phase === null || body === null || !('isCancelled' in body) || body.members === undefined) return;
  const { asking, person } = blueprint.phase;
  const story = storyOf(state, path);
  const isPersona = asking !== null && story.answer === null;
  const drawn = isPersona ? asking : person;
  if (drawn === null) return;
  const { members } = body;
  const outputs = Object.fromEntries(
    members.blueprint.members.flatMap(({ step: { id } }) => {
      const output = state.records.get(members.prefix + id)?.outcome === 'completed' ? members.scope.steps[id] : undefined;
      return output === undefined ? [] : [[id, output]];
    }),
  );
  const gate = (lastRound(state, path)?.gate ?? null) as unknown as Json;
  const before = isPersona ? GATE : PERSON;
  step.errand = openErrand(state, group.scope, {
    blueprint: drawn,
    path: before + path,
    within: path,
    prefix: before + group.prefix,
    parent: body.actor,
    extra: frozen({ phase: path, gate, outputs }),
    onSettled: (settled) => {
      if (isPersona) story.answer = settled;
      else story.decision = settled;
      // Whoever is cancelled while people are asked has ended before it is told that nobody answered.
      tellLive(body.actor, { type: 'gate.answered' });
    },
  });
  if (stateOf(body.actor) === 'cancelling') step.errand.actor.send({ type: 'cancel', reason: 'cancelled before it began' });
}

/** What a person has said about a gate: approved, rejected, or nothing that counts. */
export function decisionOf({ outcome, output }: StepSettled): 'approved' | 'rejected' | 'unanswered' {
  if (outcome !== 'completed' || !isJsonObject(output)) return 'unanswered';
  return output.decision === 'rejected' ? 'rejected' : 'approved';
}
