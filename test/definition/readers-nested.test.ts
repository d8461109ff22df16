import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { everyStep, type Workflow } from '../../src/definition/workflow.ts';

const root = mkdtempSync(join(tmpdir(), 'readers-nested-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes files into a directory of their own and gives its path. */
function written(name: string, files: Readonly<Record<string, string>>): (file: string) => string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return (file) => join(root, name, file);
}

const leaf = (name: string): string => `name: ${name}\nsteps: [{id: a, type: persona-request, persona: p}]\n`;
const calls = (name: string, ...refs: readonly string[]): string =>
  `name: ${name}\nsteps:\n${refs.map((ref, at) => `  - {id: n${at}, type: workflow, workflow: ${ref}}`).join('\n')}\n`;
const engineCalls = (name: string, ...refs: readonly string[]): string =>
  `name: ${name}\nsteps:\n${refs.map((ref, at) => `  - {name: n${at}, type: SubWorkflowStep, config: {workflow: ${ref}}}`).join('\n')}\n`;

function nestedNames(workflow: Workflow | null): (string | undefined)[] {
  return [...everyStep(workflow?.steps ?? [])].map((step) => (step.kind === 'workflow' ? step.workflow?.name : undefined));
}

const problems = (path: string) =>
  loadWorkflowSync(path).diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);

describe('nested workflows', () => {
  it('are found beside the file, by name or by path', () => {
    const at = written('found', {
      'top.yml': calls('top', 'leaf', 'deep/other.yaml', 'json'),
      'leaf.yml': leaf('leaf'),
      'deep/other.yaml': leaf('other'),
      'json.json': '{"name": "json", "steps": [{"id": "a", "type": "persona-request", "persona": "p"}]}',
    });
    const { workflow, diagnostics } = loadWorkflowSync(at('top.yml'));
    expect(diagnostics).toEqual([]);
    expect(nestedNames(workflow)).toEqual(['leaf', 'other', 'json']);
  });

  it('are found where the caller says: in a directory, or by a function that gives a path or a text', () => {
    const at = written('elsewhere', { 'here/top.yml': calls('top', 'leaf'), 'there/leaf.yml': leaf('leaf') });
    expect(nestedNames(loadWorkflowSync(at('here/top.yml'), { workflows: at('there') }).workflow)).toEqual(['leaf']);
    expect(nestedNames(loadWorkflowSync(calls('top', 'leaf'), { workflows: () => at('there/leaf.yml') }).workflow)).toEqual(['leaf']);
    expect(nestedNames(loadWorkflowSync(calls('top', 'x'), { workflows: (name) => leaf(`made-of-${name}`) }).workflow)).toEqual([
      'made-of-x',
    ]);
    expect(nestedNames(loadWorkflowSync(calls('top', 'leaf'), { file: at('there/unwritten.yml') }).workflow)).toEqual(['leaf']);
  });

  it('that are not there are an error natively; a resolver that fails has found nothing', () => {
    const unknown = (workflows: () => string | null) =>
      loadWorkflowSync(calls('top', 'leaf'), { workflows }).diagnostics.map(({ code }) => code);
    expect(unknown(() => null)).toEqual(['WORKFLOW_UNKNOWN']);
    expect(
      unknown(() => {
        throw new Error('offline');
      }),
    ).toEqual(['WORKFLOW_UNKNOWN']);
  });

  it('report their problems under their own name, once, and take the outer workflow with them', () => {
    const at = written('broken', { 'top.yml': calls('top', 'leaf', 'leaf'), 'leaf.yml': 'name: leaf\nsteps: []\n' });
    const { workflow, diagnostics } = loadWorkflowSync(at('top.yml'));
    expect(workflow).toBeNull();
    expect(diagnostics.map(({ file, line, column, code }) => [file, line, column, code])).toEqual([[at('leaf.yml'), 2, 8, 'VALUE_RANGE']]);
  });

  it('that contain themselves are an error with the path printed', () => {
    const at = written('circle', {
      'a.yml': calls('a', 'b'),
      'b.yml': calls('b', 'c'),
      'c.yml': calls('c', 'a'),
      'self.yml': calls('self', 'self'),
    });
    expect(problems(at('a.yml'))).toEqual(['3:40 WORKFLOW_CYCLE the workflow contains itself: a → b → c → a']);
    expect(problems(at('self.yml'))).toEqual(['3:40 WORKFLOW_CYCLE the workflow contains itself: self → self']);
  });

  it('are nested 16 deep at most', () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [`w${at}.yml`, at + 1 === length ? leaf(`w${at}`) : calls(`w${at}`, `w${at + 1}`)]),
      );
    expect(problems(written('deep-16', chain(16))('w0.yml'))).toEqual([]);
    expect(problems(written('deep-17', chain(17))('w0.yml'))).toEqual(['3:40 WORKFLOW_DEPTH workflows are nested more than 16 deep']);
  });

  it('that multiply are stopped before they fill the memory', () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `w${at}.yml`,
        at === 11 ? leaf('w11') : calls(`w${at}`, ...new Array<string>(5).fill(`w${at + 1}`)),
      ]),
    );
    const found = new Set(loadWorkflowSync(written('multiply', files)('w0.yml')).diagnostics.map(({ code }) => code));
    expect(found).toEqual(new Set(['WORKFLOW_TOO_LARGE']));
  });

  it('of the engine dialect are looked up late: a missing one and a circle leave the step without a workflow', () => {
    const at = written('late', { 'a.yaml': engineCalls('a', 'b', 'nowhere', '"${which}"'), 'b.yaml': engineCalls('b', 'a') });
    const { workflow, diagnostics } = loadWorkflowSync(at('a.yaml'));
    expect(diagnostics).toEqual([]);
    expect(nestedNames(workflow)).toEqual(['b', undefined, undefined]);
    const b = workflow?.steps[0];
    expect(nestedNames(b?.kind === 'workflow' ? (b.workflow ?? null) : null)).toEqual([undefined]);
  });
});

const TEMPLATES = `templates:
  review:
    type: PersonaRequestStep
    outputs: [r]
    config: {persona: reviewer, payload: {task: "\${task}", rules: [1, 2]}, abort: false}
`;
const uses = (step: string): string => `name: x\nsteps:\n  - ${step}\n`;

describe('step templates', () => {
  const step = (files: Readonly<Record<string, string>>, name: string, templates?: string) => {
    const at = written(name, files);
    const { workflow, diagnostics } = loadWorkflowSync(at('flows/x.yaml'), templates === undefined ? {} : { templates: at(templates) });
    return {
      step: workflow?.steps[0],
      problems: diagnostics.map(({ line, column, code, hint }) => `${line}:${column} ${code} ${hint ?? ''}`),
    };
  };
  const use = uses('{template: review, name: a}');

  it.each(['flows/templates/t.yaml', 'flows/step-templates.yml', 'templates/t.yml', 'step-templates.yaml'])('are found in %s', (place) => {
    const found = step({ 'flows/x.yaml': use, [place]: TEMPLATES }, `by-convention-${place.replaceAll('/', '-')}`);
    expect(found).toMatchObject({ problems: [], step: { id: 'a', kind: 'task', persona: 'reviewer', outputs: ['r'] } });
  });

  it('are found where the caller says', () => {
    expect(step({ 'flows/x.yaml': use, 'far/away.yaml': TEMPLATES }, 'told', 'far/away.yaml')).toMatchObject({
      problems: [],
      step: { persona: 'reviewer' },
    });
  });

  it('overrides are merged into the config deeply, lists replaced; other keys of the step win', () => {
    const text = uses(
      '{template: review, name: a, outputs: [mine], condition: c, overrides: {config: {payload: {rules: [3], more: 1}, abort: true}}}',
    );
    expect(step({ 'flows/x.yaml': text, 'templates/t.yaml': TEMPLATES }, 'overrides').step).toMatchObject({
      condition: 'c',
      outputs: ['mine'],
      params: { persona: 'reviewer', payload: { task: '${task}', rules: [3], more: 1 }, abort: true },
    });
  });

  it('that are not there are told what was probably meant', () => {
    const text = uses('{template: reveiw, name: a}');
    expect(step({ 'flows/x.yaml': text, 'templates/t.yaml': TEMPLATES }, 'unknown').problems).toEqual([
      '3:16 TEMPLATE_UNKNOWN did you mean "review"?',
    ]);
  });

  it('a problem of a template file is reported there', () => {
    const at = written('bad-templates', { 'flows/x.yaml': use, 'templates/t.yaml': 'templates:\n  review: {type: [1]}\n' });
    const { diagnostics } = loadWorkflowSync(at('flows/x.yaml'));
    expect(diagnostics.map(({ code }) => code)).toContain('VALUE_TYPE');
    expect(diagnostics.map(({ file }) => file)).toContain(join(at('flows'), '..', 'templates', 't.yaml'));
  });
});
