import type { Identifier, MemberExpression } from 'acorn';
import { type Compiling, refuse } from './expression-compiling.ts';
import type { Site } from './expression-error.ts';
import { type Evaluate, type Frame, failed } from './expression-frame.ts';
import { CONTEXT_MEMBERS, RESERVED_ROOTS, statedName, unwrapped } from './expression-syntax.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName, ownData, UNREADABLE } from './own-data.ts';

/** What the reserved roots and the members of `context` give. */
const ROOTS: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['variables', (frame) => frame.scope.variables],
  ['state', (frame) => frame.scope.variables],
  ['steps', (frame) => frame.scope.steps],
  ['task', (frame) => readable(frame, 'task')],
  ['input', (frame) => readable(frame, 'input') ?? frame.scope.variables],
  ['undefined', () => undefined],
]);

/** A name that stands alone: a parameter, a reserved root, or a variable. An unknown name fails when it is evaluated. */
export function compileRoot(compiling: Compiling, node: Identifier): Evaluate {
  const { name } = node;
  const slot = compiling.locals.get(name);
  if (slot !== undefined) return (frame) => frame.locals[slot];
  if (isForbiddenName(name)) return refuse(compiling, node, `the name ${name} is forbidden`);
  if (name === 'context')
    return refuse(compiling, node, 'context is not a value', 'write context.state.get(…), context.variables or context.task');
  compiling.references.names.add(name);
  const reserved = ROOTS.get(name);
  if (reserved !== undefined && RESERVED_ROOTS.has(name)) return reserved;
  compiling.references.variables.add(name);
  const variable = compileVariable(compiling, node);
  return name === 'shared' ? (frame) => frame.scope.shared ?? variable(frame) : variable;
}

function compileVariable(compiling: Compiling, node: Identifier): Evaluate {
  const { name } = node;
  const site = compiling.site(node);
  const tolerant = compiling.tolerated.has(node);
  return (frame) => {
    const value = ownData(frame.scope.variables, name);
    if (value === UNREADABLE) return failed(site, `${name} is not plain data`);
    if (value === undefined && !tolerant && !Object.hasOwn(frame.scope.variables, name)) return unknownName(frame, site, name);
    return value;
  };
}

/** A member of `context`, or null when the node is something else. */
export function compileContextMember(compiling: Compiling, node: MemberExpression): Evaluate | null {
  const name = contextMember(compiling, node);
  if (name === null) return null;
  compiling.references.names.add('context');
  const value = CONTEXT_MEMBERS.has(name) ? ROOTS.get(name) : undefined;
  if (value !== undefined) return value;
  const close = nearest(name, CONTEXT_MEMBERS);
  const known = [...CONTEXT_MEMBERS].join(', ');
  return refuse(compiling, node.property, `context has no ${name}`, close === null ? `it has ${known}` : `did you mean context.${close}?`);
}

/** Which of the maps of the scope a node stands for, if it does. */
export function scopeMap(compiling: Compiling, node: MemberExpression['object']): 'variables' | 'steps' | 'shared' | null {
  const inner = unwrapped(node);
  let name: string | null = null;
  if (inner.type === 'Identifier' && !compiling.locals.has(inner.name)) name = inner.name;
  if (inner.type === 'MemberExpression') name = contextMember(compiling, inner);
  if (name === 'steps' || (name === 'shared' && inner.type === 'Identifier')) return name;
  return name === 'variables' || (name === 'state' && inner.type === 'MemberExpression') ? 'variables' : null;
}

function contextMember(compiling: Compiling, node: MemberExpression): string | null {
  const object = unwrapped(node.object);
  if (object.type !== 'Identifier' || object.name !== 'context' || compiling.locals.has('context')) return null;
  return statedName(node) ?? refuse(compiling, node, 'members of context are named directly', 'write context.variables[…]');
}

function readable(frame: Frame, name: string): unknown {
  const value = ownData(frame.scope.variables, name);
  return value === UNREADABLE ? undefined : value;
}

function unknownName(frame: Frame, site: Site, name: string): never {
  const { variables, steps } = frame.scope;
  if (Object.hasOwn(steps, name)) return failed(site, `the name ${name} is unknown`, `did you mean steps.${name}?`);
  const close = nearest(name, [...Object.keys(variables), ...RESERVED_ROOTS, 'context']);
  return failed(
    site,
    `the name ${name} is unknown`,
    close === null ? `write (${name} ?? …) if it may be missing` : `did you mean ${close}?`,
  );
}
