/** What a live machine refers to by name, and whether those names mean anything. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { NameKind } from './machine-source.ts';

interface Reference {
  readonly kind: NameKind;
  /** null: written in place, without a name. */
  readonly name: string | null;
  readonly where: string;
}

const nameIn = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : null;
};

function guardReferences(guard: unknown, where: string): Reference[] {
  if (guard === undefined) return [];
  if (typeof guard === 'function' && 'guards' in guard && Array.isArray(guard.guards))
    return guard.guards.flatMap((part) => guardReferences(part, where));
  if (typeof guard === 'function' && 'stateValue' in guard) return [];
  return [{ kind: 'guards', name: nameIn(guard), where }];
}

const isTimerOfAfter = (action: unknown): boolean => {
  const own = typeof action === 'function' && 'type' in action && (action.type === 'xstate.raise' || action.type === 'xstate.cancel');
  const id = own && 'id' in action ? action.id : own && 'sendId' in action ? action.sendId : undefined;
  return typeof id === 'string' && id.startsWith('xstate.after.');
};

const actionReferences = (actions: readonly unknown[], where: string): Reference[] =>
  actions.filter((action) => !isTimerOfAfter(action)).map((action) => ({ kind: 'actions', name: nameIn(action), where }));

function nodeReferences(node: AnyStateNode): Reference[] {
  const where = node.path.join('.') || 'root';
  const moves = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  return [
    ...actionReferences([...node.entry, ...node.exit, ...moves.flatMap((move) => move.actions)], where),
    ...moves.flatMap((move) => guardReferences(move.guard, where)),
    // A delay written as a number has no name that says what is waited for.
    ...Object.keys(node.config.after ?? {}).map((name): Reference => ({ kind: 'delays', name: /^\d+$/.test(name) ? null : name, where })),
    ...Object.values(node.config.invoke ? node.invoke : []).map(
      (child): Reference => ({ kind: 'actors', name: invokedName(child.src), where }),
    ),
    ...Object.values(node.states).flatMap(nodeReferences),
  ];
}

// XState gives an actor invoked in place a name of its own, `xstate.invoke.…`.
const invokedName = (source: unknown): string | null =>
  typeof source === 'string' && !source.startsWith('xstate.invoke.') ? source : null;

/** Everything the machine's states refer to. */
function references(machine: AnyStateMachine): Reference[] {
  return nodeReferences(machine.root);
}

/** References that name nothing, and those without a name, as one sentence each. */
export function brokenReferences(machine: AnyStateMachine): string[] {
  return references(machine).flatMap(({ kind, name, where }) => {
    if (name === null) return [`${machine.id}.${where}: one of its ${kind} is written in place instead of named`];
    return name in machine.implementations[kind] ? [] : [`${machine.id}.${where}: ${kind} has no ${name}`];
  });
}

/** Defined names that the machine's states and the given spoken names never use. */
export function unusedNames(machine: AnyStateMachine, spoken: ReadonlySet<string>): string[] {
  const used = new Set(references(machine).map(({ kind, name }) => `${kind}.${name}`));
  return (['actions', 'guards', 'delays', 'actors'] as const).flatMap((kind) =>
    Object.keys(machine.implementations[kind])
      .filter((name) => !name.startsWith('xstate.') && !used.has(`${kind}.${name}`) && !spoken.has(`${kind}.${name}`))
      .map((name) => `${machine.id}: nothing uses ${kind}.${name}`),
  );
}

/** States in which the machine waits and does not answer `cancel`; none for a machine that is never cancelled. */
export function deafToCancel(machine: AnyStateMachine): string[] {
  if (!machine.events.includes('cancel')) return [];
  const visit = (node: AnyStateNode, hears: boolean): string[] => {
    const heard = hears || node.transitions.has('cancel') || node.transitions.has('*');
    const passesOn = node.always?.some((move) => move.guard === undefined) === true;
    if (node.type === 'final' || node.type === 'history' || passesOn) return [];
    const children = Object.values(node.states);
    if (children.length > 0) return children.flatMap((child) => visit(child, heard));
    return heard ? [] : [`${machine.id}.${node.path.join('.')} does not answer cancel`];
  };
  return visit(machine.root, false);
}
