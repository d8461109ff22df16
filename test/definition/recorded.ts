import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CORPUS = join('..', 'shared', 'corpus', 'engine');

/** A recorded file of the engine dialect's corpus; null, with a printed reason, where there is none. */
export function recorded<Rows>(file: string): Rows | null {
  const path = join(CORPUS, file);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Rows;
  console.warn(`skipped: ${path} is not here`);
  return null;
}

/** The texts of all recorded workflow files; empty, with a printed reason, where there are none. */
export function recordedDefinitions(): string[] {
  const folders = [join(CORPUS, 'definitions'), join(CORPUS, 'templates')].filter((folder) => existsSync(folder));
  if (folders.length === 0) console.warn(`skipped: ${CORPUS} is not here`);
  return folders.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')));
}
