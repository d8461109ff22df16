import { membersBefore, standingFor } from './fallbacks.ts';
import { everyStep, type Step, votersOf } from './workflow.ts';

interface Home {
  readonly step: Step;
  /** Its dependencies, as far as they have ended when it starts. */
  readonly waitsFor: readonly string[];
  /** The step before it, where its list is worked off in order; the step that it stands in for. */
  readonly previous?: Step;
  readonly container?: Step;
}

/** At a progress checkpoint members are still at work. */
function endedBefore(step: Step): readonly string[] {
  if (step.kind !== 'sync' || step.sync !== 'progress_checkpoint') return step.dependencies;
  const members = new Set(step.members);
  return step.dependencies.filter((id) => !members.has(id));
}

/** Steps looked at for one file. Beyond that a warning would cost more than it is worth: seconds, for files that no one writes by hand. */
const BUDGET = 2_000_000;

/** Which steps have certainly ended when a step starts: its dependencies, theirs, and those of the groups it stands in. */
export class StepOrder {
  private readonly homes = new Map<string, Home>();
  private budget = BUDGET;

  constructor(steps: readonly Step[], sequential: boolean) {
    this.settle(steps, sequential);
  }

  /** Ids of all steps, members and branches included. */
  ids(): IterableIterator<string> {
    return this.homes.keys();
  }

  has(id: string): boolean {
    return this.homes.has(id);
  }

  /**
   * True when `earlier` has ended, or was skipped, whenever `later` starts; a member ends with its group at the latest.
   * Also true where finding out would take too long.
   */
  endsBefore(earlier: string, later: Step): boolean {
    return this.isReached(earlier, this.before(later));
  }

  /** True when `earlier` has ended, or was skipped, once `ended` has. */
  endsWith(earlier: string, ended: string): boolean {
    return !this.homes.has(ended) || this.isReached(earlier, [ended]);
  }

  /** What `later` has to depend on for `earlier` to have ended: the step itself, or the group that holds it; null where it is inside `later`. */
  heldBy(earlier: string, later: Step): string | null {
    const around = new Set(this.containersOf(later.id));
    let held = earlier;
    for (const container of this.containersOf(earlier)) {
      if (container === later.id) return null;
      if (around.has(container)) return held;
      held = container;
    }
    return held;
  }

  private isReached(earlier: string, from: Iterable<string>): boolean {
    const wanted = new Set([earlier, ...this.containersOf(earlier)]);
    const seen = new Set<string>();
    const pending = [...from];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      this.budget -= 1;
      if (wanted.has(id) || this.budget < 0) return true;
      const step = seen.has(id) ? undefined : this.homes.get(id)?.step;
      seen.add(id);
      if (step === undefined) continue;
      pending.push(...this.before(step));
      if (step.kind === 'group' || step.kind === 'choice') for (const member of everyStep([step])) pending.push(...member.dependencies);
    }
    return false;
  }

  /** What a step waits for directly, or because of where it stands. */
  private *before(step: Step): Generator<string> {
    for (let home = this.homes.get(step.id); home !== undefined; home = home.container && this.homes.get(home.container.id)) {
      yield* home.waitsFor;
      if (home.previous !== undefined) yield home.previous.id;
    }
  }

  private *containersOf(id: string): Generator<string> {
    for (let outer = this.homes.get(id)?.container; outer !== undefined; outer = this.homes.get(outer.id)?.container) yield outer.id;
  }

  private settle(steps: readonly Step[], sequential: boolean, container?: Step): void {
    const before = sequential ? membersBefore(steps) : null;
    const stages = standingFor(steps);
    for (const [place, step] of steps.entries()) {
      if (this.homes.has(step.id)) continue;
      const previous = steps[before?.[place] ?? stages.get(place) ?? -1];
      this.homes.set(step.id, {
        step,
        waitsFor: endedBefore(step),
        ...(previous && { previous }),
        ...(container && { container }),
      });
      if (step.kind === 'group') this.settle(step.steps, step.mode === 'sequential', step);
      if (step.kind === 'vote') this.settle(votersOf(step), false, step);
      if (step.kind === 'choice') for (const branch of [step.then, step.otherwise]) this.settle(branch, false, step);
    }
  }
}
