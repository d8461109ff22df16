/** When people are reminded and others are asked: the times of a question, as rendered when its turn comes. */
import type { ApprovalTerms } from '../definition/approval-terms.ts';
import type { DurationSpec } from '../definition/attempt-timing.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { renderedDuration } from './scope.ts';

/** The times of a question, ms from its asking; those of the escalation from the link before. */
export interface AskedTimes {
  readonly dueMs: number | null;
  readonly remind: { readonly everyMs: number; readonly times: number } | null;
  /** By link. */
  readonly escalateMs: readonly number[];
}

/** The times as they are in this run. Throws TEMPLATE_FAILED where a template gave no duration. */
export function timesAsked({ dueMs, remind, escalate = [] }: ApprovalTerms, given: JsonObject): AskedTimes {
  const rendered = isJsonObject(given.times) ? given.times : {};
  const links = Array.isArray(rendered.escalate) ? rendered.escalate : [];
  return {
    dueMs: dueMs === undefined ? null : msOf(dueMs, rendered.due, '"due"'),
    remind: remind === undefined ? null : { everyMs: msOf(remind.everyMs, rendered.remind, '"remind"'), times: remind.times },
    escalateMs: escalate.map(({ to, afterMs }, link) => msOf(afterMs, links[link], `"after" of the escalation to ${to}`)),
  };
}

function msOf(time: DurationSpec, rendered: Json | undefined, what: string): number {
  return typeof time === 'number' ? time : renderedDuration(rendered ?? null, time.unit, what);
}
