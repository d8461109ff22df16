/** States of steps and runs as people read them: a mark, a word, a colour. */
import type { Paint } from '../text/paint.ts';

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim';

const LOOKS: Readonly<Record<string, readonly [mark: string, colour: Colour]>> = {
  completed: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['–', 'dim'],
  cancelled: ['⊘', 'yellow'],
  cancelling: ['⊘', 'yellow'],
  pending: ['○', 'dim'],
  attempting: ['●', 'cyan'],
  coordinating: ['▾', 'cyan'],
  collecting: ['▾', 'cyan'],
  executing: ['▾', 'cyan'],
  casting: ['▾', 'cyan'],
  judging: ['▾', 'cyan'],
  synchronising: ['▾', 'cyan'],
  merging: ['⇄', 'cyan'],
  contested: ['⇄', 'yellow'],
  compensating: ['↺', 'yellow'],
  undoing: ['↺', 'yellow'],
  escalated: ['◆', 'yellow'],
  asked: ['◆', 'yellow'],
  asking: ['◆', 'yellow'],
  reminded: ['◆', 'yellow'],
  running: ['●', 'cyan'],
  backingOff: ['↻', 'yellow'],
  recovering: ['↻', 'yellow'],
  awaitingSignal: ['◆', 'yellow'],
  sleeping: ['◆', 'yellow'],
  paused: ['‖', 'yellow'],
};

const WAITING = ['◌', 'dim'] as const;

/** The mark of a state: one cell, uncoloured. */
export function stateMark(state: string): string {
  return (LOOKS[state] ?? WAITING)[0];
}

/** A state of a statechart in words: `backingOff` is `backing off`. */
export function stateWord(state: string): string {
  return state.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

/** Colours a text by a state. */
export function paintByState(paint: Paint, state: string, text: string): string {
  return paint[(LOOKS[state] ?? WAITING)[1]](text);
}
