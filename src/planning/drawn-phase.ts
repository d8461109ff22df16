/** Making phases ready to run: what their gates and their ways back are judged by. */
import { compileCondition } from '../definition/condition.ts';
import { parsePath } from '../definition/data-path.ts';
import { memberAt } from '../definition/member-at.ts';
import { compileTemplate } from '../definition/template.ts';
import { everyStep, type Scope, type Step, type TaskStep, type Workflow } from '../definition/workflow.ts';
import type { Json } from '../protocol/json.ts';
import type { GroupBlueprint, PhaseBlueprint } from './blueprint.ts';
import { gateQuestion, loopQuestion } from './drawn-people.ts';

/** The phase that a step is; null for everything else. `drawAsking` draws the group of whoever is asked about the gate. */
export function drawPhase(
  workflow: Workflow,
  step: Step,
  drawAsking: (workflow: Workflow, steps: readonly Step[]) => GroupBlueprint,
): PhaseBlueprint | null {
  if (step.kind !== 'group' || step.phase === undefined) return null;
  const { gate, feedback } = step.phase;
  const condition = (source: string | undefined) => (source === undefined ? null : compileCondition(source, workflow.dialect));
  return {
    settings: step.phase,
    check: condition(gate?.check),
    when: condition(feedback?.when),
    findings: feedback?.findings === undefined ? null : drawFindings(feedback.findings, workflow),
    scores: Object.keys(gate?.scores ?? {}).map((written) => [written, parsePath(written) ?? [written]]),
    asking: gate?.persona === undefined ? null : drawAsking(workflow, [askingTask(step.id, gate.persona)]),
    person: gate?.person === undefined ? null : drawAsking(workflow, [gateQuestion(step.id, gate.person)]),
    escalating: feedback?.escalate === undefined ? null : drawAsking(workflow, [loopQuestion(step.id, feedback.escalate)]),
  };
}

function askingTask(phase: string, persona: string): TaskStep {
  const name = `gate of ${phase}`;
  return { kind: 'task', id: phase, name, type: 'persona-request', persona, dependencies: [], params: {} };
}

function drawFindings(written: string, { dialect }: Workflow): (scope: Scope) => Json {
  const path = written.includes('{{') ? null : parsePath(written);
  return path === null ? compileTemplate(written, dialect) : ({ steps }) => outputAt(steps, path) ?? null;
}

/** What stands at a path that begins with a step id, which may hold dots; `undefined` where there is nothing. */
export function outputAt(steps: Scope['steps'], path: readonly string[]): Json | undefined {
  for (let length = path.length; length > 0; length--) {
    const id = path.slice(0, length).join('.');
    if (Object.hasOwn(steps, id)) return memberAt(steps[id], path.slice(length));
  }
  return undefined;
}

/** Who of a list sends work back to whom, by their places in it. */
export function waysBack(steps: readonly Step[]): Pick<GroupBlueprint, 'ways'> {
  const ways = new Map<number, number>();
  for (const [member, step] of steps.entries()) {
    const feedback = step.kind === 'group' ? step.phase?.feedback : undefined;
    if (feedback === undefined || feedback.max === 0) continue;
    const to = steps.findIndex(({ id }) => id === feedback.to);
    if (to >= 0) ways.set(member, to);
  }
  return ways.size === 0 ? {} : { ways };
}

/** Whether any phase gives what was found to another round. */
export function givesFeedback(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some(
    (step) => step.kind === 'group' && (step.phase?.feedback !== undefined || step.phase?.gate?.onFailure === 'rework'),
  );
}
