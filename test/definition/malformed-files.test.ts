import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDirectory, loadWorkflow } from '../../src/definition/load-workflow.ts';

const directory = mkdtempSync(join(tmpdir(), 'malformed-files-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function codes(path: string): Promise<string[]> {
  const { workflow, diagnostics } = await loadWorkflow(path);
  expect(workflow).toBeNull();
  return diagnostics.map(({ file: named, line, column, code }) => `${named === path ? '' : named}${line}:${column} ${code}`);
}

const GOOD = 'name: good\nsteps:\n  - {id: a, type: persona-request, persona: p}\n';

describe('a file that cannot be read', () => {
  it('is a diagnostic when it is missing', async () => {
    expect(await codes(join(directory, 'missing.yml'))).toEqual(['1:1 FILE_UNREADABLE']);
    expect(await codes(join(directory, 'missing', 'x.yml'))).toEqual(['1:1 FILE_UNREADABLE']);
    expect(await codes('no\0name')).toEqual(['1:1 FILE_UNREADABLE']);
    expect(await codes('x'.repeat(10_000))).toEqual(['1:1 FILE_UNREADABLE']);
  });

  it('is a diagnostic when it is a directory or a device', async () => {
    expect(await codes(directory)).toEqual(['1:1 FILE_UNREADABLE']);
    expect(await codes('/dev/null')).toEqual(['1:1 FILE_UNREADABLE']);
  });

  it('is a diagnostic when it is not UTF-8', async () => {
    expect(await codes(file('latin1.yml', Buffer.from('name: caf\xe9\n', 'latin1')))).toEqual(['1:1 FILE_ENCODING']);
    expect(await codes(file('utf16.yml', Buffer.from('\uFEFFname: x\n', 'utf16le')))).toEqual(['1:1 FILE_ENCODING']);
    expect(
      await codes(
        file(
          'binary.yml',
          Uint8Array.from({ length: 256 }, (_, byte) => byte),
        ),
      ),
    ).toEqual(['1:1 FILE_ENCODING']);
  });

  it('is a diagnostic when it has more than 1 MB', async () => {
    expect(await codes(file('large.yml', `${GOOD}# ${'x'.repeat(2_097_152)}\n`))).toEqual(['1:1 FILE_TOO_LARGE']);
    const { workflow } = await loadWorkflow(file('just.yml', `${GOOD}# ${'x'.repeat(1_048_576 - GOOD.length - 3)}\n`));
    expect(workflow?.name).toBe('good');
  });

  it('a byte order mark is not part of it', async () => {
    const { workflow, diagnostics } = await loadWorkflow(file('mark.yml', `\uFEFF${GOOD}`));
    expect(diagnostics).toEqual([]);
    expect(workflow?.steps[0]?.position).toEqual({ line: 3, column: 5 });
  });
});

describe('a directory', () => {
  it('with one bad file still loads the rest', async () => {
    const place = join(directory, 'mixed');
    mkdirSync(place);
    for (const [name, text] of Object.entries({
      'a.yml': GOOD.replace('good', 'a'),
      'b.yml': 'name: b\nsteps: [[[\n',
      'c.json': JSON.stringify({ name: 'c', steps: [{ id: 'a', type: 'persona-request', persona: 'p' }] }),
      'package.json': '{"name": "not-a-workflow"}',
      'crew.yml': 'agents: {}\n',
      'notes.txt': 'not YAML: [',
    })) {
      writeFileSync(join(place, name), text);
    }
    const { workflows, diagnostics } = await loadDirectory(place);
    expect(workflows.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(new Set(diagnostics.map((diagnostic) => diagnostic.file))).toEqual(new Set([join(place, 'b.yml')]));
  });

  it('that is not there is a diagnostic', async () => {
    const { workflows, diagnostics } = await loadDirectory(join(directory, 'nowhere'));
    expect(workflows).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['FILE_UNREADABLE']);
  });
});
