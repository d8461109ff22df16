/** What the crew works at when it is killed. */
import type { TaskStep, Workflow } from '../../src/definition/workflow.ts';
import { task, workflowOf } from '../runtime/linear.ts';

/** Tokens that a runtime may use, and those that a branch asks for and takes. */
export const CREW_LIMITS = { tokens: 19_000, estimate: 10 };

/** An agent takes shorter than that, ms. */
export const LONGEST_MS = 30;

const branches = (count: number, more: (n: number) => Partial<TaskStep>): TaskStep[] =>
  Array.from({ length: count }, (_, n) => task(`s${n}`, { persona: 'coder', ...more(n) }));

/** The priorities of those that wait for the one agent: the least pressing were asked for first. */
export const PRIORITY_OF = (step: string): 'low' | 'medium' | 'high' | 'critical' =>
  (['low', 'medium', 'high', 'critical'] as const)[Math.floor(Number(step.slice(1)) / 5)] ?? 'critical';

/** By name. */
export const crewWorkflows: Readonly<Record<string, Workflow>> = {
  branches: workflowOf(branches(100, () => ({ needs: { tokens: CREW_LIMITS.estimate } }))),
  hands: workflowOf(branches(60, () => ({}))),
  queue: workflowOf(branches(20, (n) => ({ needs: { priority: PRIORITY_OF(`s${n}`) } }))),
};
