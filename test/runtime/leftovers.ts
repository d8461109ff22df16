/** What a run that has ended still holds on to: nothing, as it should be. */
import { isLive } from '../../src/runtime/actor-system.ts';
import type { Run } from '../../src/runtime/run.ts';

/** By kind: what is left of a run that has ended. Empty where everything has come to its end. */
export function leftovers({ state, ended }: Run): Readonly<Record<string, readonly unknown[]>> {
  const left: Record<string, readonly unknown[]> = {
    running: ended === null ? ['the run'] : [],
    inFlight: [...state.inFlight.keys()],
    steps: [...state.steps.keys()],
    groups: [...state.groups.values()].filter(({ actor }) => isLive(actor)).map(({ path }) => path),
    errands: state.errands.filter(({ actor }) => isLive(actor)).map(({ path }) => path),
    workflows: [...state.scopes].filter(([, { actor }]) => actor !== null && isLive(actor)).map(([prefix]) => prefix),
    contests: [...state.contests.keys()],
    requests: [...state.requests.keys()],
    recoveries: [...state.recovery.live.keys()],
    sagas: [...state.sagas.live.keys()],
    watching: [...state.watching.open.keys()],
    questions: openQuestions(state.approvals.log),
    births: state.births,
    room: state.slots.used === 0 ? [] : [state.slots.used],
  };
  return Object.fromEntries(Object.entries(left).filter(([, each]) => each.length > 0));
}

/** Questions to people that stand: the last that happened to them did not end them. */
function openQuestions(log: Run['state']['approvals']['log']): string[] {
  const last = new Map<string, string>();
  for (const { step, what } of log) if (!['repeated', 'late', 'refused', 'invalid'].includes(what)) last.set(step, what);
  return [...last].flatMap(([step, what]) => (['asked', 'reminded', 'escalated', 'delegated'].includes(what) ? [step] : []));
}
