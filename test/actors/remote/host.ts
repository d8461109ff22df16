/** A host whose one agent has its work done by workers in another process. Run as a program with the store and their socket; made to be killed. */
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { task, workflowOf } from '../../runtime/linear.ts';
import { RemoteAdapter } from './adapter.ts';

const [store = '', path = ''] = process.argv.slice(2);
const steps = ['a', 'b', 'c'].map((id, at, all) =>
  task(id, { dependencies: all.slice(at - 1, at), params: { do: 'last', value: `of ${id}` } }),
);
const runtime = await createRuntime({ store, crew: { stepTypes: { work: new RemoteAdapter(path) } } });
const [taken] = (await runtime.resumeAll()).resumed;
const run = taken ?? (await runtime.start(workflowOf(steps), { id: 'r' }));
for await (const event of run.events({ from: 'now' })) {
  if (event.type === 'task.progress') console.log(`${event.note} ${event.step}`);
}
console.log(`done ${JSON.stringify(await run.result())}`);
await runtime.stop();
