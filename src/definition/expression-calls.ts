import type { ArrowFunctionExpression, CallExpression, Expression, MemberExpression, SpreadElement } from 'acorn';
import { type Compiling, refuse } from './expression-compiling.ts';
import type { Site } from './expression-error.ts';
import { charge, type Evaluate, type Frame, failed, kindOf } from './expression-frame.ts';
import { FREE_FUNCTIONS } from './expression-functions.ts';
import { CALLBACK_METHODS, LIST_METHODS } from './expression-list-methods.ts';
import { CUT_SHORT, compileReceiver } from './expression-members.ts';
import { type Call, MAP_METHODS } from './expression-methods.ts';
import { scopeMap } from './expression-roots.ts';
import { unwrapped } from './expression-syntax.ts';
import { chargeReading, TEXT_METHODS } from './expression-text-methods.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName } from './own-data.ts';

const METHOD_NAMES: ReadonlySet<string> = new Set([...TEXT_METHODS.keys(), ...LIST_METHODS.keys(), ...MAP_METHODS.keys()]);

/** What gives a list of its own making, rather than data of the scope or a scalar. */
const MAKING_NAMES: ReadonlySet<string> = new Set(['split', 'slice', 'concat', 'filter', 'map', 'keys', 'values']);

/** `len(x)` and the other free functions; `x.includes(y)` and the other methods of texts, lists and maps. Nothing else is called. */
export function compileCall(compiling: Compiling, node: CallExpression): Evaluate {
  const { callee } = node;
  if (node.optional) return refuse(compiling, node, 'a call may not be optional', 'write a?.includes(…): the dot may be');
  if (callee.type === 'Identifier' && !compiling.locals.has(callee.name)) return compileFreeCall(compiling, node, callee.name);
  if (callee.type === 'MemberExpression') return compileMethodCall(compiling, node, callee);
  return refuse(compiling, node, 'only known functions and methods can be called');
}

function compileFreeCall(compiling: Compiling, node: CallExpression, name: string): Evaluate {
  const known = FREE_FUNCTIONS.get(name);
  if (MAKING_NAMES.has(name)) compiling.noteData();
  if (known === undefined) {
    const close = nearest(name, FREE_FUNCTIONS.keys());
    const hint = close === null ? `there are ${[...FREE_FUNCTIONS.keys()].join(', ')}` : `did you mean ${close}(…)?`;
    return refuse(compiling, node, `there is no function ${name}`, hint);
  }
  if (node.arguments.length !== known.arguments) {
    return refuse(
      compiling,
      node,
      `${name} takes ${known.arguments} argument${known.arguments === 1 ? '' : 's'}, not ${node.arguments.length}`,
    );
  }
  const args = node.arguments.map((argument) => compiling.compile(argument));
  const [target, key] = node.arguments;
  if (name === 'has' && target !== undefined && key !== undefined) mention(compiling, target, key);
  const site = compiling.site(node);
  return (frame) => known.call({ frame, site, name, args: args.map((argument) => argument(frame)), each: noCallback });
}

function compileMethodCall(compiling: Compiling, node: CallExpression, callee: MemberExpression): Evaluate {
  const name = methodName(compiling, callee);
  if (MAKING_NAMES.has(name)) compiling.noteData();
  const receiver = compileReceiver(compiling, callee);
  const callback = CALLBACK_METHODS.has(name) ? compileCallback(compiling, node, name) : null;
  const args = (callback === null ? node.arguments : []).map((argument) => compiling.compile(argument));
  if (MAP_METHODS.has(name) && node.arguments[0] !== undefined) mention(compiling, callee.object, node.arguments[0]);
  const site = compiling.site(callee.property);
  return (frame) => {
    const target = receiver(frame);
    if (target === CUT_SHORT) return CUT_SHORT;
    const each = callback === null ? noCallback : callback(frame);
    return applyMethod(target, { frame, site, name, args: args.map((argument) => argument(frame)), each });
  };
}

function methodName(compiling: Compiling, callee: MemberExpression): string {
  if (callee.computed || callee.property.type !== 'Identifier') return refuse(compiling, callee, 'a method is called by its name');
  const { name } = callee.property;
  if (isForbiddenName(name)) return refuse(compiling, callee.property, `the name ${name} is forbidden`);
  if (METHOD_NAMES.has(name)) return name;
  const close = nearest(name, METHOD_NAMES);
  return refuse(
    compiling,
    callee.property,
    `there is no method ${name}`,
    close === null ? `there are ${[...METHOD_NAMES].join(', ')}` : `did you mean ${close}?`,
  );
}

type Callback = (frame: Frame) => Call['each'];

function compileCallback(compiling: Compiling, node: CallExpression, method: string): Callback {
  const [arrow] = node.arguments;
  if (arrow?.type !== 'ArrowFunctionExpression' || node.arguments.length !== 1) {
    return refuse(compiling, arrow ?? node, `${method} takes one arrow function`, `write .${method}(x => …)`);
  }
  if (arrow.async || !arrow.expression)
    return refuse(compiling, arrow, 'an arrow function here is one expression', `write .${method}(x => …)`);
  const { body, slots, cost } = compiling.compileBody(arrow.body, parametersOf(compiling, arrow));
  const [item, index] = slots;
  const site: Site = compiling.site(arrow);
  return (frame) => (value, position) => {
    charge(frame, site, cost);
    if (item !== undefined) frame.locals[item] = value;
    if (index !== undefined) frame.locals[index] = position;
    return body(frame);
  };
}

function parametersOf(compiling: Compiling, arrow: ArrowFunctionExpression): string[] {
  if (arrow.params.length > 2) return refuse(compiling, arrow, 'an arrow function takes the element and its index, nothing more');
  return arrow.params.map((parameter) => {
    if (parameter.type !== 'Identifier') return refuse(compiling, parameter, 'parameters of an arrow function are plain names');
    return isForbiddenName(parameter.name) ? refuse(compiling, parameter, `the name ${parameter.name} is forbidden`) : parameter.name;
  });
}

function applyMethod(target: unknown, call: Call): unknown {
  if (typeof target === 'string') {
    const method = TEXT_METHODS.get(call.name);
    if (method !== undefined) {
      chargeReading(target, call);
      return method(target, call);
    }
  } else if (Array.isArray(target)) {
    const method = LIST_METHODS.get(call.name);
    if (method !== undefined) return method(target, call);
  } else if (typeof target === 'object' && target !== null) {
    const method = MAP_METHODS.get(call.name);
    if (method !== undefined) return method(target, call);
  }
  return failed(call.site, `${kindOf(target)} has no method ${call.name}`);
}

/** Notes a variable or step that is named by a text: `context.state.get('x')`, `has(steps, 'x')`. */
function mention(compiling: Compiling, target: MemberExpression['object'] | SpreadElement, key: Expression | SpreadElement): void {
  if (target.type === 'SpreadElement') return;
  const map = scopeMap(compiling, target);
  const name = unwrapped(key);
  if (map !== null && name.type === 'Literal' && typeof name.value === 'string') compiling.references[map].add(name.value);
}

function noCallback(): never {
  throw new TypeError('a method that takes no arrow function called one');
}
