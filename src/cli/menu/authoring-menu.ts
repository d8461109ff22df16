import { Argument, Option } from 'commander';
import type { PlanCommandOptions } from '../commands/plan.ts';
import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';
import { addPlanOptions } from './plan-menu.ts';

/** Commands about files: writing, checking and looking at workflows. */
export const addAuthoringCommands: MenuPart = (program, serve) => {
  program.commandsGroup('Write workflows:');

  program
    .command('init')
    .summary('write a workflow and a crew to begin with')
    .description(
      'Writes workflow.yml, crew.yml and their JSON Schemas (for editors) into a folder, and keeps the store out of version control. The workflow runs as it is.',
    )
    .argument('[folder]', 'where to write; made when it is not there', '.')
    .option('--force', 'overwrite files that are there already')
    .addHelpText(
      'after',
      examples([
        ['troupe init', 'here'],
        ['troupe init hello', 'in the folder hello'],
      ]),
    )
    .action(
      serve(async (desk, folder: string, options: { force?: boolean }) =>
        (await import('../commands/init.ts')).init(desk, folder, options),
      ),
    );

  program
    .command('validate')
    .summary('check workflow and crew files')
    .description(
      'Reports all problems of all files at once, with their places. Exit code 3 when there is an error. Personas and step types are checked against crew.yml beside the workflow, or --crew.',
    )
    .argument('<paths...>', 'workflow files, crew files (crew.yml, *.crew.yml) and folders with them')
    .option('--crew <file>', 'the crew to check personas against (default: crew.yml beside each workflow)')
    .option('--step-types <names>', 'further step types, separated by commas, or "any"')
    .addHelpText(
      'after',
      examples([
        ['troupe validate .', 'everything in this folder'],
        ['troupe validate a.yml b.yml', 'two files'],
        ['troupe validate . --step-types any', 'step types that your program registers are fine'],
      ]),
    )
    .action(
      serve(async (desk, paths: string[], options: { crew?: string; stepTypes?: string }) =>
        (await import('../commands/validate.ts')).validate(desk, paths, options),
      ),
    );

  const plan = program
    .command('plan')
    .summary('show how it would be run best, why so, and how that may turn out')
    .description(
      'Lays the steps out in time within the limits, in several ways, and shows the best one with its reasons: the longest chain, what runs side by side and could collide, where steps meet, the likely finish and tokens, what would help, and what to look out for. Durations are what a step declares (estimate), else what earlier runs in the store took, else its timeout, else one second.',
    )
    .argument('<file>', 'a workflow file, or a folder with workflow.yml')
    .option('--concurrency <n>', 'tasks at once (default: 5; 1 for files of the engine dialect)')
    .option('--crew <file>', 'the crew to check personas against (default: crew.yml beside the workflow)');
  addPlanOptions(plan)
    .addHelpText(
      'after',
      examples([
        ['troupe plan workflow.yml', 'with the usual room'],
        ['troupe plan workflow.yml --concurrency 8 --tokens-per-minute 40000', 'within limits'],
        ['troupe plan workflow.yml --weights time=1', 'as fast as possible'],
      ]),
    )
    .action(
      serve(async (desk, file: string, options: PlanCommandOptions) => (await import('../commands/plan.ts')).plan(desk, file, options)),
    );

  program
    .command('graph')
    .summary('draw a workflow')
    .description('Draws the steps of a workflow and what waits for what.')
    .argument('<file>', 'a workflow file, or a folder with workflow.yml')
    .addOption(new Option('--format <format>', 'how to draw').choices(['mermaid', 'json']).default('mermaid'))
    .addHelpText(
      'after',
      examples([
        ['troupe graph workflow.yml', 'a flowchart to paste into documentation'],
        ['troupe graph workflow.yml --format json', 'nodes and edges'],
      ]),
    )
    .action(
      serve(async (desk, file: string, options: { format?: string }) => (await import('../commands/graph.ts')).graph(desk, file, options)),
    );

  program
    .command('schema')
    .summary('print the JSON Schema of workflow or crew files')
    .description('Prints the JSON Schema (draft-07) by which editors complete and check files.')
    .addArgument(new Argument('[which]', 'which files').choices(['workflow', 'crew']).default('workflow'))
    .addHelpText(
      'after',
      examples([
        ['troupe schema > workflow.schema.json', 'for workflow files'],
        ['troupe schema crew > crew.schema.json', 'for crew files'],
      ]),
    )
    .action(serve(async (desk, which: 'workflow' | 'crew') => (await import('../commands/schema.ts')).schema(desk, which)));
};
