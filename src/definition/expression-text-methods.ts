import { boundedText, chargeItems, chargeText, checkItems, checkTextLength } from './expression-frame.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { type Call, textArgument, wholeArgument } from './expression-methods.ts';

/** Methods of texts. Patterns are texts: nothing here builds a regular expression. */
export const TEXT_METHODS: ReadonlyMap<string, (text: string, call: Call) => unknown> = new Map<
  string,
  (text: string, call: Call) => unknown
>([
  ['includes', (text, call) => text.includes(textArgument(call, 0))],
  ['startsWith', (text, call) => text.startsWith(textArgument(call, 0))],
  ['endsWith', (text, call) => text.endsWith(textArgument(call, 0))],
  ['indexOf', (text, call) => text.indexOf(textArgument(call, 0))],
  ['toUpperCase', (text, call) => boundedText(call.site, text.toUpperCase())],
  ['toLowerCase', (text, call) => boundedText(call.site, text.toLowerCase())],
  ['trim', (text) => text.trim()],
  ['at', (text, call) => text.at(wholeArgument(call, 0, 0))],
  ['slice', (text, call) => text.slice(wholeArgument(call, 0, 0), wholeArgument(call, 1, text.length))],
  [
    'concat',
    (text, call) => call.args.reduce<string>((joined, _, index) => boundedText(call.site, joined + textArgument(call, index)), text),
  ],
  ['split', split],
  ['replace', (text, call) => replaceFirst(text, textArgument(call, 0), textArgument(call, 1), call)],
  ['replaceAll', replaceAll],
]);

/** Charges for a text that a method is about to read. */
export function chargeReading(text: string, call: Call): void {
  chargeText(call.frame, call.site, text.length);
}

function split(text: string, call: Call): string[] {
  const parts = text.split(textArgument(call, 0), EXPRESSION_LIMITS.items + 1);
  checkItems(call.site, parts.length);
  chargeItems(call.frame, call.site, parts.length);
  return parts;
}

// `$&` and its kin in a replacement could square the length of a text before anybody sees it: a replacement is taken as it is written
function replaceFirst(text: string, wanted: string, replacement: string, call: Call): string {
  const at = text.indexOf(wanted);
  if (at === -1) return text;
  checkTextLength(call.site, text.length + replacement.length);
  return text.slice(0, at) + replacement + text.slice(at + wanted.length);
}

function replaceAll(text: string, call: Call): string {
  const wanted = textArgument(call, 0);
  const replacement = textArgument(call, 1);
  const count = wanted === '' ? text.length + 1 : occurrences(text, wanted);
  checkTextLength(call.site, text.length + count * (replacement.length - wanted.length));
  return text.replaceAll(wanted, () => replacement);
}

function occurrences(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
}
