import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { troupe } from './fake-surroundings.ts';
import { folderWith, WILLING, WORKFLOWS } from './some-files.ts';

describe('plan', () => {
  const GRAPH = `name: plan
steps:
  - {id: a, type: persona-request, persona: p, params: {estimate: 20m}}
  - {id: b, type: persona-request, persona: p, dependencies: [a], timeout: 1h}
  - {id: c, type: persona-request, persona: p, dependencies: [a]}
  - {id: ask, type: wait-for-signal, signal: go, dependencies: [b]}
`;

  const planned = async (...words: string[]) => troupe(['plan', '.', ...words], { cwd: folderWith({ 'workflow.yml': GRAPH }) });
  const document = async (...words: string[]) => JSON.parse((await planned('--json', ...words)).out);

  it('shows the likely finish, the longest chain, every step, the ways to run it and what to look out for', async () => {
    const { code, out } = await planned();
    expect(code).toBe(0);
    expect(out).toContain('plan  4 steps on 3 levels');
    expect(out).toMatch(/estimate +1 h 20 m with 5 tasks at once/);
    expect(out).toMatch(/likely +\d.* \(P50\) to .* \(P90\), in \d+ trials/);
    expect(out).toMatch(/at least +1 h 20 m: a → b → ask/);
    expect(out).toMatch(/^ +2 +\* +b +p +1 h 00 m +at most +\+20 m 00 s +a$/m);
    expect(out).toMatch(/^ +2 +c +p +1\.0 s +assumed +\+20 m 00 s +59 m 59 s +a$/m);
    expect(out).toMatch(/^ +3 +\* +ask .*a person/m);
    expect(out).toMatch(/^> +maximum_parallel +1 h 20 m +0\.\d\d/m);
    expect(out).toMatch(/^ +sequential +1 h 20 m +0\.\d\d.*\n +it takes longer than with maximum_parallel/m);
    expect(out).toMatch(/after a begin b, c/);
    expect(out).toMatch(/workflow\.yml:6:\d+ WAIT_UNBOUNDED/);
  });

  it('with --json prints everything, and takes limits, weights and items', async () => {
    const [one, many] = [await document('--concurrency', '1'), await document('--concurrency', '8')];
    expect(many).toMatchObject({ workflow: 'plan', learnedFrom: 0, findings: [{ code: 'WAIT_UNBOUNDED' }] });
    expect(many.plan).toMatchObject({ levels: [['a'], ['b', 'c'], ['ask']], criticalMs: 4_800_000 });
    expect([one.plan.chosen.schedule.makespanMs, many.plan.chosen.schedule.makespanMs]).toEqual([4_801_000, 4_800_000]);
    const careful = await document('--weights', 'risk=1', '--memory', '100', '--tokens-per-minute', '5', '--cpu', '1.5', '--io', '2');
    expect(careful.plan.chosen.score).toMatchObject({ total: careful.plan.chosen.score.risk });
    expect(careful.plan.chosen.peaks.map(({ resource }: { resource: string }) => resource)).toEqual([
      'places',
      'memoryMb',
      'cpu',
      'io',
      'tokensPerMinute',
    ]);
  });

  it.each([
    ['--weights', 'speed=1'],
    ['--weights', 'time=0'],
    ['--weights', 'time'],
    ['--memory', '0'],
    ['--tokens-per-minute', 'many'],
    ['--items', 'each=none'],
  ])('refuses %s %s as a mistake in what was typed', async (...words) => {
    expect((await planned(...words)).code).toBe(2);
  });

  it('refuses a limit that a step is above, with the place of the step', async () => {
    const workflow = 'name: big\nsteps:\n  - {id: a, type: persona-request, persona: p, requires: {memory_mb: 500}}\n';
    const { code, err } = await troupe(['plan', '.', '--memory', '400'], { cwd: folderWith({ 'workflow.yml': workflow }) });
    expect(code).toBe(3);
    expect(err).toContain('workflow.yml:3:5 DEMAND_ABOVE_LIMIT');
  });

  it('asks the crew beside the workflow who is there, and says so where nobody is', async () => {
    const cwd = folderWith({ 'workflow.yml': GRAPH, 'crew.yml': 'agents:\n  somebody: {kind: scripted, script: {"*": {}}}\n' });
    const { code, out } = await troupe(['plan', '.'], { cwd });
    expect(code).toBe(3);
    expect(out).toContain('PERSONA_UNKNOWN');
  });

  it('shows what could collide and how that would be settled, where steps meet, and what would help', async () => {
    const step = (id: string, more: string) => `  - {id: ${id}, type: persona-request, persona: p, estimate: 10s, ${more}}\n`;
    const reads = (ids: readonly string[]) => ids.map((id) => step(id, 'reads: [plan, notes, style]')).join('');
    const workflow = `name: shared\nconflicts: {ladder: [automatic]}\nsteps:\n${step('a', 'writes: [plan]')}${step('b', 'writes: [plan]')}${reads(['c'])}${step('d', 'dependencies: [a, b, c]')}`;
    const { out } = await troupe(['plan', '.', '--weights', 'time=1'], { cwd: folderWith({ 'workflow.yml': workflow }) });
    expect(out).toMatch(/Side by side\n +a, b, c: 10\.0 s\n +a, b write plan; c reads it\n/);
    expect(out).toContain('automatic merge, confidence 0.33 (merge: union)');
    expect(out).toMatch(/Where they meet\n +d waits for a, b, c\n/);
    expect(out).toContain('  next: troupe run . --planned --weights time=1\n');
  });

  it('learns from earlier runs in the store, unless it is told not to', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.one, 'crew.yml': WILLING });
    for (const id of ['first', 'second']) expect((await troupe(['run', '.', '--id', id], { cwd })).code).toBe(0);
    const { out } = await troupe(['plan', '.'], { cwd });
    expect(out).toMatch(/learned +from 2 earlier runs/);
    expect(out).toMatch(/work +worker +\d.* learned/);
    expect((await troupe(['plan', '.', '--no-history'], { cwd })).out).toMatch(/work +worker +1\.0 s +assumed/);
  });

  it('names a map once, however often it stands in another one, and refuses numbers for a map that is not there', async () => {
    const inner = '{id: n, type: map, over: item, steps: [{id: a, type: persona-request, persona: p}]}';
    const workflow = `name: maps\nvariables: {rows: [1, 2, 3]}\nsteps:\n  - {id: m, type: map, over: rows, steps: [${inner}]}\n`;
    const words = (...more: string[]) => troupe(['plan', '.', ...more], { cwd: folderWith({ 'workflow.yml': workflow }) });
    expect((await words()).out).toMatch(/items +m planned for 3, m\/n planned for 1 \(other numbers with --items\)\n/);
    expect((await words('--items', 'm/n=4')).out).toContain('m planned for 3, m/n planned for 4 (');
    const { code, err } = await words('--items', 'm=2,nn=4');
    expect([code, err]).toEqual([2, expect.stringMatching(/there is no map "nn".*\n.*maps are m, m\/n/)]);
  });

  it('ends with the command that runs it as planned, with all that was typed', async () => {
    const words = ['--tokens-per-minute', '900', '--memory', '512', '--cpu', '1.5', '--io', '2', '--weights', 'time=1', '--items', '3'];
    const { out } = await planned('--concurrency', '2', ...words, '--no-history');
    expect(out).toContain(`  next: troupe run . --planned --concurrency 2 ${words.join(' ')} --no-history\n`);
  });

  it('of a run is made for what was typed and for its input', async () => {
    const item = '{id: w, type: persona-request, persona: worker, estimate: 10s}';
    const workflow = `name: maps\nsteps:\n  - {id: m, type: map, over: input.files, max_concurrent: 1, steps: [${item}]}\n`;
    const cwd = folderWith({ 'workflow.yml': workflow, 'crew.yml': WILLING });
    const run = (...more: string[]) => troupe(['run', '.', '--input', '{"files": [1, 2, 3]}', ...more], { cwd });
    expect((await run('--planned')).out).toMatch(/planned: .*, some 30\.0 s/);
    expect((await run('--planned', '--items', 'm=5', '--no-history')).out).toMatch(/planned: .*, some 50\.0 s/);
    expect((await run('--planned', '--items', 'n=5')).code).toBe(2);
    const unplanned = await run('--items', '5');
    expect([unplanned.code, unplanned.err]).toEqual([
      2,
      expect.stringMatching(/--items is for a run that is planned first.*\n.*--planned/),
    ]);
  });

  it('of a run is refused for less than a step needs, with the place of the step', async () => {
    const workflow = 'name: big\nsteps:\n  - {id: a, type: persona-request, persona: worker, requires: {memory_mb: 500}}\n';
    const cwd = folderWith({ 'workflow.yml': workflow, 'crew.yml': WILLING });
    const { code, err } = await troupe(['run', '.', '--planned', '--memory', '400'], { cwd });
    expect([code, err]).toEqual([3, expect.stringContaining('workflow.yml:3:5 DEMAND_ABOVE_LIMIT')]);
  });

  it('keeps its lines within the terminal', async () => {
    const steps = Array.from(
      { length: 12 },
      (_, n) => `  - {id: a-step-with-quite-a-long-name-${n}, type: persona-request, persona: somebody}\n`,
    ).join('');
    const { out } = await troupe(['plan', '.'], {
      cwd: folderWith({ 'workflow.yml': `name: wide\nsteps:\n${steps}` }),
      terminal: { columns: 80, rows: 40 },
    });
    expect(
      stripVTControlCharacters(out)
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });
});
