/**
 * The entry of the command `troupe`. What is imported here and by the menu is paid for by every `--help`; commands are imported when
 * they are chosen.
 */
import { serveCommandLine } from './menu/program.ts';
import { processSurroundings } from './terminal/process-surroundings.ts';

const surroundings = processSurroundings();
let code: number;
try {
  code = await serveCommandLine(surroundings);
} catch (thrown) {
  code = (await import('./complaint/complain.ts')).complain(surroundings, thrown);
}
// Whatever an agent left open must not keep the command from ending; what was printed must arrive first.
process.stdout.write('', () => process.exit(code));
