// People, phases, sleeps and signals: what is built is what the file that says the same is read as.
import { describe, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { when } from '../../src/definition/reference-logic.ts';
import { same } from './same-definition.ts';

const PLAN = '{ id: plan, type: persona-request, persona: planner }';
const HEAD = `name: x\nsteps:\n  - ${PLAN}\n`;
const start = () => defineWorkflow({ name: 'x' }).step('plan', { persona: 'planner' });

describe('a built workflow is the one that the file says', () => {
  it('questions to people', () => {
    const built = defineWorkflow({ name: 'x' })
      .step('plan', { persona: 'planner', output: z.object({ title: z.string(), version: z.string(), owner: z.string() }) })
      .approval('release', {
        name: 'Release?',
        subject: ({ steps }) => `Release ${steps.plan.title}?`,
        params: ({ steps }) => ({ plan: steps.plan }),
        form: z.object({ version: z.string(), days: z.number().min(1) }),
        values: ({ steps }) => ({ version: steps.plan.version, days: 2 }),
        assignee: ({ steps }) => ['anna', steps.plan.owner],
        role: 'lead',
        due: '2h',
        remind: { every: '1h', times: 2 },
        escalate: [
          { to: 'ben', after: '4h' },
          { to: 'cleo', after: '1d' },
        ],
        quorum: 2,
        delegate: false,
        timeout: '3d',
        onTimeout: 'reject',
        onReject: 'continue',
      })
      .approval('plain', { subject: 'All well?', assignee: 'anna', remind: '30m', after: 'release' })
      .approval('any', { form: { type: 'string' }, values: 'ok', timeout: '1h', onTimeout: 'approve' })
      .build();
    same(
      built,
      `name: x
steps:
  - id: plan
    type: persona-request
    persona: planner
    output:
      type: object
      properties: { title: { type: string }, version: { type: string }, owner: { type: string } }
      required: [title, version, owner]
  - id: release
    name: Release?
    type: approval
    dependencies: [plan]
    subject: "Release {{steps.plan.title}}?"
    params: { plan: "{{steps.plan}}" }
    form: { type: object, properties: { version: { type: string }, days: { type: number, minimum: 1 } }, required: [version, days] }
    values: { version: "{{steps.plan.version}}", days: 2 }
    assignee: [anna, "{{steps.plan.owner}}"]
    role: lead
    due: 2h
    remind: { every: 1h, times: 2 }
    escalate: [{ to: ben, after: 4h }, { to: cleo, after: 1d }]
    quorum: 2
    delegate: false
    timeout: 3d
    on_timeout: reject
    on_reject: continue
  - { id: plain, type: approval, subject: All well?, assignee: anna, remind: 30m, dependencies: release }
  - { id: any, type: approval, form: string, values: ok, timeout: 1h, on_timeout: approve }
`,
    );
  });

  it('tasks that people approve before they begin', () => {
    const oversight = {
      mode: 'supervised',
      assignee: ['anna', 'ben'],
      role: 'lead',
      due: '10m',
      remind: '20m',
      escalate: [{ to: 'cleo', after: '30m' }],
      quorum: 2,
      delegate: false,
      timeout: '1h',
      onTimeout: 'approve',
    } as const;
    same(
      defineWorkflow({ name: 'x', oversight }).step('a', { persona: 'p', criticality: 'critical' }).build(),
      `name: x
oversight: { mode: supervised, assignee: [anna, ben], role: lead, due: 10m, remind: 20m, escalate: [{ to: cleo, after: 30m }], quorum: 2, delegate: false, timeout: 1h, on_timeout: approve }
steps: [{ id: a, type: persona-request, persona: p, criticality: critical }]
`,
    );
    same(
      defineWorkflow({ name: 'x', oversight: 'autonomous' }).step('a', { persona: 'p' }).build(),
      'name: x\noversight: autonomous\nsteps: [{ id: a, type: persona-request, persona: p }]\n',
    );
  });

  it('sleeps', () => {
    const built = start()
      .sleep('nap', { for: '30m' })
      .sleep('day', { until: new Date('2027-01-31T09:00:00Z') })
      .sleep('text', { until: '2027-01-31T09:00:00+01:00' })
      .sleep('read', { until: ({ steps }) => steps.plan.when })
      .sleep('held', { for: '1h', until: ({ steps }) => steps.plan.ready, after: 'nap' })
      .build();
    same(
      built,
      `${HEAD}  - { id: nap, type: sleep, for: 30m }
  - { id: day, type: sleep, until: "2027-01-31T09:00:00Z" }
  - { id: text, type: sleep, until: "2027-01-31T09:00:00+01:00" }
  - { id: read, type: sleep, until: "{{steps.plan.when}}", dependencies: plan }
  - { id: held, type: sleep, for: 1h, until: steps.plan.ready, dependencies: nap }
`,
    );
  });

  it('signals that are waited for until something holds', () => {
    same(
      start()
        .waitForSignal('go', { signal: 'start', until: ({ steps }) => when.equals(steps.plan.go, true), timeout: '1d' })
        .build(),
      `${HEAD}  - { id: go, type: wait-for-signal, signal: start, until: steps.plan.go === true, timeout: 1d }\n`,
    );
  });

  it('phases', () => {
    const built = start()
      .phase('build', { after: 'plan', gate: { rate: 0.5, scores: { 'test.coverage': 80 }, onFailure: 'rework', max: 2 } }, (phase) =>
        phase.step('code', { persona: 'coder' }).step('test', { persona: 'tester', after: 'code' }),
      )
      .phase(
        'review',
        {
          mode: 'parallel',
          after: 'build',
          maxConcurrent: 2,
          gate: { check: ({ steps }) => when.equals(steps.read?.status, 'pass'), persona: 'chief' },
          feedback: { to: 'build', when: ({ steps }) => steps.read?.bad, findings: ({ steps }) => steps.read?.issues, max: 5 },
        },
        (phase) => phase.step('read', { persona: 'reader' }),
      )
      .phase('last', { after: 'review', feedback: { to: 'review', findings: 'of {{steps.look}}' } }, (phase) =>
        phase.step('look', { persona: 'reader' }),
      )
      .phase('empty', {}, (phase) => phase)
      .build();
    same(
      built,
      `${HEAD}  - id: build
    type: phase
    dependencies: plan
    gate: { rate: 0.5, scores: { test.coverage: 80 }, on_failure: rework, max: 2 }
    steps:
      - { id: code, type: persona-request, persona: coder }
      - { id: test, type: persona-request, persona: tester, dependencies: code }
  - id: review
    type: phase
    mode: parallel
    dependencies: build
    max_concurrent: 2
    gate: { check: steps.read.status === "pass", persona: chief }
    feedback: { to: build, when: steps.read.bad, findings: read.issues, max: 5 }
    steps: [{ id: read, type: persona-request, persona: reader }]
  - id: last
    type: phase
    dependencies: review
    feedback: { to: review, findings: "of {{steps.look}}" }
    steps: [{ id: look, type: persona-request, persona: reader }]
  - { id: empty, type: phase, steps: [] }
`,
    );
  });
});
