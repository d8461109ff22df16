import { Command } from 'commander';
import { addAgentsCommands } from '../../src/cli/menu/agents-menu.ts';
import { addAuthoringCommands } from '../../src/cli/menu/authoring-menu.ts';
import { addDeadCommands } from '../../src/cli/menu/dead-menu.ts';
import { addLookingCommands } from '../../src/cli/menu/looking-menu.ts';
import { addPeopleCommands } from '../../src/cli/menu/people-menu.ts';
import { addResourcesCommands } from '../../src/cli/menu/resources-menu.ts';
import { addRunningCommands } from '../../src/cli/menu/running-menu.ts';

/** The names of all commands of the menu, without those of their own commands. */
export function commandNames(): string[] {
  const program = new Command();
  for (const add of [
    addAuthoringCommands,
    addRunningCommands,
    addPeopleCommands,
    addDeadCommands,
    addAgentsCommands,
    addResourcesCommands,
    addLookingCommands,
  ])
    add(program, () => async () => undefined);
  return program.commands.map((command) => command.name());
}
