/**
 * Reading the verdict out of what an agent replied: JSON or prose, bare or wrapped, whole or cut off.
 *
 * 1. A reply wrapped in `output` or `result` is read from the inside: that the transport worked is no verdict.
 * 2. What was only thought (think tags) is no verdict.
 * 3. The first object with a verdict counts: status in words, then `success`, then `error`; a cut-off one counts too, but is no payload.
 * 4. Then a line that states a status; then phrases of prose, objections first.
 * 5. Where a status is not mandatory, anything that is not empty and not a fail passes.
 * 6. A pass of quality assurance that ran no tests is a fail.
 */
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { extractJson, objectsIn, wholeJson } from './json-extraction.ts';
import { withoutThoughts } from './reply-thoughts.ts';
import { impliedVerdict, statedVerdict } from './verdict-prose.ts';
import { ranNoTests } from './verdict-tests.ts';
import { type VerdictStatus, verdictOfObject } from './verdict-words.ts';

/** What a reply amounts to. */
export interface Verdict {
  readonly status: VerdictStatus;
  /** The payload's own `details`, or the text of the reply. */
  readonly details: string;
  /** The JSON the reply carried, if it carried any that is complete. */
  readonly payload: Json | null;
}

export interface VerdictOptions {
  /** Who replied. Absent: a status is mandatory. */
  readonly persona?: string;
  /** Whether content without a status is no pass. Default: true without a persona and for those who judge others' work. */
  readonly statusRequired?: boolean;
  /** What was asked for. A test plan (any intent that speaks of a plan) need not have run tests. */
  readonly intent?: string;
}

/** Personas whose reply is worth nothing without a status. */
const JUDGES: ReadonlySet<string> = new Set(['plan-evaluator', 'tester-qa', 'code-reviewer', 'security-review']);
const QUALITY_ASSURANCE = 'tester-qa';
/** Wrappers inside wrappers are opened this deep. */
const MAX_LAYERS = 4;

/** Reads the verdict of a reply: a text, or any JSON value. Never throws, whatever comes in; linear in the size of the reply. */
export function readVerdict(reply: unknown, options: VerdictOptions = {}): Verdict {
  const persona = options.persona?.trim().toLowerCase();
  const required = options.statusRequired ?? (persona === undefined || JUDGES.has(persona));
  const { status, details, payload } = readLayer(plain(reply), required, 0);
  const planned = /plan/iu.test(options.intent ?? '');
  if (status === 'pass' && persona === QUALITY_ASSURANCE && !planned && ranNoTests(payload, details))
    return { status: 'fail', details, payload };
  return { status, details, payload };
}

interface Layer extends Verdict {
  /** Whether the status was stated in JSON. */
  readonly firm: boolean;
}

function readLayer(reply: Json, required: boolean, depth: number): Layer {
  if (typeof reply === 'boolean') return { status: reply ? 'pass' : 'fail', details: String(reply), payload: null, firm: true };
  if (typeof reply === 'string') return readText(reply.trim(), required, depth);
  if (reply === null || typeof reply === 'number') return readText(reply === null ? '' : String(reply), required, depth);
  return isJsonObject(reply)
    ? readObject(reply, JSON.stringify(reply), required, depth)
    : conclude({ text: JSON.stringify(reply), payload: reply }, required);
}

function readText(text: string, required: boolean, depth: number): Layer {
  const whole = wholeJson(text);
  if (isJsonObject(whole)) return readObject(whole, text, required, depth);
  const spoken = withoutThoughts(text);
  const payload = whole ?? extractJson(spoken);
  const { whole: objects, cut } = objectsIn(spoken);
  const judging = objects.find((object) => verdictOfObject(object) !== 'unknown');
  const object = judging ?? (isJsonObject(payload) ? payload : (objects[0] ?? null));
  if (object !== null) return readObject(object, spoken, required, depth);
  if (cut !== null) return readCut(cut, spoken, required, depth);
  return conclude({ text: spoken, payload }, required);
}

/** What was cut off is read as far as it goes, but it is no payload: whoever uses a payload relies on its being complete. */
function readCut(cut: JsonObject, text: string, required: boolean, depth: number): Layer {
  const status = verdictOfObject(cut);
  const content = cut.output ?? (status === 'unknown' ? cut.result : undefined);
  if (isContent(content) && depth < MAX_LAYERS) return readLayer(content, required, depth + 1);
  return status === 'unknown' ? conclude({ text, payload: null }, required) : { status, details: text, payload: null, firm: true };
}

function readObject(object: JsonObject, text: string, required: boolean, depth: number): Layer {
  const own = verdictOfObject(object);
  const details = typeof object.details === 'string' && object.details.trim() !== '' ? object.details : text;
  const asIs: Layer = { status: own, details, payload: object, firm: true };
  if (own === 'fail' || depth >= MAX_LAYERS) return own === 'unknown' ? conclude({ text: details, payload: object }, required) : asIs;
  const { output, result } = object;
  if (isContent(output)) {
    const inner = readLayer(output, required, depth + 1);
    return own === 'unknown' || (inner.firm && inner.status !== 'unknown') ? inner : asIs;
  }
  if (own !== 'unknown') return asIs;
  const inner = isContent(result) ? readLayer(result, true, depth + 1) : null;
  if (inner !== null && inner.status !== 'unknown') return inner;
  return conclude({ text: details, payload: object, said: text }, required);
}

function isContent(value: Json | undefined): value is string | JsonObject {
  return typeof value === 'string' || isJsonObject(value);
}

/** The verdict of a text in which no object gives one. */
function conclude({ text, payload, said = text }: { text: string; payload: Json | null; said?: string }, required: boolean): Layer {
  const stated = statedVerdict(said);
  const open = { details: text, payload, firm: false };
  if (stated !== 'unknown') return { ...open, status: stated };
  if (!required) return { ...open, status: isEmpty(payload, text) ? 'unknown' : 'pass' };
  return { ...open, status: hasOwnStatus(payload) ? 'unknown' : impliedVerdict(said) };
}

/** A status that is no verdict ("pending") is meant as it is: phrases around it do not overrule it. */
function hasOwnStatus(payload: Json | null): boolean {
  return isJsonObject(payload) && typeof payload.status === 'string';
}

function isEmpty(payload: Json | null, text: string): boolean {
  if (Array.isArray(payload)) return payload.length === 0;
  return isJsonObject(payload) ? Object.keys(payload).length === 0 : text.trim() === '';
}

/** A reply as plain JSON; what is not JSON is nothing. */
function plain(reply: unknown): Json {
  if (typeof reply === 'string') return reply;
  try {
    return (JSON.parse(JSON.stringify(reply) ?? 'null') ?? null) as Json;
  } catch {
    return null;
  }
}
