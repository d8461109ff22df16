/**
 * The bookkeeping of a running group: who waits for whom, who is ready, who is settled. Owned by exactly one run and changed in
 * place, because a group of 10,000 members that copied itself at every step would cost more than the work it coordinates.
 */
import { ownPolicy } from '../definition/failure-policy.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { type GroupBlueprint, needsRoom } from './blueprint.ts';
import type { EdgeTerms } from './drawn-edges.ts';
import { MinHeap } from './min-heap.ts';

/** What a settled dependency means for those that wait for it. */
export interface DependencyRule {
  readonly onFailure: 'continue' | 'stop' | 'best_effort';
  readonly onSkip: 'satisfy' | 'propagate';
  /** Whether a conditional edge whose step has completed is taken. */
  readonly isTaken?: (terms: EdgeTerms) => boolean;
}

/** A member that will not run, and why. */
export interface Blocked {
  readonly member: number;
  readonly reason: string;
}

/** Which of the ready members are asked for: sync points; those and whatever else needs no room; any. */
export type ReadyClass = 'points' | 'roomless' | 'any';

const CLASSES: readonly ReadyClass[] = ['points', 'roomless', 'any'];

export class GroupProgress {
  readonly #blueprint: GroupBlueprint;
  readonly #rule: DependencyRule;
  #places: readonly number[];
  #waitsFor: number[] = [];
  #outcomes: (StepOutcome | undefined)[] = [];
  #blockedBy: (string | undefined)[] = [];
  /** By member: conditional edges that were taken. Only where there are any. */
  #taken: number[] = [];
  /** Members that run again after those that wait for them were released. */
  #again = new Set<number>();
  /** Members that have failed while the one that stands in for them has not ended: nobody is released or blocked by them yet. */
  #held = new Set<number>();
  /** Members of which it was decided by the last end what became of their failure. */
  readonly #decided: number[] = [];
  /** Members that are ready: sync points, what needs no room, what does. */
  #ready: readonly MinHeap<number>[];

  /** `places`: by member, its place in the order of launch. */
  constructor(blueprint: GroupBlueprint, rule: DependencyRule, places: readonly number[] = blueprint.rank) {
    this.#blueprint = blueprint;
    this.#rule = rule;
    this.#places = places;
    this.#ready = this.#open();
  }

  /** All members are open again, and those that wait for nothing are ready. */
  startOver(): void {
    this.#ready = this.#open();
  }

  /** Puts what is ready, and all that will be, into another order of launch. */
  reorder(places: readonly number[]): void {
    const ready: number[] = [];
    for (let member = this.takeReady(); member !== undefined; member = this.takeReady()) ready.push(member);
    this.#places = places;
    this.#ready = this.#queues();
    for (const member of ready) this.putBack(member);
  }

  #queues(): readonly MinHeap<number>[] {
    const places = this.#places;
    return CLASSES.map(() => new MinHeap<number>((a, b) => (places[a] as number) < (places[b] as number)));
  }

  #open(): readonly MinHeap<number>[] {
    const { waitsFor, members, terms } = this.#blueprint;
    this.#waitsFor = waitsFor.slice();
    this.#outcomes = new Array(members.length);
    this.#blockedBy = new Array(members.length);
    if (terms !== null) this.#taken = new Array(members.length).fill(0);
    this.#again = new Set();
    this.#held = new Set();
    const ready = this.#queues();
    waitsFor.forEach((count, member) => {
      if (count === 0) ready[this.#classOf(member)]?.push(member);
    });
    return ready;
  }

  #classOf(member: number): number {
    const blueprint = this.#blueprint.members[member];
    if (blueprint === undefined || needsRoom(blueprint)) return CLASSES.indexOf('any');
    return CLASSES.indexOf(blueprint.step.kind === 'sync' ? 'points' : 'roomless');
  }

  /**
   * Takes the ready member that stands first in the order. `among`: only of those that need no room, or only of the sync points; the others
   * are not looked at, so that a wide group whose members wait for room costs no more than a narrow one.
   */
  takeReady(among: ReadyClass = 'any'): number | undefined {
    let first: MinHeap<number> | undefined;
    for (const queue of this.#ready.slice(0, CLASSES.indexOf(among) + 1)) {
      const member = queue.peek();
      const best = first?.peek();
      if (member !== undefined && (best === undefined || (this.#places[member] as number) < (this.#places[best] as number))) first = queue;
    }
    return first?.pop();
  }

  /** Puts a member back that could not be launched yet. */
  putBack(member: number): void {
    this.#ready[this.#classOf(member)]?.push(member);
  }

  outcome(member: number): StepOutcome | undefined {
    return this.#outcomes[member];
  }

  /** The members that this one still waits for. */
  unsettledDependencies(member: number): number[] {
    return (this.#blueprint.dependencies[member] ?? []).flatMap((from) => {
      if (!this.#isOpen(from, member)) return [];
      let awaited = from;
      for (let next = this.#standIn(from); next !== undefined && this.#held.has(awaited); next = this.#standIn(next)) awaited = next;
      return [awaited];
    });
  }

  /** Whether a member has failed and it is not decided yet what becomes of that, because somebody may stand in for it. */
  isHeld(member: number): boolean {
    return this.#held.has(member);
  }

  /** Members whose failure was held and is decided by the last end: made good (they are completed now), or not. */
  takeDecided(): readonly number[] {
    return this.#decided.splice(0);
  }

  #standIn(member: number): number | undefined {
    return this.#blueprint.standIns?.get(member);
  }

  /** Whether a member still has to wait for another one. */
  #isOpen(from: number, member: number): boolean {
    return this.#outcomes[from] === undefined || (this.#held.has(from) && this.#standIn(from) !== member);
  }

  /**
   * Records how a member ended and releases those that wait for it. Returns the members that cannot run because of it, in order; they
   * are recorded as skipped, and so on along their dependents.
   */
  settle(member: number, outcome: StepOutcome): Blocked[] {
    const blocked: Blocked[] = [];
    this.#record(member, outcome);
    if (this.#again.delete(member)) return blocked;
    const holds = outcome === 'failed' && this.#holdBack(member);
    // The whole group is about to be ended: nobody is released, nobody is blocked.
    if (outcome === 'failed' && this.#policyOf(member) === 'stop' && !holds) {
      for (let next = this.#decide(member); next !== undefined; next = this.#decide(next)) if (this.#outcomes[next] !== 'failed') break;
      return blocked;
    }
    const open = [member];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const left of this.#release(next)) {
        blocked.push(left);
        open.push(left.member);
      }
      const stage = this.#decide(next);
      if (stage !== undefined) open.push(stage);
    }
    return blocked;
  }

  /** Releases those that wait for a member that has ended; returns those that cannot run. */
  #release(member: number): Blocked[] {
    const left: Blocked[] = [];
    const why = this.#blocks(member);
    for (const dependent of this.#releasedBy(member)) {
      this.#pass(member, dependent, why);
      this.#waitsFor[dependent] = (this.#waitsFor[dependent] as number) - 1;
      if (this.#waitsFor[dependent] !== 0 || this.#outcomes[dependent] !== undefined) continue;
      const reason = this.#blockedBy[dependent] ?? this.#notNeeded(dependent) ?? this.#withoutEdge(dependent);
      if (reason === undefined) this.putBack(dependent);
      else {
        this.#record(dependent, 'skipped');
        left.push({ member: dependent, reason });
      }
    }
    return left;
  }

  /** Whether the failure of a member is held because somebody may stand in for it. */
  #holdBack(member: number): boolean {
    const standIn = this.#standIn(member);
    if (standIn === undefined || this.#outcomes[standIn] !== undefined) return false;
    this.#held.add(member);
    return true;
  }

  /** Who is released by the end of a member: for as long as its failure is held, only the one that stands in for it. */
  #releasedBy(member: number): readonly number[] {
    const dependents = this.#blueprint.dependents[member] ?? [];
    const standIn = this.#standIn(member);
    if (standIn === undefined) return dependents;
    if (this.#held.has(member)) return [standIn];
    return this.#decided.includes(member) ? dependents.filter((dependent) => dependent !== standIn) : dependents;
  }

  /** One that stands in for another has ended: that decides about the failure of the other. Returns it, or nothing where nothing is decided. */
  #decide(member: number): number | undefined {
    const stage = this.#blueprint.stages?.get(member);
    if (stage === undefined || this.#held.has(member) || !this.#held.delete(stage)) return undefined;
    if (this.#outcomes[member] === 'completed') this.#record(stage, 'completed');
    this.#decided.push(stage);
    return stage;
  }

  /** Why one that stands in for another is not needed, or undefined when it is, or stands in for nobody. */
  #notNeeded(member: number): string | undefined {
    const stage = this.#blueprint.stages?.get(member);
    if (stage === undefined || this.#outcomes[stage] === 'failed') return undefined;
    return `it stands in for ${this.#blueprint.members[stage]?.step.id ?? ''}, which has not failed`;
  }

  /** Records the end of a member nobody waits for any more (the group is being ended). */
  close(member: number, outcome: StepOutcome): void {
    this.#record(member, outcome);
  }

  /** A member that had ended runs again; those that wait for it have been released and stay so. */
  reopen(member: number): void {
    if (this.#outcomes[member] !== undefined) this.#again.add(member);
    this.#outcomes[member] = undefined;
  }

  /** Members run again in their order, as if they had never run; everything that depends on one of them is among them. */
  runAgain(members: ReadonlySet<number>): void {
    const ready: number[] = [];
    for (let member = this.takeReady(); member !== undefined; member = this.takeReady()) if (!members.has(member)) ready.push(member);
    for (const member of ready) this.putBack(member);
    for (const member of members) {
      this.#outcomes[member] = undefined;
      this.#blockedBy[member] = undefined;
      this.#again.delete(member);
      this.#held.delete(member);
      if (this.#taken.length > 0) this.#taken[member] = 0;
    }
    for (const member of members) {
      const dependencies = this.#blueprint.dependencies[member] ?? [];
      this.#waitsFor[member] = dependencies.filter((from) => this.#isOpen(from, member)).length;
      for (const from of dependencies) if (!this.#isOpen(from, member)) this.#pass(from, member, this.#blocks(from));
      if (this.#waitsFor[member] === 0) this.putBack(member);
    }
  }

  #record(member: number, outcome: StepOutcome): void {
    this.#outcomes[member] = outcome;
  }

  /** What the failure of a member means: as it says itself, else as its group does. */
  #policyOf(member: number): DependencyRule['onFailure'] {
    const step = this.#blueprint.members[member]?.step;
    return (step === undefined ? undefined : ownPolicy(step)) ?? this.#rule.onFailure;
  }

  /** What the end of a member means for one that waits for it. */
  #pass(member: number, dependent: number, why: string | undefined): void {
    if (this.#standIn(member) === dependent) return;
    const terms = this.#blueprint.terms?.[dependent]?.get(member);
    if (terms === undefined) {
      if (why !== undefined) this.#blockedBy[dependent] ??= why;
      return;
    }
    for (const edge of terms) {
      if (edge.kind === 'hard' && why !== undefined) this.#blockedBy[dependent] ??= why;
      if (edge.kind !== 'conditional' || this.#outcomes[member] !== 'completed') continue;
      if (this.#rule.isTaken?.(edge) !== false) this.#taken[dependent] = (this.#taken[dependent] ?? 0) + 1;
    }
  }

  /** Why a member whose conditional edges were all left aside cannot run. */
  #withoutEdge(member: number): string | undefined {
    const terms = this.#blueprint.terms?.[member];
    if (terms === undefined || terms === null || (this.#taken[member] ?? 0) > 0) return undefined;
    const from = [...terms.values()].flat().flatMap(({ kind, step }) => (kind === 'conditional' ? [step] : []));
    return from.length === 0 ? undefined : `no conditional edge was taken (from ${from.join(', ')})`;
  }

  /** Why the dependents of a settled member cannot run, or undefined when they can. */
  #blocks(member: number): string | undefined {
    const name = this.#blueprint.members[member]?.step.id ?? '';
    const outcome = this.#outcomes[member];
    if (outcome === 'failed' && this.#policyOf(member) === 'continue') return `${name} failed`;
    if (outcome === 'cancelled') return `${name} was cancelled`;
    if (outcome !== 'skipped') return undefined;
    if (this.#blockedBy[member] !== undefined) return this.#blockedBy[member];
    return this.#rule.onSkip === 'propagate' ? `${name} was skipped` : undefined;
  }
}
