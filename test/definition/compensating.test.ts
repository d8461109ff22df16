import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Step } from '../../src/definition/workflow.ts';
import { diagnosed, loaded, type Malformed } from './diagnosed.ts';

const file = (head: string, compensate = ', compensate: { persona: undoer }') =>
  `name: x\n${head}steps:\n  - { id: a, type: persona-request, persona: p${compensate} }\n`;

describe('what a file says of undoing', () => {
  it.each([
    ['nothing', '', ['failure', 'cancel']],
    ['one end', 'compensate_on: cancel\n', ['cancel']],
    ['both, in any order', 'compensate_on: [cancel, failure]\n', ['failure', 'cancel']],
    ['never', 'compensate_on: never\n', []],
  ])('%s', (_, head, causes) => {
    expect(loaded(file(head)).compensateOn).toEqual(causes);
  });

  it('is nothing where no step can be undone: the form is as it always was', () => {
    expect(loaded(file('', ''))).not.toHaveProperty('compensateOn');
  });

  it('holds for steps in the body of a map', () => {
    const text = `name: x\nsteps:\n  - id: m\n    type: map\n    over: "[1]"\n    steps: [{ id: a, type: persona-request, persona: p, compensate: { persona: undoer } }]\n`;
    expect(loaded(text).compensateOn).toEqual(['failure', 'cancel']);
  });

  const MALFORMED: readonly Malformed[] = [
    ['an end that is none', file('compensate_on: failures\n'), ['2:16 VALUE_UNKNOWN']],
    ['an end that is none among others', file('compensate_on: [failure, done]\n'), ['2:26 VALUE_UNKNOWN']],
    ['no end at all', file('compensate_on: []\n'), ['2:16 VALUE_RANGE']],
    ['ends where nothing can be undone', file('compensate_on: cancel\n', ''), ['2:1 DECLARATION_CONFLICT']],
    ['retries that are no number', file('', ', compensate: { persona: u, retries: often }'), ['3:84 VALUE_TYPE']],
  ];

  it.each(MALFORMED)('%s is told with its place', (_, text, codes) => {
    expect(diagnosed(text)).toEqual(codes);
  });
});

describe('a program that says the same', () => {
  it('builds the same form', () => {
    const built = defineWorkflow({ name: 'x', compensateOn: 'cancel' })
      .step('a', { persona: 'p', compensate: { persona: 'undoer' } })
      .build();
    const { compensateOn, steps } = loaded(file('compensate_on: cancel\n'));
    const undoing = ([step]: readonly Step[]) => (step?.kind === 'task' ? step.compensate : null);
    expect([built.compensateOn, undoing(built.steps)]).toEqual([compensateOn, undoing(steps)]);
  });

  it('is refused what a file is refused', () => {
    const building = (on: unknown, compensate?: object) => () =>
      defineWorkflow({ name: 'x', compensateOn: on as never })
        .step('a', { persona: 'p', ...(compensate === undefined ? {} : { compensate }) })
        .build();
    expect(building('cancel')).toThrow('none says how');
    expect(building('done', { persona: 'u' })).toThrow('is no end');
  });
});
