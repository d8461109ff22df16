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
  /** How long an answer is waited for. Default: as long as it takes. */
  readonly timeout?: DurationOption;
  /** What it means that nobody has answered by then. Default fail. */
  readonly onTimeout?: Oversight['onTimeout'] & string;
}

/** The oversight of a workflow. Throws DEFINITION_INVALID for terms that say nothing. */
export function builtOversight(option: OversightMode | OversightOptions): Oversight {
  if (typeof option === 'string') return { mode: option };
  const { mode = 'monitored', assignee, role, timeout, onTimeout } = option;
  if (onTimeout !== undefined && timeout === undefined) {
    throw refused(
      'DECLARATION_CONFLICT',
      '"onTimeout" of the oversight says nothing without a timeout',
      'give it a "timeout", or leave it out',
    );
  }
  return {
    mode,
    ...(assignee === undefined ? {} : { assignees: [assignee].flat() }),
    ...(role === undefined ? {} : { role }),
    ...(timeout === undefined ? {} : { timeoutMs: builtWait(timeout) }),
    ...(onTimeout === undefined ? {} : { onTimeout }),
  };
}
