import { TroupeError } from '../protocol/errors.ts';
import { nearest } from './nearest-name.ts';
import { memberSource, reference } from './reference.ts';
import type { Step } from './workflow.ts';

/** A list of steps that is being built, and the lists around it. */
export class StepList {
  readonly steps: Step[] = [];
  private readonly outer: StepList | undefined;
  /** The group or choice this list belongs to. */
  private readonly container: string | undefined;
  /** By step id: the list it stands in. Shared by all lists of a workflow. */
  private readonly homes: Map<string, StepList>;

  /** By variable: the step that sets it, the latest of several. Shared likewise. */
  private readonly setters: Map<string, string>;

  /** `knows`: a list whose steps this one may refer to without standing inside of it; failure handlers do. */
  constructor(outer?: StepList, container?: string, knows?: StepList) {
    this.outer = outer;
    this.container = container;
    this.homes = (outer ?? knows)?.homes ?? new Map();
    this.setters = (outer ?? knows)?.setters ?? new Map();
  }

  add(step: Step): void {
    this.steps.push(step);
    if (!this.homes.has(step.id)) this.homes.set(step.id, this);
  }

  /** Notes that a step sets variables: who reads one later, waits for it. */
  sets(variables: readonly string[], id: string): void {
    for (const variable of variables) this.setters.set(variable, id);
  }

  /** What a step of this list depends on to read a variable; null when it has its value from the start of the run. */
  dependencyOnVariable(name: string): string | null {
    const setter = this.setters.get(name);
    return setter === undefined ? null : this.dependencyOn(setter);
  }

  /**
   * What a step of this list depends on to read the output of another one: that step, or the group it is inside of. Null when no
   * waiting is possible or needed: the step is not known, or this list only runs when the other one has ended.
   */
  dependencyOn(id: string): string | null {
    let target = id;
    let home = this.homes.get(id);
    while (home !== undefined && !this.isInside(home)) {
      target = home.container ?? target;
      home = home.outer;
    }
    return home === undefined ? null : target;
  }

  /** References to the outputs of the steps written so far. */
  references(): object {
    return new Proxy(
      {},
      {
        get: (_target, id) => {
          if (typeof id !== 'string') return undefined;
          if (this.homes.has(id)) return reference(memberSource('steps', id));
          const closest = nearest(id, this.homes.keys());
          const hint = closest === null ? 'a step sees those written before it' : `did you mean "${closest}"?`;
          throw new TroupeError('DEFINITION_INVALID', `there is no step "${id}" yet`, { hint });
        },
      },
    );
  }

  private isInside(list: StepList): boolean {
    for (let here: StepList | undefined = this; here !== undefined; here = here.outer) if (here === list) return true;
    return false;
  }
}

/** References to the variables of the run, whatever they are called. */
export function variableReferences(): object {
  return new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? reference(memberSource('variables', name)) : undefined) });
}
