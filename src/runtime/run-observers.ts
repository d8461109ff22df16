import type { RunEvent } from './run-event.ts';

/** What an observer is told of. */
export interface Attention {
  /** The first fact it is told of. */
  readonly from: number;
  /** Whether it is told how members get along, too. */
  readonly coordination: boolean;
}

/** Who is told of a run's events, and how many of its facts have been told. */
export class RunObservers {
  // Made when there is somebody: thousands of runs that wait have nobody.
  #observers: Map<(event: RunEvent) => void, Attention> | null = null;
  #waiting: { readonly facts: number; readonly tell: () => void }[] | null = null;
  #announced: number;

  constructor(announced: number) {
    this.#announced = announced;
  }

  get present(): boolean {
    return this.#observers !== null && this.#observers.size > 0;
  }

  /** Whether anybody is told how members get along. */
  get wantCoordination(): boolean {
    for (const { coordination } of this.#observers?.values() ?? []) if (coordination) return true;
    return false;
  }

  /** Facts that are durable and told. */
  get announced(): number {
    return this.#announced;
  }

  add(observer: (event: RunEvent) => void, attention: Attention): () => void {
    this.#observers ??= new Map();
    this.#observers.set(observer, attention);
    return () => this.#observers?.delete(observer);
  }

  /** Tells of a fact (or, without one, of something that is not journalled). What an observer throws is its owner's trouble. */
  tell(event: RunEvent, fact = Number.POSITIVE_INFINITY): void {
    for (const [observer, { from, coordination }] of this.#observers ?? []) {
      if (fact < from || (event.type === 'coordination' && !coordination)) continue;
      try {
        observer(event);
      } catch {
        // The run goes on.
      }
    }
  }

  /** One more fact is durable. */
  announce(): void {
    this.#announced++;
    if (this.#waiting === null) return;
    for (const { facts, tell } of this.#waiting) if (facts <= this.#announced) tell();
    this.#waiting = this.#waiting.filter(({ facts }) => facts > this.#announced);
  }

  /** Resolves when the first `facts` facts are durable, or nothing more will be. */
  until(facts: number): Promise<void> {
    if (this.#announced >= facts) return Promise.resolve();
    return new Promise((tell) => {
      this.#waiting = [...(this.#waiting ?? []), { facts, tell }];
    });
  }

  /** Nothing more will be announced. */
  close(): void {
    for (const { tell } of this.#waiting ?? []) tell();
    this.#waiting = null;
  }
}
