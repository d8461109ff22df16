/** What time alone does to an open question, and how long after the asking, ms. */
export type ApprovalMoment =
  | { readonly atMs: number; readonly what: 'remind' | 'expire' }
  | { readonly atMs: number; readonly what: 'escalate'; readonly to: string };

/** The times that an open question is subject to; all ms. */
export interface ApprovalTimes {
  readonly dueMs: number | null;
  readonly remind: { readonly everyMs: number; readonly times: number } | null;
  readonly escalate: readonly { readonly to: string; readonly afterMs: number }[];
  readonly timeoutMs: number | null;
}

/**
 * Everything that time does to a question, in order. Reminders come when it is due and at the intervals, whichever are asked for, and never
 * twice at one moment; links of the escalation count from the one before. What would come at or after the timeout never comes.
 */
export function approvalMoments({ dueMs, remind, escalate, timeoutMs }: ApprovalTimes): ApprovalMoment[] {
  const end = timeoutMs ?? Number.POSITIVE_INFINITY;
  const reminders = new Set([
    ...Array.from({ length: remind?.times ?? 0 }, (_, n) => (n + 1) * (remind?.everyMs ?? 0)),
    ...(dueMs === null ? [] : [dueMs]),
  ]);
  let link = 0;
  const links = escalate.map(({ to, afterMs }): ApprovalMoment => {
    link += afterMs;
    return { atMs: link, what: 'escalate', to };
  });
  const before: ApprovalMoment[] = [...[...reminders].map((atMs): ApprovalMoment => ({ atMs, what: 'remind' })), ...links];
  return [
    ...before.filter(({ atMs }) => atMs < end).sort((a, b) => a.atMs - b.atMs),
    ...(timeoutMs === null ? [] : [{ atMs: timeoutMs, what: 'expire' as const }]),
  ];
}
