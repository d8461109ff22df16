import { oversightProblems } from './approval-check.ts';
import { USUAL_REMINDERS } from './approval-terms.ts';
import { refused } from './builder-refusal.ts';
import { builtWait, type DurationOption } from './builder-timing.ts';
import type { Oversight, OversightMode } from './oversight.ts';

/** Which tasks people approve before they begin, and on what terms they are asked. */
export interface OversightOptions {
  /** Default monitored. */
  readonly mode?: OversightMode;
  /** Who may answer. Default: anybody. */
  readonly assignee?: string | readonly string[];
  /** What they are asked as. */
  readonly role?: string;
  /** When an answer is expected: they are reminded then. */
  readonly due?: DurationOption;
  /** How far apart reminders are, and how many come at most (default 3). */
  readonly remind?: DurationOption | { readonly every: DurationOption; readonly times?: number };
  /** Who is asked as well when nobody decides, each so long after the asking or the one before. */
  readonly escalate?: readonly { readonly to: string; readonly after: DurationOption }[];
  /** How many must approve. Default: the first answer decides. */
  readonly quorum?: number;
  /** Whether somebody who is asked may pass it on. Default true. */
  readonly delegate?: boolean;
  /** How long an answer is waited for. Default: as long as it takes. */
  readonly timeout?: DurationOption;
  /** What it means that nobody has answered by then. Default fail. */
  readonly onTimeout?: Oversight['onTimeout'] & string;
}

/** The oversight of a workflow. Throws DEFINITION_INVALID for terms that say nothing or cannot hold. */
export function builtOversight(option: OversightMode | OversightOptions): Oversight {
  if (typeof option === 'string') return { mode: option };
  const { mode = 'monitored', assignee, role, due, remind, escalate, quorum, delegate, timeout, onTimeout } = option;
  const { every, times = USUAL_REMINDERS } = typeof remind === 'object' ? remind : { every: remind };
  const oversight: Oversight = {
    mode,
    ...(assignee === undefined ? {} : { assignees: [assignee].flat() }),
    ...(role === undefined ? {} : { role }),
    ...(due === undefined ? {} : { dueMs: builtWait(due) }),
    ...(every === undefined ? {} : { remind: { everyMs: builtWait(every), times } }),
    ...(escalate === undefined ? {} : { escalate: escalate.map(({ to, after }) => ({ to, afterMs: builtWait(after) })) }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(delegate === undefined ? {} : { delegate }),
    ...(timeout === undefined ? {} : { timeoutMs: builtWait(timeout) }),
    ...(onTimeout === undefined ? {} : { onTimeout }),
  };
  const [problem] = oversightProblems(oversight);
  if (problem === undefined) return oversight;
  throw refused(problem.code, `the oversight: ${problem.message.replace('on_timeout', 'onTimeout')}`, problem.hint);
}
