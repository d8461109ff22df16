/** A host that exits in the middle of a command, after printing the command's pid. Run as a program by a test. */
import { FOREVER, live, nodeAgent } from './children.ts';

const child = live(nodeAgent(`console.log('pid', process.pid); ${FOREVER}`));
console.log(await child.says('pid'));
process.exit(0);
