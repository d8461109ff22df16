/** Who plays which part of a crew: personas, or step types, each with its agents in the order in which they joined. */
import type { Agent } from '../../protocol/agent.ts';

interface Cast {
  readonly agents: Set<Agent>;
  /** The same as a list, until somebody joins or leaves: whoever holds it knows by it that nothing has changed. */
  list: readonly Agent[] | null;
}

/** The parts of one sort, by name. */
export class CrewParts {
  readonly #casts = new Map<string, Cast>();

  names(): readonly string[] {
    return [...this.#casts.keys()];
  }

  /** Those who play a part: the same list for as long as nobody joins or leaves. Undefined where nobody ever joined, or all have left. */
  cast(part: string): readonly Agent[] | undefined {
    const cast = this.#casts.get(part);
    if (cast === undefined) return undefined;
    cast.list ??= [...cast.agents];
    return cast.list;
  }

  has(part: string, agent: Agent): boolean {
    return this.#casts.get(part)?.agents.has(agent) === true;
  }

  join(part: string, agent: Agent): void {
    const cast = this.#casts.get(part);
    if (cast === undefined) this.#casts.set(part, { agents: new Set([agent]), list: null });
    else if (!cast.agents.has(agent)) {
      cast.agents.add(agent);
      cast.list = null;
    }
  }

  /** Takes an agent out of every part. */
  leave(agent: Agent): void {
    for (const [part, cast] of this.#casts) {
      if (!cast.agents.delete(agent)) continue;
      cast.list = null;
      if (cast.agents.size === 0) this.#casts.delete(part);
    }
  }
}
