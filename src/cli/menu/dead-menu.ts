import type { DropOptions } from '../commands/dead.ts';
import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';

/** `troupe dead`, with what is done about dead letters. */
export const addDeadCommands: MenuPart = (program, serve) => {
  const dead = program
    .command('dead')
    .summary('see to what could not be done or delivered')
    .description('Dead letters: tasks that have failed for good, and messages that nobody could be given, over all runs of the store.')
    .addHelpText(
      'after',
      examples([
        ['troupe dead list', 'what nobody has seen to yet'],
        ['troupe dead retry 7k2m/build#2', 'its run goes back to the step'],
        ['troupe dead drop 7k2m/build#2 --reason "built by hand"', 'put aside'],
      ]),
    );

  dead
    .command('list')
    .summary('list them, the oldest runs first')
    .description('Lists the dead letters that nobody has seen to yet, the oldest runs first.')
    .option('--all', 'those that were dropped or sent again, too')
    .action(serve(async (desk, options: { all?: boolean }) => (await import('../commands/dead.ts')).list(desk, options)));

  dead
    .command('show')
    .summary('show one of them')
    .description('Shows a dead letter: what it is, why nothing came of it, and what can be done about it.')
    .argument('<letter>', 'which one, as troupe dead list names it')
    .action(serve(async (desk, letter: string) => (await import('../commands/dead.ts')).show(desk, letter)));

  dead
    .command('retry')
    .summary('try one of them again')
    .description(
      'Of a task: its run goes back to the step, and stays here until it ends. Of a message: it is sent again, under another id that refers to this one; its run must not have ended.',
    )
    .argument('<letter>', 'which one')
    .option('--crew <file>', 'who plays the personas (default: the crew it was started with)')
    .action(
      serve(async (desk, letter: string, options: { crew?: string }) => (await import('../commands/dead.ts')).retry(desk, letter, options)),
    );

  dead
    .command('drop')
    .summary('put one of them aside')
    .description('Puts a dead letter aside: who did so and why stays on record, and it is listed with --all only.')
    .argument('<letter>', 'which one')
    .option('--by <name>', 'who says so (default: TROUPE_USER, else your login name)')
    .option('--reason <text>', 'why, for the record')
    .action(serve(async (desk, letter: string, options: DropOptions) => (await import('../commands/dead.ts')).drop(desk, letter, options)));
};
