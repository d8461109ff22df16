import { type ReferenceKind, referencedNames, referencedShared, referencedSteps, referencedVariables } from './expression-references.ts';
import { RESERVED_ROOTS } from './expression-syntax.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { Problem } from './problem-list.ts';
import type { DataSource } from './step-data.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type MapStep, type Step, type Workflow } from './workflow.ts';

/** A problem with a name, at an offset inside the text that uses it. */
export type NameProblem = Omit<Problem, 'at'> & { readonly offset: number };

/** A step that reads a text, and, where only that has ended by then, one of those it waits for. */
export interface Reader {
  readonly step: Step;
  readonly ended?: string;
}

/** The names that a native workflow knows, for checking the texts and sources that use them. */
export function nativeNames(workflow: Workflow, order: StepOrder): NativeNames {
  return new NativeNames(workflow, order, null);
}

/** Names, and those that are known around them; not copied, as a file may have ten thousand maps. */
class Known implements Iterable<string> {
  private readonly own: ReadonlySet<string>;
  private readonly around: Known | null;

  constructor(own: Iterable<string>, around: Known | null) {
    this.own = new Set(own);
    this.around = around;
  }

  has(name: string): boolean {
    return this.own.has(name) || this.around?.has(name) === true;
  }

  *[Symbol.iterator](): Iterator<string> {
    yield* this.own;
    if (this.around !== null) yield* this.around;
  }
}

/** What was probably meant is looked for in that many problems; more of them are not listed anyhow. */
const MAX_GUESSES = 200;

/** What is known where a text or source stands. */
export class NativeNames {
  private readonly order: StepOrder;
  private readonly outside: { readonly names: NativeNames; readonly map: MapStep } | null;
  private readonly steps: Known;
  /** Variables that a run is sure to have, or will get from a step. The input may bring others. */
  private readonly variables: Known;
  /** Keys of the shared context; `isOpen`: nothing is declared, so that they come into being when they are written. */
  private readonly shared: { readonly keys: ReadonlySet<string>; readonly isOpen: boolean };
  private readonly declared: Workflow['inputs'];
  private guesses = 0;

  constructor(workflow: Workflow, order: StepOrder, outside: { readonly names: NativeNames; readonly map: MapStep } | null) {
    const own = [...everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])];
    const given = outside === null ? ['input', 'task'] : [outside.map.as, 'index'];
    this.order = order;
    this.outside = outside;
    this.steps = new Known([...order.ids(), ...own.map(({ id }) => id)], outside?.names.steps ?? null);
    this.variables = new Known([...given, ...variablesOf(workflow, own)], outside?.names.variables ?? null);
    this.shared = outside?.names.shared ?? {
      keys: new Set([...Object.keys(workflow.shared ?? {}), ...own.flatMap(keysWritten)]),
      isOpen: workflow.shared === undefined,
    };
    this.declared = outside === null ? workflow.inputs : outside.names.declared;
  }

  /** The names inside the body of a map: its own, and all of these. */
  inside(map: MapStep): NativeNames {
    return new NativeNames(map.workflow, new StepOrder(map.workflow.steps, false), { names: this, map });
  }

  /** What is wrong with the names in a condition or template. Without a reader nothing is said about the order. */
  problems(text: string, kind: ReferenceKind, reader?: Reader): NameProblem[] {
    if (kind === 'template' && !text.includes('{{')) return [];
    return [
      ...[...referencedSteps(text, 'native', kind)].flatMap((id) => this.stepProblem(id, text, reader)),
      ...[...referencedNames(text, 'native', kind)].flatMap((name) => this.rootProblem(name, text)),
      ...[...referencedVariables(text, 'native', kind)].flatMap((name) => this.variableProblem(name, text)),
      ...[...referencedShared(text, 'native', kind)].flatMap((name) => this.sharedProblem(name, text)),
    ];
  }

  /** What is wrong with a source of data, written as `text`. */
  source({ from, path }: DataSource, text: string): NameProblem[] {
    const [name] = path;
    if (name === undefined) return [];
    if (from === 'step') return this.stepProblem(name, text, undefined);
    if (from === 'shared') return this.keyProblem(name, text);
    return from === 'variable' ? this.variableProblem(name, text) : this.inputProblem(name, text);
  }

  /** A key of the shared context that is neither declared nor written by any step. */
  keyProblem(name: string, text: string): NameProblem[] {
    if (this.shared.keys.has(name)) return [];
    const closest = this.guess(name, this.shared.keys);
    const hint = closest === null ? 'say who writes it, or declare it under "shared"' : `did you mean "${closest}"?`;
    const message = `the key ${quoted(name)} of the shared context is neither declared nor written by any step`;
    return [unknown(name, text, message, hint, this.shared.isOpen ? 'warning' : 'error')];
  }

  /** Where nothing is shared, a variable may be called so. */
  private sharedProblem(name: string, text: string): NameProblem[] {
    const isVariable = this.shared.isOpen && this.shared.keys.size === 0 && this.variables.has('shared');
    return isVariable ? [] : this.keyProblem(name, text);
  }

  private guess(name: string, candidates: Iterable<string>): string | null {
    this.guesses += 1;
    return this.guesses > MAX_GUESSES ? null : nearest(name, candidates);
  }

  private inputProblem(name: string, text: string): NameProblem[] {
    if (this.declared === undefined || Object.hasOwn(this.declared, name)) return [];
    const closest = this.guess(name, Object.keys(this.declared));
    return [
      unknown(
        name,
        text,
        `the input ${quoted(name)} is not declared`,
        closest === null ? 'add it to "inputs"' : `did you mean "${closest}"?`,
      ),
    ];
  }

  private stepProblem(id: string, text: string, reader: Reader | undefined): NameProblem[] {
    if (!this.steps.has(id)) {
      const closest = this.guess(id, this.steps);
      return [unknown(id, text, `there is no step ${quoted(id)}`, closest === null ? undefined : `did you mean "${closest}"?`)];
    }
    if (this.outside !== null && !this.order.has(id)) {
      return this.outside.names.stepProblem(id, text, reader && { step: this.outside.map });
    }
    if (reader === undefined || !this.order.has(id)) return [];
    const { step, ended } = reader;
    if (ended === undefined ? this.order.endsBefore(id, step) : this.order.endsWith(id, ended)) return [];
    const message = `${quoted(step.id)} reads the output of ${quoted(id)}, which need not have ended by then`;
    const held = this.order.heldBy(id, step);
    const hint = held === null ? undefined : `add "${held}"${held === id ? '' : ', which holds it,'} to its dependencies`;
    return [{ ...unknown(id, text, message, hint, 'warning'), code: 'NAME_UNORDERED' }];
  }

  /** A bare name is a variable. The input may bring it, so only what looks like a slip is warned of; a step, however, is never a variable. */
  private rootProblem(name: string, text: string): NameProblem[] {
    if (RESERVED_ROOTS.has(name) || name === 'context' || this.variables.has(name)) return [];
    if (this.steps.has(name)) {
      return [unknown(name, text, `the name ${quoted(name)} is unknown`, `the step's output is steps${memberOf(name)}`)];
    }
    const root = nearest(name, [...RESERVED_ROOTS, 'context']);
    if (root === null) return [];
    return [unknown(name, text, `the name ${quoted(name)} is neither declared nor set in this file`, `did you mean "${root}"?`, 'warning')];
  }

  private variableProblem(name: string, text: string): NameProblem[] {
    if (this.variables.has(name) || RESERVED_ROOTS.has(name)) return [];
    const closest = nearest(name, this.variables);
    if (closest === null || nearest(name, RESERVED_ROOTS) !== null) return [];
    const message = `no variable ${quoted(name)} is declared or set in this file`;
    return [unknown(name, text, message, `did you mean "${closest}"?`, 'warning')];
  }
}

function unknown(name: string, text: string, message: string, hint?: string, severity: 'error' | 'warning' = 'error'): NameProblem {
  return { code: 'NAME_UNKNOWN', severity, offset: offsetOf(name, text), message, hint };
}

function variablesOf(workflow: Workflow, steps: readonly Step[]): string[] {
  const names = [...Object.keys(workflow.variables), ...Object.keys(workflow.inputs ?? {})];
  if (steps.some((step) => step.kind === 'group' && step.phase !== undefined)) names.push('feedback');
  for (const step of steps) {
    names.push(`${step.id}_status`, `${step.id}_result`);
    if (step.kind === 'variables') names.push(...Object.keys(step.set));
    if (step.kind !== 'task') continue;
    names.push(...(step.outputs ?? []));
    for (const { to, name } of step.store ?? []) if (to === 'variable') names.push(name);
  }
  return names;
}

function keysWritten(step: Step): string[] {
  if (step.kind === 'map') return [...everyStep(step.workflow.steps)].flatMap(keysWritten);
  return step.kind === 'task' ? [...(step.writes ?? [])] : [];
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
