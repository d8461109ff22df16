/** What people were asked and have said, in order: the audit of a run's approvals. */
import type { Json } from '../protocol/json.ts';

/**
 * One thing that happened to a question. `answered` and `delegated` took effect. These did not, and are on record all the same: `repeated`
 * (the same person has said the same before), `late` (the question is over, or was changed), `refused` (whoever said it is not asked) and
 * `invalid` (the form does not take the values).
 */
export interface ApprovalEntry {
  /** ms since the epoch (virtual in simulation). */
  readonly at: number;
  readonly step: string;
  readonly token: string;
  readonly what:
    | 'asked'
    | 'reminded'
    | 'escalated'
    | 'expired'
    | 'withdrawn'
    | 'answered'
    | 'delegated'
    | 'repeated'
    | 'late'
    | 'refused'
    | 'invalid';
  /** Who said it; null where nobody did. */
  readonly by: string | null;
  /** Who is asked from then on; null for anybody. Of what people say, only `delegated` has it. */
  readonly to: readonly string[] | null;
  readonly decision: 'approve' | 'reject' | 'edit' | null;
  /** The values that were given; null where there were none. */
  readonly values: Json;
  /** What was said, or why it took no effect. */
  readonly reason: string | null;
}

/** The audit of a run, and how often each step has asked. */
export interface ApprovalBook {
  readonly log: ApprovalEntry[];
  readonly askings: Map<string, number>;
  /** People by role, as the run was started; null: roles are only shown. */
  readonly roles: Readonly<Record<string, readonly string[]>> | null;
}
