import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeFrame } from '../../src/definition/code-frame.ts';
import { DIAGNOSTIC_MEANINGS, formatDiagnostic } from '../../src/definition/diagnostic.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { positionAt, sourceFromText } from '../../src/definition/source-text.ts';
import { diagnosed, withSteps } from './diagnosed.ts';

const FAULTY = `name: sample
steps:
  - id: plan
    type: persona-request
    personna: planner
`;

const ESCAPE = String.fromCharCode(27);

describe('a diagnostic', () => {
  it('is its place, its code, a code frame and what to do next', () => {
    const { diagnostics } = loadWorkflowSync(FAULTY, { file: 'flows/sample.yml' });
    const shown = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join('\n');
    expect(shown).toBe(`flows/sample.yml:3:5 KEY_MISSING "persona" is missing; it must be a text
  1 | name: sample
  2 | steps:
> 3 |   - id: plan
    |     ^
  4 |     type: persona-request
flows/sample.yml:5:5 KEY_UNKNOWN unknown key "personna"
  3 |   - id: plan
  4 |     type: persona-request
> 5 |     personna: planner
    |     ^
  6 |
  hint: did you mean "persona"?`);
  });

  it('is coloured only when asked to', () => {
    const [diagnostic] = loadWorkflowSync(FAULTY).diagnostics;
    if (diagnostic === undefined) throw new Error('a diagnostic was expected');
    expect(formatDiagnostic(diagnostic)).not.toContain(ESCAPE);
    expect(formatDiagnostic(diagnostic, { color: false })).toBe(formatDiagnostic(diagnostic));
    expect(formatDiagnostic(diagnostic, { color: true })).toContain(`${ESCAPE}[31mKEY_MISSING${ESCAPE}[39m`);
    expect(formatDiagnostic({ ...diagnostic, severity: 'warning' }, { color: true })).toContain(`${ESCAPE}[33mKEY_MISSING`);
  });

  it('shows no control characters of the file, which could write over the terminal', () => {
    const hostile = `name: x\nsteps:\n  - {id: "${'\\e[2J'}", type: persona-request, persona: "\u202Eevil"}\n`;
    const { diagnostics } = loadWorkflowSync(hostile, { personas: ['p'], text: true });
    const shown = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join('\n');
    expect(shown).not.toContain(ESCAPE);
    expect(shown).not.toContain('\u202E');
    expect(diagnostics.map(({ code }) => code)).toEqual(['ID_INVALID', 'PERSONA_UNKNOWN']);
  });

  it('every problem of a file is reported at once, in the order of the file', () => {
    const text = withSteps(
      '- {id: a, type: nope}',
      '- {id: a, type: persona-request, persona: p, timeout: 5x, retries: -1, dependencies: [z]}',
      '- {id: b c, type: parallel, steps: [{id: d, type: persona-request, persona: p, conditon: x}]}',
    );
    expect(diagnosed(text)).toEqual([
      '3:19 STEP_TYPE_UNKNOWN',
      '4:10 STEP_DUPLICATE_ID',
      '4:57 DURATION_INVALID',
      '4:70 VALUE_RANGE',
      '4:89 DEPENDENCY_UNKNOWN',
      '5:10 ID_INVALID',
      '5:82 KEY_UNKNOWN',
    ]);
  });

  it('a garbled file lists 200 of its problems and counts the rest', () => {
    const { diagnostics } = loadWorkflowSync(withSteps(...Array.from({ length: 300 }, (_, at) => `- {id: s${at}, type: nope}`)));
    expect(diagnostics).toHaveLength(200);
    expect(diagnostics.at(-1)?.message).toContain('(and 100 further problems in this file)');
  });

  it('every code says in one line what it means', () => {
    for (const [code, meaning] of Object.entries(DIAGNOSTIC_MEANINGS)) {
      expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/u);
      expect(meaning).toMatch(/^[^\n]{10,120}$/u);
    }
  });
});

describe('places', () => {
  it('an offset is the line and column it is counted to', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', 'é', '\t', '😀')), fc.nat(), (parts, pick) => {
        const text = parts.join('');
        const { source } = sourceFromText(text, 'x');
        if (source === undefined) throw new Error('the text was refused');
        const offset = pick % (text.length + 1);
        const before = text.slice(0, offset).split('\n');
        expect(positionAt(source, offset)).toEqual({ line: before.length, column: (before.at(-1) ?? '').length + 1 });
      }),
    );
  });

  it('a code frame is short, whatever the line is like, and its caret stands under the place', () => {
    fc.assert(
      fc.property(fc.nat(5000), (offset) => {
        const text = `${'abcdefghij'.repeat(500)}\nnext`;
        const { source } = sourceFromText(text, 'x');
        if (source === undefined) throw new Error('the text was refused');
        const [marked = '', caret = ''] = codeFrame(source, Math.min(offset, 4999)).split('\n');
        expect(marked.length).toBeLessThan(110);
        expect(marked[caret.indexOf('^')]).toBe(text[Math.min(offset, 4999)]);
      }),
    );
  });
});
