// Who is in a role: a crew says so, and the run keeps it.
import { createCrew, createMemoryStore, createRuntime, crewFromDefinition, loadCrew, loadWorkflowSync, type Workflow } from 'troupe';
import { simulate, VirtualTime } from 'troupe/testing';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;
const roles = { lead: ['ann', 'ben'], board: ['cleo', 'dan'] };
const crew = { personas: { '*': () => 'done' }, roles };

function loaded(text: string): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

const asking = (terms: string) => loaded(`name: asking\nsteps: [{ id: ask, type: approval, subject: Ship it?, ${terms} }]\n`);
const askedIn = async (workflow: Workflow, of: object = crew) => {
  const { view } = await simulate(workflow, { crew: of });
  return view.steps[0]?.question?.people;
};

describe('a role', () => {
  it('is everybody in it; with names beside it, it is only shown', async () => {
    expect(await askedIn(asking('role: lead'))).toEqual(['ann', 'ben']);
    expect(await askedIn(asking('role: lead, assignee: eve'))).toEqual(['eve']);
    expect(await askedIn(asking('assignee: [eve, board, cleo]'))).toEqual(['eve', 'cleo', 'dan']);
    expect(await askedIn(asking('role: lead'), { personas: crew.personas })).toBe(null);
  });

  it('counts for the quorum, and is escalated to as a whole', async () => {
    const { view } = await simulate(asking('role: lead, quorum: 2, escalate: [{ to: board, after: 1h }]'), {
      crew,
      happenings: [
        { at: 1000, do: 'answer', step: 'ask', by: 'ann' },
        { at: 1000, do: 'answer', step: 'ask', by: 'eve' },
        { at: 2 * HOUR, do: 'answer', step: 'ask', by: 'dan' },
      ],
    });
    expect(view.status).toBe('completed');
    expect(view.steps[0]?.audit.map(({ what, by, to }) => [what, by, ...(to ?? [])])).toEqual([
      ['asked', null, 'ann', 'ben'],
      ['answered', 'ann'],
      ['refused', 'eve'],
      ['escalated', null, 'ann', 'ben', 'cleo'],
      ['escalated', null, 'ann', 'ben', 'cleo', 'dan'],
      ['answered', 'dan'],
    ]);
  });

  it('that nobody is in, or too few, refuses what asks it', async () => {
    const watched = loaded(
      'name: x\noversight: { role: laed }\nsteps: [{ id: a, type: persona-request, persona: p, criticality: critical }]\n',
    );
    for (const [workflow, message] of [
      [asking('role: laed'), 'nobody is in the role "laed"'],
      [asking('role: lead, quorum: 3'), 'only 2 people are asked'],
      [watched, 'nobody is in the role "laed"'],
    ] as const) {
      const { status, failure } = await simulate(workflow, { crew });
      expect([status, failure?.code, failure?.message]).toEqual(['failed', 'TEMPLATE_FAILED', expect.stringContaining(message)]);
    }
  });

  it('is what it was when the run was started, whoever goes on with it', async () => {
    const store = createMemoryStore();
    const first = await createRuntime({ store, crew, time: new VirtualTime(0) });
    await first.start(
      loaded(
        'name: late\nsteps: [{ id: wait, type: sleep, for: 1h }, { id: ask, type: approval, subject: So?, role: lead, dependencies: wait }]\n',
      ),
      { id: 'r' },
    );
    await first.stop({ graceMs: 0 });
    const later = createCrew({ roles: { lead: ['eve'] } });
    const next = await createRuntime({ store, crew: later, time: new VirtualTime(2 * HOUR) });
    const run = await next.resume('r');
    await expect(run.answer('ask', { by: 'eve' })).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
    await run.answer('ask', { by: 'ben' });
    expect((await run.result()).status).toBe('completed');
  });
});

describe('a crew file', () => {
  it('says who is in which role', async () => {
    const { crew: read, diagnostics } = await loadCrew(
      'roles: { lead: [ann, ben], board: cleo }\nagents: { a: { kind: scripted, script: {} } }\n',
    );
    expect(diagnostics).toEqual([]);
    if (read === null) throw new Error('cannot be read');
    expect(crewFromDefinition(read).roles?.()).toEqual({ lead: ['ann', 'ben'], board: ['cleo'] });
  });

  it.each([
    ['roles: { lead: [] }', '1:16 VALUE_RANGE'],
    ['roles: { lead: [ann, ann] }', '1:22 KEY_DUPLICATE'],
    ['roles: { lead: 7 }', '1:16 VALUE_TYPE'],
    ['roles: [ann]', '1:8 VALUE_TYPE'],
    ['rolse: { lead: ann }', '1:1 KEY_UNKNOWN'],
  ])('%s is refused where it stands', async (written, problem) => {
    const { diagnostics } = await loadCrew(`${written}\nagents: { a: { kind: scripted, script: {} } }\n`);
    expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([problem]);
  });
});
