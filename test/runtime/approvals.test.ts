// People are asked: what counts takes effect once, and everything that was said is on record, whenever and to whichever host it was said.
import fc from 'fast-check';
import { awaitedSignals, createMemoryStore, createRuntime, loadWorkflowSync, type Question, type RunHandle, type Workflow } from 'troupe';
import { simulate, VirtualTime } from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import { viewOf } from '../../src/runtime/run-view.ts';

const HOUR = 3_600_000;

function flow(terms: string, rest = ''): Workflow {
  const text = `name: asking
steps:
  - { id: ask, type: approval, subject: Ship it?, ${terms} }
  - { id: ship, type: persona-request, persona: builder, dependencies: ask }
${rest}`;
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

/** The run goes on when it is told to. */
const HOLD = '  - { id: hold, type: wait-for-signal, signal: go, dependencies: ask }\n';

const crew = { personas: { '*': () => 'done' } };
const said = (view: { steps: readonly { path: string; audit: readonly { what: string; by: string | null }[] }[] }) =>
  view.steps.find(({ path }) => path === 'ask')?.audit.map(({ what, by }) => (by === null ? what : `${what} ${by}`));

async function asking(terms = 'assignee: [ann, ben]') {
  const store = createMemoryStore();
  const time = new VirtualTime(0);
  const runtime = await createRuntime({ store, crew, time });
  const run = await runtime.start(flow(terms, HOLD), { id: 'r' });
  return { store, time, runtime, run };
}

const openQuestion = (run: RunHandle): Question => {
  const question = run.state().steps.find(({ path }) => path === 'ask')?.question;
  if (question == null) throw new Error('nothing is asked');
  return question;
};

it('a question is told of after the end of what had led to it, an answer before what came of it', async () => {
  const draft = '  - { id: draft, type: persona-request, persona: builder }\n';
  const runtime = await createRuntime({ crew, time: new VirtualTime(0) });
  const run = await runtime.start(flow('dependencies: draft', draft));
  for await (const event of run.events()) if (event.type === 'approval') break;
  await run.answer('ask', { by: 'ann' });
  await run.result();
  const told: string[] = [];
  for await (const event of run.events()) {
    if (event.type === 'approval') told.push(event.entry.what);
    if (event.type === 'step.settled') told.push(event.step);
  }
  expect(told).toEqual(['draft', 'asked', 'answered', 'ask', 'ship']);
});

describe('an answer', () => {
  it('given twice takes effect once, and is acknowledged both times, also when the run has ended', async () => {
    const { run } = await asking();
    const { token } = openQuestion(run);
    const answer = { by: 'ann', reason: 'fine', token };
    expect(await run.answer('ask', answer)).toEqual({ token, outcome: 'taken', isOpen: false });
    expect(await run.answer('ask', answer)).toMatchObject({ outcome: 'repeated' });
    await run.signal('go');
    const { outputs } = await run.result();
    expect(outputs).toMatchObject({ ask: { decision: 'approved', by: 'ann', comment: 'fine' }, ship: 'done' });
    expect(await run.answer('ask', answer)).toMatchObject({ outcome: 'repeated' });
    expect(said(run.state())).toEqual(['asked', 'answered ann', 'repeated ann']);
  });

  it('of somebody who is not asked, or that comes too late, is refused, on record, and counted late', async () => {
    const { run } = await asking();
    await expect(run.answer('ask', { by: 'eve' })).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
    await run.answer('ask', { by: 'ann' });
    await expect(run.answer('ask', { by: 'ben', decision: 'reject' })).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
    expect(run.state().lateFacts).toBe(2);
    expect(said(run.state())).toEqual(['asked', 'refused eve', 'answered ann', 'late ben']);
  });

  it('that cannot be meant is refused and not recorded', async () => {
    const { run, store } = await asking('form: { type: object, properties: { n: { type: number } }, required: [n] }');
    const before = (await store.read('r')).length;
    for (const answer of [{ by: '' }, { by: 'ann' }, { by: 'ann', values: { n: 'x' } }, { by: 'ann', decision: 'perhaps' as 'edit' }]) {
      await expect(run.answer('ask', answer)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
    await expect(run.answer('ship', { by: 'ann' })).rejects.toMatchObject({ code: 'INPUT_INVALID', hint: 'open are ask' });
    expect(await store.read('r')).toHaveLength(before);
  });

  it('after the question was passed on counts only from who has it now', async () => {
    const { run } = await asking('assignee: ann');
    await run.delegate('ask', { by: 'ann', to: 'dan', reason: 'on leave' });
    await expect(run.answer('ask', { by: 'ann' })).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
    await run.answer('ask', { by: 'dan' });
    expect(said(run.state())).toEqual(['asked', 'delegated ann', 'refused ann', 'answered dan']);
  });
});

describe('a run that waits for a person', () => {
  it('survives its host, is found in the inbox by the next one, and is answered there', async () => {
    const first = await asking();
    const { token } = openQuestion(first.run);
    await first.runtime.stop({ graceMs: 0 });
    const next = await createRuntime({ store: first.store, crew, time: new VirtualTime(HOUR) });
    expect(await next.inbox()).toMatchObject([{ run: 'r', workflow: 'asking', step: 'ask', question: { token, people: ['ann', 'ben'] } }]);
    const run = await next.resume('r');
    await run.answer('ask', { by: 'ben', token });
    await run.signal('go');
    expect(await run.result()).toMatchObject({ status: 'completed' });
    expect(await next.inbox()).toEqual([]);
  });

  it('folds from any prefix of its journal to what it was, audit and all', async () => {
    const happenings = [
      { at: 1, do: 'answer', step: 'ask', by: 'eve' },
      { at: 2, do: 'answer', step: 'ask', by: 'ann' },
      { at: 3, do: 'answer', step: 'ask', by: 'ann' },
      { at: 4, do: 'delegate', step: 'ask', by: 'ben', to: 'dan' },
      { at: HOUR * 3, do: 'answer', step: 'ask', by: 'dan' },
    ] as const;
    const workflow = flow('assignee: [ann, ben, cleo], quorum: 2, due: 1h, escalate: [{ to: boss, after: 2h }], timeout: 1d');
    const played = await simulate(workflow, { crew, happenings });
    expect(played.status).toBe('completed');
    const log = foldJournal('simulation', played.workflow, played.journal).state.approvals.log;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: played.journal.length }), (until) => {
        const { state } = foldJournal('simulation', played.workflow, played.journal, until);
        expect(log.slice(0, state.approvals.log.length)).toEqual(state.approvals.log);
      }),
    );
    expect(said(viewOf(foldJournal('simulation', played.workflow, played.journal), 0, 0))).toEqual([
      'asked',
      'refused eve',
      'answered ann',
      'repeated ann',
      'delegated ben',
      'reminded',
      'escalated',
      'answered dan',
    ]);
  });

  it('asks again under another name when its step runs again, and an answer to the first question is late', async () => {
    const { workflow } = loadWorkflowSync(
      `name: again
steps:
  - id: pair
    type: group
    on_failure: fall_back_sequential
    steps:
      - { id: ask, type: approval, subject: Ok? }
      - { id: work, type: persona-request, persona: worker, dependencies: ask }
`,
      { text: true },
    );
    if (workflow === null) throw new Error('cannot be read');
    let calls = 0;
    const worker = () => {
      calls++;
      if (calls === 1) throw new Error('no');
      return 'ok';
    };
    const { view, status } = await simulate(workflow, {
      crew: { personas: { worker } },
      happenings: [
        { at: 10, do: 'answer', step: 'ask', by: 'ann' },
        { at: 20, do: 'answer', step: 'ask', by: 'ann', token: 'simulation/ask!1', decision: 'reject' },
        { at: 30, do: 'answer', step: 'ask', by: 'ann', token: 'simulation/ask!2' },
      ],
    });
    expect(status).toBe('completed');
    expect(said(view)).toEqual(['asked', 'answered ann', 'asked', 'late ann', 'answered ann']);
  });

  it('says what it waits for, and is cancelled like anything else', async () => {
    const { run } = await asking('role: lead, due: 2h');
    expect(run.state().steps[0]).toMatchObject({ state: 'asked', why: 'waits for an answer of lead, due in 2h, without a deadline' });
    expect(awaitedSignals(run.state())).toEqual([{ step: 'ask', signal: null, token: 'r/ask!1' }]);
    await run.cancel();
    expect((await run.result()).status).toBe('cancelled');
    expect(said(run.state())).toEqual(['asked', 'withdrawn']);
  });
});

describe('what becomes of the step', () => {
  const answered = (terms: string, decision: 'approve' | 'reject') =>
    simulate(flow(terms), { crew, happenings: [{ at: HOUR, do: 'answer', step: 'ask', by: 'ann', decision, reason: 'so be it' }] });

  it.each([
    ['approved', 'assignee: ann', 'approve', 'completed', null],
    ['rejected', 'assignee: ann', 'reject', 'failed', 'APPROVAL_REJECTED'],
    ['rejected, which is an answer', 'assignee: ann, on_reject: continue', 'reject', 'completed', null],
    ['answered too late', 'assignee: ann, timeout: 30m', 'approve', 'failed', 'APPROVAL_TIMED_OUT'],
    ['answered by silence', 'assignee: ann, timeout: 30m, on_timeout: approve', 'reject', 'completed', null],
    ['rejected by silence', 'assignee: ann, timeout: 30m, on_timeout: reject', 'approve', 'failed', 'APPROVAL_REJECTED'],
  ] as const)('%s', async (_, terms, decision, status, code) => {
    const played = await answered(terms, decision);
    expect([played.status, played.failure?.code ?? null]).toEqual([status, code]);
  });

  it('refused where the template gives nobody to ask, or too few', async () => {
    for (const [people, message] of [
      ['[]', 'nobody is left to ask'],
      ['["ann"]', 'only one person is asked'],
      ['[7]', '7 is no name of a person'],
    ]) {
      const workflow = flow('assignee: "{{ variables.people }}", quorum: 2', `variables: { people: ${people} }\n`);
      expect(await simulate(workflow, { crew })).toMatchObject({ status: 'failed', error: expect.stringContaining(message ?? '') });
    }
  });
});
