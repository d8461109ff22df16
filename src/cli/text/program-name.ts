import { basename, relative } from 'node:path';

/** What the next command to type begins with: the command as this process was started, as a person would type it. */
export function programName(argv: readonly string[], env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const script = argv[1] ?? 'troupe';
  if (basename(script, '.cmd') === 'troupe') return env.npm_command === 'exec' ? 'npx troupe' : 'troupe';
  const near = relative(cwd, script);
  return `node ${near.startsWith('..') ? script : near}`;
}

/** A word of a command as a POSIX shell takes it: quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
