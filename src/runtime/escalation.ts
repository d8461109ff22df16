/** People who are asked how to go on when work has gone back as often as it may, or would find the same again. */

import { frozen } from '../protocol/frozen.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { isLive, stateOf, tellLive } from './actor-system.ts';
import { deskOf } from './desk.ts';
import { openErrand } from './errand.ts';
import type { LiveLoop, RunState } from './run-state.ts';

/** Stands before the paths of these questions. */
const FEEDBACK = '(feedback)/';

/** Asks them; they are shown what was found this time, and how often work has gone back. */
export function askPerson(state: RunState, loop: LiveLoop): void {
  const { group, path, sender, findings } = loop;
  const drawn = group.blueprint.members[sender]?.phase?.escalating;
  if (drawn == null || stateOf(loop.actor) !== 'escalating') return;
  loop.question = openErrand(state, group.scope, {
    blueprint: drawn,
    path: FEEDBACK + path,
    prefix: FEEDBACK + group.prefix,
    parent: deskOf(state),
    extra: frozen({ phase: path, findings, rounds: state.foundBefore.get(path)?.length ?? 0 }),
    onSettled: (settled) => hear(state, loop, settled),
  });
}

function hear(state: RunState, loop: LiveLoop, settled: StepSettled): void {
  loop.question = null;
  if (!isLive(loop.actor)) return;
  const sender = state.steps.get(loop.path)?.body?.actor ?? null;
  // Called back meanwhile, the sender finds anew: what was granted is kept for it.
  const isWaiting = sender !== null && stateOf(sender) === 'sendingBack' && loop.group.recalled === null;
  const said = saidBy(settled);
  loop.actor.send({ type: 'person.decided', ...said, isWaiting });
}

function saidBy({ outcome, output }: StepSettled): { readonly next: 'more' | 'go_on' | 'fail' | null; readonly rounds: number } {
  if (outcome !== 'completed' || !isJsonObject(output)) return { next: null, rounds: 0 };
  if (output.decision === 'rejected') return { next: 'fail', rounds: 0 };
  const { next, rounds } = isJsonObject(output.values) ? output.values : {};
  return { next: next === 'go_on' || next === 'fail' ? next : 'more', rounds: typeof rounds === 'number' ? rounds : 1 };
}

/** Nobody needs their answer any more. */
export function leaveQuestion({ question }: LiveLoop): void {
  if (question !== null) tellLive(question.actor, { type: 'cancel', reason: 'nobody waits for the answer any more' });
}
