import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';

/** Commands that look at runs. They change nothing, and work while another process runs them. */
export const addLookingCommands: MenuPart = (program, serve) => {
  program.commandsGroup('Look at runs:');

  program
    .command('ps')
    .summary('list runs')
    .description(
      'Lists every run of the store, oldest first: running (a process is running it), unfinished (nobody is: resume goes on), paused, completed, failed or cancelled.',
    )
    .option('--last <n>', 'only the runs started last')
    .addHelpText(
      'after',
      examples([
        ['troupe ps', 'all runs'],
        ['troupe ps --last 10', 'the ten started last'],
        ['troupe ps --quiet', 'ids only'],
      ]),
    )
    .action(serve(async (desk, options: { last?: string }) => (await import('../commands/ps.ts')).ps(desk, options)));

  program
    .command('show')
    .summary('show one run with all its steps')
    .description('Shows how a run and each of its steps stand: state, persona, attempts, time, errors, outputs.')
    .argument('<run>', 'which run')
    .option('--why', 'say in one sentence what each unfinished step waits for')
    .addHelpText(
      'after',
      examples([
        ['troupe show latest', 'the run started last'],
        ['troupe show latest --why', 'and what it waits for'],
      ]),
    )
    .action(serve(async (desk, run: string, options: { why?: boolean }) => (await import('../commands/show.ts')).show(desk, run, options)));

  program
    .command('checkpoints')
    .summary('list the checkpoints that a run has passed')
    .description('Lists the checkpoints that a run has passed: after which fact, when, and with which version of the shared context.')
    .argument('<run>', 'which run')
    .addHelpText('after', examples([['troupe checkpoints latest', 'of the run started last']]))
    .action(serve(async (desk, run: string) => (await import('../commands/checkpoints.ts')).checkpoints(desk, run)));

  program
    .command('logs')
    .summary('show the facts of a run')
    .description(
      'Shows the journal of a run, one fact a line, numbered from 0: everything that was decided, and what it made the run ask for.',
    )
    .argument('<run>', 'which run')
    .option('-f, --follow', 'stay, and show what is recorded until the run ends')
    .addHelpText(
      'after',
      examples([
        ['troupe logs latest', 'everything so far'],
        ['troupe logs latest -f', 'follow a run of another process'],
        ['troupe logs latest --json', 'facts as JSON lines'],
      ]),
    )
    .action(
      serve(async (desk, run: string, options: { follow?: boolean }) => (await import('../commands/logs.ts')).logs(desk, run, options)),
    );

  program
    .command('replay')
    .summary('show a run as it stood at an earlier moment')
    .description('Folds the journal up to and including a fact, and shows the run as it stood then. Nothing is executed.')
    .argument('<run>', 'which run')
    .option('--until <n>', 'the last fact to fold, by its number in troupe logs, or a checkpoint (default: all)')
    .option('--why', 'say in one sentence what each unfinished step waited for')
    .addHelpText(
      'after',
      examples([
        ['troupe replay latest --until 4', 'after fact 4'],
        ['troupe replay latest --until reviewed', 'at a checkpoint'],
        ['troupe replay latest --until 4 --json', 'as JSON'],
      ]),
    )
    .action(
      serve(async (desk, run: string, options: { until?: string; why?: boolean }) =>
        (await import('../commands/replay.ts')).replay(desk, run, options),
      ),
    );
};
