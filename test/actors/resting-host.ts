/** A host that cancels a command and says what keeps it awake before, during and after. Run as a program by a test. */
import { FOREVER, live, nodeAgent } from './children.ts';

const kinds = new Set(['Timeout', 'PipeWrap', 'ProcessWrap']);
const own = process.getActiveResourcesInfo();
const resources = (): string => {
  const now = process.getActiveResourcesInfo().filter((kind) => kinds.has(kind));
  for (const kind of own) if (now.includes(kind)) now.splice(now.indexOf(kind), 1);
  return JSON.stringify(now.toSorted());
};

const seen = [resources()];
const hooks = [process.listenerCount('exit')];
const child = live(nodeAgent(`console.log('pid', process.pid); ${FOREVER}`));
await child.says('pid');
seen.push(resources().includes('ProcessWrap') ? 'a process' : 'nothing');
hooks.push(process.listenerCount('exit'));
child.cancel();
await child.report;
await new Promise((resolve) => setImmediate(resolve));
seen.push(resources());
hooks.push(process.listenerCount('exit'));
console.log('before, during, after:', ...seen);
console.log('exit hooks:', ...hooks.map((count) => count - (hooks[0] ?? 0)));
