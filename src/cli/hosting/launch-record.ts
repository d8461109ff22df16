/**
 * What a run was launched with, kept beside the store's own files: resuming it needs the same crew. Nothing is lost without it; then
 * the crew has to be named again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Launch {
  /** Absolute path of the workflow file. */
  readonly workflow: string;
  /** Absolute path of the crew file, or null for a run without one. */
  readonly crew: string | null;
}

const fileOf = (store: string, run: string): string => join(store, 'launches', `${encodeURIComponent(run)}.json`);

/** Remembers a launch. */
export function rememberLaunch(store: string, run: string, launch: Launch): void {
  mkdirSync(join(store, 'launches'), { recursive: true });
  writeFileSync(fileOf(store, run), `${JSON.stringify(launch)}\n`);
}

/** What a run was launched with, or null when that is not known. */
export function recallLaunch(store: string, run: string): Launch | null {
  try {
    const { workflow, crew }: Partial<Launch> = JSON.parse(readFileSync(fileOf(store, run), 'utf8'));
    return typeof workflow === 'string' ? { workflow, crew: typeof crew === 'string' ? crew : null } : null;
  } catch {
    return null;
  }
}
