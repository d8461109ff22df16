import { createRuntime, loadWorkflow } from 'troupe';

const { workflow, diagnostics } = await loadWorkflow(`
name: release
steps:
  - { id: plan, name: Plan, type: persona-request, persona: planner }
  - { id: build, name: Build, type: persona-request, persona: builder, dependencies: [plan],
      timeout: 10m, retries: 2, params: { files: "{{ steps.plan.files }}" } }
`);
if (workflow === null) throw new Error(diagnostics.map((problem) => problem.message).join('\n'));

const runtime = await createRuntime({
  store: '.troupe', // leave it out to keep runs in memory
  crew: {
    personas: {
      planner: async () => ({ files: ['a.ts', 'b.ts'] }),
      builder: async ({ task, signal }) => ({ built: task.params.files, stopped: signal.aborted }),
    },
  },
});
await runtime.resumeAll(); // whatever a crash interrupted goes on

const run = await runtime.start(workflow);
for await (const event of run.events()) console.log(event.type, 'step' in event ? event.step : '');
console.log((await run.result()).outputs);
await runtime.stop();
