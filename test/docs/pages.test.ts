import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatDiagnostic } from 'troupe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, readPage } from './page.ts';
import { programsOf, Workshop } from './type-script-examples.ts';
import { endOf, loadCrewExample, loadExample, workflowExamples } from './workflow-examples.ts';

/** The anchors that headings get where Markdown is shown. */
const anchorsOf = (text: string) =>
  Array.from(text.matchAll(/^#+ (.+)$/gmu), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

const pages = ['workflow-files.md', 'failures.md', 'stages.md', 'engine-dialect.md', 'embedding.md', 'coordination.md'].map(readPage);

describe.each(pages.map((page) => [page.name, page] as const))('docs/%s', (_, page) => {
  const examples = workflowExamples(page);

  test('every link leads somewhere, within what is packed', () => {
    const links = Array.from(page.text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/gu), ([, file = '', anchor]) => ({
      file,
      anchor,
    }));
    const broken = links.filter(({ file, anchor }) => {
      const target = join(ROOT, 'docs', file === '' ? page.name : file);
      return (
        relative(join(ROOT, 'docs'), target).startsWith('..') ||
        !existsSync(target) ||
        (anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor))
      );
    });
    expect(broken).toEqual([]);
  });

  test('every workflow loads without a word', async () => {
    for (const example of examples) {
      const { workflow, diagnostics } = await loadExample(example, page);
      const name = `the workflow of line ${example.block.line}`;
      expect(
        diagnostics.map((one) => formatDiagnostic(one)),
        name,
      ).toEqual([]);
      expect(workflow, name).not.toBeNull();
    }
  });

  test('every crew loads without a word', async () => {
    const crews = page.blocks.filter(({ marks }) => marks[0] === 'crew');
    for (const block of crews) {
      const { diagnostics } = await loadCrewExample(block);
      expect(
        diagnostics.map((one) => formatDiagnostic(one)),
        `the crew of line ${block.line}`,
      ).toEqual([]);
    }
  });

  test('every workflow that says how it ends, ends so', async () => {
    const running = examples.filter(({ block }) => block.marks.includes('run'));
    for (const example of running) {
      expect(await endOf(example, page), `the workflow of line ${example.block.line}`).toBe(example.end?.code);
    }
  });

  describe('every program', () => {
    const programs = programsOf(page);
    let workshop: Workshop;
    beforeAll(() => {
      workshop = new Workshop();
    });
    afterAll(() => workshop.close());

    test('passes the compiler', async () => {
      const named = Object.fromEntries(programs.map(({ line, code }) => [`line-${line}`, code]));
      expect(programs.length === 0 ? '' : await workshop.typeErrors(named)).toBe('');
    });

    test('prints what the page says', async () => {
      for (const { line, code, prints } of programs) {
        if (prints !== null) expect(await workshop.output(`run-${line}`, code), `the program of line ${line}`).toBe(prints);
      }
    });
  });
});
