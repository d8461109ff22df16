import { refused } from './builder-refusal.ts';
import { builtWait, type DurationOption } from './builder-timing.ts';
import { RECOVERY_PAUSE, type RecoveryStrategy } from './recovery-settings.ts';
import { writtenValue } from './written-value.ts';

/** How often a strategy may be tried in one life of the run. Default 1. */
interface Budgeted {
  readonly budget?: number;
}

/** A way of recovering: by name, or with what more there is to say about it. */
export type RecoveryOption =
  | 'retry_agent'
  | 'fall_back_sequential'
  | 'partial'
  | 'restart'
  | 'escalate'
  /** The step runs again with a clean context; pauses begin with `delay` (1 s) and are each `factor` (2) times longer. */
  | (Budgeted & { readonly use: 'retry_agent'; readonly delay?: DurationOption; readonly factor?: number })
  /** Another persona takes the step over, each time the next of these. */
  | (Budgeted & { readonly use: 'substitute_agent'; readonly personas: readonly string[] })
  | (Budgeted & { readonly use: 'fall_back_sequential' })
  /** What has succeeded is kept, and the step completes as degraded, with this output. */
  | (Budgeted & { readonly use: 'partial'; readonly output?: unknown })
  /** The workflow runs again from that step on; default: from its beginning. */
  | (Budgeted & { readonly use: 'restart'; readonly from?: string })
  /** A person says what next. */
  | (Budgeted & { readonly use: 'escalate'; readonly to?: string | readonly string[]; readonly due?: DurationOption });

/** What is tried once a step has failed and its retries are spent. */
export interface RecoveryOptions {
  /** The best of those that apply comes first; an empty list: nothing. */
  readonly recovery?: RecoveryOption | readonly RecoveryOption[];
}

/** The strategies of a step or a workflow. Throws DEFINITION_INVALID for a substitute that is nobody, or where no agent does the step. */
export function builtRecovery(
  id: string,
  recovery: NonNullable<RecoveryOptions['recovery']>,
  isTask: boolean,
): readonly RecoveryStrategy[] {
  return [recovery].flat().map((option) => {
    const strategy = builtStrategy(id, option);
    if (strategy.use === 'substitute_agent' && !isTask) {
      const message = `"${id}" is made up of other steps: it has no agent that another one could take the place of`;
      throw refused('DECLARATION_CONFLICT', message, 'say it of the steps inside');
    }
    return strategy;
  });
}

function builtStrategy(id: string, option: RecoveryOption): RecoveryStrategy {
  const given = typeof option === 'string' ? ({ use: option } as Exclude<RecoveryOption, string>) : option;
  const { budget = 1 } = given;
  switch (given.use) {
    case 'retry_agent': {
      const { delay, factor = RECOVERY_PAUSE.factor } = given;
      return { use: given.use, budget, delayMs: delay === undefined ? RECOVERY_PAUSE.delayMs : builtWait(delay), factor };
    }
    case 'substitute_agent': {
      const { personas = [] } = given;
      if (personas.length > 0) return { use: given.use, budget, personas };
      throw refused('KEY_MISSING', `substitute_agent of "${id}" needs "personas": somebody must take the step over`);
    }
    case 'partial':
      if (given.output === undefined) return { use: given.use, budget };
      return { use: given.use, budget, output: writtenValue(given.output, `the output of the recovery of "${id}"`) };
    case 'restart':
      return { use: given.use, budget, ...(given.from === undefined ? {} : { from: given.from }) };
    case 'escalate': {
      const { to, due } = given;
      const who = to === undefined ? {} : { to: [to].flat() };
      return { use: given.use, budget, ...who, ...(due === undefined ? {} : { dueMs: builtWait(due) }) };
    }
    default:
      return { use: given.use, budget };
  }
}
