import type { Command } from 'commander';

/** What plans are made for, beside the concurrency: the same for `troupe plan` and `troupe run --planned`. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--tokens-per-minute <n>', 'API tokens a minute (this and the next three default to the limits of the file)')
    .option('--memory <mb>', 'memory, MB')
    .option('--cpu <cores>', 'cores')
    .option('--io <shares>', 'input and output, in the unit of the steps')
    .option('--weights <name=n,…>', 'what counts: time, resources, quality, risk (default: 0.35, 0.25, 0.25, 0.15)')
    .option('--items <n|map=n,…>', 'how many items maps have, where nothing says it (default: as earlier runs, else 1)')
    .option('--no-history', 'do not learn from earlier runs in the store');
}
