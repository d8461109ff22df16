import { describe, expect, test } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { loaded } from './diagnosed.ts';

const bare = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'position' || key === 'file' ? undefined : inner)));

describe('phases of the builder', () => {
  test('ask people as those of files do, and take back what they wrote', () => {
    const built = defineWorkflow({ name: 'n', mode: 'sequential' })
      .phase(
        'build',
        { fallback: 'rescue', gate: { rate: 1, person: { to: ['ann'], due: '1h' }, onFailure: 'rework', takeBack: true } },
        (m) => m.step('code', { persona: 'coder' }),
      )
      .phase('rescue', {}, (m) => m.step('patch', { persona: 'coder' }))
      .phase('review', { feedback: { to: 'build', takeBack: true, escalate: { to: 'ann', timeout: '2h' } } }, (m) =>
        m.step('read', { persona: 'reviewer' }),
      )
      .build();
    const written = loaded(`
name: n
mode: sequential
steps:
  - id: build
    type: phase
    fallback: rescue
    gate: { rate: 1, person: { to: [ann], due: 1h }, on_failure: rework, take_back: true }
    steps: [{ id: code, type: persona-request, persona: coder }]
  - { id: rescue, type: phase, steps: [{ id: patch, type: persona-request, persona: coder }] }
  - id: review
    type: phase
    feedback: { to: build, take_back: true, escalate: { to: ann, timeout: 2h } }
    steps: [{ id: read, type: persona-request, persona: reviewer }]
`);
    expect(bare(built.steps)).toEqual(bare(written.steps));
  });

  test('may stand before steps that send work back by themselves', () => {
    const built = defineWorkflow({ name: 'n', mode: 'sequential' })
      .phase('build', {}, (m) => m.step('code', { persona: 'coder' }))
      .step('read', {
        persona: 'reviewer',
        feedback: { to: 'build', when: ({ steps }) => steps.read?.bad, findings: ({ steps }) => steps.read?.issues, max: 2 },
      })
      .vote('pick', { personas: ['ann', 'bob'], feedback: { to: 'build' } })
      .step('ship', { persona: 'coder', after: ['read'] })
      .build();
    const written = loaded(`
name: n
mode: sequential
steps:
  - { id: build, type: phase, steps: [{ id: code, type: persona-request, persona: coder }] }
  - { id: read, type: persona-request, persona: reviewer, feedback: { to: build, when: steps.read.bad, findings: read.issues, max: 2 } }
  - { id: pick, type: vote, personas: [ann, bob], feedback: { to: build } }
  - { id: ship, type: persona-request, persona: coder, dependencies: [read] }
`);
    expect(bare(built.steps)).toEqual(bare(written.steps));
    expect(() =>
      defineWorkflow({ name: 'n' })
        .step('read', { persona: 'p', feedback: { to: 'read', max: -1 } } as never)
        .build(),
    ).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  test('are told of what their people are not asked by', () => {
    const wrong = () =>
      defineWorkflow({ name: 'n' }).phase('p', { gate: { person: { too: 'ann' } as never } }, (m) => m.step('a', { persona: 'p' }));
    expect(wrong).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });
});
