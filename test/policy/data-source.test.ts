import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatherInputs, requireData, storeOutput } from '../../src/definition/data-source.ts';
import type { DataSource } from '../../src/definition/step-data.ts';
import type { Scope } from '../../src/definition/workflow.ts';
import type { Json } from '../../src/protocol/json.ts';
import { thrownBy } from '../definition/thrown.ts';

const scope: Scope = {
  variables: { input: { goal: 'ship' }, depth: 2 },
  steps: { design: { doc: 'text', notes: [{ line: 3 }], empty: null }, skipped: null },
  shared: { style: { tone: 'calm' } },
};
const source = (from: DataSource['from'], path: string, more: Partial<DataSource> = {}): DataSource => ({
  from,
  path: path === '' ? [] : path.split('.'),
  ...more,
});
const gather = (of: DataSource, within: Scope = scope) => gatherInputs({ it: of }, within).it;
const refusal = (of: DataSource) => thrownBy(() => gather(of)).message;

describe('the inputs of a step', () => {
  it('come from the input, outputs, the shared context and variables', () => {
    expect(
      gatherInputs(
        {
          whole: source('input', ''),
          goal: source('input', 'goal'),
          line: source('step', 'design.notes.0.line'),
          tone: source('shared', 'style.tone'),
          depth: source('variable', 'depth'),
        },
        scope,
      ),
    ).toEqual({ whole: { goal: 'ship' }, goal: 'ship', line: 3, tone: 'calm', depth: 2 });
  });

  it('are taken from the variables where a workflow has no input of that name', () => {
    expect(gather(source('input', 'goal'), { variables: { goal: 1 }, steps: {} })).toBe(1);
  });

  it('count null as a value; only what is not there is missing', () => {
    expect(gather(source('step', 'design.empty', { default: 1 }))).toBeNull();
    expect(gather(source('step', 'design.doc2', { default: [] }))).toEqual([]);
    expect(gather(source('shared', 'none', { default: null }))).toBeNull();
    expect(gatherInputs({ it: source('step', 'none', { optional: true }) }, scope)).toEqual({});
  });

  it('say which source is missing, and what is there instead', () => {
    expect(refusal(source('step', 'design.docs'))).toBe(
      'the input "it" comes from steps.design.docs, but steps.design has only doc, notes, empty',
    );
    expect(refusal(source('step', 'design.notes.5'))).toBe(
      'the input "it" comes from steps.design.notes[5], but steps.design.notes is a list of 1',
    );
    expect(refusal(source('step', 'design.notes.length'))).toContain('steps.design.notes is a list of 1');
    expect(refusal(source('step', 'skipped.doc'))).toBe('the input "it" comes from steps.skipped.doc, but steps.skipped is null');
    expect(refusal(source('step', 'design.doc.length'))).toContain('steps.design.doc is a text');
    expect(refusal(source('shared', 'plan'))).toBe('the input "it" comes from shared.plan, but shared has only style');
    expect(thrownBy(() => gather(source('shared', 'plan'), { variables: {}, steps: {} })).message).toContain('shared is empty');
  });

  it('say what was probably meant, and name every source that is missing', () => {
    const inputs = { doc: source('step', 'design.docs'), other: source('variable', 'x'), fine: source('input', '') };
    const error = thrownBy(() => gatherInputs(inputs, scope));
    expect(error).toMatchObject({
      code: 'DATA_MISSING',
      retryable: false,
      hint: 'did you mean steps.design.doc?',
      details: {
        missing: [
          { input: 'doc', source: 'steps.design.docs' },
          { input: 'other', source: 'variables.x' },
        ],
      },
    });
  });

  it('are own plain data, never what a prototype or a getter gives', () => {
    const names = ['constructor', '__proto__', 'prototype'];
    for (const name of names) {
      expect(thrownBy(() => gather({ from: 'step', path: ['design', name] })).code).toBe('DEFINITION_INVALID');
    }
    const error = thrownBy(() => gather(source('step', 'design.toString')));
    expect(error.code).toBe('DATA_MISSING');
    const trapped = Object.defineProperty({}, 'secret', { get: () => 'called', enumerable: true }) as Scope['variables'];
    expect(thrownBy(() => gather(source('variable', 'secret'), { variables: trapped, steps: {} })).code).toBe('DATA_MISSING');
  });

  it('are found wherever they are, or refused', () => {
    const names = fc.constantFrom('a', 'b', '0', '1', 'x y');
    const data = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.nat(), fc.array(tie('value'), { maxLength: 2 }), fc.dictionary(names, tie('value'))),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(names, data), fc.array(names, { minLength: 1, maxLength: 4 }), (variables, path) => {
        const wanted = { from: 'variable', path } as const;
        const there = path.reduce<unknown>(
          (value, name) => (Object(value) === value ? (value as Record<string, unknown>)[name] : undefined),
          variables,
        );
        if (there !== undefined) expect(gather(wanted, { variables, steps: {} })).toBe(there);
        else expect(thrownBy(() => gather(wanted, { variables, steps: {} })).code).toBe('DATA_MISSING');
      }),
    );
  });
});

describe('what a step leaves', () => {
  it('goes where it is declared to go', () => {
    const output = { plan: { files: ['a', 'b'] } };
    const stored = storeOutput(
      [
        { to: 'shared', name: 'plan', path: ['plan'] },
        { to: 'variable', name: 'first', path: ['plan', 'files', '0'] },
        { to: 'variable', name: 'all', path: [] },
      ],
      output,
    );
    expect(stored).toEqual({ shared: { plan: output.plan }, variables: { first: 'a', all: output } });
  });

  it('is missed by name', () => {
    const error = thrownBy(() => storeOutput([{ to: 'shared', name: 'plan', path: ['plan'] }], { plans: 1 }));
    expect(error.message).toBe('output.plan is to be stored as shared.plan, but output has only plans');
    expect(error).toMatchObject({ code: 'DATA_MISSING', hint: 'did you mean output.plans?' });
    expect(thrownBy(() => storeOutput([{ to: 'shared', name: 'plan', path: ['plan'] }], 'done')).message).toContain('output is a text');
    expect(thrownBy(() => storeOutput([{ to: 'variable', name: '__proto__', path: [] }], 1)).code).toBe('DEFINITION_INVALID');
  });

  it('must have what dependents require of it', () => {
    const output = { report: { findings: [], 'odd name': 1 } };
    expect(() => requireData(['report', 'report.findings', "report['odd name']"], output, 'review')).not.toThrow();
    const error = thrownBy(() => requireData(['report.findings', 'report.finding'], output, 'code-review'));
    expect(error.message).toBe(
      'steps["code-review"].report.finding is needed, but steps["code-review"].report has only findings, odd name',
    );
    expect(error).toMatchObject({ code: 'DATA_MISSING', hint: 'did you mean steps["code-review"].report.findings?' });
  });
});
