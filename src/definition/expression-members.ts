import type { AnyNode, ChainExpression, MemberExpression } from 'acorn';
import { type Compiling, refuse } from './expression-compiling.ts';
import { expressionFailure, type Site } from './expression-error.ts';
import { type Evaluate, type Frame, failed, kindOf } from './expression-frame.ts';
import { compileContextMember, scopeMap } from './expression-roots.ts';
import { statedName, unwrapped } from './expression-syntax.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName, isMap, ownData, UNREADABLE } from './own-data.ts';

/** What the rest of an optional chain gives once its start was missing. Never leaves the chain. */
export const CUT_SHORT: unique symbol = Symbol('cut short');

/** `a.b`, `a['b']`, `a[0]`, `a?.b`: own data of objects, elements of lists and texts, `length`. */
export function compileMember(compiling: Compiling, node: MemberExpression): Evaluate {
  const context = compileContextMember(compiling, node);
  if (context !== null) return context;
  const stated = statedName(node);
  if (stated !== null) {
    if (isForbiddenName(stated)) return refuse(compiling, node.property, `the name ${stated} is forbidden`);
    const map = scopeMap(compiling, node.object);
    if (map !== null) compiling.references[map].add(stated);
  }
  const object = compileReceiver(compiling, node);
  const site = compiling.site(node.property);
  if (stated !== null) {
    return (frame) => {
      const target = object(frame);
      return target === CUT_SHORT ? CUT_SHORT : readMember(site, target, stated);
    };
  }
  const property = compiling.compile(node.property);
  return (frame) => {
    const target = object(frame);
    return target === CUT_SHORT ? CUT_SHORT : readMember(site, target, nameOf(site, property(frame)));
  };
}

/** The object before a dot: fails for null and undefined unless the dot is `?.`. */
export function compileReceiver(compiling: Compiling, node: MemberExpression): Evaluate {
  const object = compiling.compile(node.object);
  const site = compiling.site(node.object);
  return (frame) => {
    const target = object(frame);
    if (target !== undefined && target !== null) return target;
    if (node.optional) return CUT_SHORT;
    const written = compiling.written(node.object);
    const what = `${compiling.written(node.property)} cannot be read: ${written} is ${kindOf(target)}`;
    return failed(site, what, closeName(compiling, node.object, frame) ?? `write ${written}?. if it may be missing`);
  };
}

/** The whole of an optional chain. */
export function compileChain(compiling: Compiling, node: ChainExpression): Evaluate {
  const chain = compiling.compile(node.expression);
  return (frame) => {
    const value = chain(frame);
    return value === CUT_SHORT ? undefined : value;
  };
}

/** "did you mean …?" for a member that is not there, from the names that are; undefined when none is close. */
export function closeName(compiling: Compiling, node: AnyNode, frame: Frame): string | undefined {
  const member = unwrapped(node);
  const inner = member.type === 'ChainExpression' ? member.expression : member;
  if (inner.type !== 'MemberExpression') return undefined;
  const name = statedName(inner);
  const owner = compiling.compiled(inner.object)?.(frame);
  if (name === null || !isMap(owner)) return undefined;
  const close = nearest(name, Object.keys(owner));
  if (close === null) return undefined;
  const object = compiling.written(inner.object);
  return `did you mean ${/^[A-Za-z_$][\w$]*$/u.test(close) ? `${object}.${close}` : `${object}['${close}']`}?`;
}

function readMember(site: Site, target: unknown, name: string | number): unknown {
  if (typeof target === 'string') {
    if (name === 'length') return target.length;
    return isIndex(name) ? target[Number(name)] : failed(site, `a text has no ${name}`);
  }
  if (typeof target !== 'object' || target === null) return failed(site, `${kindOf(target)} has no ${name}`);
  if (Array.isArray(target) && name !== 'length' && !isIndex(name))
    return failed(site, `a list has no ${name}`, 'elements are numbered: [0]');
  const value = ownData(target, name);
  return value === UNREADABLE ? failed(site, `${name} is not plain data`) : value;
}

function nameOf(site: Site, name: unknown): string | number {
  if (typeof name === 'number') return name;
  if (typeof name !== 'string') return failed(site, `a member is named by a text or a number, not by ${kindOf(name)}`);
  return isForbiddenName(name) ? expressionFailure('EXPRESSION_INVALID', site, `the name ${name} is forbidden`) : name;
}

function isIndex(name: string | number): boolean {
  return typeof name === 'number' ? Number.isInteger(name) : /^\d{1,10}$/u.test(name);
}
