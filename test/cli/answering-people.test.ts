// What runs ask people: listed, answered, rejected, passed on, by whichever process, and once.
import { createRuntime, openFileStore } from 'troupe';
import { describe, expect, it } from 'vitest';
import { troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const WORKFLOW = `name: hotfix
steps:
  - { id: patch, type: persona-request, persona: fixer }
  - id: sign-off
    type: approval
    dependencies: patch
    subject: Deploy it?
    params: { files: [a.ts] }
    form: { type: object, properties: { region: { enum: [eu, us] } }, required: [region] }
    values: { region: eu }
    assignee: [ann, ben]
    role: lead
    due: 1h
  - { id: deploy, type: persona-request, persona: fixer, dependencies: sign-off, params: { to: "{{ steps['sign-off'].values.region }}" } }
outputs: { region: "{{ steps['sign-off'].values.region }}", by: "{{ steps['sign-off'].by }}" }
`;
const CREW = `agents: { fixer: { kind: scripted, script: { "*": { output: done } } } }\n`;
const env = { USER: 'ann' };

/** A folder with a run that waits for a person, and is run by nobody. */
async function waiting(workflow = WORKFLOW) {
  const cwd = folderWith({ 'workflow.yml': workflow, 'crew.yml': CREW });
  const type = (...words: string[]) => troupe(words, { cwd, env });
  const left = await type('run', '.', '--id', 'r');
  return { cwd, type, left };
}

describe('a run that only waits for people', () => {
  it('is left with exit code 4, says what to type, and stands in the inbox', async () => {
    const { type, left } = await waiting();
    expect(left).toMatchObject({ code: 4, out: expect.stringContaining('sign-off waits for an answer') });
    expect(left.out).toContain('troupe approve r sign-off');
    expect((await type('ps')).out).toContain('waiting');
    const { out } = await type('inbox');
    for (const said of ['Deploy it?', 'ann, ben as lead', 'due in', 'files: ["a.ts"]', '{"region":"eu"}', 'troupe approve r sign-off']) {
      expect(out).toContain(said);
    }
    expect((await type('inbox', '--quiet', '--for', 'ben')).out).toBe('r sign-off\n');
    expect((await type('inbox', '--quiet', '--for', 'eve')).out).toBe('');
    expect(JSON.parse((await type('inbox', '--json', '--role', 'lead')).out).items).toMatchObject([
      { run: 'r', question: { token: 'r/sign-off!1' } },
    ]);
  });

  it('is approved by another process, resumed, and done', async () => {
    const { type } = await waiting();
    expect(await type('approve', 'r', '--reason', 'fine')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('troupe resume r'),
    });
    expect((await type('inbox', '--quiet')).out).toBe('');
    expect(await type('resume', 'r')).toMatchObject({ code: 0, out: expect.stringContaining('region: eu') });
    expect(await type('approve', 'r', 'sign-off', '--reason', 'fine')).toMatchObject({
      code: 0,
      out: expect.stringContaining('answered so already'),
    });
    expect(await type('reject', 'r', 'sign-off')).toMatchObject({ code: 2, err: expect.stringContaining('RUN_ENDED') });
  });

  it('is given other values, and goes on at once with --resume', async () => {
    const { type } = await waiting();
    expect(await type('answer', 'r', 'sign-off', '{"region": "mars"}')).toMatchObject({
      code: 2,
      err: expect.stringContaining('INPUT_INVALID'),
    });
    const { code, out } = await type('answer', 'r', 'sign-off', '{"region": "us"}', '--resume');
    expect(code).toBe(0);
    expect(out).toContain(' answered sign-off');
    expect(out).toContain('region: us');
  });

  it('is rejected with a reason, which is what it fails with', async () => {
    const { type } = await waiting();
    expect(await type('reject', 'r', '--reason', 'no tests')).toMatchObject({ code: 1 });
    expect((await type('show', 'r')).out).toContain('APPROVAL_REJECTED at sign-off: ann rejected it: no tests');
  });

  it('is passed on: whoever did so is not heard any more', async () => {
    const { type } = await waiting();
    expect(await type('delegate', 'r', 'sign-off', 'cleo')).toMatchObject({ code: 0, out: expect.stringContaining('cleo') });
    expect(await type('approve', 'r')).toMatchObject({ code: 2, err: expect.stringContaining('ANSWER_REFUSED') });
    expect(await type('approve', 'r', '--by', 'cleo', '--resume')).toMatchObject({ code: 0, out: expect.stringContaining('by: cleo') });
    const { steps } = JSON.parse((await type('show', 'r', '--json')).out);
    const { audit } = steps.find(({ path }: { path: string }) => path === 'sign-off');
    expect(audit.map(({ what, by }: { what: string; by: string | null }) => [what, by])).toEqual([
      ['asked', null],
      ['delegated', 'ann'],
      ['refused', 'ann'],
      ['answered', 'cleo'],
    ]);
  });

  it('is answered while another process runs it', async () => {
    const { cwd, type } = await waiting();
    const going = troupe(['resume', 'r', '--wait'], { cwd, env: { USER: 'host' } });
    await expect.poll(async () => (await type('ps', '--json')).out).toContain('"live": true');
    expect(await type('approve', 'r')).toMatchObject({ code: 0 });
    expect(await going).toMatchObject({ code: 0, out: expect.stringContaining('sign-off') });
  });
});

it('where several must approve, it stands in the inbox of those who have not answered', async () => {
  const { type } = await waiting(WORKFLOW.replace('role: lead', 'quorum: 2'));
  await type('approve', 'r', '--by', 'ann');
  const shownTo = (name: string) => type('inbox', '--quiet', '--for', name).then(({ out }) => out);
  expect([await shownTo('ann'), await shownTo('ben')]).toEqual(['', 'r sign-off\n']);
});

it('says so where nobody is asked, or more than one question is open, or nobody knows who types', async () => {
  const two = `name: two
steps: [{ id: a, type: approval, subject: A? }, { id: b, type: approval, subject: B? }]
`;
  const { cwd, type } = await waiting(two);
  expect(await type('approve', 'r')).toMatchObject({ code: 2, err: expect.stringContaining('open are a, b') });
  expect(await troupe(['approve', 'r', 'a'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('TROUPE_USER') });
  expect((await type('approve', 'r', 'a')).code).toBe(0);
  expect((await type('approve', 'r', 'b')).code).toBe(0);
  expect(await type('approve', 'r')).toMatchObject({ code: 2, err: expect.stringContaining('asks nobody anything') });
  const store = await openFileStore(`${cwd}/.troupe`);
  const runtime = await createRuntime({ store });
  expect(await runtime.inbox()).toEqual([]);
  await runtime.stop();
  await store.close();
});

it('what was said is on the page of the run: who, when, what, and to which question', async () => {
  const { type } = await waiting();
  await type('delegate', 'r', 'sign-off', 'dan', '--by', 'ben', '--reason', 'on leave');
  await type('approve', 'r', '--by', 'eve');
  await type('answer', 'r', 'sign-off', '{"region":"us"}', '--by', 'dan', '--reason', 'closer');
  const { out } = await type('show', 'r');
  const lines = out.split('\n').flatMap((line) => /\d\d:\d\d:\d\d {2}(.*)$/u.exec(line)?.[1] ?? []);
  expect(lines).toEqual([
    'sign-off asked ann, ben',
    'sign-off delegated by ben to ann, dan: on leave',
    'sign-off refused approve by eve: eve is not asked; ann, dan may answer',
    'sign-off answered approve by dan {"region":"us"}: closer',
  ]);
  const { steps } = JSON.parse((await type('show', 'r', '--json')).out);
  const audit = steps.flatMap((step: { audit: readonly object[] }) => step.audit);
  expect(audit.at(-1)).toMatchObject({ what: 'answered', by: 'dan', token: 'r/sign-off!1', decision: 'approve', values: { region: 'us' } });
});

it('a token of another question is refused before anything is recorded; an answer sent twice is acknowledged without naming the step', async () => {
  const { type } = await waiting();
  expect(await type('approve', 'r', 'sign-off', '--token', 'r/patch!1')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"r/patch!1" is no question of sign-off'),
  });
  await type('approve', 'r');
  expect(await type('approve', 'r')).toMatchObject({ code: 0, err: '' });
  expect((await type('reject', 'r')).code).toBe(2);
});
