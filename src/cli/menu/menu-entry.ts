import type { Command } from 'commander';
import type { ExitCode } from '../failure/exit-code.ts';
import type { Desk } from '../terminal/desk.ts';

/**
 * Puts a command's work behind its entry in the menu: `work` is called with a desk, and what it returns is the exit code. Commands are
 * imported when they are chosen and not before, so that showing the menu costs nothing.
 */
export type Serve = <Args extends readonly unknown[]>(
  work: (desk: Desk, ...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

/** Adds commands to the program. */
export type MenuPart = (program: Command, serve: Serve) => void;
