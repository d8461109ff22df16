import { refused } from './builder-refusal.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';

const STEP = ['name', 'description', 'after', 'condition'];
const TIMING = ['timeout', 'retries'];
const TAKING = ['inputs', 'reads', 'onStale', 'needs', 'estimate'];
const WORK = [...STEP, ...TIMING, ...TAKING, 'type', 'params', 'output', 'onAmbiguous'];

/** What the options of each method of the builder may hold. */
const KEYS = {
  step: [...WORK, 'persona', 'writes', 'store', 'compensate'],
  set: STEP,
  group: [...STEP, 'waitFor', 'quorum', 'deadline', 'onFailure', 'maxConcurrent', 'conflicts'],
  choice: [...STEP, 'then', 'otherwise'],
  nested: [...STEP, 'inputs'],
  signal: [...STEP, 'signal', 'timeout', 'output'],
  sync: [...STEP, 'kind', 'members', 'threshold', 'check', 'timeout'],
  vote: [...WORK, 'personas', 'persona', 'voters', 'rule', 'choice', 'score', 'weights', 'judge', 'quorum', 'escalate'],
  map: [...STEP, 'over', 'as', 'maxConcurrent', 'tolerate'],
} as const;

/** Throws DEFINITION_INVALID, as VALUE_TYPE or KEY_UNKNOWN, for options that are none or hold what nobody reads: programs without types. */
export function checkOptions(id: string, method: keyof typeof KEYS, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw refused('VALUE_TYPE', `the options of "${id}" must be an object`, 'write {} where there is nothing to say');
  const known: readonly string[] = KEYS[method];
  const stray = Object.keys(options).find((key) => !known.includes(key));
  if (stray === undefined) return;
  const closest = nearest(stray, known);
  const hint = closest === null ? `known here: ${known.join(', ')}` : `did you mean "${closest}"?`;
  throw refused('KEY_UNKNOWN', `unknown option ${quoted(stray)} of "${id}"`, hint);
}
