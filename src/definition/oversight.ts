/** Which tasks people approve before they begin: by how critical a task is, and how closely a run is watched. */

import type { ApprovalTerms } from './approval-terms.ts';

/** What it means that a task goes wrong. */
export type Criticality = 'low' | 'medium' | 'high' | 'critical';

/**
 * How closely a run is watched. `supervised`: every task is approved before it begins. `monitored`: those of high criticality and above.
 * `autonomous`: only critical ones, which nobody may begin unasked.
 */
export type OversightMode = 'supervised' | 'monitored' | 'autonomous';

/** The mode, and who is asked on what terms, which mean what they mean in an approval; times in ms, without templates. */
export interface Oversight extends Pick<ApprovalTerms, 'assignees' | 'role' | 'quorum' | 'delegate' | 'onTimeout'> {
  readonly mode: OversightMode;
  readonly dueMs?: number;
  readonly remind?: { readonly everyMs: number; readonly times: number };
  readonly escalate?: readonly { readonly to: string; readonly afterMs: number }[];
  readonly timeoutMs?: number;
}

/** The modes, the closest first. */
export const OVERSIGHT_MODES: readonly OversightMode[] = ['supervised', 'monitored', 'autonomous'];

const ASKED_FROM: Readonly<Record<OversightMode, readonly Criticality[]>> = {
  supervised: ['low', 'medium', 'high', 'critical'],
  monitored: ['high', 'critical'],
  autonomous: ['critical'],
};

/** Whether people approve a task of that criticality before it begins. */
export function isOverseen(mode: OversightMode, criticality: Criticality): boolean {
  return ASKED_FROM[mode].includes(criticality);
}
