/** The menu: every command with its options, examples and help. What a command does is imported when it is chosen. */
import { Command, CommanderError } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { DEFAULT_STORE, Desk, type GlobalOptions } from '../terminal/desk.ts';
import type { Surroundings } from '../terminal/surroundings.ts';
import { addAgentsCommands } from './agents-menu.ts';
import { addAuthoringCommands } from './authoring-menu.ts';
import { addDeadCommands } from './dead-menu.ts';
import { CLOSING_HELP } from './help-text.ts';
import { addLookingCommands } from './looking-menu.ts';
import type { Serve } from './menu-entry.ts';
import { addPeopleCommands } from './people-menu.ts';
import { addResourcesCommands } from './resources-menu.ts';
import { addRunningCommands } from './running-menu.ts';

/** Reads what was typed and does it. Resolves with the exit code; rejects with what went wrong. */
export async function serveCommandLine(surroundings: Surroundings): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = new Command('troupe');
  const serve: Serve =
    (work) =>
    async (...args) => {
      code = await work(new Desk(surroundings, program.opts<GlobalOptions>()), ...args);
    };
  describe(program, surroundings);
  addAuthoringCommands(program, serve);
  addRunningCommands(program, serve);
  addPeopleCommands(program, serve);
  addDeadCommands(program, serve);
  addAgentsCommands(program, serve);
  addResourcesCommands(program, serve);
  addLookingCommands(program, serve);
  try {
    if (surroundings.argv.length <= 2) program.outputHelp();
    else await program.parseAsync([...surroundings.argv]);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0) throw mistyped(thrown);
  }
  return code;
}

function describe(program: Command, { stdout }: Surroundings): void {
  const { description, version } = packageJson;
  program
    .description(description)
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .optionsGroup('Global options:')
    .option('--store <dir>', 'where runs are kept', DEFAULT_STORE)
    .option('--json', 'print JSON: one document; JSON lines for run, resume and logs')
    .option('-q, --quiet', 'print only what was asked for, and errors')
    .addHelpText('after', CLOSING_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // Mistakes are reported in one way, whoever notices them.
      writeErr: () => {},
      getOutHelpWidth: () => (stdout.isTTY === true ? Math.min(stdout.columns ?? 80, 100) : 100),
    })
    .exitOverride();
}

/** `error: unknown command 'rum'` and, on a line of its own, `(Did you mean run?)`. Of a command that only holds others, nothing but a code. */
function mistyped({ message, code }: CommanderError): Error {
  if (code === 'commander.help') return usage('that is half a command', 'add --help to it, which lists what may follow');
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const suggestion = rest.join(' ').replace(/[()]/gu, '').trim();
  return usage(
    first,
    suggestion === '' ? 'troupe --help lists the commands, troupe help <command> its options' : suggestion.replace(/^Did/u, 'did'),
  );
}
