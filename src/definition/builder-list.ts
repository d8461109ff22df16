import { TroupeError } from '../protocol/errors.ts';
import { nearest } from './nearest-name.ts';
import { memberSource, reference } from './reference.ts';
import type { Step } from './workflow.ts';

/** The names of one workflow: of its steps, and of the variables they set. The body of a map has names of its own. */
interface NameSpace {
  /** By step id: the list it stands in. */
  readonly homes: Map<string, StepList>;
  /** By variable: the step that sets it, the latest of several. */
  readonly setters: Map<string, string>;
  /** Variables of this space that are there from the start, whatever they are called outside. */
  readonly given: ReadonlySet<string>;
  /** Of the body of a map: the list in which the map stands. */
  readonly around: StepList | undefined;
  /** Of the body of a map: what the map depends on because its body reads it. */
  readonly reached: Set<string>;
}

/** A list of steps that is being built, and the lists around it. */
export class StepList {
  readonly steps: Step[] = [];
  private readonly outer: StepList | undefined;
  /** The group or choice this list belongs to. */
  private readonly container: string | undefined;
  private readonly names: NameSpace;

  private constructor(names: NameSpace, outer?: StepList, container?: string) {
    this.names = names;
    this.outer = outer;
    this.container = container;
  }

  /** The list of a workflow. */
  static root(): StepList {
    return new StepList({ homes: new Map(), setters: new Map(), given: new Set(), around: undefined, reached: new Set() });
  }

  /** The members of a group or the steps of a branch. */
  inside(container: string): StepList {
    return new StepList(this.names, this, container);
  }

  /** A list whose steps may refer to those of this one without standing inside of it; failure handlers do. */
  beside(): StepList {
    return new StepList(this.names);
  }

  /** The body of a map in this list; `given` are the variables that it has for each item. */
  body(given: readonly string[]): StepList {
    return new StepList({ homes: new Map(), setters: new Map(), given: new Set(given), around: this, reached: new Set() });
  }

  add(step: Step): void {
    this.steps.push(step);
    this.announce(step.id);
  }

  /** Lets what is said of a step from here on refer to its own output. */
  announce(id: string): void {
    if (!this.names.homes.has(id)) this.names.homes.set(id, this);
  }

  /** Notes that a step sets variables: who reads one later, waits for it. */
  sets(variables: readonly string[], id: string): void {
    for (const variable of variables) this.names.setters.set(variable, id);
  }

  /** What the map around this body depends on, because the body reads it. */
  reached(): readonly string[] {
    return [...this.names.reached];
  }

  /** What a step of this list depends on to read a variable; null when it has its value from the start of the run. */
  dependencyOnVariable(name: string): string | null {
    const { setters, given, around } = this.names;
    const setter = setters.get(name);
    if (setter !== undefined) return this.dependencyOn(setter);
    return given.has(name) ? null : this.reach(around?.dependencyOnVariable(name));
  }

  /**
   * What a step of this list depends on to read the output of another one: that step, or the group it is inside of. Null when no
   * waiting is possible or needed: the step is not known, or this list only runs when the other one has ended.
   */
  dependencyOn(id: string): string | null {
    let target = id;
    let home = this.names.homes.get(id);
    if (home === undefined) return this.reach(this.names.around?.dependencyOn(id));
    while (home !== undefined && !this.isInside(home)) {
      target = home.container ?? target;
      home = home.outer;
    }
    return home === undefined ? null : target;
  }

  /** True for a step outside of the map whose body this is: then the map waits for it, and the body need not. */
  isAround(id: string): boolean {
    const { homes, around } = this.names;
    return !homes.has(id) && around?.knows(id) === true;
  }

  /** References to the outputs of the steps written so far. */
  references(): object {
    return new Proxy(
      {},
      {
        get: (_target, id) => {
          if (typeof id !== 'string') return undefined;
          if (this.knows(id)) return reference(memberSource('steps', id));
          const closest = nearest(id, this.ids());
          const hint = closest === null ? 'a step sees those written before it' : `did you mean "${closest}"?`;
          throw new TroupeError('DEFINITION_INVALID', `there is no step "${id}" yet`, { hint });
        },
      },
    );
  }

  private knows(id: string): boolean {
    return this.names.homes.has(id) || this.names.around?.knows(id) === true;
  }

  private ids(): string[] {
    return [...this.names.homes.keys(), ...(this.names.around?.ids() ?? [])];
  }

  private reach(dependency: string | null | undefined): null {
    if (typeof dependency === 'string') this.names.reached.add(dependency);
    return null;
  }

  private isInside(list: StepList): boolean {
    for (let here: StepList | undefined = this; here !== undefined; here = here.outer) if (here === list) return true;
    return false;
  }
}

/** References to named values, whatever they are called: the variables of the run, or the keys of its shared context. */
export function namedReferences(root: 'variables' | 'shared'): object {
  return new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? reference(memberSource(root, name)) : undefined) });
}
