// Live statecharts in the browser: every actor of a run appears as it is created, with its events and its states.
// Run it with `npx tsx examples/inspector/live.ts` and open the address it prints. The page itself is loaded from stately.ai.
import { createWebSocketInspector } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import { createRuntime, crewFromDefinition, loadCrew, loadWorkflow } from 'troupe';

const folder = new URL('../project-loop/', import.meta.url).pathname;
const { crew } = await loadCrew(`${folder}crew.yml`);
const { workflow } = await loadWorkflow(`${folder}workflow.yml`);
if (crew === null || workflow === null) throw new Error('the example does not load: `troupe validate examples/project-loop` says why');

const port = Number(process.env.PORT ?? 8080);
const server = createInspectorServer({ port, autoOpen: false });
const inspector = createWebSocketInspector({ url: `ws://localhost:${port}` });
console.log(`open http://localhost:${port}`);

const runtime = await createRuntime({ crew: crewFromDefinition(crew, { baseDir: folder }), inspector: inspector.inspect });
const run = await runtime.start(workflow);
console.log(`${workflow.name} ${(await run.result()).status}`);

await runtime.stop();
inspector.stop();
server.stop();
