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

  test('are told of what their people are not asked by', () => {
    const wrong = () =>
      defineWorkflow({ name: 'n' }).phase('p', { gate: { person: { too: 'ann' } as never } }, (m) => m.step('a', { persona: 'p' }));
    expect(wrong).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });
});
