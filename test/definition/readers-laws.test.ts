import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { hashDefinition } from '../../src/definition/definition-hash.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Dialect, Step, Workflow } from '../../src/definition/workflow.ts';
import { loaded } from './diagnosed.ts';
import { documentOf, nativeWorkflow } from './native-documents.ts';

const placeless = (workflow: Workflow): Workflow => ({ ...workflow, steps: workflow.steps.map(withoutPosition) });

function withoutPosition({ position: _, ...step }: Step): Step {
  if (step.kind === 'group') return { ...step, steps: step.steps.map(withoutPosition) };
  if (step.kind === 'choice') return { ...step, then: step.then.map(withoutPosition), otherwise: step.otherwise.map(withoutPosition) };
  if (step.kind === 'vote') return { ...step, steps: step.steps.map(({ position: _of, ...voter }) => voter) };
  if (step.kind === 'map') return { ...step, workflow: placeless(step.workflow) };
  return step;
}

const dialects = fc.constantFrom<Dialect | 'auto'>('native', 'engine', 'auto');

/** A workflow's text with some of it cut out, doubled, or put elsewhere. */
const damaged = fc
  .tuple(
    nativeWorkflow,
    fc.array(fc.tuple(fc.nat(), fc.nat(60), fc.constantFrom('cut', 'double', 'insert')), { maxLength: 4 }),
    fc.string(),
  )
  .map(([workflow, wounds, foreign]) => {
    let text = stringify(documentOf(workflow));
    for (const [where, length, how] of wounds) {
      const at = where % (text.length + 1);
      const piece = how === 'cut' ? '' : how === 'double' ? text.slice(at, at + length).repeat(2) : foreign + text.slice(at, at + length);
      text = text.slice(0, at) + piece + text.slice(at + length);
    }
    return text;
  });

/** Text that looks like YAML now and then. */
const pieces = [
  'name: ',
  'steps:',
  '\n',
  '  ',
  '- ',
  'id: a',
  'type: ',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '? ',
  '"',
  "'",
  '&a ',
  '*a',
  '!t ',
  '|',
  '>',
  '#',
  '---\n',
  '{{',
  '}}',
  '${',
  '\t',
  'null',
  '%YAML 1.1\n',
];
const yamlLike = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));

describe('readers', () => {
  it('a workflow written as YAML, in any style, or as JSON reads back as the same workflow', () => {
    fc.assert(
      fc.property(nativeWorkflow, fc.constantFrom('block', 'flow', 'narrow', 'json'), (workflow, style) => {
        const document = documentOf(workflow);
        const options = {
          aliasDuplicateObjects: false,
          ...(style === 'narrow' ? { lineWidth: 20 } : {}),
          ...(style === 'flow' ? { collectionStyle: 'flow' as const } : {}),
        };
        const text = style === 'json' ? JSON.stringify(document, null, 2) : stringify(document, options);
        expect(placeless(loaded(text))).toEqual(workflow);
      }),
      { numRuns: 300 },
    );
  });

  it('the content hash depends on the content alone', () => {
    fc.assert(
      fc.property(nativeWorkflow, (workflow) => {
        const block = loaded(stringify(documentOf(workflow), { aliasDuplicateObjects: false }));
        const json = loaded(`\n\n${JSON.stringify(documentOf(workflow))}`, { file: 'elsewhere.json' });
        expect(hashDefinition(block)).toBe(hashDefinition(json));
        expect(hashDefinition(block)).toBe(hashDefinition(workflow));
        expect(hashDefinition({ ...workflow, name: `${workflow.name}x` })).not.toBe(hashDefinition(workflow));
      }),
    );
  });

  it.each([
    ['an arbitrary text', fc.string({ unit: 'binary', maxLength: 300 })],
    ['a text that looks like YAML', yamlLike],
    ['a damaged workflow', damaged],
  ])('%s never makes them throw, and every problem stands inside the text', (_what, texts) => {
    fc.assert(
      fc.property(texts, dialects, (text, dialect) => {
        const { workflow, diagnostics } = loadWorkflowSync(text, { text: true, dialect });
        const lines = text.split('\n');
        expect(workflow !== null || diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
        for (const { line, column } of diagnostics) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('an arbitrary text taken for a path or a text never makes them throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(loadWorkflowSync(text).diagnostics.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
