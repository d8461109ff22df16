import type { Command } from 'commander';
import type { AnswerOptions } from '../commands/answer.ts';
import type { InboxOptions } from '../commands/inbox.ts';
import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';

const KEPT = `
An answer counts once, and only from somebody who is asked. Who you are is taken from --by, else from TROUPE_USER, else from your login
name. When no process is running the run, the answer is recorded and the run goes on when it is resumed. Where a step lacks tokens or other
resources, to approve raises the limit by what is lacking, to answer {"raise": n} raises it by more, and to reject ends the step.`;

/** Commands by which people answer what runs ask them. */
export const addPeopleCommands: MenuPart = (program, serve) => {
  program.commandsGroup('Answer them:');

  program
    .command('inbox')
    .summary('list what runs ask people')
    .description('Lists every open question of every run of the store, whoever runs it: what is due first, then the oldest first.')
    .option('--for <name>', 'only what this person may answer, and has not')
    .option('--role <role>', 'only what is asked of this role, or of nobody in particular')
    .addHelpText(
      'after',
      examples([
        ['troupe inbox', 'everything'],
        ['troupe inbox --for ann', 'what ann may answer'],
      ]),
    )
    .action(serve(async (desk, options: InboxOptions) => (await import('../commands/inbox.ts')).inbox(desk, options)));

  answering(program.command('approve'))
    .summary('approve what a run asks')
    .description('Approves what a step asks, with the values that it proposes.')
    .argument('<run>', 'which run')
    .argument('[step]', 'which step (default: the only one that asks)')
    .option('--resume', 'when no process is running the run: go on with it here')
    .addHelpText('after', KEPT)
    .addHelpText(
      'after',
      examples([
        ['troupe approve latest', 'the only open question'],
        ['troupe approve latest sign-off --resume', 'and go on with the run'],
      ]),
    )
    .action(
      serve(async (desk, run: string, step: string | undefined, options: AnswerOptions) =>
        (await import('../commands/answer.ts')).approve(desk, run, step, options),
      ),
    );

  answering(program.command('reject'))
    .summary('reject what a run asks')
    .description('Rejects what a step asks. The step fails, unless it says that a rejection is an answer like others.')
    .argument('<run>', 'which run')
    .argument('[step]', 'which step (default: the only one that asks)')
    .option('--resume', 'when no process is running the run: go on with it here')
    .addHelpText('after', KEPT)
    .addHelpText('after', examples([['troupe reject latest --reason "tests are missing"', 'with a reason']]))
    .action(
      serve(async (desk, run: string, step: string | undefined, options: AnswerOptions) =>
        (await import('../commands/answer.ts')).reject(desk, run, step, options),
      ),
    );

  answering(program.command('answer'))
    .summary('give a run the values that it asks for')
    .description('Gives the values that a form asks for, or changes those that are proposed, and approves them.')
    .argument('<run>', 'which run')
    .argument('<step>', 'which step')
    .argument('<json>', 'the values: JSON, @file, or @- for standard input')
    .option('--resume', 'when no process is running the run: go on with it here')
    .addHelpText('after', KEPT)
    .addHelpText('after', examples([['troupe answer latest sign-off \'{"region": "us"}\'', 'with other values']]))
    .action(
      serve(async (desk, run: string, step: string, json: string, options: AnswerOptions) =>
        (await import('../commands/answer.ts')).answer(desk, run, step, json, options),
      ),
    );

  answering(program.command('delegate'))
    .summary('pass a question on to somebody else')
    .description('Passes a question on: from then on the other person is asked, and you are not.')
    .argument('<run>', 'which run')
    .argument('<step>', 'which step')
    .argument('<to>', 'who is asked in your place')
    .addHelpText('after', examples([['troupe delegate latest sign-off ben --reason "on leave"', 'with a reason']]))
    .action(
      serve(async (desk, run: string, step: string, to: string, options: AnswerOptions) =>
        (await import('../commands/answer.ts')).delegate(desk, run, step, to, options),
      ),
    );
};

/** What all of them take. */
function answering(command: Command): Command {
  return command
    .option('--by <name>', 'who says so (default: TROUPE_USER, else your login name)')
    .option('--reason <text>', 'a comment, for the record')
    .option('--token <token>', 'the very question that is meant, as troupe inbox --json names it');
}
