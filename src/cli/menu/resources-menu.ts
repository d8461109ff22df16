import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';

/** `troupe resources`, with changing a limit. */
export const addResourcesCommands: MenuPart = (program, serve) => {
  const resources = program
    .command('resources')
    .summary('what there is of memory, tokens and the like, and who has it')
    .description(
      'Tells what is limited, for all runs (troupe run --limit) and within them (limits in a file), how much of it is in use and spent, which tasks have it, and which wait for it. Of the process that runs the store, else what the store remembers.',
    )
    .addHelpText(
      'after',
      examples([
        ['troupe resources', 'how it stands'],
        ['troupe resources limit tokens=200000', 'more for all runs'],
        ['troupe resources limit memory_mb=8192 --account run/nightly', 'for one run'],
      ]),
    )
    .action(serve(async (desk) => (await import('../commands/resources.ts')).list(desk)));

  resources
    .command('limit')
    .summary('change limits')
    .description(
      'Changes limits that are there: memory_mb, cpu, io, concurrency, tokens, tokens_per_minute. Who waits is looked at again at once. The change is kept, and holds in later processes until one is started with other limits than before.',
    )
    .argument('<limits...>', 'such as tokens=200000')
    .option('--account <name>', 'of which account: runtime, or run/<run>, or run/<run>/<step> (default: runtime)')
    .action(
      serve(async (desk, typed: readonly string[], options: { account?: string }) =>
        (await import('../commands/resources.ts')).limit(desk, typed, options),
      ),
    );
};
