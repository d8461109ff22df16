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
import { extractJson, nestsTooDeeply, objectsIn, wholeJson } from './json-extraction.ts';
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

/** Whose reply is read, and how strictly. */
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
  if (status === 'pass' && persona === QUALITY_ASSURANCE && !planned && ranNoTests(payload, `${details}\n${JSON.stringify(payload)}`))
    return { status: 'fail', details, payload };
  return { status, details, payload };
}

interface Layer extends Verdict {
  /** Whether the status was stated in JSON. */
  readonly firm: boolean;
}

/** The text of a layer, and what of it stands outside the JSON in it. */
interface Told {
  readonly text: string;
  readonly around: string;
}

function readLayer(reply: Json, required: boolean, depth: number): Layer {
  if (typeof reply === 'boolean') return { status: reply ? 'pass' : 'fail', details: String(reply), payload: null, firm: true };
  if (typeof reply === 'string') return readText(reply.trim(), required, depth);
  if (reply === null || typeof reply === 'number') return readText(reply === null ? '' : String(reply), required, depth);
  const told = { text: JSON.stringify(reply), around: '' };
  return isJsonObject(reply) ? readObject(reply, told, required, depth) : conclude(told, reply, required);
}

function readText(text: string, required: boolean, depth: number): Layer {
  const whole = wholeJson(text);
  if (isJsonObject(whole)) return readObject(whole, { text, around: '' }, required, depth);
  const spoken = withoutThoughts(text);
  const { whole: objects, cut, around } = objectsIn(spoken);
  const told = { text: spoken, around };
  const payload = whole ?? extractJson(spoken);
  const judging = objects.find((object) => verdictOfObject(object) !== 'unknown') ?? (isJsonObject(payload) ? payload : null);
  if (judging !== null) return readObject(judging, told, required, depth);
  return cut === null ? conclude(told, payload, required) : readCut(cut, told, required, depth);
}

/** What was cut off is read as far as it goes, but it is no payload: whoever uses a payload relies on its being complete. */
function readCut(cut: JsonObject, told: Told, required: boolean, depth: number): Layer {
  const status = verdictOfObject(cut);
  const content = cut.output ?? (status === 'unknown' ? cut.result : undefined);
  if (isContent(content) && depth < MAX_LAYERS) return readLayer(content, required, depth + 1);
  return status === 'unknown' ? conclude(told, null, required) : { status, details: told.text, payload: null, firm: true };
}

function readObject(object: JsonObject, told: Told, required: boolean, depth: number): Layer {
  const status = verdictOfObject(object);
  const asIs: Layer = { status, details: detailsOf(object) ?? told.text, payload: object, firm: true };
  if (status === 'fail') return asIs;
  const inner = depth < MAX_LAYERS ? contentOf(object, status, required, depth) : null;
  return inner ?? (status === 'unknown' ? conclude(told, object, required) : asIs);
}

/** The layer inside a wrapper, where it is the one to listen to. */
function contentOf({ output, result }: JsonObject, own: VerdictStatus, required: boolean, depth: number): Layer | null {
  if (isContent(output)) {
    const inner = readLayer(output, required, depth + 1);
    return own === 'unknown' || (inner.firm && inner.status !== 'unknown') ? inner : null;
  }
  if (own !== 'unknown' || !isContent(result)) return null;
  const inner = readLayer(result, true, depth + 1);
  return inner.status === 'unknown' ? null : inner;
}

function detailsOf(payload: Json | null): string | null {
  const details = isJsonObject(payload) ? payload.details : null;
  return typeof details === 'string' && details.trim() !== '' ? details : null;
}

function isContent(value: Json | undefined): value is string | JsonObject {
  return typeof value === 'string' || isJsonObject(value);
}

/** The verdict of a layer in which no object gives one. */
function conclude({ text, around }: Told, payload: Json | null, required: boolean): Layer {
  const open = { details: detailsOf(payload) ?? text, payload, firm: false };
  const stated = statedVerdict(around);
  if (stated !== 'unknown') return { ...open, status: stated };
  if (!required) return { ...open, status: isEmpty(payload, text) ? 'unknown' : 'pass' };
  return { ...open, status: hasOwnStatus(payload) ? 'unknown' : impliedVerdict(text) };
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
    const value = JSON.parse(JSON.stringify(reply) ?? 'null') as Json;
    return nestsTooDeeply(value) ? null : value;
  } catch {
    return null;
  }
}
