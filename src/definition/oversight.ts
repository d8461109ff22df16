/** Which tasks people approve before they begin: by how critical a task is, and how closely a run is watched. */

/** What it means that a task goes wrong. */
export type Criticality = 'low' | 'medium' | 'high' | 'critical';

/**
 * How closely a run is watched. `supervised`: every task is approved before it begins. `monitored`: those of high criticality and above.
 * `autonomous`: only critical ones, which nobody may begin unasked.
 */
export type OversightMode = 'supervised' | 'monitored' | 'autonomous';

/** The mode, and who is asked on what terms; times in ms. */
export interface Oversight {
  readonly mode: OversightMode;
  /** Who may answer, by name. Absent: anybody. */
  readonly assignees?: readonly string[];
  readonly role?: string;
  readonly timeoutMs?: number;
  /** Default fail. */
  readonly onTimeout?: 'fail' | 'reject' | 'approve';
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
