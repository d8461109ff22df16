import { examples } from './help-text.ts';
import type { MenuPart } from './menu-entry.ts';

/** `troupe agents`, with what is told to one of them. */
export const addAgentsCommands: MenuPart = (program, serve) => {
  const agents = program
    .command('agents')
    .summary('list agents and how they did, and see to one of them')
    .description(
      'Lists the agents of the crew file, and those that the store remembers: what they play, what they are at, tasks in hand, attempts that ended well and that failed, average duration, and their circuit breakers; and the services outside that they call, with theirs.',
    )
    .argument('[agent]', 'only this one, and what it has used on average for each step')
    .option('--crew <file>', 'whose agents (default: crew.yml here, where there is one)')
    .addHelpText(
      'after',
      examples([
        ['troupe agents', 'everybody'],
        ['troupe agents builder', 'and what its calls use, step by step'],
        ['troupe agents reset builder', 'after it was mended'],
        ['troupe agents reset service:github', 'after a service outside is well again'],
        ['troupe agents drain builder --reason upgrade', 'before it is'],
        ['troupe agents resume builder', 'afterwards'],
      ]),
    )
    .action(
      serve(async (desk, agent: string | undefined, options: { crew?: string }) =>
        (await import('../commands/agents.ts')).list(desk, agent, options),
      ),
    );

  agents
    .command('reset')
    .summary('close the circuit breaker before an agent or a service')
    .description(
      'Closes the circuit breaker before an agent, or before a service outside: tasks are given to it, or call it, at once, here and in later processes.',
    )
    .argument('<agent>', 'which one; service:<name> for a service outside')
    .action(serve(async (desk, agent: string) => (await import('../commands/agents.ts')).reset(desk, agent)));

  agents
    .command('drain')
    .summary('give an agent nothing more')
    .description('Gives an agent nothing more; what it has in hand it may finish. That holds in the process that runs the store.')
    .argument('<agent>', 'which one')
    .option('--reason <text>', 'why')
    .action(
      serve(async (desk, agent: string, options: { reason?: string }) =>
        (await import('../commands/agents.ts')).drain(desk, agent, options),
      ),
    );

  agents
    .command('resume')
    .summary('let an agent take tasks again')
    .description('Lets an agent take tasks again that was drained, or that has broken too often to be started again.')
    .argument('<agent>', 'which one')
    .action(serve(async (desk, agent: string) => (await import('../commands/agents.ts')).resume(desk, agent)));
};
