// In a terminal, whoever sits there is asked what the run asks people.
import { describe, expect, it } from 'vitest';
import { begin, troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const workflow = (terms: string) => `name: asking
steps:
  - { id: ask, type: approval, ${terms} }
  - { id: after, type: persona-request, persona: worker, dependencies: ask }
outputs: { answer: "{{ steps.ask }}" }
`;
const CREW = `agents: { worker: { kind: scripted, script: { "*": { output: done } } } }\n`;

function seated(terms: string, typed: readonly string[], env: Record<string, string> = { USER: 'ann' }) {
  const cwd = folderWith({ 'workflow.yml': workflow(terms), 'crew.yml': CREW });
  const { at, code } = begin(['run', '.', '--id', 'r'], { cwd, env, terminal: { columns: 100, rows: 30 }, typed });
  return { cwd, at, code };
}

async function answerOf(cwd: string) {
  const { out } = await troupe(['show', 'r', '--json'], { cwd });
  return JSON.parse(out).outputs?.answer;
}

describe('whoever sits at the terminal', () => {
  it.each([
    ['approves', 'subject: Ship it?', ['a'], { decision: 'approved', by: 'ann' }],
    ['says something else first', 'subject: Ship it?', ['hm', '', 'approve'], { decision: 'approved' }],
    ['rejects with a reason', 'subject: Ship it?, on_reject: continue', ['r', 'too early'], { decision: 'rejected', comment: 'too early' }],
    ['changes the values', 'form: { type: number }, values: 1', ['v', '2'], { decision: 'edited', values: 2 }],
    ['mistypes the values first', 'form: { type: number }', ['a', 'v', 'x', 'v', '"x"', 'v', '2'], { decision: 'approved', values: 2 }],
    ['says who they are', 'subject: Ship it?, assignee: ben', ['a', 'eve', 'a', 'ben'], { decision: 'approved', by: 'ben' }],
    ['passes it on, and answers for the other', 'subject: Ship it?, assignee: ann', ['p', 'ben', 'a', 'ben'], null],
  ])('%s', async (_, terms, typed, answer) => {
    const { cwd, at, code } = seated(terms, typed);
    if (answer === null) {
      await at.printed(/to whom\?/u);
      await expect.poll(async () => (await troupe(['inbox', '--for', 'ben', '--quiet'], { cwd })).out).toBe('r ask\n');
      at.interrupt();
      expect(await code).toBe(130);
      return;
    }
    expect(await code).toBe(0);
    expect(await answerOf(cwd)).toMatchObject(answer);
  });

  it('puts it off, and the run is answered by somebody else', async () => {
    const { cwd, at, code } = seated('subject: Ship it?', ['l']);
    await at.printed(/in another terminal: troupe approve r ask/u);
    expect((await troupe(['approve', 'r', '--by', 'ben'], { cwd })).code).toBe(0);
    expect(await code).toBe(0);
    expect(await answerOf(cwd)).toMatchObject({ by: 'ben' });
  });

  it('is asked no longer when somebody else has answered', async () => {
    const { cwd, at, code } = seated('subject: Ship it?', []);
    await at.printed(/l\(ater\)\?/u);
    expect((await troupe(['approve', 'r', '--by', 'ben'], { cwd })).code).toBe(0);
    expect(await code).toBe(0);
  });

  it('may stop instead: the question is kept', async () => {
    const { cwd, at, code } = seated('subject: Ship it?', []);
    await at.printed(/l\(ater\)\?/u);
    at.interrupt();
    expect(await code).toBe(130);
    expect((await troupe(['inbox', '--quiet'], { cwd })).out).toBe('r ask\n');
  });
});
