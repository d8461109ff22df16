/** Whether those who are to stand in for others can ever do so. */
import type { DiagnosticCode } from './diagnostic.ts';
import { membersBefore, standIns } from './fallbacks.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { SourcePath } from './source-node.ts';
import type { Step } from './workflow.ts';

/** A fallback that cannot be one. */
export interface FallbackProblem {
  readonly code: Extract<DiagnosticCode, 'FALLBACK_UNREACHABLE' | 'NAME_UNKNOWN' | 'DECLARATION_CONFLICT'>;
  readonly message: string;
  readonly hint: string;
  readonly step: Step;
  /** Where in the step it stands. */
  readonly at: SourcePath;
}

/** The list that is checked. */
interface CheckedList {
  readonly steps: readonly Step[];
  /** It is worked off in order. */
  readonly sequential: boolean;
  /** Every member must complete, so that a failure means something that can be made good. */
  readonly waitsForAll: boolean;
}

/** What is known of the list while its steps are looked at, one after the other. */
interface Looking extends CheckedList {
  readonly places: ReadonlyMap<string, number>;
  readonly waits: readonly (readonly number[])[];
  /** By id of who stands in: for whom. */
  readonly taken: Map<string, string>;
  readonly isElsewhere: (id: string) => boolean;
}

type Problem = Pick<FallbackProblem, 'code' | 'message' | 'hint'>;

/** What is wrong with the fallbacks of a list of steps. `isElsewhere`: whether a step of that id stands in another list. */
export function fallbackProblems(list: CheckedList, isElsewhere: (id: string) => boolean): FallbackProblem[] {
  const { steps } = list;
  if (!steps.some(({ fallback }) => fallback !== undefined)) return [];
  const places = new Map(steps.map(({ id }, place) => [id, place]));
  const looking: Looking = { ...list, places, isElsewhere, waits: waiting(list, places), taken: new Map() };
  return steps.flatMap((step): FallbackProblem[] => {
    const { id, fallback = '' } = step;
    const problem =
      fallback === '' ? null : (unknown(id, fallback, looking) ?? conflict(id, fallback, looking) ?? unreachable(id, fallback, looking));
    return problem === null ? [] : [{ ...problem, step, at: ['fallback'] }];
  });
}

const cannot = (id: string, fallback: string, why: string, hint: string): Problem => ({
  code: 'FALLBACK_UNREACHABLE',
  message: `${quoted(fallback)} cannot stand in for ${quoted(id)}: ${why}`,
  hint,
});

function unknown(id: string, fallback: string, { places, isElsewhere }: Looking): Problem | null {
  if (fallback === id) return cannot(id, fallback, 'it is the same step', 'name another step beside it');
  if (places.has(fallback)) return null;
  const beside = 'a fallback is a step beside the one that it stands in for';
  if (isElsewhere(fallback)) return cannot(id, fallback, 'it stands in another list', beside);
  const close = nearest(
    fallback,
    [...places.keys()].filter((other) => other !== id),
  );
  return {
    code: 'NAME_UNKNOWN',
    message: `there is no step ${quoted(fallback)}`,
    hint: close === null ? beside : `did you mean "${close}"?`,
  };
}

function conflict(id: string, fallback: string, { steps, places, waitsForAll, taken }: Looking): Problem | null {
  const code = 'DECLARATION_CONFLICT';
  if (!waitsForAll) {
    const message = `the group of ${quoted(id)} does not need every member: nobody has to stand in for one`;
    return { code, message, hint: 'leave "fallback" out, or let the group wait for all' };
  }
  const other = taken.get(fallback);
  if (other !== undefined) {
    const message = `${quoted(fallback)} stands in for ${quoted(other)} already`;
    return { code, message, hint: 'give each its own, or put both into a group with one fallback' };
  }
  taken.set(fallback, id);
  const { edges = {} } = steps[places.get(fallback) ?? -1] ?? {};
  if (!Object.values(edges).some(({ kind }) => kind === 'conditional')) return null;
  const message = `${quoted(fallback)} is gone to on conditions, and cannot stand in for ${quoted(id)} as well`;
  return { code, message, hint: 'give each a step of its own' };
}

function unreachable(id: string, fallback: string, { steps, places, waits }: Looking): Problem | null {
  const place = places.get(fallback) ?? -1;
  if (steps[place]?.dependencies.includes(id) === true) {
    const hint = `take ${quoted(id)} out of its dependencies: it runs after it anyhow`;
    return cannot(id, fallback, 'it depends on it, and cannot run when it has failed', hint);
  }
  if (!comesAfterItself(place, waits)) return null;
  return cannot(id, fallback, 'each waits for the other', 'let it depend on nothing that waits for the step that it stands in for');
}

/** By place: whom a member waits for, those included who may make good what it waits for. */
function waiting({ steps, sequential }: CheckedList, places: ReadonlyMap<string, number>): readonly (readonly number[])[] {
  const found = standIns(steps);
  const before = sequential ? membersBefore(steps) : null;
  const stages = new Map([...found].map(([stage, standIn]) => [standIn, stage]));
  return steps.map(({ dependencies }, place) => {
    const direct = dependencies.flatMap((id) => places.get(id) ?? []);
    const previous = before?.[place] ?? null;
    const all = new Set(previous === null ? direct : [...direct, previous]);
    for (const other of all) {
      const standIn = found.get(other);
      if (standIn !== undefined) all.add(standIn);
    }
    const stage = stages.get(place);
    return stage === undefined ? [...all] : [...all, stage];
  });
}

function comesAfterItself(place: number, waits: readonly (readonly number[])[]): boolean {
  const seen = new Set(waits[place]);
  for (const other of seen) for (const next of waits[other] ?? []) seen.add(next);
  return seen.has(place);
}
