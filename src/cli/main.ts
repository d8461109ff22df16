/**
 * The entry of the command `troupe`. What is imported here and by the menu is paid for by every `--help`; commands are imported when
 * they are chosen.
 */
import { commandLine } from './command-line.ts';
import { processSurroundings } from './terminal/process-surroundings.ts';

const surroundings = processSurroundings();

// Somebody's agent, loaded into this process, may throw where nobody catches: the run is saved, and people are told in words.
process.on('uncaughtException', (thrown) => {
  void import('./complaint/complain.ts').then(({ complainOfStray }) => process.exit(complainOfStray(surroundings, thrown)));
});

const code = await commandLine(surroundings);
// Whatever an agent left open must not keep the command from ending; what was printed must arrive first.
process.stdout.write('', () => process.exit(code));
