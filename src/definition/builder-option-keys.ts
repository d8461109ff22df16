import * as z from 'zod';
import { refused } from './builder-refusal.ts';
import { NATIVE_FILE_FORM, NATIVE_STEP_FORMS } from './native-schema.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { expressionOf } from './reference.ts';

/** What an options object may hold. */
interface Shape {
  readonly keys: readonly string[];
  /** By key: the shape of the objects that stand there, alone or in a list. */
  readonly inside?: Readonly<Record<string, Shape>>;
  /** The form that the same thing has in a file, which says what words are possible. */
  readonly form?: z.core.$ZodType | undefined;
  /** By key: what it is called in that form, where that is more than a matter of underscores. */
  readonly called?: Readonly<Record<string, string>>;
}

const STEP = ['name', 'description', 'after', 'condition', 'fallback', 'onFailure', 'forSteps'];
const TIMING = ['timeout', 'retries'];
const TAKING = ['inputs', 'reads', 'onStale', 'needs', 'estimate'];
const WORK = [...STEP, ...TIMING, ...TAKING, 'type', 'params', 'output', 'onAmbiguous', 'feedback', 'budget'];
const JOINING = ['waitFor', 'quorum', 'deadline', 'maxConcurrent', 'conflicts', 'recovery', 'limits', 'budget'];

const {
  'persona-request': TASK,
  group: GROUP,
  phase: PHASE,
  'sync-point': SYNC,
  vote: VOTE,
  map: MAP,
  approval: APPROVAL,
  'wait-for-signal': SIGNAL,
} = NATIVE_STEP_FORMS;

const after: Shape = { keys: ['step', 'kind', 'when', 'data'], form: formAt(TASK, 'dependencies') };
const retries: Shape = { keys: ['max', 'strategy', 'delay', 'factor', 'maxDelay', 'jitter'], form: formAt(TASK, 'retries') };
const conflicts: Shape = { keys: ['ladder', 'persona', 'type', 'guidance', 'timeout'], form: formAt(GROUP, 'conflicts') };
const needs: Shape = {
  keys: ['memoryMb', 'cpu', 'io', 'tokens', 'capabilities', 'domains', 'locks', 'services', 'priority', 'deadlineMs', 'agent'],
};
const remind: Shape = { keys: ['every', 'times'] };
const escalate: Shape = { keys: ['to', 'after'] };
const recovery: Shape = {
  keys: ['use', 'budget', 'delay', 'factor', 'personas', 'output', 'from', 'to', 'due'],
  form: formAt(TASK, 'recovery'),
};
const people: Shape = {
  keys: ['to', 'role', 'subject', 'params', 'due', 'remind', 'escalate', 'quorum', 'delegate', 'timeout', 'onTimeout'],
  inside: { remind, escalate },
};
const feedback: Shape = {
  keys: ['to', 'when', 'findings', 'takeBack', 'escalate', 'max'],
  inside: { escalate: people },
  form: formAt(PHASE, 'feedback'),
};
const budget: Shape = {
  keys: ['tokens', 'attempt', 'onSpent'],
  inside: { onSpent: { keys: ['assignee', 'role', 'timeout'] } },
  form: formAt(NATIVE_FILE_FORM, 'budget'),
};
const limits: Shape = { keys: ['memoryMb', 'cpu', 'io', 'concurrency', 'tokensPerMinute', 'capabilities'] };
const work = { after, retries, needs, feedback, budget };

/** What the options of each method of the builder may hold, and those of the whole workflow. */
const SHAPES = {
  workflow: {
    keys: [
      ...['name', 'version', 'description', 'input', 'inputs', 'outputTypes', 'variables', 'shared', 'conflicts', 'critical', 'limits'],
      ...['defaults', 'mode', 'onFailure', 'compensateOn', 'onSkip', 'trigger', 'recovery', 'budget', 'oversight'],
    ],
    inside: {
      conflicts,
      recovery,
      defaults: { keys: TIMING, inside: { retries } },
      limits,
      budget,
      oversight: {
        keys: ['mode', 'assignee', 'role', 'due', 'remind', 'escalate', 'quorum', 'delegate', 'timeout', 'onTimeout'],
        inside: { remind, escalate },
        form: formAt(NATIVE_FILE_FORM, 'oversight'),
      },
    },
    form: NATIVE_FILE_FORM,
  },
  step: {
    keys: [...WORK, 'persona', 'writes', 'store', 'compensate', 'criticality', 'recovery'],
    inside: { ...work, recovery, compensate: { keys: ['type', 'persona', 'params', ...TIMING], inside: { retries } } },
    form: TASK,
  },
  set: { keys: STEP, inside: { after } },
  group: { keys: [...STEP, ...JOINING], inside: { after, conflicts, recovery, limits, budget }, form: GROUP },
  phase: {
    keys: [...STEP, ...JOINING, 'mode', 'gate', 'feedback'],
    inside: {
      after,
      conflicts,
      recovery,
      limits,
      budget,
      gate: {
        keys: ['rate', 'check', 'scores', 'persona', 'person', 'onFailure', 'takeBack', 'max'],
        inside: { person: people },
        form: formAt(PHASE, 'gate'),
      },
      feedback,
    },
    form: PHASE,
  },
  choice: { keys: [...STEP, 'then', 'otherwise', 'budget'], inside: { after, budget } },
  nested: { keys: [...STEP, 'inputs', 'recovery', 'limits', 'budget'], inside: { after, recovery, limits, budget } },
  signal: { keys: [...STEP, 'signal', 'until', 'timeout', 'output'], inside: { after }, form: SIGNAL },
  sleep: { keys: [...STEP, 'for', 'until'], inside: { after } },
  sync: { keys: [...STEP, 'kind', 'members', 'threshold', 'check', 'timeout'], inside: { after }, form: SYNC, called: { kind: 'sync' } },
  vote: {
    keys: [...WORK, 'personas', 'persona', 'voters', 'rule', 'choice', 'score', 'weights', 'judge', 'quorum', 'escalate'],
    inside: {
      ...work,
      judge: { keys: [...TIMING, 'persona', 'type', 'params'], inside: { retries } },
      escalate: { keys: ['timeout'] },
    },
    form: VOTE,
  },
  map: {
    keys: [...STEP, 'over', 'as', 'maxConcurrent', 'tolerate', 'recovery', 'limits', 'budget'],
    inside: { after, recovery, limits, budget, tolerate: { keys: ['count', 'share'] } },
    form: MAP,
  },
  approval: {
    keys: [
      ...[...STEP, 'subject', 'params', 'form', 'values', 'assignee', 'role', 'due', 'remind', 'escalate', 'quorum', 'delegate'],
      ...['timeout', 'onTimeout', 'onReject'],
    ],
    inside: { after, remind, escalate },
    form: APPROVAL,
  },
} as const satisfies Readonly<Record<string, Shape>>;

/**
 * Throws DEFINITION_INVALID for options that are none (VALUE_TYPE), that hold what nobody reads (KEY_UNKNOWN), or a word that is none of those
 * that are possible (VALUE_UNKNOWN), at any depth: for programs without types. `id`: the step, or the name of the workflow.
 */
export function checkOptions(id: string, method: keyof typeof SHAPES, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw refused('VALUE_TYPE', `the options of "${id}" must be an object`, 'write {} where there is nothing to say');
  checkShape(quoted(id), SHAPES[method], options);
}

function checkShape(owner: string, { keys, inside = {}, form, called = {} }: Shape, options: object): void {
  for (const [key, value] of Object.entries(options)) {
    if (!keys.includes(key)) {
      const closest = nearest(key, keys);
      const hint = closest === null ? `known here: ${keys.join(', ')}` : `did you mean "${closest}"?`;
      throw refused('KEY_UNKNOWN', `unknown option ${quoted(key)} of ${owner}`, hint);
    }
    checkWords(owner, key, value, form === undefined ? null : wordsIn(formAt(form, called[key] ?? key)));
    const inner = inside[key];
    if (inner === undefined) continue;
    for (const each of [value].flat()) {
      if (typeof each === 'object' && each !== null && expressionOf(each) === null) checkShape(`${quoted(key)} of ${owner}`, inner, each);
    }
  }
}

function checkWords(owner: string, key: string, value: unknown, words: readonly string[] | null): void {
  if (words === null) return;
  for (const word of [value].flat()) {
    if (typeof word !== 'string' || words.includes(word)) continue;
    const closest = nearest(word, words);
    const hint = closest === null ? `one of ${words.join(', ')}` : `did you mean "${closest}"?`;
    throw refused('VALUE_UNKNOWN', `${quoted(key)} of ${owner} cannot be ${quoted(word)}`, hint);
  }
}

/** The words that a form allows, or null where it allows any text. Maps are looked at elsewhere. */
function wordsIn(form: z.core.$ZodType | undefined): readonly string[] | null {
  if (form instanceof z.ZodEnum) return form.options.map(String);
  if (form instanceof z.ZodArray) return wordsIn(form.element);
  if (!(form instanceof z.ZodUnion)) return null;
  const each = form.options.filter((option) => mapIn(option) === undefined).map(wordsIn);
  return each.length === 0 || each.some((words) => words === null) ? null : each.flatMap((words) => words ?? []);
}

/** What a form wants at a key; of forms that take a word or a map, or a list of maps, the map. */
function formAt(form: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  const map = mapIn(form);
  const name = key.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  const found: z.core.$ZodType | undefined = map?.shape[name];
  return found instanceof z.ZodOptional ? found.unwrap() : found;
}

function mapIn(form: z.core.$ZodType): z.ZodObject | undefined {
  if (form instanceof z.ZodObject) return form;
  if (form instanceof z.ZodOptional) return mapIn(form.unwrap());
  if (form instanceof z.ZodArray) return mapIn(form.element);
  if (!(form instanceof z.ZodUnion)) return undefined;
  for (const option of form.options) {
    const map = mapIn(option);
    if (map !== undefined) return map;
  }
  return undefined;
}
