/**
 * The bookkeeping of a running group: who waits for whom, who is ready, who is settled. Owned by exactly one run and changed in
 * place, because a group of 10,000 members that copied itself at every step would cost more than the work it coordinates.
 */
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { GroupBlueprint } from './blueprint.ts';
import { MinHeap } from './min-heap.ts';

/** What a settled dependency means for those that wait for it. */
export interface DependencyRule {
  readonly onFailure: 'continue' | 'stop' | 'best_effort';
  readonly onSkip: 'satisfy' | 'propagate';
}

/** A member that will not run, and why. */
export interface Blocked {
  readonly member: number;
  readonly reason: string;
}

export class GroupProgress {
  readonly #blueprint: GroupBlueprint;
  readonly #rule: DependencyRule;
  readonly #waitsFor: number[];
  readonly #outcomes: (StepOutcome | undefined)[];
  readonly #blockedBy: (string | undefined)[];
  readonly #ready: MinHeap<number>;

  constructor(blueprint: GroupBlueprint, rule: DependencyRule) {
    this.#blueprint = blueprint;
    this.#rule = rule;
    this.#waitsFor = blueprint.waitsFor.slice();
    this.#outcomes = new Array(blueprint.members.length);
    this.#blockedBy = new Array(blueprint.members.length);
    const rank = blueprint.rank;
    this.#ready = new MinHeap((a, b) => (rank[a] as number) < (rank[b] as number));
    this.#waitsFor.forEach((count, member) => {
      if (count === 0) this.#ready.push(member);
    });
  }

  /** Takes the ready member that stands first in the order. */
  takeReady(): number | undefined {
    return this.#ready.pop();
  }

  /** Puts a member back that could not be launched yet. */
  putBack(member: number): void {
    this.#ready.push(member);
  }

  outcome(member: number): StepOutcome | undefined {
    return this.#outcomes[member];
  }

  /** The members that this one still waits for. */
  unsettledDependencies(member: number): number[] {
    return (this.#blueprint.dependencies[member] ?? []).filter((from) => this.#outcomes[from] === undefined);
  }

  /**
   * Records how a member ended and releases those that wait for it. Returns the members that cannot run because of it, in order; they
   * are recorded as skipped, and so on along their dependents.
   */
  settle(member: number, outcome: StepOutcome): Blocked[] {
    const blocked: Blocked[] = [];
    this.#record(member, outcome);
    // The whole group is about to be ended: nobody is released, nobody is blocked.
    if (outcome === 'failed' && this.#rule.onFailure === 'stop') return blocked;
    const open = [member];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const why = this.#blocks(next);
      for (const dependent of this.#blueprint.dependents[next] as readonly number[]) {
        if (why !== undefined) this.#blockedBy[dependent] ??= why;
        this.#waitsFor[dependent] = (this.#waitsFor[dependent] as number) - 1;
        if (this.#waitsFor[dependent] !== 0 || this.#outcomes[dependent] !== undefined) continue;
        const reason = this.#blockedBy[dependent];
        if (reason === undefined) this.#ready.push(dependent);
        else {
          this.#record(dependent, 'skipped');
          blocked.push({ member: dependent, reason });
          open.push(dependent);
        }
      }
    }
    return blocked;
  }

  /** Records the end of a member nobody waits for any more (the group is being ended). */
  close(member: number, outcome: StepOutcome): void {
    this.#record(member, outcome);
  }

  #record(member: number, outcome: StepOutcome): void {
    this.#outcomes[member] = outcome;
  }

  /** Why the dependents of a settled member cannot run, or undefined when they can. */
  #blocks(member: number): string | undefined {
    const name = this.#blueprint.members[member]?.step.id ?? '';
    const outcome = this.#outcomes[member];
    if (outcome === 'failed' && this.#rule.onFailure === 'continue') return `${name} failed`;
    if (outcome === 'cancelled') return `${name} was cancelled`;
    if (outcome !== 'skipped') return undefined;
    if (this.#blockedBy[member] !== undefined) return this.#blockedBy[member];
    return this.#rule.onSkip === 'propagate' ? `${name} was skipped` : undefined;
  }
}
