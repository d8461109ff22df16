import { Option } from 'commander';
import type { ForkCommandOptions } from '../commands/fork.ts';
import type { ResumeCommandOptions } from '../commands/resume.ts';
import type { RetryCommandOptions } from '../commands/retry.ts';
import type { RunCommandOptions } from '../commands/run.ts';
import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';
import { addPlanOptions } from './plan-menu.ts';

const STAYING = `
The first Ctrl-C saves and stops, the second stops at once; either way troupe resume goes on. Where nobody watches (no terminal),
a run that only waits for people is saved and left with exit code 4, unless --wait is given.`;

const LIMIT =
  'what all tasks together may take here: memory_mb, cpu, io, concurrency, tokens, tokens_per_minute; may be repeated, or none (default: as was said last, else plenty)';

const FRESH_ROUNDS =
  'count the rounds of phases and of feedback that run again anew (default: their bounds hold over all lives of the run)';

const LARGER =
  'how many tokens the run, or a step that has a budget, may use in all from now on (default: as many as before); may be repeated';

const adopting = (): Option =>
  new Option('--adopt', 'the workflow file has changed: go on by it as it is now, where everything that has happened fits it').conflicts(
    'asStarted',
  );

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Commands that run workflows and speak to runs. */
export const addRunningCommands: MenuPart = (program, serve) => {
  program.commandsGroup('Run them:');

  const run = program
    .command('run')
    .summary('run a workflow')
    .description(
      'Runs a workflow and stays with it until it ends: a live tree in a terminal, one line for each transition elsewhere. Whatever happens to this process, the run is kept.',
    )
    .argument('<file>', 'a workflow file, or a folder with workflow.yml')
    .option('--crew <file>', 'who plays the personas (default: crew.yml beside the workflow)')
    .option('--input <json|@file>', 'what the workflow works on: a JSON object, @file, or @- for standard input')
    .option('--var <name=value>', 'sets a variable; JSON where the value is JSON, text otherwise; may be repeated', collected)
    .option('--id <id>', 'what the run is called (default: ten random letters)')
    .option('--concurrency <n>', 'tasks at once (default: 5; 1 for files of the engine dialect)')
    .option('--limit <what=n>', LIMIT, collected)
    .option('--planned', 'plan it first, from its estimates and earlier runs, and carry out the best option (see troupe plan)')
    .option('--timeout <duration>', 'cancel the run when it takes longer, such as 90s, 30m or 1h30m (default: no limit)')
    .addOption(
      new Option('--compat <rules>', 'files of the engine dialect: run by the rules of that engine, or by ours (default: engine)').choices([
        'engine',
        'none',
      ]),
    )
    .addOption(
      new Option(
        '--oversight <mode>',
        'what people approve before it begins: every task, those of high criticality, or critical ones only (default: as the file says)',
      ).choices(['supervised', 'monitored', 'autonomous']),
    )
    .option('--wait', 'stay although only people are waited for and nobody watches')
    .optionsGroup('With --planned:');
  addPlanOptions(run)
    .addHelpText('after', STAYING)
    .addHelpText(
      'after',
      examples([
        ['troupe run workflow.yml', 'with crew.yml beside it'],
        ['troupe run workflow.yml --input @task.json', 'input from a file'],
        ['troupe run workflow.yml --var audience=everyone', 'with a variable'],
        ['troupe run workflow.yml --timeout 30m --json', 'events as JSON lines'],
        ['troupe run workflow.yml --limit tokens=100000', 'no more tokens than that, in this and later processes'],
        ['troupe run workflow.yml --planned --weights time=1', 'as fast as possible'],
      ]),
    )
    .action(serve(async (desk, file: string, options: RunCommandOptions) => (await import('../commands/run.ts')).run(desk, file, options)));

  program
    .command('resume')
    .summary('go on with a run, or with all unfinished runs')
    .description(
      'Takes up a run that was stopped, or whose process died; without a name all of them. Completed steps are never executed again; interrupted attempts are, under the same key. A pause is lifted.',
    )
    .argument('[run]', 'which run (default: every unfinished one)')
    .option('--crew <file>', 'who plays the personas (default: the crew the run was started with)')
    .option('--concurrency <n>', 'tasks at once in this process (default: 5)')
    .option('--limit <what=n>', LIMIT, collected)
    .option('--timeout <duration>', 'cancel what takes longer from now on (default: no limit)')
    .option('--wait', 'stay although only people are waited for and nobody watches')
    .option(
      '--from <step>',
      'go back: this step runs again, with everything that depends on it and what had failed; also in a run that has ended',
    )
    .option('--fresh-rounds', FRESH_ROUNDS)
    .option('--budget <[step=]tokens>', LARGER, collected)
    .addOption(adopting())
    .option('--as-started', 'the workflow file has changed: go on by the copy that the run keeps')
    .addHelpText('after', STAYING)
    .addHelpText(
      'after',
      examples([
        ['troupe resume', 'everything unfinished'],
        ['troupe resume latest', 'the run started last'],
        ['troupe resume latest --from review', 'from a step on'],
      ]),
    )
    .action(
      serve(async (desk, run: string | undefined, options: ResumeCommandOptions) =>
        (await import('../commands/resume.ts')).resume(desk, run, options),
      ),
    );

  program
    .command('retry')
    .summary('go on with a run that has failed')
    .description(
      'Goes on with a run that has failed or was cancelled, in the same run: what has completed stands, what failed, was cancelled or was skipped for that runs again, its attempts numbered on.',
    )
    .argument('<run>', 'which run')
    .option('--failed', 'run again what failed; this is the default')
    .option('--crew <file>', 'who plays the personas (default: the crew the run was started with)')
    .option('--concurrency <n>', 'tasks at once in this process (default: 5)')
    .option('--limit <what=n>', LIMIT, collected)
    .option('--timeout <duration>', 'cancel it when it takes longer from now on (default: no limit)')
    .option('--wait', 'stay although only people are waited for and nobody watches')
    .option('--fresh-rounds', FRESH_ROUNDS)
    .option('--budget <[step=]tokens>', LARGER, collected)
    .addOption(adopting())
    .option('--as-started', 'the workflow file has changed: go on by the copy that the run keeps')
    .addHelpText(
      'after',
      examples([
        ['troupe retry latest --failed', 'the run started last'],
        ['troupe retry latest --budget build=20000', 'with more tokens for a step'],
      ]),
    )
    .action(
      serve(async (desk, run: string, options: RetryCommandOptions) => (await import('../commands/retry.ts')).retry(desk, run, options)),
    );

  program
    .command('fork')
    .summary('start a run where another one stood')
    .description(
      'Starts a run that begins where another one stood, after one of its facts, with other outputs or another file. Only what depends on the change runs again; the other run is not touched.',
    )
    .argument('<run>', 'which run')
    .option(
      '--at <n>',
      'the last fact that both share, by its number or as a checkpoint (default: the last there is; troupe logs numbers them)',
    )
    .option('--with <step.output=json>', 'another output for a step: JSON, @file, or @- for standard input; may be repeated', collected)
    .option('--input <json|@file>', 'other input: a JSON object whose keys replace those of the other run; steps that read them run again')
    .option('--file <file>', 'another workflow file: steps that are otherwise there run again, with what depends on them')
    .option('--fresh-rounds', FRESH_ROUNDS)
    .option('--id <id>', 'what the new run is called (default: ten random letters)')
    .option('--crew <file>', 'who plays the personas (default: the crew the other run was started with)')
    .option('--concurrency <n>', 'tasks at once in this process (default: 5)')
    .option('--limit <what=n>', LIMIT, collected)
    .option('--timeout <duration>', 'cancel the run when it takes longer (default: no limit)')
    .option('--wait', 'stay although only people are waited for and nobody watches')
    .addHelpText(
      'after',
      examples([
        ['troupe fork latest --at 12', 'as it stood after fact 12'],
        ['troupe fork latest --at reviewed', 'as it stood at a checkpoint'],
        ['troupe fork latest --with \'review.output={"status": "pass"}\'', 'with another output'],
      ]),
    )
    .action(
      serve(async (desk, run: string, options: ForkCommandOptions) => (await import('../commands/fork.ts')).fork(desk, run, options)),
    );

  program
    .command('budget')
    .summary('give a run more to spend')
    .description(
      'Says how many tokens a run, or a step of it that has a budget, may use in all from now on. People who are asked for more are asked no more. A run that has failed goes on with more by troupe retry --budget.',
    )
    .argument('<run>', 'which run')
    .argument('<tokens...>', 'of the run, or <step>=<tokens> of a step')
    .addHelpText('after', examples([['troupe budget latest 50000 build=20000', 'of the run and of one of its steps']]))
    .action(serve(async (desk, run: string, tokens: string[]) => (await import('../commands/tell.ts')).raise(desk, run, tokens)));

  program
    .command('signal')
    .summary('give a run what it waits for')
    .description(
      'Gives a waiting step its signal. The payload becomes the output of the step. A signal nobody waits for yet is kept. When no process is running the run, the signal is recorded and the run goes on when it is resumed.',
    )
    .argument('<run>', 'which run')
    .argument('<name>', 'name of the signal')
    .argument('[json]', 'the payload: JSON, @file, or @- for standard input (default: null)')
    .option('--resume', 'when no process is running the run: go on with it here')
    .addHelpText(
      'after',
      examples([
        ['troupe signal latest approval \'{"approved": true}\'', 'with a payload'],
        ['troupe signal latest approval --resume', 'and go on with the run'],
      ]),
    )
    .action(
      serve(async (desk, run: string, name: string, json: string | undefined, options: { resume?: boolean }) =>
        (await import('../commands/tell.ts')).signal(desk, run, name, json, options),
      ),
    );

  program
    .command('cancel')
    .summary('end a run')
    .description(
      'Ends a run for good: nothing new starts, agents at work are told to stop, late results are never applied, and what the workflow says is to be undone is undone. Works on runs of other processes and on runs that nobody runs.',
    )
    .argument('<run>', 'which run')
    .option('--reason <text>', 'why, for the record')
    .option('--force', 'kill agents that were told to stop, and cut short what is being undone already')
    .option('--wait', 'come back when nothing of the run is at work any more')
    .addHelpText(
      'after',
      examples([
        ['troupe cancel latest --reason "wrong branch"', 'with a reason'],
        ['troupe cancel latest --wait', 'and wait until all has stopped'],
        ['troupe cancel latest --force', 'without waiting for anybody'],
      ]),
    )
    .action(
      serve(async (desk, run: string, options: { reason?: string; force?: boolean; wait?: boolean }) =>
        (await import('../commands/tell.ts')).cancel(desk, run, options),
      ),
    );

  program
    .command('pause')
    .summary('start nothing new in a run')
    .description('Holds a run that a process is running: what is at work may end, nothing new starts until troupe unpause.')
    .argument('<run>', 'which run')
    .addHelpText('after', examples([['troupe pause latest', 'the run started last']]))
    .action(serve(async (desk, run: string) => (await import('../commands/tell.ts')).pause(desk, run)));

  program
    .command('unpause')
    .summary('let a paused run go on')
    .description('Lets a paused run go on, in the process that is running it.')
    .argument('<run>', 'which run')
    .addHelpText('after', examples([['troupe unpause latest', 'the run started last']]))
    .action(serve(async (desk, run: string) => (await import('../commands/tell.ts')).unpause(desk, run)));
};
