/** Where the steps of a native list stand, known before they are read: sources name steps that come later in the file, too. */
import { isJsonObject } from '../protocol/json.ts';
import { nodeAt, type SourceNode } from './source-node.ts';

/** Lists of steps that belong to the same workflow as the step that holds them. */
const INNER_LISTS = ['steps', 'then_steps', 'else_steps'];

/** What is known around a list: steps that have ended before any of it starts, or the list that the map stands in whose body it is. */
interface Around {
  readonly ended?: StepHomes;
  readonly outside?: StepHomes;
}

export class StepHomes {
  /** By id: the ids of the steps it stands in, outermost first. */
  private readonly chains = new Map<string, readonly string[]>();
  private readonly votes = new Set<string>();
  private readonly around: Around;
  /** Steps outside a map that steps inside it take data from. */
  readonly fromOutside = new Set<string>();

  constructor(list: SourceNode | undefined, around: Around = {}) {
    this.around = around;
    this.settle(list, []);
  }

  /** True for a step of the list, or known around it. */
  knows(id: string): boolean {
    const { ended, outside } = this.around;
    return this.chainOf(id) !== undefined || ended?.knows(id) === true || outside?.knows(id) === true;
  }

  /** The ids of the list, those inside its steps included. */
  ids(): Iterable<string> {
    return this.chains.keys();
  }

  /** How many of the first names of a path make up the id of a step, as ids may hold dots: as many as possible, else 1. */
  idLength(names: readonly string[]): number {
    for (let length = names.length; length > 1; length -= 1) if (this.knows(names.slice(0, length).join('.'))) return length;
    return 1;
  }

  /**
   * What a step must depend on so that a step it takes data from has ended: that step, or what holds it as far as the reader can see; null
   * where nothing is needed, or there is no such step.
   */
  dependencyFor(reader: string, source: string): string | null {
    const around = this.chainOf(reader) ?? [];
    const chain = this.chainOf(source);
    if (chain !== undefined) return [...chain, source].find((id, depth) => around[depth] !== id) ?? source;
    if (this.around.outside?.knows(source) === true) this.fromOutside.add(source);
    return null;
  }

  /** What a step stands in; a voter or judge, in its vote. */
  private chainOf(id: string): readonly string[] | undefined {
    const [, vote = ''] = /^(.*)\.(?:[1-9]\d{0,3}|judge)$/su.exec(id) ?? [];
    return this.chains.get(id) ?? (this.votes.has(vote) ? [...(this.chains.get(vote) ?? []), vote] : undefined);
  }

  private settle(list: SourceNode | undefined, around: readonly string[]): void {
    for (const node of list?.items ?? []) {
      const step = node.value;
      if (!isJsonObject(step) || typeof step.id !== 'string' || this.chains.has(step.id)) continue;
      this.chains.set(step.id, around);
      if (step.type === 'vote') this.votes.add(step.id);
      else if (step.type !== 'map') for (const key of INNER_LISTS) this.settle(nodeAt(node, [key]), [...around, step.id]);
    }
  }
}
