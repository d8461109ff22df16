import type { Batch, JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { outOfOrder, runNotFound, storeClosed } from './store-refusals.ts';

/**
 * A store that keeps everything in this process and nothing after it: for tests, simulations and runs that need no
 * recovery. Batches are kept as they were given, without a copy, since appends stand on the path of every step: what
 * was appended must not be changed afterwards.
 */
export function createMemoryStore(): JournalStore {
  return new MemoryStore();
}

/** Every append that succeeds gives this one: a promise per step is a cost. */
const DONE = Promise.resolve();

class MemoryStore implements JournalStore {
  readonly durability = 'memory';
  readonly location = 'memory';
  readonly warnings: readonly string[] = [];
  private readonly batches = new Map<string, Batch[]>();
  private readonly definitions = new Map<string, JsonObject>();
  private readonly house = new Map<string, JsonObject>();
  private readonly summaries = new Map<string, { readonly summary: RunSummary; readonly batches: number }>();
  private closed = false;

  append(run: string, batch: Batch): Promise<void> {
    if (this.closed) return Promise.reject(storeClosed());
    const batches = this.batches.get(run);
    if (batch.n !== (batches?.length ?? 0)) return Promise.reject(outOfOrder(run, batch.n, batches?.length ?? 0));
    if (batches === undefined) this.batches.set(run, [batch]);
    else batches.push(batch);
    return DONE;
  }

  async read(run: string): Promise<Batch[]> {
    return this.readNow(run);
  }

  readNow(run: string): Batch[] {
    this.refuseClosed();
    const batches = this.batches.get(run);
    if (batches === undefined) throw runNotFound(run);
    return [...batches];
  }

  async has(run: string): Promise<boolean> {
    this.refuseClosed();
    return this.batches.has(run);
  }

  async runs(): Promise<string[]> {
    this.refuseClosed();
    return [...this.batches.keys()];
  }

  async putDefinition(hash: string, definition: JsonObject): Promise<void> {
    this.refuseClosed();
    this.definitions.set(hash, definition);
  }

  async getDefinition(hash: string): Promise<JsonObject | null> {
    this.refuseClosed();
    return this.definitions.get(hash) ?? null;
  }

  putSummary(summary: RunSummary): void {
    if (!this.closed) this.summaries.set(summary.id, { summary, batches: this.recorded(summary.id) });
  }

  async getSummary(run: string): Promise<RunSummary | null> {
    this.refuseClosed();
    const kept = this.summaries.get(run);
    return kept?.batches === this.recorded(run) ? kept.summary : null;
  }

  keep(name: string, document: JsonObject): void {
    this.refuseClosed();
    this.house.set(name, structuredClone(document));
  }

  kept(name: string): JsonObject | null {
    this.refuseClosed();
    return this.house.get(name) ?? null;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private recorded(run: string): number {
    return this.batches.get(run)?.length ?? 0;
  }

  private refuseClosed(): void {
    if (this.closed) throw storeClosed();
  }
}
