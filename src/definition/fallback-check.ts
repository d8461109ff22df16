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

/** What is wrong with the fallbacks of a list of steps. `isElsewhere`: whether a step of that id stands in another list. */
export function fallbackProblems({ steps, sequential, waitsForAll }: CheckedList, isElsewhere: (id: string) => boolean): FallbackProblem[] {
  if (!steps.some(({ fallback }) => fallback !== undefined)) return [];
  const ids = new Map(steps.map(({ id }, place) => [id, place]));
  const waits = waiting(steps, sequential, ids);
  const taken = new Map<string, string>();
  return steps.flatMap((step): FallbackProblem[] => {
    const { id, fallback } = step;
    if (fallback === undefined || fallback === '') return [];
    const problem = (code: FallbackProblem['code'], message: string, hint: string): FallbackProblem[] => [
      { code, step, at: ['fallback'], message, hint },
    ];
    const unreachable = (why: string, hint: string) =>
      problem('FALLBACK_UNREACHABLE', `${quoted(fallback)} cannot stand in for ${quoted(id)}: ${why}`, hint);
    if (fallback === id) return unreachable('it is the same step', 'name another step beside it');
    const place = ids.get(fallback);
    if (place === undefined) {
      if (isElsewhere(fallback)) return unreachable('it stands in another list', 'a fallback is a step beside the one it stands in for');
      const close = nearest(
        fallback,
        [...ids.keys()].filter((other) => other !== id),
      );
      return problem(
        'NAME_UNKNOWN',
        `there is no step ${quoted(fallback)}`,
        close === null ? 'name a step beside it' : `did you mean "${close}"?`,
      );
    }
    if (!waitsForAll) {
      return problem(
        'DECLARATION_CONFLICT',
        `the group of ${quoted(id)} does not need every member: nobody stands in for one`,
        'leave "fallback" out, or let the group wait for all',
      );
    }
    const other = taken.get(fallback);
    if (other !== undefined) {
      return problem(
        'DECLARATION_CONFLICT',
        `${quoted(fallback)} stands in for ${quoted(other)} already`,
        'give each its own, or put both into a group with one fallback',
      );
    }
    taken.set(fallback, id);
    const standIn = steps[place];
    if (standIn === undefined) return [];
    if (Object.values(standIn.edges ?? {}).some(({ kind }) => kind === 'conditional')) {
      return problem(
        'DECLARATION_CONFLICT',
        `${quoted(fallback)} is gone to by others on conditions, and cannot stand in for ${quoted(id)} as well`,
        'give each a step of its own',
      );
    }
    if (standIn.dependencies.includes(id))
      return unreachable(
        'it depends on it, and cannot run when it has failed',
        `take ${quoted(id)} out of its dependencies: it runs after it anyhow`,
      );
    if (comesAfterItself(place, waits))
      return unreachable('each waits for the other to end', 'let it depend on nothing that waits for the step it stands in for');
    return [];
  });
}

/** By place: whom a member waits for, those included who may make good what it waits for. */
function waiting(steps: readonly Step[], sequential: boolean, ids: ReadonlyMap<string, number>): readonly (readonly number[])[] {
  const found = standIns(steps);
  const before = sequential ? membersBefore(steps) : null;
  const stages = new Map([...found].map(([stage, standIn]) => [standIn, stage]));
  return steps.map(({ dependencies }, place) => {
    const direct = dependencies.flatMap((id) => ids.get(id) ?? []);
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
