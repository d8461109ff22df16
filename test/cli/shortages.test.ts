// Questions about shortages, asked and answered by commands.
import { join } from 'node:path';
import { createRuntime, defineWorkflow, openFileStore } from 'troupe';
import { describe, expect, it } from 'vitest';
import { settled } from '../actors/work.ts';
import { begin, troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const workflow = defineWorkflow({ name: 'draft' })
  .step('write', { persona: 'writer', needs: { tokens: 4_000 } })
  .build();

/** A store in which run `r1` lacks 3,000 tokens, and nobody is at work. */
async function leftBehind(): Promise<string> {
  const cwd = folderWith({ 'crew.yml': 'agents: { writer: { kind: scripted, script: { "*": { output: done } } } }\n' });
  const store = await openFileStore(join(cwd, '.troupe'));
  const crew = { personas: { writer: () => 'done' } };
  const runtime = await createRuntime({ store, crew, limits: { tokens: 1_000 }, onShortage: ['ask_person'] });
  await runtime.start(workflow, { id: 'r1' });
  while (runtime.shortages().length === 0) await settled();
  await runtime.stop();
  await store.close();
  return cwd;
}

const FILES = {
  'workflow.yml': 'name: draft\nsteps: [{ id: write, type: persona-request, persona: writer, requires: { tokens: 4000 } }]\n',
  'crew.yml': 'agents: { writer: { kind: scripted, script: { "*": { output: done } } } }\n',
};

describe('troupe run', () => {
  const typed = ['run', '.', '--limit', 'tokens=1000', '--id', 'r1'];

  it('says what a run lacks, and ends with 4 where nobody watches and nothing else is under way', async () => {
    const cwd = folderWith(FILES);
    const { code, out } = await troupe(typed, { cwd });
    expect([code, out]).toEqual([4, expect.stringContaining('the runtime lacks 3,000 tokens for write of run r1')]);
    expect(out).toContain('troupe approve r1 write');
    expect(await troupe(['approve', 'r1', '--by', 'ann'], { cwd })).toMatchObject({ code: 0 });
    expect(await troupe(['resume', 'r1', '--limit', 'tokens=1000'], { cwd })).toMatchObject({ code: 0 });
  });

  it('goes on when somebody answers elsewhere while it stays', async () => {
    const cwd = folderWith(FILES);
    const { at, code } = begin([...typed, '--wait'], { cwd });
    await at.printed(/held back/u);
    expect((await troupe(['inbox', '-q'], { cwd })).out).toBe('r1 write\n');
    expect(await troupe(['approve', 'r1', '--by', 'ann'], { cwd })).toMatchObject({ code: 0 });
    expect(await code).toBe(0);
  });

  it('asks whoever sits at the terminal', async () => {
    const cwd = folderWith(FILES);
    const seated = { cwd, env: { USER: 'ann' }, terminal: { columns: 120, rows: 30 } };
    const { code, out } = await troupe(typed, { ...seated, typed: ['v', '{"raise": 9}', 'a'] });
    expect(code).toBe(0);
    expect(out).toContain('ANSWER_REFUSED');
    expect(out).toContain('how many more are allowed?');
  });
});

describe('what a run lacks', () => {
  it('is in the inbox with the commands that answer it', async () => {
    const cwd = await leftBehind();
    const { out } = await troupe(['inbox'], { cwd });
    expect(out).toContain('the runtime lacks 3,000 tokens for write of run r1: how many more are allowed?');
    expect(out).toContain('troupe approve r1 write');
    expect(out).toContain(`troupe answer r1 write '{"raise":3000}'`);
    expect(JSON.parse((await troupe(['inbox', '--json'], { cwd })).out).items).toMatchObject([{ run: 'r1', step: 'write' }]);
  });

  it.each([
    [['approve', 'r1'], 'completed'],
    [['answer', 'r1', 'write', '{"raise": 5000}'], 'completed'],
    [['reject', 'r1', '--reason', 'too dear'], 'failed'],
  ] as const)('is answered by %j, and then the run goes on', async (typed, status) => {
    const cwd = await leftBehind();
    expect(await troupe([...typed, '--by', 'ann'], { cwd })).toMatchObject({ code: 0 });
    expect((await troupe(['inbox'], { cwd })).out).toContain('Nobody is asked anything');
    const store = await openFileStore(join(cwd, '.troupe'));
    const crew = { personas: { writer: () => 'done' } };
    const runtime = await createRuntime({ store, crew, limits: { tokens: 1_000 }, onShortage: ['ask_person'] });
    expect((await (await runtime.resume('r1')).result()).status).toBe(status);
    await runtime.stop();
    await store.close();
  });

  it('is not answered by less than what is lacking', async () => {
    const cwd = await leftBehind();
    const { code, err } = await troupe(['answer', 'r1', 'write', '{"raise": 5}', '--by', 'ann'], { cwd });
    expect([code === 0, err]).toEqual([false, expect.stringContaining('ANSWER_REFUSED')]);
    expect((await troupe(['inbox', '-q'], { cwd })).out).toBe('r1 write\n');
  });
});
