import { describe, expect, it } from 'vitest';
import { begin, troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const FILES = {
  'workflow.yml': `name: big
limits: { memory_mb: 1000 }
steps:
  - { id: a, type: persona-request, persona: worker, requires: { memory_mb: 600, tokens: 60 } }
  - { id: b, type: persona-request, persona: worker, requires: { memory_mb: 600, tokens: 40 } }
`,
  'crew.yml': 'agents: { worker: { kind: scripted, script: { "*": { forever: true } } } }\n',
};
const LIMITS = ['--limit', 'tokens=1000', '--limit', 'cpu=4'];

describe('troupe resources', () => {
  it('shows what is limited, who has it and who waits in another process, and raises a limit there', async () => {
    const cwd = folderWith(FILES);
    const { at, code } = begin(['run', '.', '--id', 'r1', ...LIMITS], { cwd });
    await at.printed(/b +held back +lacks 600 MB of memory within run r1/u);
    const { out } = await troupe(['resources'], { cwd });
    expect(out).toMatch(
      /ACCOUNT +OF +LIMIT +IN USE +SPENT +LEFT\nthe runtime +cores +4 +0 +4\nthe runtime +tokens +1,000 +60 +0 +940\nrun r1 +memory, MB +1,000 +600 +400/u,
    );
    expect(out).toMatch(
      /In use:\n {2}r1\/a#1, for .*: memory, MB 600, tokens 60\n\nWaiting:\n {2}r1\/b#1, for .*: lacks 600 MB of memory within run r1/u,
    );
    const told = JSON.parse((await troupe(['resources', '--json'], { cwd })).out);
    expect(told).toMatchObject({ live: true, held: [{ task: 'r1/a#1' }], waiting: [{ task: 'r1/b#1' }] });
    expect((await troupe(['show', 'r1', '--why'], { cwd })).out).toContain('attempt 1 waits for 600 MB of memory within run r1');
    expect(await troupe(['resources', 'limit', 'memory_mb=1200', '--account', 'run/r1'], { cwd })).toMatchObject({ code: 0 });
    await at.printed(/b +started/u);
    expect(JSON.parse((await troupe(['resources', '--json'], { cwd })).out).held).toHaveLength(2);
    at.interrupt();
    at.interrupt();
    await code;
  });

  it('shows what is left where nobody is at work, and raises what the next process begins with', async () => {
    const cwd = folderWith({ ...FILES, 'crew.yml': FILES['crew.yml'].replace('forever: true', 'output: 1, usage: { tokens: 50 }') });
    expect((await troupe(['resources'], { cwd })).out).toContain('Nothing is limited in .troupe, and nobody holds anything.');
    expect(await troupe(['run', '.', '--id', 'r1', '--limit', 'tokens=120'], { cwd })).toMatchObject({ code: 0 });
    expect((await troupe(['resources'], { cwd })).out).toMatch(/the runtime +tokens +120 +0 +100 +20\n$/u);
    expect(await troupe(['run', '.', '--id', 'r2', '--limit', 'tokens=120'], { cwd, stdin: '' })).not.toMatchObject({ code: 0 });
    expect(await troupe(['resources', 'limit', 'tokens=400'], { cwd })).toMatchObject({ code: 0 });
    expect(await troupe(['run', '.', '--id', 'r3', '--limit', 'tokens=120'], { cwd })).toMatchObject({ code: 0 });
    expect((await troupe(['resources'], { cwd })).out).toMatch(/the runtime +tokens +400 +0 +\d+ +\d+\n/u);
    expect(await troupe(['resources', 'limit', 'cpu=4'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('INPUT_INVALID'),
    });
  });

  it('limits that were typed once hold for later commands, until other ones are typed, or none', async () => {
    const crew = FILES['crew.yml'].replace('forever: true', 'output: 1, usage: { tokens: 60 }');
    const cwd = folderWith({
      ...FILES,
      'crew.yml': crew,
      'other.yml': crew.replace('worker: {', 'other: { personas: worker,'),
    });
    expect(await troupe(['run', 'workflow.yml', '--id', 'r1', '--limit', 'tokens=90'], { cwd })).toMatchObject({ code: 4 });
    expect(await troupe(['run', 'workflow.yml', '--id', 'r2', '--crew', 'other.yml'], { cwd })).toMatchObject({ code: 4 });
    expect(await troupe(['resume'], { cwd })).toMatchObject({ code: 4 });
    expect((await troupe(['inbox'], { cwd })).out).toMatch(
      /lacks \d+ tokens for [ab] of run r1[\s\S]*lacks \d+ tokens for [ab] of run r2/u,
    );
    expect((await troupe(['resources'], { cwd })).out).toMatch(/the runtime +tokens +90 +0 +60 +30\n/u);
    expect(await troupe(['resume', '--limit', 'none'], { cwd })).toMatchObject({ code: 0 });
    expect(await troupe(['run', 'workflow.yml', '--id', 'r3'], { cwd })).toMatchObject({ code: 0 });
  });

  it.each([
    [['run', '.', '--limit', 'token=5'], 'takes a limit on memory_mb, cpu, io, concurrency, tokens, tokens_per_minute, not "token=5"'],
    [['run', '.', '--limit', 'tokens=many'], '--limit takes a number above 0 for tokens, not "many"'],
    [['run', '.', '--limit', 'tokens=5', '--limit', 'tokens=6'], '--limit says tokens twice'],
    [['resources', 'limit', 'cpu=0'], 'troupe resources limit takes a number above 0 for cpu, not "0"'],
  ])('%j is a mistake that is told', async (words, message) => {
    expect(await troupe(words, { cwd: folderWith(FILES) })).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
