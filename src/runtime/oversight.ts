/** Tasks that people approve before they begin. */
import { isOverseen, OVERSIGHT_MODES, type Oversight } from '../definition/oversight.ts';
import type { TaskStep } from '../definition/workflow.ts';
import type { JsonObject } from '../protocol/json.ts';
import { openQuestion } from './approvals.ts';
import { checkPeople } from './asked-people.ts';
import type { LiveGroup, LiveStep, Meeting, RunState } from './run-state.ts';

/**
 * How closely the members of a group are watched: as was said when the run was started, else as the closer of the run's workflow and their own
 * says; `monitored` where nobody does.
 */
function oversightOf({ root, oversight: mode }: RunState, { scope }: LiveGroup): Oversight {
  const said = [scope.blueprint.workflow.oversight, root.blueprint.workflow.oversight].filter((each) => each !== undefined);
  const [closest] = said.sort((a, b) => OVERSIGHT_MODES.indexOf(a.mode) - OVERSIGHT_MODES.indexOf(b.mode));
  return { ...closest, mode: mode ?? closest?.mode ?? 'monitored' };
}

/** Whether people approve a task before it begins. What the run does on its own behalf was decided by others already. */
export function needsApproval(state: RunState, group: LiveGroup, { criticality = 'medium' }: TaskStep): boolean {
  return !group.isPrivate && isOverseen(oversightOf(state, group).mode, criticality);
}

/** Throws TEMPLATE_FAILED where those who would be asked for leave are nobody, or too few. */
export function checkOversight(state: RunState, group: LiveGroup): void {
  const { mode: _mode, assignees, role, escalate = [], ...more } = oversightOf(state, group);
  const given = { assignees: assignees === undefined ? null : [...assignees], role: role ?? null, escalate: escalate.map(({ to }) => to) };
  checkPeople({ ...more, params: {} }, given, state.approvals.roles);
}

/** Asks for leave to begin. Meanwhile its room is others'. */
export function askForLeave(state: RunState, step: LiveStep): Meeting {
  const { timeoutMs, mode: _mode, assignees: _people, role: _role, ...more } = oversightOf(state, step.group);
  if (step.holdsSlot) {
    step.holdsSlot = false;
    state.slots.giveBack();
  }
  const terms = { params: step.given, ...more };
  return openQuestion(state, step, { terms, given: leaveAsked(state, step), timeoutMs: timeoutMs ?? null });
}

/** What people are shown of a task that asks for leave: all that it will be given. */
export function leaveAsked(state: RunState, { name, given, group }: LiveStep): JsonObject {
  const { assignees, role, escalate = [] } = oversightOf(state, group);
  return {
    subject: `May ${name} begin?`,
    params: given,
    role: role ?? null,
    assignees: assignees === undefined ? null : [...assignees],
    escalate: escalate.map(({ to }) => to),
  };
}
