/** A leaf of a workflow (a step that does something itself) as a task: what its definition declares, and what is known besides. */
import { type Estimate, estimateOf } from '../definition/estimate.ts';
import type { StepData } from '../definition/step-data.ts';
import type { Step, TaskStep } from '../definition/workflow.ts';
import type { Demands, TaskNode } from './task-graph.ts';
import type { TaskOrigin } from './task-origin.ts';

/**
 * What is known of a leaf beyond its definition. `ms` and `demands` are what earlier runs have taught: they count where the definition
 * declares nothing. Everything else replaces what is declared.
 */
export type StepKnowledge = Partial<Omit<TaskNode, 'id' | 'takesPlace' | 'joint'>>;

/** The task and where it comes from. `id`: its path. */
export function leafTask(
  step: Step,
  id: string,
  { ms, demands, ...more }: StepKnowledge,
): { readonly node: TaskNode; readonly origin: TaskOrigin } {
  const estimate: Estimate = estimateOf(step);
  const isLearned = ms !== undefined && estimate.source !== 'estimate';
  const declared = step.kind === 'task' ? declaredBy(step) : {};
  const needs = { ...demands, ...declared.demands };
  const node: TaskNode = {
    ...declared,
    ...more,
    id,
    ms: (isLearned ? ms : estimate.ms) * (more.rounds ?? 1),
    ...(Object.keys(needs).length === 0 ? {} : { demands: needs }),
    ...(takesPlace(step) ? {} : { takesPlace: false }),
  };
  return { node, origin: { step, source: isLearned ? 'history' : estimate.source } };
}

/** What only coordinates, or waits for others, takes no place. */
const takesPlace = ({ kind }: Step): boolean => kind === 'task' || kind === 'variables';

function declaredBy(step: TaskStep): StepKnowledge {
  const { retry, needs: { domains, ...needs } = {}, reads, store = [] } = step;
  const written = keysWritten(step, store);
  return {
    ...(typeof retry?.retries === 'number' ? { retries: retry.retries } : {}),
    ...(reads === undefined ? {} : { reads }),
    ...(written.length === 0 ? {} : { writes: written }),
    ...(domains === undefined ? {} : { domains }),
    ...(Object.keys(needs).length === 0 ? {} : { demands: needs satisfies Demands }),
  };
}

/** Keys it may write, and those that a part of its output is stored under. */
function keysWritten({ writes = [] }: StepData, store: NonNullable<StepData['store']>): string[] {
  return [...new Set([...writes, ...store.flatMap(({ to, name }) => (to === 'shared' ? [name] : []))])];
}
