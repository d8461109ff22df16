/**
 * The environment of a child process is an allow-list: what a host keeps in its environment (tokens, above all) reaches
 * no command unless somebody named it.
 */
import { TroupeError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/task.ts';

/**
 * Further variables for a command. A list as in `docker run -e`: `NAME` passes the host's value on, `NAME=value` sets one.
 * A map as in a compose file: a value sets it, null passes the host's value on.
 */
export type CommandEnvironment = readonly string[] | Readonly<Record<string, string | number | boolean | null>>;

/** What nearly every program needs to work at all, and nothing that is worth stealing. */
const ALWAYS_PASSED = ['PATH', 'HOME', 'LANG', 'TERM', 'TZ', 'TMPDIR'] as const;

/** What Windows programs need on top of it. */
const PASSED_ON_WINDOWS = [
  'SystemRoot',
  'SystemDrive',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
] as const;

/** Builds the environment of one attempt. */
export type EnvironmentFor = (task: Task, mark: string) => Record<string, string>;

/**
 * Reads an allow-list once; the host's values are taken when an attempt starts. Every command also gets TROUPE_RUN, TROUPE_STEP,
 * TROUPE_ATTEMPT, TROUPE_TASK_KEY (the idempotency key) and TROUPE_MARK, by which everything it starts is found again when the attempt ends:
 * a process that is to outlive it must be started with another TROUPE_MARK.
 *
 * @throws TroupeError DEFINITION_INVALID for a name or value that no environment can hold, or a name that begins with TROUPE_
 */
export function commandEnvironment(agent: string, wanted: CommandEnvironment = []): EnvironmentFor {
  const entries = isList(wanted)
    ? wanted.map(readEntry)
    : Object.entries(wanted).map(([name, value]) => [name, value === null ? null : String(value)] as const);
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value?.includes('\0') === true) {
      throw new TroupeError(
        'DEFINITION_INVALID',
        `the environment of agent "${agent}" has an entry that no environment can hold: ${JSON.stringify(name)}`,
      );
    }
    if (name.startsWith('TROUPE_')) {
      throw new TroupeError(
        'DEFINITION_INVALID',
        `the environment of agent "${agent}" sets ${name}, but names beginning with TROUPE_ are set by the house`,
      );
    }
  }
  return (task, mark) => {
    const env: Record<string, string> = {};
    const pass = (name: string): void => {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    };
    ALWAYS_PASSED.forEach(pass);
    if (process.platform === 'win32') PASSED_ON_WINDOWS.forEach(pass);
    for (const [name, value] of entries) {
      if (value === null) pass(name);
      else env[name] = value;
    }
    const { TROUPE_MARK: outer } = process.env;
    return {
      ...env,
      TROUPE_RUN: task.run,
      TROUPE_STEP: task.step,
      TROUPE_ATTEMPT: String(task.attempt),
      TROUPE_TASK_KEY: task.key,
      // a command may itself run Troupe: its processes carry the marks of both, so that the outer one finds them too
      TROUPE_MARK: outer === undefined ? mark : `${outer} ${mark}`,
    };
  };
}

function readEntry(entry: string): readonly [name: string, value: string | null] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
}

function isList(wanted: CommandEnvironment): wanted is readonly string[] {
  return Array.isArray(wanted);
}
