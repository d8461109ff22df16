/**
 * Which workflow a task is for. In this order, each rule counting only where its workflow is among those given:
 *
 * 1. status `blocked` with open dependencies: `blocked-task-resolution`
 * 2. status `in_review`: `in-review-task-flow`
 * 3. the first workflow whose trigger holds
 * 4. task type `hotfix`: `hotfix`; `feature`: `feature`
 * 5. `task-flow`
 * 6. the first workflow whose trigger holds for every task (`true`, `always_true`): such triggers also stand in workflows that
 *    are only meant to be nested, so they count last
 * 7. `project-loop`
 */
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { evaluateCondition } from './condition.ts';
import type { Scope, Workflow } from './workflow.ts';

/** States of a dependency that need no more waiting. */
const CLOSED: ReadonlySet<string> = new Set(['done', 'completed', 'complete', 'closed', 'resolved', 'cancelled']);

/** The workflow for a task by the rules above, or null when none of them names one. Never throws: a trigger that fails does not hold. */
export function selectWorkflow(task: JsonObject, workflows: readonly Workflow[]): Workflow | null {
  const named = (name: string) => workflows.find((workflow) => workflow.name === name);
  const byStatus =
    (task.status === 'blocked' && hasOpenDependencies(task) ? named('blocked-task-resolution') : undefined) ??
    (task.status === 'in_review' ? named('in-review-task-flow') : undefined);
  if (byStatus !== undefined) return byStatus;
  const scope = scopeOf(task);
  const triggered = workflows.filter((workflow) => workflow.trigger !== undefined);
  const type = taskType(task);
  return (
    triggered.find((workflow) => !isUnconditional(workflow) && holds(workflow, scope)) ??
    (type === 'hotfix' || type === 'feature' ? named(type) : undefined) ??
    named('task-flow') ??
    triggered.find(isUnconditional) ??
    named('project-loop') ??
    null
  );
}

/** The type of a task in lower case: its `type`, or `task_type`; empty when it says neither. */
export function taskType(task: JsonObject): string {
  const type = task.type ?? task.task_type;
  return typeof type === 'string' ? type.toLowerCase() : '';
}

/** Triggers speak of the task's fields by their bare names, and of the task as a whole. */
function scopeOf(task: JsonObject): Scope {
  return { variables: { ...task, task, task_type: task.task_type ?? task.type }, steps: {} };
}

function isUnconditional({ trigger }: Workflow): boolean {
  return trigger?.trim() === 'true' || trigger?.trim() === 'always_true';
}

function holds({ trigger = 'false', dialect }: Workflow, scope: Scope): boolean {
  try {
    return evaluateCondition(trigger, scope, { dialect });
  } catch {
    return false;
  }
}

function hasOpenDependencies(task: JsonObject): boolean {
  const listed: readonly (Json | undefined)[] = [task.blocked_dependencies, task.blockedDependencies, task.dependencies];
  return listed.some((dependencies) => Array.isArray(dependencies) && dependencies.some(isOpen));
}

function isOpen(dependency: Json): boolean {
  return !(isJsonObject(dependency) && typeof dependency.status === 'string' && CLOSED.has(dependency.status.toLowerCase()));
}
