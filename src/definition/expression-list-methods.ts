import { chargeText, checkItems, checkTextLength, failed, kindOf } from './expression-frame.ts';
import { type Call, itemsOf, textArgument, wholeArgument } from './expression-methods.ts';

/** Methods of lists. None changes the list; each reads elements as plain data. */
export const LIST_METHODS: ReadonlyMap<string, (list: readonly unknown[], call: Call) => unknown> = new Map<
  string,
  (list: readonly unknown[], call: Call) => unknown
>([
  ['includes', (list, call) => itemsOf(call, list).includes(call.args[0])],
  ['indexOf', (list, call) => itemsOf(call, list).indexOf(call.args[0])],
  ['at', (list, call) => itemsOf(call, list).at(wholeArgument(call, 0, 0))],
  ['slice', (list, call) => itemsOf(call, list).slice(wholeArgument(call, 0, 0), wholeArgument(call, 1, list.length))],
  ['join', join],
  ['concat', concat],
  ['some', (list, call) => itemsOf(call, list).some((item, index) => Boolean(call.each(item, index)))],
  ['every', (list, call) => itemsOf(call, list).every((item, index) => Boolean(call.each(item, index)))],
  ['filter', (list, call) => itemsOf(call, list).filter((item, index) => Boolean(call.each(item, index)))],
  ['map', (list, call) => itemsOf(call, list).map((item, index) => call.each(item, index))],
  ['find', (list, call) => itemsOf(call, list).find((item, index) => Boolean(call.each(item, index)))],
]);

/** Methods whose first argument is an arrow function, and the only places where one may stand. */
export const CALLBACK_METHODS: ReadonlySet<string> = new Set(['some', 'every', 'filter', 'map', 'find']);

function join(list: readonly unknown[], call: Call): string {
  const separator = call.args.length === 0 ? ',' : textArgument(call, 0);
  const texts = itemsOf(call, list).map((item) => elementText(item, call));
  const length = texts.reduce((sum, text) => sum + text.length, separator.length * Math.max(0, texts.length - 1));
  checkTextLength(call.site, length);
  chargeText(call.frame, call.site, length);
  return texts.join(separator);
}

function elementText(item: unknown, call: Call): string {
  if (item === undefined || item === null) return '';
  if (typeof item === 'object')
    return failed(call.site, `join needs texts and numbers, but an element is ${kindOf(item)}`, 'write .map(x => string(x)) before it');
  return String(item);
}

function concat(list: readonly unknown[], call: Call): unknown[] {
  let joined = itemsOf(call, list);
  for (const argument of call.args) {
    joined = joined.concat(Array.isArray(argument) ? itemsOf(call, argument) : [argument]);
    checkItems(call.site, joined.length);
  }
  return joined;
}
