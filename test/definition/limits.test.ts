import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { tighterLimits, type WorkflowLimits } from '../../src/definition/workflow-limits.ts';
import { diagnosed } from './diagnosed.ts';
import { same } from './same-definition.ts';

const WORK = '{id: a, type: persona-request, persona: p}';
const limits = { memoryMb: 512, cpu: 2, io: 1.5, concurrency: 3, tokensPerMinute: 1000, capabilities: { gpu: 1 } };
const WRITTEN = '{ memory_mb: 512, cpu: 2, io: 1.5, concurrency: 3, tokens_per_minute: 1000, capabilities: { gpu: 1 } }';

describe('limits', () => {
  it('stand on a file and on every step with members, built or written', () => {
    const inner = defineWorkflow({ name: 'inner' }).step('z', { persona: 'p' }).build();
    const built = defineWorkflow({ name: 'x', limits })
      .parallel('one', { limits }, (group) => group.step('a', { persona: 'p' }))
      .sequence('two', { limits }, (group) => group.step('b', { persona: 'p' }))
      .group('three', { limits }, (group) => group.step('c', { persona: 'p' }))
      .phase('four', { limits }, (group) => group.step('d', { persona: 'p' }))
      .map('five', { over: '[1]', limits }, (body) => body.step('e', { persona: 'p' }))
      .build();
    same(
      built,
      `name: x
limits: ${WRITTEN}
steps:
  - { id: one, type: parallel, limits: ${WRITTEN}, steps: [{id: a, type: persona-request, persona: p}] }
  - { id: two, type: sequence, limits: ${WRITTEN}, steps: [{id: b, type: persona-request, persona: p}] }
  - { id: three, type: group, limits: ${WRITTEN}, steps: [{id: c, type: persona-request, persona: p}] }
  - { id: four, type: phase, limits: ${WRITTEN}, steps: [{id: d, type: persona-request, persona: p}] }
  - { id: five, type: map, over: "[1]", limits: ${WRITTEN}, steps: [{id: e, type: persona-request, persona: p}] }
`,
    );
    expect(defineWorkflow({ name: 'y' }).nested('n', inner, { limits }).build().steps[0]).toMatchObject({ kind: 'workflow', limits });
  });

  it.each([
    ['memory_mb: 0', '3:51 VALUE_RANGE'],
    ['concurrency: 1.5', '3:53 VALUE_RANGE'],
    ['tokens: 100', '3:40 KEY_UNKNOWN'],
    ['cpu: much', '3:45 VALUE_TYPE'],
  ])('that are none are told where they stand: %s', (written, place) => {
    const text = `name: x\nsteps:\n  - { id: g, type: parallel, limits: { ${written} }, steps: [${WORK}] }\n`;
    expect(diagnosed(text)).toEqual([place]);
  });

  it('are no business of a step that has no members', () => {
    expect(diagnosed('name: x\nsteps:\n  - { id: a, type: persona-request, persona: p, limits: { cpu: 1 } }\n')).toEqual([
      '3:49 KEY_UNKNOWN',
    ]);
  });

  it('that can never be kept by a step inside are told at the step, whatever is between them', () => {
    const needing = '{id: a, type: persona-request, persona: p, requires: {memory_mb: 100, capabilities: gpu}}';
    const within = (around: string) => `name: x\nlimits: { memory_mb: 100 }\nsteps:\n  - ${around.replace('…', needing)}\n`;
    const codes = (around: string) => diagnosed(within(around)).map((line) => line.slice(line.indexOf(' ') + 1));
    expect(codes('{ id: g, type: group, limits: { memory_mb: 99 }, steps: [{ id: h, type: sequence, steps: […] }] }')).toEqual([
      'DEMAND_ABOVE_LIMIT',
    ]);
    expect(codes('{ id: m, type: map, over: "[1]", limits: { memory_mb: 99 }, steps: […] }')).toEqual(['DEMAND_ABOVE_LIMIT']);
    expect(codes('{ id: m, type: map, over: "[1]", limits: { memory_mb: 100 }, steps: […] }')).toEqual([]);
    expect(() =>
      defineWorkflow({ name: 'x' })
        .group('build', { limits: { memoryMb: 512 } }, (group) => group.step('train', { persona: 'p', needs: { memoryMb: 1024 } }))
        .build(),
    ).toThrow('"train" needs 1,024 MB of memory, the group "build" allows 512');
  });

  it('of two for the same are both kept to', () => {
    const some: fc.Arbitrary<WorkflowLimits> = fc.record(
      { cpu: fc.integer({ min: 1, max: 9 }), capabilities: fc.dictionary(fc.constantFrom('gpu', 'net'), fc.integer({ min: 1, max: 9 })) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(some, some, (a, b) => {
        const both = tighterLimits(a, b);
        const least = (...given: (number | undefined)[]) => Math.min(...given.flatMap((each) => (each === undefined ? [] : [each])));
        expect(both.cpu ?? Number.POSITIVE_INFINITY).toBe(least(a.cpu, b.cpu));
        for (const name of ['gpu', 'net']) {
          expect(both.capabilities?.[name] ?? Number.POSITIVE_INFINITY).toBe(least(a.capabilities?.[name], b.capabilities?.[name]));
        }
      }),
    );
  });
});
