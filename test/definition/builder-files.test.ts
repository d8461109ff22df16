// The law of the builder: what it makes is what the file that says the same is read as.
import { describe, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { when } from '../../src/definition/reference-logic.ts';
import { same } from './same-definition.ts';

const PLAN = '{ id: plan, type: persona-request, persona: planner }';
const start = () =>
  defineWorkflow({ name: 'x', variables: { base: 'main' }, shared: { style: 'plain', findings: [] as string[] } }).step('plan', {
    persona: 'planner',
  });
const HEAD = 'name: x\nvariables: { base: main }\nshared: { style: plain, findings: [] }\n';

describe('a built workflow is the one that the file says', () => {
  it('what a step takes, leaves, shares and needs', () => {
    const built = start()
      .step('write', {
        persona: 'p',
        params: { n: 1 },
        inputs: ({ input, steps, shared, variables }) => ({
          goal: input.goal,
          file: steps.plan.files?.[0],
          style: { from: shared.style, optional: true },
          base: { from: variables.base, default: 'none' },
        }),
        reads: ['findings'],
        writes: ['findings'],
        onStale: 'rerun',
        store: {
          shared: { style: (output) => output.style },
          variables: { all: (output) => output, first: (output) => output.pages[0] },
        },
        output: z.object({ style: z.string(), pages: z.array(z.number()).min(1) }),
        needs: { memoryMb: 512, cpu: 2, io: 1, tokens: 2000, capabilities: ['gpu'], domains: ['database'], services: ['github'] },
        estimate: '20m',
        compensate: { persona: 'undoer', params: { id: '{{steps.write.style}}' }, timeout: '1m' },
      })
      .build();
    same(
      built,
      `${HEAD}steps:
  - ${PLAN}
  - id: write
    type: persona-request
    persona: p
    params: { n: 1 }
    inputs:
      goal: input.goal
      file: steps.plan.files[0]
      style: { from: shared.style, optional: true }
      base: { from: variables.base, default: none }
    reads: [findings]
    writes: [findings]
    on_stale: rerun
    store: { shared.style: style, variables.all: "", variables.first: "output.pages[0]" }
    output:
      type: object
      properties: { style: { type: string }, pages: { type: array, minItems: 1, items: { type: number } } }
      required: [style, pages]
    requires: { memory_mb: 512, cpu: 2, io: 1, tokens: 2000, capabilities: [gpu], domains: [database], services: github }
    estimate: 20m
    compensate: { persona: undoer, params: { id: "{{steps.write.style}}" }, timeout: 1m }
`,
    );
  });

  it('edges', () => {
    const built = start()
      .step('a', { persona: 'p' })
      .step('b', {
        persona: 'p',
        after: [
          { step: 'plan', when: ({ steps }) => when.equals(steps.plan.ok, true), data: ['doc.title', 'files[0]'] },
          { step: 'a', kind: 'soft' },
        ],
      })
      .step('c', {
        persona: 'p',
        after: [
          { step: 'a', kind: 'hard' },
          { step: 'b', data: 'doc' },
        ],
      })
      .build();
    same(
      built,
      `${HEAD}steps:
  - ${PLAN}
  - { id: a, type: persona-request, persona: p }
  - id: b
    type: persona-request
    persona: p
    dependencies:
      - { step: plan, when: steps.plan.ok === true, data: [doc.title, "files[0]"] }
      - { step: a, kind: soft }
  - { id: c, type: persona-request, persona: p, dependencies: [a, { step: b, data: doc }] }
`,
    );
  });

  it('groups', () => {
    const built = start()
      .parallel(
        'panel',
        { waitFor: 'quorum', quorum: 2, onFailure: 'fall_back_sequential', maxConcurrent: 2, conflicts: { persona: 'm' } },
        (g) => g.step('a', { persona: 'p' }).step('b', { persona: 'p' }),
      )
      .group(
        'late',
        { waitFor: 'deadline', deadline: '1h', quorum: 1, conflicts: { ladder: ['automatic', 'person'], timeout: '1d' } },
        (g) => g.step('c', { persona: 'p' }),
      )
      .sequence('row', { waitFor: 'majority', onFailure: 'compensate', conflicts: {} }, (g) => g.step('d', { persona: 'p' }))
      .build();
    same(
      built,
      `${HEAD}steps:
  - ${PLAN}
  - id: panel
    type: parallel
    wait_for: quorum
    quorum: 2
    on_failure: fall_back_sequential
    max_concurrent: 2
    conflicts: { persona: m }
    steps: [{ id: a, type: persona-request, persona: p }, { id: b, type: persona-request, persona: p }]
  - id: late
    type: group
    wait_for: deadline
    deadline: 1h
    quorum: 1
    conflicts: { ladder: [automatic, person], timeout: 1d }
    steps: [{ id: c, type: persona-request, persona: p }]
  - id: row
    type: sequence
    wait_for: majority
    on_failure: compensate
    conflicts: {}
    steps: [{ id: d, type: persona-request, persona: p }]
`,
    );
  });

  it('sync points', () => {
    const built = start()
      .step('a', { persona: 'p' })
      .syncPoint('meet', { members: ['plan', 'a'] })
      .syncPoint('half', { kind: 'progress_checkpoint', members: ['a'], threshold: 50, timeout: '30m', after: 'meet' })
      .syncPoint('gate', { kind: 'quality_gate', members: ['a'], check: ({ steps }) => steps.a.ok, condition: 'true' })
      .build();
    same(
      built,
      `${HEAD}steps:
  - ${PLAN}
  - { id: a, type: persona-request, persona: p }
  - { id: meet, type: sync-point, members: [plan, a] }
  - { id: half, type: sync-point, sync: progress_checkpoint, members: [a], threshold: 50, timeout: 30m, dependencies: [meet] }
  - { id: gate, type: sync-point, sync: quality_gate, members: [a], check: steps.a.ok, condition: true }
`,
    );
  });

  it('votes', () => {
    const built = start()
      .vote('panel', {
        name: 'The panel',
        personas: ['strict', 'kind', 'strict'],
        params: ({ steps }) => ({ plan: steps.plan }),
        timeout: '5m',
        retries: 1,
        reads: ['style'],
        output: z.object({ verdict: z.string() }),
        rule: 'weighted',
        choice: (answer) => answer.verdict,
        weights: { strict: 2 },
        judge: { persona: 'chief', params: { tone: 'calm' }, timeout: '1m' },
        quorum: 2,
        escalate: { timeout: '1d' },
      })
      .vote('again', { persona: 'kind', voters: 3, rule: 'judged', judge: 'chief', after: 'panel' })
      .build();
    same(
      built,
      `${HEAD}steps:
  - ${PLAN}
  - id: panel
    name: The panel
    type: vote
    dependencies: [plan]
    personas: [strict, kind, strict]
    params: { plan: "{{steps.plan}}" }
    timeout: 5m
    retries: 1
    reads: [style]
    output: { type: object, properties: { verdict: { type: string } }, required: [verdict] }
    rule: weighted
    choice: verdict
    weights: { strict: 2 }
    judge: { persona: chief, params: { tone: calm }, timeout: 1m }
    quorum: 2
    escalate: { timeout: 1d }
  - { id: again, type: vote, persona: kind, voters: 3, rule: judged, judge: chief, dependencies: [panel] }
`,
    );
  });

  it('maps, in maps, too', () => {
    const built = defineWorkflow({ name: 'x', onSkip: 'propagate', defaults: { timeout: '5m' } })
      .step('plan', { persona: 'planner' })
      .step('rules', { persona: 'planner' })
      .map('each', { over: ({ steps }) => steps.plan.rows, as: 'row', maxConcurrent: 4, tolerate: '10%', condition: 'true' }, (row, at) =>
        row
          .step('look', { persona: 'p', params: { row: at.item, at: at.index }, inputs: ({ steps }) => ({ rules: steps.rules }) })
          .map('cells', { over: 'row.cells', tolerate: { count: 1 } }, (cell, { item }) =>
            cell.step('fill', { persona: 'p', params: { item } }),
          )
          .outputs(({ steps }) => ({ cells: steps.cells })),
      )
      .build();
    same(
      built,
      `name: x
on_skip: propagate
timeout: 5m
steps:
  - ${PLAN}
  - { id: rules, type: persona-request, persona: planner }
  - id: each
    type: map
    dependencies: [plan]
    condition: true
    over: steps.plan.rows
    as: row
    max_concurrent: 4
    tolerate: 10%
    steps:
      - id: look
        type: persona-request
        persona: p
        params: { row: "{{variables.row}}", at: "{{variables.index}}" }
        inputs: { rules: steps.rules }
      - id: cells
        type: map
        over: row.cells
        tolerate: { count: 1 }
        steps: [{ id: fill, type: persona-request, persona: p, params: { item: "{{variables.item}}" } }]
    outputs: { cells: "{{steps.cells}}" }
`,
    );
  });

  it('the head', () => {
    const built = defineWorkflow({
      name: 'x',
      input: z.object({
        goal: z.string().describe('What for'),
        depth: z.number().default(3),
        tags: z.array(z.string()).optional(),
        rest: z.unknown(),
      }),
      outputTypes: { report: z.string(), notes: { schema: { type: 'array' }, required: false } },
      shared: { style: 'of {{input.goal}}' },
      conflicts: { persona: 'merger', guidance: 'keep both' },
      critical: ['style', 'database'],
      limits: { memoryMb: 4096, cpu: 4, io: 2, tokensPerMinute: 10_000, capabilities: { gpu: 1 } },
    })
      .step('a', { persona: 'p', needs: { domains: ['database'] } })
      .outputs(({ steps }) => ({ report: steps.a, notes: [] }))
      .build();
    same(
      built,
      `name: x
inputs:
  goal: { type: string, description: What for }
  depth: { type: number, default: 3 }
  tags: { schema: { type: array, items: { type: string } }, required: false }
  rest: any
output_types: { report: string, notes: { type: list, required: false } }
shared: { style: "of {{input.goal}}" }
conflicts: { persona: merger, guidance: keep both }
critical: [style, database]
limits: { memory_mb: 4096, cpu: 4, io: 2, tokens_per_minute: 10000, capabilities: { gpu: 1 } }
steps: [{ id: a, type: persona-request, persona: p, requires: { domains: [database] } }]
outputs: { report: "{{steps.a}}", notes: [] }
`,
    );
  });
});
