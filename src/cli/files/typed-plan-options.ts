/** What `troupe plan` is to plan for, as typed. Each of these throws a usage error that says what was expected. */
import { type PlanOptions, SCORE_WEIGHTS, type ScoreWeights } from '../../index.ts';
import { usage } from '../failure/refusal.ts';
import { typedCount } from './typed-values.ts';

/** As typed; what is absent is what the workflow says. */
export interface TypedPlanOptions {
  readonly concurrency?: string;
  /** false: nothing is learned from the store. */
  readonly history?: boolean;
  readonly tokensPerMinute?: string;
  readonly memory?: string;
  readonly cpu?: string;
  readonly io?: string;
  readonly weights?: string;
  readonly items?: string;
}

/** What only a plan takes: not `--concurrency`, which is for every run. */
const PLAN_ONLY = [
  ['--tokens-per-minute', 'tokensPerMinute'],
  ['--memory', 'memory'],
  ['--cpu', 'cpu'],
  ['--io', 'io'],
  ['--weights', 'weights'],
  ['--items', 'items'],
] as const;

/** What was typed, to be typed again: the words that a run takes to be planned alike. */
export function planWords(typed: TypedPlanOptions): string[] {
  const { concurrency } = typed;
  return [...(concurrency === undefined ? [] : ['--concurrency', concurrency]), ...planOnlyWords(typed)];
}

/** Refuses what only a plan takes where nothing is planned: it would be left out without a word. */
export function refusePlanOptions(typed: TypedPlanOptions): void {
  const [stray] = planOnlyWords(typed);
  if (stray !== undefined) throw usage(`${stray} is for a run that is planned first`, 'add --planned, or leave it out');
}

function planOnlyWords(typed: TypedPlanOptions): string[] {
  const given = PLAN_ONLY.flatMap(([option, name]) => {
    const value = typed[name];
    return value === undefined ? [] : [option, value];
  });
  return typed.history === false ? [...given, '--no-history'] : given;
}

/** The options of a plan. */
export function typedPlanOptions(typed: TypedPlanOptions): PlanOptions {
  const { concurrency, tokensPerMinute, memory, cpu, io, weights, items } = typed;
  return {
    limits: {
      ...(concurrency === undefined ? {} : { places: typedCount('--concurrency', concurrency, 1) }),
      ...(tokensPerMinute === undefined ? {} : { tokensPerMinute: typedCount('--tokens-per-minute', tokensPerMinute, 1) }),
      ...(memory === undefined ? {} : { memoryMb: typedAmount('--memory', memory) }),
      ...(cpu === undefined ? {} : { cpu: typedAmount('--cpu', cpu) }),
      ...(io === undefined ? {} : { io: typedAmount('--io', io) }),
    },
    ...(weights === undefined ? {} : { weights: typedWeights(weights) }),
    ...(items === undefined ? {} : { items: typedItems(items) }),
  };
}

function typedAmount(option: string, typed: string): number {
  const amount = Number(typed);
  if (/^\d+(?:\.\d+)?$/u.test(typed) && amount > 0) return amount;
  throw usage(`${option} takes a number above 0, not "${typed}"`);
}

/** `time=0.5,risk=0.5`: parts that are not named count nothing. */
function typedWeights(typed: string): ScoreWeights {
  const weights: Record<string, number> = { time: 0, resources: 0, quality: 0, risk: 0 };
  for (const [name, value] of pairs('--weights', typed)) {
    const weight = Number(value);
    if (!Object.hasOwn(weights, name) || !/^\d*\.?\d+$/u.test(value))
      throw usage(`--weights takes numbers for ${Object.keys(SCORE_WEIGHTS).join(', ')}, not "${name}=${value}"`, WEIGHTS_HINT);
    weights[name] = weight;
  }
  const { time = 0, resources = 0, quality = 0, risk = 0 } = weights;
  if (time + resources + quality + risk === 0) throw usage('--weights takes at least one weight above 0', WEIGHTS_HINT);
  return { time, resources, quality, risk };
}

const WEIGHTS_HINT = 'for example --weights time=0.5,quality=0.3,risk=0.2; what is not named counts nothing';

/** `20` for every map, or `files=20,reviews=3`. */
function typedItems(typed: string): number | Record<string, number> {
  if (!typed.includes('=')) return typedCount('--items', typed, 1);
  return Object.fromEntries(pairs('--items', typed).map(([name, value]) => [name, typedCount('--items', value, 1)]));
}

function pairs(option: string, typed: string): [string, string][] {
  return typed.split(',').map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw usage(`${option} takes name=number pairs with commas between them, not "${typed}"`);
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}
