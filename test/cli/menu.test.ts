import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths, readProjectFile } from '../architecture/source-tree.ts';
import { parse, textOf } from '../architecture/syntax.ts';
import { temporaryFolder, troupe } from './fake-surroundings.ts';

const COMMANDS = [
  'init',
  'validate',
  'plan',
  'graph',
  'schema',
  'run',
  'resume',
  'retry',
  'fork',
  'signal',
  'cancel',
  'pause',
  'unpause',
  'inbox',
  'approve',
  'reject',
  'answer',
  'delegate',
  'dead',
  'ps',
  'show',
  'checkpoints',
  'logs',
  'replay',
];

const type = (...words: string[]) => troupe(words, { cwd: temporaryFolder() });

/** What a file needs before its first line runs: static imports of values, over however many hops. */
function paidFor(entry: string): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !path.endsWith('.ts')) return;
    seen.add(path);
    for (const node of parse(readProjectFile(path)).body as readonly { type: string; source?: unknown; importKind?: string }[]) {
      const specifier = node.type === 'ImportDeclaration' && node.importKind !== 'type' ? textOf(node.source) : undefined;
      if (specifier?.startsWith('.')) visit(posix.join(posix.dirname(path), specifier));
    }
  };
  visit(entry);
  return seen;
}

describe('the menu', () => {
  it('lists every command, the global options and the exit codes', async () => {
    const { code, out } = await type('--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const option of ['--store', '--json', '--quiet', '--version', '--help']) expect(out).toContain(option);
    for (const exitCode of [0, 1, 2, 3, 4, 5, 6, 7, 124, 130]) expect(out).toMatch(new RegExp(`^ {2}${exitCode} +\\w`, 'm'));
  });

  it('typed alone, shows the same', async () => {
    expect((await type()).out).toBe((await type('--help')).out);
  });

  it.each(COMMANDS)('%s describes itself, all its arguments and options, and gives examples', async (command) => {
    const { code, out } = await type(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: troupe ${command}`);
    expect(out).toContain('Examples:');
    expect(out).not.toContain('[]');
    expect(out).toContain('--store <dir>');
    const undescribed = out.split('\n').filter((line) => /^ {2}(?:-{1,2}\w|\[|<)\S*(?: <[^>]+>)?$/.test(line));
    expect(undescribed).toEqual([]);
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readProjectFile('package.json')) as { version: string };
    expect(await type('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('every command of the room commands is on it', () => {
    const files = projectPaths().filter((path) => path.startsWith('src/cli/commands/'));
    const menus = projectPaths()
      .filter((path) => path.startsWith('src/cli/menu/'))
      .map(readProjectFile)
      .join('');
    expect(files.filter((path) => !menus.includes(`import('../commands/${posix.basename(path)}')`))).toEqual([]);
  });

  it('is shown without loading the library', () => {
    const paid = paidFor('src/cli/main.ts');
    expect([...paid].filter((path) => !path.startsWith('src/cli/'))).toEqual([]);
    expect([...paid].filter((path) => path.startsWith('src/cli/commands/'))).toEqual([]);
  });
});

describe('what is mistyped', () => {
  it.each([
    [['shwo', 'x'], 'did you mean show?'],
    [['run', 'x.yml', '--concurency', '1'], 'did you mean --concurrency?'],
    [['run'], 'troupe --help'],
    [['graph', 'x.yml', '--format', 'dot'], 'mermaid'],
    [['ps', 'too', 'many'], 'troupe --help'],
  ] as [string[], string][])('%j ends with 2 and a word on what to type', async (words, hint) => {
    const { code, out, err } = await type(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(hint);
    expect(err).toContain('(USAGE)');
  });

  it('with --json, is told as one line of JSON on stdout', async () => {
    const { code, out, err } = await type('shwo', '--json');
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'USAGE', hint: 'did you mean show?' }, exitCode: 2 });
  });
});
