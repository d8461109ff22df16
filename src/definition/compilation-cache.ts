/** Sources kept, and how long a source may be to be kept: a few megabytes at worst. */
const MAX_ENTRIES = 1_000;
const MAX_SOURCE = 10_000;

/** Remembers what was compiled from a source; forgets the oldest when full. What `make` throws is not remembered. */
export class CompilationCache<Compiled> {
  readonly #entries: Map<string, Compiled> = new Map();

  get(source: string, make: (source: string) => Compiled): Compiled {
    const known = this.#entries.get(source);
    if (known !== undefined) return known;
    const compiled = make(source);
    if (source.length > MAX_SOURCE) return compiled;
    if (this.#entries.size >= MAX_ENTRIES) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(source, compiled);
    return compiled;
  }
}
