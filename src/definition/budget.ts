/** What a run, or a step with everything inside it, may spend on tokens, and what happens when that is spent. */
export interface RunBudget {
  /** Tokens, of all attempts together: those of nested workflows, maps and votes count, too. */
  readonly tokens: number;
  /**
   * What an attempt of a task is expected to use that says nothing under `requires`. Absent: what is said around it, else nothing; it is then
   * not held up.
   */
  readonly attempt?: number;
  /** `ask`: people are asked for more. Absent: the step fails with BUDGET_SPENT. */
  readonly onSpent?: 'ask';
  /** Who may give more, by name. Absent: anybody. */
  readonly assignees?: readonly string[];
  readonly role?: string;
  /** How long they are waited for, ms; nothing is given then. Absent: as long as it takes. */
  readonly timeoutMs?: number;
}
