/** The groups of figures, each measured in a process of its own, in the order of the report. */
export const GROUPS = [
  'chain-in-memory',
  'durable-chain',
  'fan',
  'many-runs',
  'kill-to-first-step',
  'resume',
  'parked-runs',
  'command',
  'matching',
  'dispatch',
  'waiting',
] as const;

export type Group = (typeof GROUPS)[number];
