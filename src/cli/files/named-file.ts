/** Files named on the command line. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { Refusal } from '../failure/refusal.ts';
import type { Desk } from '../terminal/desk.ts';

const ENDINGS = ['.yml', '.yaml', '.json'];

/**
 * The absolute path of a workflow file: the file itself, or `workflow.yml` in a folder. Throws FILE_NOT_FOUND with what is there
 * instead.
 */
export function workflowPath(desk: Desk, typed: string): string {
  const path = desk.path(typed);
  if (!existsSync(path)) throw notFound(desk, path, 'workflow file');
  if (!statSync(path).isDirectory()) return path;
  const inside = firstOf(path, 'workflow');
  if (inside === null)
    throw new Refusal('FILE_NOT_FOUND', `there is no workflow.yml in ${desk.shown(path)}`, { hint: present(desk, path) });
  return inside;
}

/** The absolute path of a crew file. Throws FILE_NOT_FOUND. */
export function crewPath(desk: Desk, typed: string): string {
  const path = desk.path(typed);
  if (!existsSync(path)) throw notFound(desk, path, 'crew file');
  return path;
}

/** The crew file beside a workflow file, or null. */
export function crewBeside(workflow: string): string | null {
  return firstOf(dirname(workflow), 'crew');
}

/** Whether a file is a crew's by its name: `crew.yml`, `night.crew.yml`. */
export function isCrewFile(path: string): boolean {
  return ENDINGS.includes(extname(path)) && /(?:^|\.)crew$/u.test(basename(path, extname(path)));
}

/** `name.yml`, `.yaml` or `.json` in a folder, or null. */
function firstOf(folder: string, name: string): string | null {
  return ENDINGS.map((ending) => join(folder, name + ending)).find((path) => existsSync(path)) ?? null;
}

function notFound(desk: Desk, path: string, what: string): Refusal {
  return new Refusal('FILE_NOT_FOUND', `there is no ${what} ${desk.shown(path)}`, { hint: present(desk, dirname(path)) });
}

const MOST_NAMED = 8;

function present(desk: Desk, folder: string): string {
  if (!existsSync(folder)) return `there is no folder ${desk.shown(folder)} either`;
  const names = readdirSync(folder).filter((name) => ENDINGS.includes(extname(name)));
  if (names.length === 0) return `${desk.shown(folder)} holds no YAML or JSON files; ${desk.command('init')} writes some to begin with`;
  return `${desk.shown(folder)} holds ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ' and more' : ''}`;
}
