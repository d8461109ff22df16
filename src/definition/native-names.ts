import { type ReferenceKind, referencedNames, referencedSteps, referencedVariables } from './expression-references.ts';
import { RESERVED_ROOTS } from './expression-syntax.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { Problem } from './problem-list.ts';
import type { StepOrder } from './step-order.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** A problem with a name, at an offset inside the text that uses it. */
export type NameProblem = Omit<Problem, 'at'> & { readonly offset: number };

/** The names that a native workflow knows, for checking the texts that use them. */
export function nativeNames(
  workflow: Workflow,
  order: StepOrder,
): { problems: (text: string, kind: ReferenceKind, reader?: Step) => NameProblem[] } {
  const handlers = [...workflow.onStepFailure, ...workflow.onWorkflowFailure];
  const steps = new Set([...order.ids(), ...[...everyStep(handlers)].map((step) => step.id)]);
  const variables = variablesOf(workflow, steps);
  return {
    problems: (text, kind, reader) => {
      if (kind === 'template' && !text.includes('{{')) return [];
      return [
        ...[...referencedSteps(text, 'native', kind)].flatMap((id) => stepProblem(id, text, steps, order, reader)),
        ...[...referencedNames(text, 'native', kind)].flatMap((name) => rootProblem(name, text, steps, variables)),
        ...[...referencedVariables(text, 'native', kind)].flatMap((name) => variableProblem(name, text, variables)),
      ];
    },
  };
}

/** Variables that a run is sure to have, or will get from a step. The input may bring others. */
function variablesOf(workflow: Workflow, steps: ReadonlySet<string>): Set<string> {
  const names = new Set(['input', 'task', ...Object.keys(workflow.variables)]);
  for (const id of steps) for (const name of [`${id}_status`, `${id}_result`]) names.add(name);
  for (const step of everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])) {
    if (step.kind === 'variables') for (const name of Object.keys(step.set)) names.add(name);
    if (step.kind === 'task') for (const name of step.outputs ?? []) names.add(name);
  }
  return names;
}

function stepProblem(id: string, text: string, steps: ReadonlySet<string>, order: StepOrder, reader: Step | undefined): NameProblem[] {
  const offset = offsetOf(id, text);
  if (!steps.has(id)) {
    const closest = nearest(id, steps);
    const hint = closest === null ? undefined : `did you mean "${closest}"?`;
    return [{ code: 'NAME_UNKNOWN', offset, message: `there is no step ${quoted(id)}`, hint }];
  }
  if (reader === undefined || !order.has(id) || order.endsBefore(id, reader)) return [];
  const message = `${quoted(reader.id)} reads the output of ${quoted(id)}, which need not have ended by then`;
  return [{ code: 'NAME_UNORDERED', severity: 'warning', offset, message, hint: `add "${id}" to its dependencies` }];
}

/** A bare name is a variable. The input may bring it, so only what looks like a slip is warned of; a step, however, is never a variable. */
function rootProblem(name: string, text: string, steps: ReadonlySet<string>, variables: ReadonlySet<string>): NameProblem[] {
  if (RESERVED_ROOTS.has(name) || name === 'context' || variables.has(name)) return [];
  const offset = offsetOf(name, text);
  if (steps.has(name)) {
    return [
      { code: 'NAME_UNKNOWN', offset, message: `the name ${quoted(name)} is unknown`, hint: `the step's output is steps${memberOf(name)}` },
    ];
  }
  const root = nearest(name, [...RESERVED_ROOTS, 'context']);
  if (root === null) return [];
  const message = `the name ${quoted(name)} is neither declared nor set in this file`;
  return [{ code: 'NAME_UNKNOWN', severity: 'warning', offset, message, hint: `did you mean "${root}"?` }];
}

function variableProblem(name: string, text: string, variables: ReadonlySet<string>): NameProblem[] {
  if (variables.has(name) || RESERVED_ROOTS.has(name)) return [];
  const closest = nearest(name, variables);
  if (closest === null || nearest(name, RESERVED_ROOTS) !== null) return [];
  const message = `no variable ${quoted(name)} is declared or set in this file`;
  return [{ code: 'NAME_UNKNOWN', severity: 'warning', offset: offsetOf(name, text), message, hint: `did you mean "${closest}"?` }];
}

function memberOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? `.${name}` : `['${name}']`;
}

/** Where a name stands in a text as a whole word; 0 when it is written in some roundabout way. */
function offsetOf(name: string, text: string): number {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`;
    if (!/[\w$-]/u.test(around)) return at;
  }
  return 0;
}
