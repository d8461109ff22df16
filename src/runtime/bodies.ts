/** Creating what a step or a workflow stands for: the root group, failure handlers, groups, branches, items of a map, nested workflows. */
import type { FailurePolicy } from '../definition/joining.ts';
import { everyStep } from '../definition/workflow.ts';
import type { HandlerRule } from '../machines/workflow.ts';
import type { GroupBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import { drawSequence } from '../planning/draw-blueprint.ts';
import type { GroupSettled } from '../protocol/messages.ts';
import { createNestedWorkflow, type LiveActor, stateOf } from './actor-system.ts';
import { openApproval } from './approvals.ts';
import { openVote } from './ballots.ts';
import { openClaim } from './budgets.ts';
import { skipMembers } from './counting.ts';
import { concerned, tellHandlers } from './handled-failures.ts';
import { HANDLERS } from './handlers-prefix.ts';
import { itemsOf, toleratedFailures } from './map-items.ts';
import { openMeeting } from './meetings.ts';
import { openGroup, openingInside } from './open-group.ts';
import { askForLeave } from './oversight.ts';
import { openPhase } from './phases.ts';
import type { LiveStep, Meeting, RunScope, RunState } from './run-state.ts';
import { isWait, openWait } from './waits.ts';

/** Which of a workflow's failures have handlers. The engine dialect tells a broken step from one that reported failure. */
export function handlerRule(blueprint: WorkflowBlueprint): HandlerRule {
  const onStep = blueprint.onStepFailure !== null;
  const onWorkflow = blueprint.onWorkflowFailure !== null;
  if (blueprint.workflow.compat === 'engine') return { onThrown: onWorkflow, onReported: onStep };
  return { onThrown: onStep || onWorkflow, onReported: onStep || onWorkflow };
}

/** Opens the root group of a workflow. */
export function openRoot(state: RunState, scope: RunScope): void {
  const { root } = scope.blueprint;
  if (scope.actor === null) return;
  scope.group = openGroup(state, scope, {
    blueprint: root,
    path: `${scope.prefix}(root)`,
    prefix: scope.prefix,
    parent: scope.actor,
    onFailure: policyOf(scope),
    cell: scope.cell,
  });
  begin(scope.group.actor, scope.actor);
}

/** What the step says that a workflow is nested in, else what the workflow says. Items of maps have a policy of their own. */
function policyOf({ nestedIn, blueprint: { workflow } }: RunScope): FailurePolicy {
  return (nestedIn?.step.kind === 'workflow' ? nestedIn.step.onFailure : undefined) ?? workflow.onFailure;
}

/** Starts a body. Whoever it belongs to may have been cancelled since it asked for it: then the body hears it first thing. */
function begin(body: LiveActor, owner: LiveActor): void {
  body.start();
  if (stateOf(owner) === 'cancelling') body.send({ type: 'cancel', reason: 'cancelled before it began' });
}

/** Opens the group of failure handlers. */
export function openHandlers(state: RunState, scope: RunScope, settled: GroupSettled): void {
  const { onStepFailure, onWorkflowFailure, workflow } = scope.blueprint;
  if (scope.actor === null) return;
  tellHandlers(state, scope, settled);
  if (workflow.compensateOn !== undefined) scope.variables.not_undone ??= [];
  const native = settled.failedStep === null ? [onWorkflowFailure] : [onStepFailure, onWorkflowFailure];
  const chosen = workflow.compat === 'engine' ? [settled.thrown ? onWorkflowFailure : onStepFailure] : native;
  const blueprint = drawSequence(chosen.flatMap((group) => (group === null ? [] : [concerned(state, scope, group)])));
  scope.group = openGroup(state, scope, {
    blueprint,
    path: `${scope.prefix}(handlers)`,
    prefix: scope.prefix + handlerPrefix(scope.blueprint, blueprint),
    parent: scope.actor,
    onFailure: 'best_effort',
    cell: scope.cell,
  });
  scope.group.actor.start();
}

/** A handler named like a step of the workflow is another step all the same: its path, and so the keys of its attempts, tell them apart. */
function handlerPrefix({ ids }: WorkflowBlueprint, handlers: GroupBlueprint): string {
  return handlers.members.some(({ step }) => [...everyStep([step])].some(({ id }) => ids.has(id))) ? HANDLERS : '';
}

/** Opens the body of a step: nothing for leaves. */
export function openBody(state: RunState, step: LiveStep): void {
  const { blueprint, group } = step;
  const { step: definition } = blueprint;
  const place = placeOf(state, step);
  if (place !== null) step.body = place;
  else if (definition.kind === 'map') {
    const items = Array.isArray(step.given.items) ? step.given.items : [];
    const members = itemsOf(definition, blueprint, items, group.blueprint);
    step.body = openGroup(state, group.scope, { ...openingInside(step, members), tolerated: toleratedFailures(definition, items.length) });
  } else if (blueprint.nested !== null) {
    openNested(state, step);
    return;
  } else {
    const { branches } = blueprint;
    const chosen = branches === null ? blueprint.members : step.branch ? branches.then : branches.otherwise;
    if (chosen === null) return;
    if (definition.kind === 'choice') {
      skipMembers(state, group, step.branch ? definition.otherwise : definition.then, `${step.path} took the other branch`);
    }
    step.body = openGroup(state, group.scope, openingInside(step, chosen));
  }
  if (step.body.actor !== null) begin(step.body.actor, step.actor);
}

/** The actor of a step that is more than a group. */
function placeOf(state: RunState, step: LiveStep): Meeting | null {
  const { step: definition, phase } = step.blueprint;
  if (definition.kind === 'sync') return openMeeting(state, step, definition);
  if (definition.kind === 'vote') return openVote(step, definition);
  if (definition.kind === 'approval') return openApproval(state, step, definition);
  if (definition.kind === 'task') return stateOf(step.actor) === 'claiming' ? openClaim(state, step) : askForLeave(state, step);
  if (isWait(step.blueprint)) return openWait(step);
  return phase === null ? null : openPhase(state, step, phase);
}

function openNested(state: RunState, step: LiveStep): void {
  const { nested, actor } = step;
  if (nested === null) return;
  nested.actor = createNestedWorkflow(actor, { scope: nested.prefix, handlers: handlerRule(nested.blueprint) });
  state.scopes.set(nested.prefix, nested);
  step.body = nested;
  begin(nested.actor, actor);
}
