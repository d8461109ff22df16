/**
 * The entry of the command `troupe`. What is imported here and by the menu is paid for by every `--help`; commands are imported when
 * they are chosen.
 */
import { commandLine } from './command-line.ts';
import { processSurroundings } from './terminal/process-surroundings.ts';

const code = await commandLine(processSurroundings());
// Whatever an agent left open must not keep the command from ending; what was printed must arrive first.
process.stdout.write('', () => process.exit(code));
