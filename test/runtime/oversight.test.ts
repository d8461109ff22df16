// Tasks that people approve before they begin: which of them, by the mode and how critical they are, and what becomes of them.
import { createMemoryStore, createRuntime, loadWorkflowSync, type Work, type Workflow } from 'troupe';
import { simulate, VirtualTime } from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { isOverseen, OVERSIGHT_MODES } from '../../src/definition/oversight.ts';

const LEVELS = ['low', 'medium', 'high', 'critical'] as const;

function flow(oversight: string, inside = ''): Workflow {
  const steps = LEVELS.map(
    (level) => `  - { id: ${level}, type: persona-request, persona: worker, criticality: ${level}, params: { n: 1 } }`,
  );
  const text = `name: levels\n${oversight}\nsteps:\n${steps.join('\n')}\n  - { id: plain, type: persona-request, persona: worker }\n${inside}`;
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

const crew = { personas: { '*': () => 'done' } };
const askedIn = async (workflow: Workflow, mode?: (typeof OVERSIGHT_MODES)[number]) => {
  const { view } = await simulate(workflow, { crew, ...(mode === undefined ? {} : { oversight: mode }) });
  return view.steps.flatMap(({ path, question }) => (question === null ? [] : [path]));
};

describe('who is asked', () => {
  it.each([
    ['', ['high', 'critical']],
    ['oversight: monitored', ['high', 'critical']],
    ['oversight: supervised', ['low', 'medium', 'high', 'critical', 'plain']],
    ['oversight: { mode: autonomous }', ['critical']],
  ])('%s: %o', async (oversight, asked) => expect(await askedIn(flow(oversight))).toEqual(asked));

  it('is decided by the start of the run, where that says so', async () => {
    expect(await askedIn(flow('oversight: supervised'), 'autonomous')).toEqual(['critical']);
    await expect(askedIn(flow(''), 'asleep' as 'monitored')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('a closer mode asks for everything that a looser one does, and a more critical task is asked for wherever a less critical one is', () => {
    for (const level of LEVELS) {
      const asked = OVERSIGHT_MODES.map((mode) => isOverseen(mode, level));
      expect(asked).toEqual([...asked].sort((a, b) => Number(b) - Number(a)));
    }
    for (const mode of OVERSIGHT_MODES) {
      const asked = LEVELS.map((level) => isOverseen(mode, level));
      expect(asked).toEqual([...asked].sort((a, b) => Number(a) - Number(b)));
    }
  });
});

describe('a task that waits for leave', () => {
  const one = (oversight: string) => {
    const { workflow } = loadWorkflowSync(
      `name: one
${oversight}
steps:
  - { id: deploy, type: persona-request, persona: worker, criticality: critical, params: { to: eu }, timeout: 1h, retries: 1 }
  - { id: other, type: persona-request, persona: worker }
`,
      { text: true },
    );
    if (workflow === null) throw new Error('cannot be read');
    return workflow;
  };

  it('shows what it will be given, begins with its whole time once it is approved, and is asked for once, not at every attempt', async () => {
    let calls = 0;
    const worker = async ({ task, sleep }: Work) => {
      if (task.step === 'other') return 'done';
      calls++;
      await sleep(50 * 60_000);
      if (calls === 1) throw new Error('once');
      return `to ${task.params.to}`;
    };
    const { status, view, outputs, journal } = await simulate(one('oversight: { assignee: ann, role: lead }'), {
      crew: { personas: { worker } },
      happenings: [{ at: 5 * 3_600_000, do: 'answer', step: 'deploy', by: 'ann' }],
    });
    expect([status, outputs]).toEqual(['completed', { deploy: 'to eu', other: 'done' }]);
    expect(view.steps[0]).toMatchObject({
      attempts: 2,
      audit: [
        { what: 'asked', to: ['ann'] },
        { what: 'answered', by: 'ann' },
      ],
    });
    expect(journal.flatMap(({ intents }) => intents.map(([, id]) => id)).filter((id) => id.startsWith('deploy#'))).toEqual([
      'deploy#1',
      'deploy#2',
    ]);
  });

  it('holds no room meanwhile', async () => {
    const { view } = await simulate(one(''), { crew, maxConcurrency: 1 });
    expect(view.steps.map(({ path, state }) => [path, state])).toEqual([
      ['deploy', 'asked'],
      ['other', 'completed'],
    ]);
    expect(view.steps[0]?.question).toMatchObject({ subject: 'May deploy begin?', params: { to: 'eu' } });
  });

  it.each([
    ['rejected', { by: 'ann', decision: 'reject' as const, reason: 'not today' }, 'APPROVAL_REJECTED'],
    ['not answered in time', null, 'APPROVAL_TIMED_OUT'],
  ])('%s, never begins', async (_, answer, code) => {
    const happenings = answer === null ? [] : [{ at: 1000, do: 'answer' as const, step: 'deploy', ...answer }];
    const begun: string[] = [];
    const worker = ({ task }: Work) => {
      begun.push(task.step);
      return 'done';
    };
    const played = await simulate(one('oversight: { timeout: 2h }'), { crew: { personas: { worker } }, happenings });
    expect([played.failure?.code, begun]).toEqual([code, ['other']]);
  });

  it('is cancelled like any other, and survives its host', async () => {
    const store = createMemoryStore();
    const first = await createRuntime({ store, crew, time: new VirtualTime(0) });
    await first.start(one(''), { id: 'r' });
    await first.stop({ graceMs: 0 });
    const next = await createRuntime({ store, crew, time: new VirtualTime(1000) });
    expect(await next.inbox()).toMatchObject([{ step: 'deploy' }]);
    const run = await next.resume('r');
    await run.cancel();
    expect((await run.result()).status).toBe('cancelled');
    expect(run.state().steps[0]?.audit.map(({ what }) => what)).toEqual(['asked', 'withdrawn']);
  });
});

it.each([
  ['oversight: close', '2:12 VALUE_UNKNOWN'],
  ['oversight: { on_timeout: reject }', '2:14 DECLARATION_CONFLICT'],
  ['oversight: { mode: monitored, assignee: [a, a] }', '2:45 KEY_DUPLICATE'],
])('%s is refused where it stands', (oversight, problem) => {
  const { diagnostics } = loadWorkflowSync(`name: x\n${oversight}\nsteps: [{ id: a, type: persona-request, persona: p }]\n`, {
    text: true,
  });
  expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([problem]);
});
