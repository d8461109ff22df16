/** Messages that were given to steps which run again: they are given again, where nobody will say them again. */
import type { KeptMessage, KeptStep } from '../protocol/kept-steps.ts';
import { putBack } from './exchange.ts';
import { noteTold } from './message-delivery.ts';
import type { RunState } from './run-state.ts';

/**
 * What was said to steps that do not stand, by steps that do, or from outside. Questions are left out: whoever asked them has ended, and so
 * are answers: they were for the attempt that asked.
 */
export function messagesKept({ exchange }: RunState, steps: ReadonlyMap<string, KeptStep>): KeptMessage[] {
  return [...exchange.toldTo].flatMap(([to, messages]) =>
    steps.has(to)
      ? []
      : messages
          .filter(({ kind, from }) => kind === 'notify' && (from === 'outside' || steps.get(from)?.outcome === 'completed'))
          .map((message) => ({ to, message })),
  );
}

/** Puts on their way what a run begins with. Nobody who has been given it once leaves a dead letter. */
export function giveAgain({ exchange, keeping }: RunState): void {
  for (const { to, message } of keeping?.messages ?? []) {
    noteTold(exchange, to, message);
    putBack(exchange, to, [{ place: exchange.taken++, message, given: true }]);
  }
}
