/** Where the steps of a native list stand, known before they are read: sources name steps that come later in the file, too. */
import { isJsonObject } from '../protocol/json.ts';
import { nodeAt, type SourceNode } from './source-node.ts';

/** Lists of steps that belong to the same workflow as the step that holds them. */
const INNER_LISTS = ['steps', 'then_steps', 'else_steps'];

/** The list that the body of a map stands in, and the map. */
interface Outside {
  readonly homes: StepHomes;
  readonly map: string;
}

export class StepHomes {
  /** By id: the ids of the steps it stands in, outermost first. */
  private readonly chains = new Map<string, readonly string[]>();
  private readonly ended: ReadonlySet<string>;
  private readonly outside: Outside | null;
  /** Steps outside a map that steps inside it take data from. */
  readonly fromOutside = new Set<string>();

  /** `ended`: ids of steps that have ended before any of the list starts. */
  constructor(
    list: SourceNode | undefined,
    { ended = new Set(), outside = null }: { ended?: ReadonlySet<string>; outside?: Outside | null },
  ) {
    this.ended = ended;
    this.outside = outside;
    this.settle(list, []);
  }

  /** Ids of all steps of the list, members, branches and voters included. */
  ids(): string[] {
    return [...this.chains.keys()];
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
    const around = this.chains.get(reader) ?? [];
    const chain = this.chains.get(source);
    if (chain !== undefined) return [...chain, source].find((id, depth) => around[depth] !== id) ?? source;
    if (this.outside?.homes.knows(source) === true) this.fromOutside.add(source);
    return null;
  }

  private knows(id: string): boolean {
    return this.chains.has(id) || this.ended.has(id) || this.outside?.homes.knows(id) === true;
  }

  private settle(list: SourceNode | undefined, around: readonly string[]): void {
    for (const node of list?.items ?? []) {
      const step = node.value;
      if (!isJsonObject(step) || typeof step.id !== 'string' || this.chains.has(step.id)) continue;
      this.chains.set(step.id, around);
      const inside = [...around, step.id];
      if (step.type === 'vote') this.settleVoters(inside, step.voters ?? (Array.isArray(step.personas) ? step.personas.length : 0));
      else if (step.type !== 'map') for (const key of INNER_LISTS) this.settle(nodeAt(node, [key]), inside);
    }
  }

  private settleVoters(inside: readonly string[], voters: unknown): void {
    const id = inside.at(-1);
    for (let voter = 1; voter <= Number(voters) && voter <= 1000; voter += 1) this.chains.set(`${id}.${voter}`, inside);
    this.chains.set(`${id}.judge`, inside);
  }
}
