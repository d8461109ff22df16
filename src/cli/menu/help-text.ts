/** What stands below the generated help: examples and exit codes. */

/** Examples of a command, each a line to type and what it does. */
export function examples(lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ['', 'Examples:', ...lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)].join('\n');
}

/** The end of `troupe --help`. */
export const CLOSING_HELP = `
Exit codes:
  0    all well
  1    the run failed or was cancelled
  2    the command was typed wrongly, or makes no sense as things stand
  3    a workflow or crew file has errors
  4    the run waits for a person; it is saved; approve, reject, answer or signal, and resume
  5    there is no such run or file
  6    the store is locked, damaged, full or not writable
  7    nobody can perform a step
  124  the run took longer than --timeout and was cancelled
  130  stopped by Ctrl-C or SIGTERM; the run is saved, and resume goes on

Runs may be named by the beginning of their id, and the last one by "latest".
Environment: NO_COLOR and FORCE_COLOR decide on colours; TROUPE_DEBUG=1 shows where an error came from.

Begin with:
  troupe init hello && cd hello && troupe run workflow.yml`;
