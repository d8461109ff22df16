/** Opening what a step or a workflow stands for: its group, a branch, a nested workflow, the failure handlers. */

import { everyStep } from '../definition/workflow.ts';
import type { HandlerRule } from '../machines/workflow.ts';
import { type GroupBlueprint, needsRoom, type WorkflowBlueprint } from '../planning/blueprint.ts';
import { GroupProgress } from '../planning/group-progress.ts';
import type { JoinRule } from '../policy/group-tally.ts';
import type { GroupSettled } from '../protocol/messages.ts';
import { createGroup, createNestedWorkflow, type LiveActor, stateOf } from './actor-system.ts';
import { HANDLERS, type LiveGroup, type LiveStep, type RunScope, type RunState } from './run-state.ts';
import { openScope } from './scope.ts';
import { skipMembers } from './settle.ts';

/** Which of a workflow's failures have handlers. The engine dialect tells a broken step from one that reported failure. */
export function handlerRule(blueprint: WorkflowBlueprint): HandlerRule {
  const onStep = blueprint.onStepFailure !== null;
  const onWorkflow = blueprint.onWorkflowFailure !== null;
  if (blueprint.workflow.compat === 'engine') return { onThrown: onWorkflow, onReported: onStep };
  return { onThrown: onStep || onWorkflow, onReported: onStep || onWorkflow };
}

export function openRoot(state: RunState, scope: RunScope): void {
  const { workflow, root } = scope.blueprint;
  if (scope.actor === null) return;
  scope.group = openGroup(state, scope, {
    blueprint: root,
    path: `${scope.prefix}(root)`,
    prefix: scope.prefix,
    parent: scope.actor,
    rule: { waitFor: 'all', onFailure: workflow.onFailure },
  });
  begin(scope.group.actor, scope.actor);
}

/** Starts a body. Whoever it belongs to may have been cancelled since it asked for it: then the body hears it first thing. */
function begin(body: LiveActor, owner: LiveActor): void {
  body.start();
  if (stateOf(owner) === 'cancelling') body.send({ type: 'cancel', reason: 'cancelled before it began' });
}

export function openHandlers(state: RunState, scope: RunScope, settled: GroupSettled): void {
  const { onStepFailure, onWorkflowFailure, workflow } = scope.blueprint;
  if (scope.actor === null) return;
  scope.variables.failed_step = settled.failedStep;
  scope.variables.failure_reason = settled.error?.message ?? null;
  const native = settled.failedStep === null ? [onWorkflowFailure] : [onStepFailure, onWorkflowFailure];
  const chosen = workflow.compat === 'engine' ? [settled.thrown ? onWorkflowFailure : onStepFailure] : native;
  const blueprint = inSequence(chosen.filter((group) => group !== null));
  scope.group = openGroup(state, scope, {
    blueprint,
    path: `${scope.prefix}(handlers)`,
    prefix: scope.prefix + handlerPrefix(scope.blueprint, blueprint),
    parent: scope.actor,
    rule: { waitFor: 'all', onFailure: 'best_effort' },
  });
  scope.group.actor.start();
}

/** A handler named like a step of the workflow is another step all the same: its path, and so the keys of its attempts, tell them apart. */
function handlerPrefix({ ids }: WorkflowBlueprint, handlers: GroupBlueprint): string {
  return handlers.members.some(({ step }) => [...everyStep([step])].some(({ id }) => ids.has(id))) ? HANDLERS : '';
}

/** Handler lists one after the other, as one list. */
function inSequence(groups: readonly GroupBlueprint[]): GroupBlueprint {
  const members = groups.flatMap((group) => group.members);
  return {
    members,
    waitsFor: members.map((_, member) => (member === 0 ? 0 : 1)),
    dependencies: members.map((_, member) => (member === 0 ? [] : [member - 1])),
    dependents: members.map((_, member) => (member + 1 < members.length ? [member + 1] : [])),
    rank: members.map((_, member) => member),
    waitFor: 'all',
    allNeedRoom: members.every(needsRoom),
    ordering: null,
  };
}

/** Opens the body of a step: nothing for leaves. */
export function openBody(state: RunState, step: LiveStep): void {
  const { blueprint, group, path } = step;
  const { scope, rule } = group;
  if (blueprint.nested !== null) {
    const nested = step.nested ?? openScope(`${path}/`, blueprint.nested, step.given, blueprint);
    nested.actor = createNestedWorkflow(step.actor, { scope: nested.prefix, handlers: handlerRule(blueprint.nested) });
    state.scopes.set(nested.prefix, nested);
    step.body = nested;
    begin(nested.actor, step.actor);
    return;
  }
  const { branches } = blueprint;
  const chosen = branches === null ? blueprint.members : step.branch ? branches.then : branches.otherwise;
  if (chosen === null) return;
  if (blueprint.step.kind === 'choice') {
    skipMembers(state, group, step.branch ? blueprint.step.otherwise : blueprint.step.then, `${path} took the other branch`);
  }
  step.body = openGroup(state, scope, {
    blueprint: chosen,
    path,
    prefix: group.prefix,
    parent: step.actor,
    rule: { waitFor: chosen.waitFor, onFailure: rule.onFailure },
  });
  begin(step.body.actor, step.actor);
}

interface Opening {
  readonly blueprint: GroupBlueprint;
  readonly path: string;
  readonly prefix: string;
  readonly parent: LiveActor;
  readonly rule: JoinRule;
}

function openGroup(state: RunState, scope: RunScope, { blueprint, path, prefix, parent, rule }: Opening): LiveGroup {
  const { onSkip } = scope.blueprint.workflow;
  const { ordering } = blueprint;
  const barrier = state.slots.limit === 1 ? ordering?.place : ordering?.barrier;
  const group: LiveGroup = {
    path,
    prefix,
    blueprint,
    scope,
    rule,
    // Members of an `any` join are alternatives: where one follows another, it follows also when that one failed.
    progress: new GroupProgress(blueprint, { onFailure: rule.waitFor === 'any' ? 'best_effort' : rule.onFailure, onSkip }),
    actor: createGroup(parent, { path, members: blueprint.members.length, rule }),
    live: new Map(),
    ending: null,
    ordered: barrier === undefined ? null : { count: 0, arrived: new Map(), barrier },
  };
  state.groups.set(path, group);
  return group;
}
