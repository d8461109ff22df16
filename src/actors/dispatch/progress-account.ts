/** How far one attempt is, as its agent has said so far. */
import type { ProgressReport } from '../../protocol/agent.ts';

/** What an agent has said of its progress, all in all. */
export interface Progress {
  /** 0 to 100, or null where the agent has not said. */
  readonly percent: number | null;
  readonly phase: string | null;
  readonly blocked: string | null;
}

/** Longest phase and reason kept, in characters: a journal is no place for a dump. */
const MAX_WORDS = 500;

/** Adds up reports, and knows which of them somebody waits for. */
export class ProgressAccount {
  readonly #checkpoints: readonly number[];
  #progress: Progress = { percent: null, phase: null, blocked: null };

  /** `checkpoints`: the shares of the work, percent, at which somebody waits. */
  constructor(checkpoints: readonly number[]) {
    this.#checkpoints = checkpoints;
  }

  /** Takes a report in. `matters`: a checkpoint was passed, or the phase or what blocks it is another one. */
  take(report: ProgressReport): { readonly progress: Progress; readonly matters: boolean } {
    const before = this.#progress;
    const progress = {
      percent: percentOf(report.percent, before.percent),
      phase: words(report.phase, before.phase),
      blocked: words(report.blocked, before.blocked),
    };
    this.#progress = progress;
    const matters =
      progress.phase !== before.phase || progress.blocked !== before.blocked || this.#passed(before.percent, progress.percent);
    return { progress, matters };
  }

  #passed(before: number | null, now: number | null): boolean {
    return now !== null && this.#checkpoints.some((checkpoint) => checkpoint <= now && (before === null || checkpoint > before));
  }
}

function percentOf(said: unknown, before: number | null): number | null {
  if (typeof said !== 'number' || Number.isNaN(said)) return before;
  return Math.max(before ?? 0, Math.min(100, Math.max(0, said)));
}

function words(said: unknown, before: string | null): string | null {
  if (said === undefined) return before;
  return said === null ? null : String(said).slice(0, MAX_WORDS);
}
