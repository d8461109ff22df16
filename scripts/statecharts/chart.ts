/**
 * A machine as data for drawing: its states and its moves, in the order in which they are written. Read from the live
 * machine rather than from its source, so that shared transitions and computed keys show up as they will behave.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

export interface ChartState {
  /** Names from the root down; empty for the root. */
  readonly path: readonly string[];
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The child entered first, where there is one. */
  readonly initial: string | null;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Child actors that live as long as the state. */
  readonly invokes: readonly string[];
}

export interface ChartMove {
  readonly from: readonly string[];
  /** What sets it off, in words: an event's type, `after <delay>`, `always`, `<child> done`, `<child> failed`. */
  readonly trigger: string;
  readonly guard: string | null;
  readonly actions: readonly string[];
  /** Empty: the state is not left. */
  readonly targets: readonly (readonly string[])[];
}

export interface Chart {
  readonly id: string;
  /** The root first, then depth first. */
  readonly states: readonly ChartState[];
  readonly moves: readonly ChartMove[];
}

const named = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'type' in value) return String(value.type);
  return null;
};

/** A guard in words: its name, or `not x`, `x and y`, `x or y`, `in x` for XState's own combinations. */
function guardWords(guard: unknown): string {
  const name = named(guard);
  if (name !== null) return name;
  if (typeof guard !== 'function') return String(guard);
  if ('stateValue' in guard) return `in ${typeof guard.stateValue === 'string' ? guard.stateValue : JSON.stringify(guard.stateValue)}`;
  const parts = 'guards' in guard && Array.isArray(guard.guards) ? guard.guards.map(guardWords) : [];
  if (parts.length === 0) return guard.name || 'unnamed';
  return guard.name === 'not' ? `not ${parts[0]}` : parts.join(` ${guard.name} `);
}

/** An action in words: its name, or the bare name of XState's own (`raise`, `assign`). */
function actionWords(action: unknown): string {
  const name = named(action);
  if (name !== null) return name;
  if (typeof action !== 'function') return String(action);
  return 'type' in action ? String(action.type).replace(/^xstate\./, '') : action.name || 'unnamed';
}

const AFTER = /^xstate\.after\.(.+?)\.[^.]*(?:\..*)?$/;

// XState turns delayed moves into entry and exit actions of its own; a reader of the diagram sees `after` instead.
const isTimerOfAfter = (action: unknown): boolean =>
  typeof action === 'function' &&
  (('event' in action && named(action.event)?.startsWith('xstate.after.') === true) ||
    ('sendId' in action && String(action.sendId).startsWith('xstate.after.')));

function triggerWords(node: AnyStateNode, descriptor: string, move: object): string {
  if ('delay' in move) return `after ${typeof move.delay === 'number' ? `${move.delay} ms` : String(move.delay)}`;
  if (descriptor === '') return 'always';
  if (descriptor === `xstate.done.state.${node.id}`) return 'done';
  for (const [prefix, words] of [
    ['xstate.done.actor.', 'done'],
    ['xstate.error.actor.', 'failed'],
    ['xstate.snapshot.', 'changed'],
  ] as const) {
    if (descriptor.startsWith(prefix)) return `${descriptor.slice(prefix.length).replace(/^\*$/, 'any child')} ${words}`;
  }
  return descriptor.replace(AFTER, 'after $1');
}

function movesOf(node: AnyStateNode): ChartMove[] {
  const moves: ChartMove[] = [];
  const rows = [...node.transitions.entries(), ['', node.always ?? []] as const];
  for (const [descriptor, transitions] of rows) {
    for (const move of transitions) {
      moves.push({
        from: node.path,
        trigger: triggerWords(node, descriptor, move),
        guard: move.guard === undefined ? null : guardWords(move.guard),
        actions: move.actions.map(actionWords),
        targets: (move.target ?? []).map((target: AnyStateNode) => target.path),
      });
    }
  }
  return moves;
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    path: node.path,
    kind: node.type,
    initial: typeof node.config.initial === 'string' ? node.config.initial : null,
    entry: node.entry.filter((action) => !isTimerOfAfter(action)).map(actionWords),
    exit: node.exit.filter((action) => !isTimerOfAfter(action)).map(actionWords),
    invokes: node.invoke.map((child) => (typeof child.src === 'string' ? child.src : child.id)),
  };
}

/** Reads a machine's states and moves. */
export function readChart(machine: AnyStateMachine): Chart {
  const nodes: AnyStateNode[] = [];
  const visit = (node: AnyStateNode): void => {
    nodes.push(node);
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return { id: machine.id, states: nodes.map(stateOf), moves: nodes.flatMap(movesOf) };
}
