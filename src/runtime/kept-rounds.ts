/** What a run that goes back, or a fork, takes over of the rounds of phases and of the ways back between them: they are counted on. */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Keeping, RoundsAgain } from '../protocol/kept-steps.ts';
import type { FeedbackRound, PhaseRound, PhaseStory } from './phase-story.ts';
import type { LiveGroup, RunScope, RunState } from './run-state.ts';

/** Plain JSON: a fork has it in its first fact. */
interface KeptRounds {
  /** By path: the rounds so far, what its own gate has told it since it was entered last, and how often it has run again since. */
  readonly phases: Readonly<
    Record<string, { readonly rounds: readonly PhaseRound[]; readonly reworks: readonly FeedbackRound[]; readonly reruns: number }>
  >;
  /** By path of the phase that sends work back: what it has found each time. */
  readonly found: Readonly<Record<string, readonly FeedbackRound[]>>;
  /** By the same path: how often it may in all, where people have granted more. */
  readonly granted?: Readonly<Record<string, number>>;
  /** By path: what a member is given of that. */
  readonly told: Readonly<Record<string, readonly FeedbackRound[]>>;
  /** By prefix: the variable `feedback` of a workflow. */
  readonly feedback: Readonly<Record<string, Json>>;
}

/**
 * The rounds of a run as it is. Of what runs `again` they are counted on, or `anew`; what was found stays known
 * either way.
 */
export function roundsOf(state: RunState, again: ReadonlySet<string>, count: RoundsAgain): JsonObject {
  const isFresh = (path: string) => count === 'anew' && again.has(path);
  const phases = [...state.phases].map(([path, { rounds, reworks }]) => [
    path,
    { rounds, reworks, reruns: isFresh(path) ? 0 : rerunsIn(rounds) },
  ]);
  const told = [...state.groups.values()].flatMap(({ feedback, prefix, blueprint }) =>
    [...feedback].map(([member, rounds]) => [prefix + (blueprint.members[member]?.step.id ?? ''), rounds]),
  );
  const scopes = [...state.scopes.values()].filter(({ blueprint }) => blueprint.givesFeedback);
  const kept = {
    phases: Object.fromEntries(phases),
    found: Object.fromEntries([...state.foundBefore].filter(([path]) => !isFresh(path))),
    ...(state.grantedRounds.size === 0 ? {} : { granted: Object.fromEntries([...state.grantedRounds].filter(([path]) => !isFresh(path))) }),
    told: Object.fromEntries(told),
    feedback: Object.fromEntries(scopes.map(({ prefix, variables }) => [prefix, variables.feedback ?? []])),
  };
  return structuredClone(kept) as unknown as JsonObject;
}

/** How often the members of a phase have run again since it was entered last. */
function rerunsIn(rounds: readonly PhaseRound[]): number {
  const entered = rounds.findLastIndex(({ result }) => result === 'sent_back' || result === 'called_back');
  return rounds.slice(entered + 1).filter(({ result }) => result === 'reworked').length;
}

const read = (keeping: Keeping | null) => (keeping?.rounds ?? null) as unknown as KeptRounds | null;

/** The stories of phases with which a run begins. */
export function storiesKept(keeping: Keeping | null): Map<string, PhaseStory> {
  return new Map(
    Object.entries(read(keeping)?.phases ?? {}).map(([path, { rounds, reworks, reruns }]) => [
      path,
      { rounds: rounds.map((round) => ({ ...round })), reworks: [...reworks], answer: null, before: null, decision: null, reruns },
    ]),
  );
}

/** What was found so far, by the path of who found it. */
export function foundKept(keeping: Keeping | null): Map<string, FeedbackRound[]> {
  return new Map(Object.entries(read(keeping)?.found ?? {}).map(([path, rounds]) => [path, [...rounds]]));
}

/** How often work may go back where people have granted more rounds, by the path of who sends it. */
export function grantsKept(keeping: Keeping | null): Map<string, number> {
  return new Map(Object.entries(read(keeping)?.granted ?? {}));
}

/** What the members of a group were told so far, by their numbers. */
export function toldKept(
  { keeping }: Pick<RunState, 'keeping'>,
  { members }: LiveGroup['blueprint'],
  prefix: string,
): LiveGroup['feedback'] {
  const told = read(keeping)?.told;
  if (told === undefined) return new Map();
  return new Map(
    members.flatMap(({ step }, member) => {
      const rounds = told[prefix + step.id];
      return rounds === undefined ? [] : [[member, rounds] as const];
    }),
  );
}

/** Lets the steps of a workflow see what was found before. */
export function showFeedback(keeping: Keeping | null, { prefix, variables, blueprint }: RunScope): void {
  const feedback = read(keeping)?.feedback[prefix];
  if (blueprint.givesFeedback && feedback !== undefined) variables.feedback = feedback;
}

/** Phases that stand had ended before: that they have been entered for what is kept in them was no round. */
export function forgetEntries({ keeping, phases, records }: RunState): void {
  for (const [path, { rounds }] of Object.entries(read(keeping)?.phases ?? {})) {
    if (keeping?.steps.has(path) !== true || !records.has(path)) continue;
    const story = phases.get(path);
    story?.rounds.splice(0, story.rounds.length, ...rounds.map((round) => ({ ...round })));
  }
}
