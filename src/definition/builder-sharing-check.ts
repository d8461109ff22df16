import type { BuildProblem } from './builder-refusal.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName } from './own-data.ts';
import { quoted } from './printable.ts';
import { everyStep, type TaskStep, type Workflow } from './workflow.ts';

/** What cannot hold of the data that tasks take, leave and share. `around`: the workflow whose shared context it is, for the body of a map. */
export function* sharingProblems(workflow: Workflow, around: Workflow = workflow): Generator<BuildProblem> {
  const tasks = tasksOf(workflow);
  // without initial values a key comes into being when it is written, by whom cannot be known
  const keys = around.shared === undefined ? null : new Set([...Object.keys(around.shared), ...writtenKeys(around)]);
  for (const task of tasks) {
    yield* twice(task);
    yield* badKeys(task);
    if (keys !== null) yield* unknownKeys(task, keys);
    for (const [name, { optional, default: standIn }] of Object.entries(task.inputs ?? {})) {
      if (Object.hasOwn(task.params, name)) {
        const message = `${task.id}: ${quoted(name)} is among the inputs and among the params`;
        yield { code: 'DECLARATION_CONFLICT', message, hint: 'give it in one place' };
      }
      if (optional === undefined || standIn === undefined) continue;
      const message = `${task.id}: the input ${quoted(name)} has a default, so it is never left out: "optional" says nothing beside it`;
      yield { code: 'DECLARATION_CONFLICT', message };
    }
    if (task.onStale !== undefined && task.reads === undefined && task.writes === undefined) {
      const message = `${task.id}: "onStale" is about keys that were read, and none is`;
      yield { code: 'DECLARATION_CONFLICT', message, hint: 'say what it reads under "reads"' };
    }
  }
}

function tasksOf(workflow: Workflow): TaskStep[] {
  const steps = [...everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])];
  return steps.filter((step) => step.kind === 'task');
}

/** Keys that some step may write, bodies of maps included. */
function* writtenKeys(workflow: Workflow): Generator<string> {
  for (const step of everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])) {
    if (step.kind === 'task') yield* step.writes ?? [];
    if (step.kind === 'map') yield* writtenKeys(step.workflow);
  }
}

function* twice({ id, reads = [], writes = [], needs = {} }: TaskStep): Generator<BuildProblem> {
  for (const [what, names] of Object.entries({ reads, writes, capabilities: needs.capabilities ?? [], domains: needs.domains ?? [] })) {
    for (const name of names.filter((one, index) => names.indexOf(one) !== index)) {
      yield { code: 'KEY_DUPLICATE', message: `${id}: ${quoted(name)} is named twice under "${what}"` };
    }
  }
}

function* badKeys({ id, reads = [], writes = [] }: TaskStep): Generator<BuildProblem> {
  for (const key of [...reads, ...writes]) {
    if (/^[\w:/-]+$/u.test(key) && !isForbiddenName(key)) continue;
    const hint = 'a key has letters, digits, "_", "-", ":" and "/"';
    yield { code: 'VALUE_UNKNOWN', message: `${id}: ${quoted(key)} is no key of the shared context`, hint };
  }
}

function* unknownKeys({ id, reads = [], inputs = {} }: TaskStep, keys: ReadonlySet<string>): Generator<BuildProblem> {
  const taken = Object.values(inputs).flatMap(({ from, path }) => (from === 'shared' ? path.slice(0, 1) : []));
  for (const key of new Set([...reads, ...taken])) {
    if (keys.has(key)) continue;
    const closest = nearest(key, keys);
    const message = `${id}: nothing under "shared" is called ${quoted(key)}, and no step writes it`;
    yield { code: 'NAME_UNKNOWN', message, ...(closest === null ? {} : { hint: `did you mean "${closest}"?` }) };
  }
}
