/** Random workflows some of whose steps can be recovered. */
import fc from 'fast-check';
import { RECOVERY_USES, type RecoveryStrategy, type RecoveryUse } from '../../src/definition/recovery-settings.ts';
import type { Step } from '../../src/definition/workflow.ts';
import { type Play, plainPlays } from './random-workflow.ts';

const shaped = (use: RecoveryUse, budget: number, from: string | undefined): RecoveryStrategy => {
  switch (use) {
    case 'retry_agent':
      return { use, budget, delayMs: 1000, factor: 2 };
    case 'substitute_agent':
      return { use, budget, personas: ['senior', 'other'] };
    case 'restart':
      return { use, budget, ...(from === undefined ? {} : { from }) };
    default:
      return { use, budget };
  }
};

/** Strategies of one step; `from` is a place in the list of steps. */
interface Drawn {
  readonly uses: readonly (readonly [use: RecoveryUse, budget: number, from: number])[];
}

const drawn = (uses: readonly RecoveryUse[], maxLength: number): fc.Arbitrary<Drawn> =>
  fc.record({ uses: fc.array(fc.tuple(fc.constantFrom(...uses), fc.integer({ min: 1, max: 2 }), fc.nat({ max: 12 })), { maxLength }) });

/** Tasks and groups of a list, each with the strategies that are its turn. */
function recovered(steps: readonly Step[], all: readonly Step[], next: () => Drawn): Step[] {
  return steps.map((step): Step => {
    const { uses } = next();
    const recovery = uses
      .filter(([use]) => use !== 'substitute_agent' || step.kind === 'task')
      .map(([use, budget, from]) => shaped(use, budget, all[from]?.id));
    if (step.kind === 'task') return { ...step, recovery };
    if (step.kind === 'group') return { ...step, recovery, steps: recovered(step.steps, all, next) };
    if (step.kind !== 'choice') return step;
    return { ...step, then: recovered(step.then, all, next), otherwise: recovered(step.otherwise, all, next) };
  });
}

/** What a play of steps that recover is drawn from. */
interface Draw {
  readonly uses?: readonly RecoveryUse[];
  readonly anyJoins?: boolean;
  /** So many ways a step. */
  readonly ways?: number;
}

/** Plays of tasks, variables, groups and branches that recover in these ways. */
export function recoveringPlays({ uses = RECOVERY_USES, anyJoins = true, ways = 3 }: Draw = {}): fc.Arbitrary<Play> {
  return fc.tuple(plainPlays({ anyJoins }), fc.array(drawn(uses, ways), { minLength: 1, maxLength: 8 })).map(([play, strategies]) => {
    let turn = 0;
    const next = () => strategies[turn++ % strategies.length] ?? { uses: [] };
    const { steps } = play.workflow;
    return { ...play, workflow: { ...play.workflow, steps: recovered(steps, steps, next) } };
  });
}
