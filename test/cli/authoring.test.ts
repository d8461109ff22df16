import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, troupe } from './fake-surroundings.ts';
import { crewOf, folderWith, WILLING, WORKFLOWS } from './some-files.ts';

describe('init', () => {
  it('writes files that are valid, run as they are, and tell editors their schema', async () => {
    const cwd = temporaryFolder();
    const { code, out } = await troupe(['init'], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(
      'Wrote workflow.yml, crew.yml, schemas/workflow.schema.json, schemas/crew.schema.json, .gitignore.\n  next: troupe run workflow.yml\n',
    );
    for (const file of ['workflow', 'crew']) {
      const [modeline = ''] = readFileSync(join(cwd, `${file}.yml`), 'utf8').split('\n');
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(modeline) ?? [];
      expect(JSON.parse(readFileSync(join(cwd, schema), 'utf8'))).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
    }
    expect(await troupe(['validate', '.'], { cwd })).toEqual({ code: 0, out: '2 files checked, all well.\n', err: '' });
    const run = await troupe(['run', 'workflow.yml'], { cwd });
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/write +retrying/);
    expect(run.out).toContain('text: Hello, world.');
  });

  it('never overwrites without --force, and then says what stands in the way', async () => {
    const cwd = folderWith({ 'crew.yml': 'mine', '.gitignore': 'dist' });
    const refused = await troupe(['init'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('crew.yml');
    expect(readFileSync(join(cwd, 'crew.yml'), 'utf8')).toBe('mine');
    expect(readdirSync(cwd).sort()).toEqual(['.gitignore', 'crew.yml']);
    expect((await troupe(['init', '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'crew.yml'), 'utf8')).toContain('agents:');
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('dist\n.troupe/\n');
    await troupe(['init', '--force'], { cwd });
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('dist\n.troupe/\n');
  });

  it('makes the folder it is given, and says how to go on from here', async () => {
    const cwd = temporaryFolder();
    const { out } = await troupe(['init', 'new/place', '--json'], { cwd });
    expect(JSON.parse(out)).toMatchObject({ folder: join(cwd, 'new/place') });
    expect((await troupe(['init', 'other'], { cwd })).out).toContain('next: troupe run other/workflow.yml');
  });
});

describe('validate', () => {
  const BROKEN = {
    'workflow.yml': WORKFLOWS.one.replace('type: persona-request', 'tpye: persona-request'),
    'second.yml': 'name: second\nsteps:\n  - {id: a, type: persona-request, persona: nobody, dependencies: [b]}\n',
    'crew.yml': WILLING.replace('kind: scripted', 'kind: scriptd'),
  };

  it('reports all problems of all files, crew files too, with their places', async () => {
    const { code, out } = await troupe(['validate', '.'], { cwd: folderWith(BROKEN) });
    expect(code).toBe(3);
    expect(out).toMatch(/^crew\.yml:2:\d+ VALUE_UNKNOWN /m);
    expect(out).toMatch(/^workflow\.yml:3:\d+ KEY_UNKNOWN /m);
    expect(out).toMatch(/^second\.yml:3:\d+ DEPENDENCY_UNKNOWN /m);
    expect(out).toMatch(/\n3 files checked: \d+ errors\n$/);
  });

  it('checks personas against the crew beside the file, or against the one that is named', async () => {
    const cwd = folderWith({
      'workflow.yml': WORKFLOWS.one,
      'crew.yml': 'agents:\n  somebody: {kind: scripted, script: {"*": {}}}\n',
      'night.crew.yml': WILLING,
    });
    expect((await troupe(['validate', 'workflow.yml'], { cwd })).out).toContain('PERSONA_UNKNOWN');
    expect((await troupe(['validate', 'workflow.yml', '--crew', 'night.crew.yml'], { cwd })).code).toBe(0);
  });

  it('takes step types from the crew and from the command line', async () => {
    const custom = 'name: one\nsteps:\n  - {id: work, type: my-own-type}\n';
    const alone = folderWith({ 'workflow.yml': custom });
    expect((await troupe(['validate', '.'], { cwd: alone })).out).toContain('STEP_TYPE_UNKNOWN');
    expect((await troupe(['validate', '.', '--step-types', 'my-own-type'], { cwd: alone })).code).toBe(0);
    expect((await troupe(['validate', '.', '--step-types', 'any'], { cwd: alone })).code).toBe(0);
    const crew = crewOf('{}').replace('kind: scripted', 'kind: scripted, step_types: [my-own-type]');
    expect((await troupe(['validate', '.'], { cwd: folderWith({ 'workflow.yml': custom, 'crew.yml': crew }) })).code).toBe(0);
  });

  it('with --json prints one document', async () => {
    const { code, out } = await troupe(['validate', '.', '--json'], { cwd: folderWith(BROKEN) });
    const document = JSON.parse(out) as { valid: boolean; diagnostics: { file: string; line: number; code: string }[] };
    expect({ code, valid: document.valid }).toEqual({ code: 3, valid: false });
    expect(new Set(document.diagnostics.map(({ file }) => file))).toEqual(new Set(['crew.yml', 'workflow.yml', 'second.yml']));
  });

  it('a file that is not there is an error of its own, and as elsewhere where it is all that is wrong', async () => {
    const { code, out } = await troupe(['validate', 'nowhere.yml'], { cwd: temporaryFolder() });
    expect(code).toBe(5);
    expect(out).toContain('nowhere.yml:1:1 FILE_UNREADABLE');
    expect((await troupe(['validate', 'nowhere.yml', '.'], { cwd: folderWith(BROKEN) })).code).toBe(3);
  });
});

describe('graph and schema', () => {
  it('draws groups, conditions and what runs after a failure', async () => {
    const workflow = `name: drawn
failure_handling:
  on_step_failure:
    - {id: tell, type: persona-request, persona: p}
steps:
  - {id: a, type: persona-request, persona: p, condition: 'variables.x === "<1>"'}
  - id: both
    type: parallel
    dependencies: [a]
    steps:
      - {id: left, type: persona-request, persona: p}
      - {id: right, type: persona-request, persona: p}
`;
    const { code, out } = await troupe(['graph', '.'], { cwd: folderWith({ 'workflow.yml': workflow }) });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'flowchart TD',
        '  s0["a<br/>p<br/>if variables.x === #34;#60;1#62;#34;"]',
        '  subgraph s1["both<br/>parallel"]',
        '    s2["left<br/>p"]',
        '    s3["right<br/>p"]',
        '  end',
        '  subgraph w_on_step_failure["when a step has failed"]',
        '    s4["tell<br/>p"]',
        '  end',
        '  s0 --> s1',
        '',
      ].join('\n'),
    );
  });

  it('prints nodes and edges as JSON, by --format or --json alike', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.approval });
    const { out } = await troupe(['graph', '.', '--format', 'json'], { cwd });
    expect(JSON.parse(out)).toMatchObject({
      name: 'approval',
      edges: expect.arrayContaining([{ from: 'a', to: 'b', kind: 'hard', when: null, data: [] }]),
    });
    expect((await troupe(['graph', '.', '--json'], { cwd })).out).toBe(out);
  });

  it('prints the schemas of workflow and crew files', async () => {
    const cwd = temporaryFolder();
    expect(JSON.parse((await troupe(['schema'], { cwd })).out)).toMatchObject({ title: 'Troupe workflow' });
    expect(JSON.parse((await troupe(['schema', 'crew'], { cwd })).out)).toMatchObject({ title: 'Troupe crew' });
  });
});
